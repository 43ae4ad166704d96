"""What a benchmark says: a claim, its figure and its bound."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Claim:
    """One row of the table. No `bound`: a figure that is only told."""

    benchmark: str
    text: str
    figure: float
    bound: float | None = None
    unit: str = ""

    @property
    def holds(self) -> bool:
        """Whether the figure is within its bound."""
        return self.bound is None or self.figure <= self.bound

    @property
    def row(self) -> tuple[str, str, str, str]:
        """For a table: claim, figure, bound, verdict."""
        bound = "" if self.bound is None else f"{_number(self.bound)}{self.unit}"
        verdict = "" if self.bound is None else "yes" if self.holds else "NO"
        return self.text, f"{_number(self.figure)}{self.unit}", bound, verdict

    def as_json(self) -> dict[str, Any]:
        """For the raw figures."""
        return {**asdict(self), "holds": self.holds}


def markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def claims_table(claims: Sequence[Claim]) -> str:
    """Claim, figure, bound."""
    return markdown(("claim", "figure", "bound", "holds"), [claim.row for claim in claims])


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"
