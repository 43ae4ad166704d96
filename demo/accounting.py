"""Events: how many came, and how each of them ended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from demo.evidence import Decision, Evidence

ACTING = frozenset({"fail_over", "redeploy", "restore", "scale_twin"})
OPEN = frozenset({"retry"})


@dataclass(frozen=True)
class Accounts:
    """What became of the events that reached the queues.

    ``arrived`` counts events by detail type; ``acted`` those that changed something, by reason; ``observed`` those
    that would have, in observe mode; ``ignored`` those that called for nothing, by reason. ``unaccounted`` are the ids
    of events without a decision that ends them, ``undelivered`` is the number of deliveries on their whole path that
    were refused or dropped.
    """

    arrived: Mapping[str, int]
    acted: Mapping[str, int]
    observed: Mapping[str, int]
    ignored: Mapping[str, int]
    unaccounted: tuple[str, ...]
    undelivered: int
    dead_letters: int

    @property
    def total(self) -> int:
        """Events that reached the queues."""
        return sum(self.arrived.values())


def account(evidence: Evidence) -> Accounts:
    """How the events of a run ended: each is counted once, however often it was delivered."""
    arrived = {
        delivery.event_id: delivery.detail_type
        for delivery in evidence.deliveries
        if delivery.target in evidence.queues and delivery.outcome == "delivered"
    }
    decisions: dict[str, list[Decision]] = {}
    for decision in evidence.decisions:
        if decision.event_id in arrived:
            decisions.setdefault(decision.event_id, []).append(decision)
    ended = {event_id: _end(decided) for event_id, decided in decisions.items()}
    ends = [end for end in ended.values() if end.action not in OPEN]
    return Accounts(
        arrived=dict(Counter(arrived.values())),
        acted=dict(Counter(end.reason for end in ends if end.action in ACTING)),
        observed=dict(Counter(end.reason for end in ends if end.action.startswith("would_"))),
        ignored=dict(
            Counter(end.reason for end in ends if end.action not in ACTING and not end.action.startswith("would_"))
        ),
        unaccounted=tuple(sorted(e for e in arrived if e not in ended or ended[e].action in OPEN)),
        undelivered=sum(delivery.outcome in {"denied", "dropped"} for delivery in evidence.deliveries),
        dead_letters=sum(evidence.dead_letters.values()),
    )


def _end(decided: list[Decision]) -> Decision:
    """The decision that an event counts as: the one that changed something, or else the last."""
    return next((decision for decision in decided if decision.action in ACTING), decided[-1])
