"""Where a service stands: what has to be the same in the end, whatever went wrong on the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import Any


@dataclass(frozen=True)
class State:
    """Live strategy, record, and what automation and owner changed to get there."""

    strategy: str
    """Empty where there is no service."""
    phase: str
    baseline: str
    failures: int
    unfinished: tuple[str, ...]
    """Attributes of the record that stand for something under way: a lease, an announced redeploy."""
    updates: tuple[str, ...]
    """UpdateService calls that took effect: by whom, and the strategy from then on."""
    messages: tuple[str, ...]
    """Queues that hold messages, in flight ones too."""
    heard: tuple[str, ...] = ()
    """Accounts that are swept."""
    executions: tuple[str, ...] = ()
    """What the state machine that replaces task sets was asked for, and how that ended."""
    twin: tuple[int, ...] = ()
    """What the on-demand twin was asked for, where it rose to and where it fell to; how many steps it took is free."""

    def difference(self, expected: State) -> str:
        """What is not as expected, attribute by attribute."""
        return "; ".join(
            f"{field.name}: {getattr(self, field.name)!r}, not {getattr(expected, field.name)!r}"
            for field in fields(self)
            if getattr(self, field.name) != getattr(expected, field.name)
        )


NO_RECORD: Mapping[str, Any] = {}
_UNDER_WAY = ("lease_owner", "redeploy_requested_at", "due_at", "not_before", "execution")


def under_way(record: Mapping[str, Any]) -> tuple[str, ...]:
    """What a record that is at rest does not have, nor the item of a twin; open ones are due."""
    return tuple(name for name in _UNDER_WAY if name in record)


def turns(counts: Sequence[int]) -> tuple[int, ...]:
    """Where a course of counts turns, and where it ends: of 0, 1, 2, 2, 1, 0 it is 2, 0."""
    course = [0, *counts]
    moved = [after for before, after in pairwise(course) if after != before]
    around = list(zip([0, *moved], moved, moved[1:], strict=False))
    return (*(here for before, here, after in around if (here > before) != (after > here)), *moved[-1:])


def text(strategy: Sequence[Mapping[str, Any]]) -> str:
    """A strategy in words: `FARGATE 10 base 1, FARGATE_SPOT 0`."""
    return ", ".join(
        f"{item['capacityProvider']} {int(item.get('weight', 0))}"
        + (f" base {int(item['base'])}" if item.get("base") else "")
        for item in strategy
    )
