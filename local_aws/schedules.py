"""Rules with a schedule: they fire from the clock, and send their targets EventBridge's scheduled event."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime

from moto.events.models import Rule, events_backends

from local_aws.cron import Cron
from local_aws.rate import parse_rate
from local_aws.world import Event, World

Next = Callable[[float], float | None]


def parse(expression: str) -> Next:
    """How to find the next time after a given one (epoch seconds); ``ValueError`` for what EventBridge refuses.

    A rate counts from when the rule was made or changed. Its unit is singular for 1 and plural for all else.
    """
    if expression.startswith("cron("):
        return Cron.parse(expression).next_after
    seconds = parse_rate(expression)
    if seconds is None:
        raise ValueError(f"{expression!r} is neither rate(value unit) nor cron(...)")
    return lambda now: now + seconds


class Schedules:
    """Arms one timer for each rule that has a schedule."""

    def __init__(self, world: World, send: Callable[[Rule, Event], None]) -> None:
        self._world = world
        self._send = send

    def arm(self, rule: Rule) -> None:
        """Start the rule's schedule, if it has one. A rule that was put anew is another object: the old one ends."""
        if rule.scheduled_expression:
            self._arm_next(rule, parse(rule.scheduled_expression), self._world.clock.now())

    def _arm_next(self, rule: Rule, next_after: Next, now: float) -> None:
        when = next_after(now)
        if when is not None:
            self._world.clock.call_at(when, lambda: self._fire(rule, next_after, when), name=f"schedule of {rule.arn}")

    def _fire(self, rule: Rule, next_after: Next, when: float) -> None:
        with self._world.lock:
            bus = events_backends[rule.account_id][rule.region_name].event_buses[rule.event_bus_name]
            if bus.rules.get(rule.name) is not rule:
                return
            self._arm_next(rule, next_after, when)
            if rule.state.startswith("ENABLED"):
                self._send(rule, scheduled_event(rule, when))


def scheduled_event(rule: Rule, when: float) -> Event:
    """The event of a schedule (EventBridge user guide, "Scheduled events")."""
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": rule.account_id,
        "time": datetime.fromtimestamp(when, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": rule.region_name,
        "resources": [rule.arn],
        "detail": {},
    }
