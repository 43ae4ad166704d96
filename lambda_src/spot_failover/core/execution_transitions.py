"""Changes of a record that are about the executions that an intent announces; none of them sets a phase."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from spot_failover.core.record import Record
from spot_failover.core.transitions import OF_EXECUTIONS, postpone


def failover_refused(record: Record, until: datetime, *, alerted: str | None = None) -> Record:
    """The state machine has touched nothing: the intent stays and is tried again later; see `postpone`."""
    free = replace(record, execution="", execution_at=None, not_before=until)
    return postpone(free, until, alerted=alerted)


def name_execution(record: Record, name: str, takes: timedelta) -> Record:
    """The intent with the execution that it announces, unless it names one already."""
    return record if record.execution else replace(record, execution=name, execution_at=None, shift_takes=takes)


def execution_started(record: Record, now: datetime) -> Record:
    """Step Functions has taken the execution: the intent waits for its end."""
    return replace(record, execution_at=now, not_before=None, lease=None)


def in_order(record: Record) -> Record:
    """An execution has come to its good end: what an earlier one left, or met, is in order."""
    return replace(record, alerted=record.alerted - OF_EXECUTIONS)


def untried(record: Record) -> Record:
    """A restore of which nothing was touched does not count against the day's limit."""
    return replace(record, restores_that_day=max(0, record.restores_that_day - 1))


def told(record: Record, reason: str) -> Record:
    """The alert counts as told."""
    return replace(record, alerted=record.alerted | {reason})
