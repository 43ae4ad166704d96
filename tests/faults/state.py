"""Where a service stands: what has to be the same in the end, whatever went wrong on the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from enum import Enum, auto
from itertools import pairwise
from typing import Any


class Fewer(Enum):
    """When what is told may be less than expected; more it may never be."""

    ALWAYS = auto()
    KILLED = auto()
    """Only where a function was killed."""


_FEWER = "fewer"


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
    reason: str = ""
    """Why the record's phase was entered."""
    held: bool = False
    """Whether somebody holds the service, the automation itself perhaps. Until when is the run's own: it is a time."""
    stuck: bool = False
    """Whether the record is left to a person."""
    pools: tuple[str, ...] = ()
    """Spot pools whose breaker is open. When they opened, and when a canary is due, are times of the run's own."""
    letters: tuple[str, ...] = ()
    """What people found in dead-letter queues, each once: a message may come, and so be put there, twice."""
    told: tuple[str, ...] = ()
    """What people were told of incidents, each once: whoever dies after telling leaves it to be told again."""
    alerts: tuple[str, ...] = field(default=(), metadata={_FEWER: Fewer.KILLED})
    """Alerts that people were told over the topic, by reason and service, each once. The record
    says first that one is told, so whoever is killed right then takes it along: docs/guarantees.md owns up to it."""
    heard: tuple[str, ...] = ()
    """Accounts that are swept."""
    executions: tuple[str, ...] = ()
    """What the state machine that replaces task sets was asked for, and how that ended."""
    twin: tuple[int, ...] = ()
    """What the on-demand twin was asked for, where it rose to and where it fell to; how many steps it took is free."""
    audited: tuple[str, ...] = field(default=(), metadata={_FEWER: Fewer.ALWAYS})
    """What audit events told, each once. Fewer are no difference: one that can't be put, or whose invocation dies
    before it, is lost by design, and holds up nothing. One too many tells of what must not have happened."""

    def difference(self, expected: State, *, killed: bool = False) -> str:
        """What is not as expected, attribute by attribute; `killed`: a function was, on the way here."""
        found = []
        for each in fields(self):
            mine, wanted = getattr(self, each.name), getattr(expected, each.name)
            fewer = each.metadata.get(_FEWER)
            if fewer is Fewer.ALWAYS or (fewer is Fewer.KILLED and killed):
                beyond = sorted(set(mine) - set(wanted))
                found += [f"{each.name}: {', '.join(beyond)}"] if beyond else []
            elif mine != wanted:
                found.append(f"{each.name}: {mine!r}, not {wanted!r}")
        return "; ".join(found)


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
