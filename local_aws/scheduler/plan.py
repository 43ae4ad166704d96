"""When a schedule is due: its expression, in its time zone, between its start and end.

EventBridge Scheduler user guide, "Schedule types".
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from functools import partial
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from local_aws.cron import Cron, first_time
from local_aws.rate import parse_rate

_AT = re.compile(r"at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)")
_BEFORE = 0.001
"""Seconds: an occurrence at the very time that is asked for counts as one after it."""
_ROUNDING = 0.0001
"""Seconds that sums of floating point numbers may be off; less than ``_BEFORE``."""


@dataclass(frozen=True)
class Plan:
    """The times of a schedule, in epoch seconds. ``start`` and ``end`` are for recurring ones; both may be due."""

    next_after: Callable[[float], float | None]
    start: float | None = None
    end: float | None = None

    def first(self, now: float) -> float | None:
        """The first time from ``now`` on; None when there is none (left)."""
        return self.after(now - _BEFORE)

    def after(self, when: float) -> float | None:
        """The first time after ``when``; None when there is none."""
        found = self.next_after(when if self.start is None else max(when, self.start - _BEFORE))
        return None if found is None or (self.end is not None and found > self.end) else found


def make_plan(
    expression: str, time_zone: str | None, *, made: float, start: float | None = None, end: float | None = None
) -> Plan:
    """Read a schedule's expression; ``ValueError`` for what EventBridge Scheduler refuses.

    A rate counts from ``start``, or else from when the schedule was ``made`` or changed: then it is due at once. A
    one-time schedule knows neither start nor end, and is never due if its time was past when it was made (of which AWS
    says nothing).
    """
    zone = _zone(time_zone)
    seconds = parse_rate(expression, any_number=True)
    if seconds is not None:
        return Plan(partial(_next_of_rate, made if start is None else start, seconds), start, end)
    if expression.startswith("cron("):
        cron = Cron.parse(expression)
        return Plan(lambda when: cron.next_after(when, zone), start, end)
    match = _AT.fullmatch(expression)
    if match is None:
        raise ValueError(f"{expression!r} is neither at(yyyy-mm-ddThh:mm:ss) nor rate(value unit) nor cron(...)")
    once = first_time(datetime.fromisoformat(match[1]).replace(tzinfo=zone))
    if once is None:
        raise ValueError(f"{expression!r}: clocks in {time_zone} never show this time")
    return Plan(lambda when: once if once > when else None)


def _next_of_rate(anchor: float, seconds: int, when: float) -> float:
    """The first of the times after ``when`` that are whole numbers of ``seconds`` after ``anchor``, it among them."""
    passed = math.floor((when - anchor + _ROUNDING) / seconds) + 1
    return anchor + max(0, passed) * seconds


def _zone(name: str | None) -> tzinfo:
    if name in {None, "UTC"}:
        return UTC
    try:
        return ZoneInfo(str(name))
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is no time zone") from error
