"""A clock that moves when a test says so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

START = datetime(2026, 3, 1, 2, 11, 5, tzinfo=UTC)
"""The time of the sample events."""


class Clock:
    """Starts shortly after the sample events were sent."""

    def __init__(self, start: datetime = START + timedelta(seconds=30)) -> None:
        self.time = start

    def now(self) -> datetime:
        return self.time

    def advance(self, *, seconds: float = 0, minutes: float = 0, hours: float = 0) -> datetime:
        self.time += timedelta(seconds=seconds, minutes=minutes, hours=hours)
        return self.time
