"""How many tasks of a service were interrupted lately: counted in its record, each task once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from spot_failover.core.decision import Situation
from spot_failover.core.events import CLOCK_SKEW, Interruption
from spot_failover.core.lifecycle import kept_until
from spot_failover.core.record import Record

MOST_REMEMBERED = 1000
"""Tasks that one record remembers; an item of the state table holds 400 KB, and a task takes about 50 bytes of it."""


def count(record: Record, events: Iterable[Interruption], window: timedelta, now: datetime) -> Record:
    """The record with these interruptions; itself, where they are counted already or too old to count."""
    recent = _recent(record, window, now)
    new = {
        _task(event): event.time
        for event in events
        if event.task_arn and not event.synthetic and now - event.time < window and _counts(record, event)
    }
    if new.keys() <= recent.keys():
        return record
    known = {**new, **recent}
    latest = dict(sorted(known.items(), key=lambda item: item[1])[-MOST_REMEMBERED:])
    expires_at = record.expires_at if record.phase.open else kept_until(record, now)
    return replace(record, interrupted=latest, expires_at=expires_at)


def often(situation: Situation) -> bool:
    """Whether the service has lost so many tasks within the window that waiting for ECS to replace them is no use."""
    policy, desired = situation.policy.interruption, situation.live.desired
    lost = len(_recent(situation.record, policy.window, situation.now))
    return lost >= policy.failover_after and lost * 100 >= policy.failover_percent * desired


def _recent(record: Record, window: timedelta, now: datetime) -> Mapping[str, datetime]:
    return {task: at for task, at in record.interrupted.items() if now - at < window and _after_switch(record, at)}


def _counts(record: Record, event: Interruption) -> bool:
    """A task of a deployment that is being replaced goes in any case."""
    return _after_switch(record, event.task_created_at or event.time)


def _after_switch(record: Record, at: datetime) -> bool:
    since = [time for time in (record.switched_at, record.redeployed_at) if time is not None]
    return not since or at >= max(since) - CLOCK_SKEW


def _task(event: Interruption) -> str:
    """The task's id; its ARN's other parts are the service's own."""
    return event.task_arn.rpartition("/")[2]
