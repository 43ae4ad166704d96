"""Spreads calls over time, so that a sweep leaves most of an account's quota to everybody else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

READS_PER_SECOND = 5
"""A quarter of what ECS allows an account in a Region for DescribeServices and ListServices: 20 a second sustained
(Amazon ECS endpoints and quotas, request throttling)."""


class Pace:
    """At most so many calls a second, evenly."""

    def __init__(self, per_second: float, now: Callable[[], datetime], sleep: Callable[[float], None]) -> None:
        self._interval = timedelta(seconds=1 / per_second)
        self._now = now
        self._sleep = sleep
        self._next = now()

    def take(self, calls: int = 1) -> None:
        """Wait until so many calls may be made."""
        now = self._now()
        if self._next > now:
            self._sleep((self._next - now).total_seconds())
        self._next = max(self._next, now) + calls * self._interval
