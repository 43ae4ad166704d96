"""What is shown while the demo runs, and the two ways to show it: a live terminal, or plain lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

from demo.evidence import ServiceId
from demo.strategy import Strategy
from demo.terraform import Progress


@dataclass(frozen=True)
class Row:
    """A service as it stands."""

    service: ServiceId
    strategy: Strategy
    desired: int
    running: Mapping[str, int]
    pending: Mapping[str, int]
    phase: str


@dataclass(frozen=True)
class Happening:
    """Something worth a line, at a time since Spot was taken away (seconds; None before that)."""

    since_loss: float | None
    text: str


@dataclass(frozen=True)
class Frame:
    """All services at one moment, and what has happened so far. ``spot`` says how Spot capacity stands."""

    since_loss: float | None
    spot: str
    rows: tuple[Row, ...]
    happenings: tuple[Happening, ...]


class Screen(Protocol):
    """Where a run is shown."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def say(self, text: str) -> None:
        """Tell what is done next."""

    def applying(self, progress: Progress) -> None:
        """Show how far Terraform is."""

    def show(self, frame: Frame) -> None:
        """Show the services."""

    def rest(self) -> None:
        """Leave the last frame standing: what follows is printed below it."""


PHASES = {
    "failing_over": "failing over",
    "failed_over": "on the fallback",
    "restoring": "restoring",
    "proving": "proving Spot",
    "closed": "done",
}


LEFT_ALONE = "left alone"


def phase_words(row: Row) -> str:
    """What the automation has in hand, as a reader knows it; empty where there is no record.

    A closed record whose service is short tells of no restore: the service was looked at, and left alone.
    """
    if row.phase == "closed" and sum(row.running.values()) < row.desired:
        return LEFT_ALONE
    return PHASES.get(row.phase, row.phase)
