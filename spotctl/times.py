"""Times on the command line: a span such as `90min`, or a date or time in ISO 8601, UTC where it names no zone."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from typing import Any

import click

from spot_failover.core.record import Record
from spotctl import installation as clock

FOREVER = datetime.max.replace(tzinfo=UTC)
_SPAN = re.compile(r"(\d{1,4})(min|h|d)")
_UNITS = {"min": "minutes", "h": "hours", "d": "days"}
_DATE = 10


def _span(text: str) -> timedelta | None:
    found = _SPAN.fullmatch(text)
    return timedelta(**{_UNITS[found[2]]: int(found[1])}) if found else None


def _time(text: str, of_day: time) -> datetime | None:
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return None
    if len(text) <= _DATE:
        read = datetime.combine(read.date(), of_day)
    return read if read.tzinfo else read.replace(tzinfo=UTC)


class Span(click.ParamType[timedelta]):
    """A length of time."""

    name = "span"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """Read it, or end with what is wrong with it."""
        if isinstance(value, timedelta):
            return value
        span = _span(value)
        if span is None:
            self.fail(f"{value!r}: give 90min, 2h or 3d", param, ctx)
        return span


class Until(click.ParamType[datetime]):
    """A time to come, the end of a day where only its date is given, or `forever`."""

    name = "when"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Read it, or end with what is wrong with it."""
        if isinstance(value, datetime):
            return value
        if value == "forever":
            return FOREVER
        span = _span(value)
        until = clock.now() + span if span is not None else _time(value, time.max)
        if until is None:
            self.fail(f"{value!r}: give 90min, 2h, 3d, 2026-12-31, 2026-12-31T18:00Z or forever", param, ctx)
        if until <= clock.now():
            self.fail(f"{value!r} is over already", param, ctx)
        return until


class Since(click.ParamType[datetime]):
    """A time gone by, the beginning of a day where only its date is given."""

    name = "when"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Read it, or end with what is wrong with it."""
        if isinstance(value, datetime):
            return value
        span = _span(value)
        since = clock.now() - span if span is not None else _time(value, time.min)
        if since is None:
            self.fail(f"{value!r}: give 90min, 2h, 3d, 2026-11-01 or 2026-11-01T18:00Z", param, ctx)
        return since


def moved_at(record: Record) -> datetime | None:
    """When the event was sent for which the service was last moved; None: nothing tells."""
    time = record.event.get("time")
    if isinstance(time, datetime):
        return time
    try:
        return datetime.fromisoformat(str(time)) if time else None
    except ValueError:
        return None
