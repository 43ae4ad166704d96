"""Spaces out calls where a quota is used up, so that those who wait do not only throttle each other."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock

SPACE = timedelta(seconds=0.4)
"""Between two UpdateService calls of one sandbox: ECS allows 5 a second for an account and Region in the long run,
after a burst of 50 (Amazon ECS API reference, request throttling). Half of it leaves room for another sandbox."""
SLOW = timedelta(seconds=30)
"""For how long after a refusal."""


class Turns:
    """Turns to call, for each account and Region; all at once where nothing has been refused lately."""

    def __init__(self, now: Callable[[], datetime], sleep: Callable[[float], None]) -> None:
        self._now = now
        self._sleep = sleep
        self._slow_until: dict[tuple[str, str], datetime] = {}
        self._next: dict[tuple[str, str], datetime] = {}
        self._lock = Lock()

    def refused(self, account: str, region: str) -> None:
        """A call was refused for its quota."""
        self._slow_until[account, region] = self._now() + SLOW

    def wait(self, account: str, region: str) -> None:
        """Sleep until it is the caller's turn. Threads may ask at once."""
        place = (account, region)
        with self._lock:
            now = self._now()
            if place not in self._slow_until or self._slow_until[place] < now:
                return
            turn = max(now, self._next.get(place, now))
            self._next[place] = turn + SPACE
        if turn > now:
            self._sleep((turn - now).total_seconds())
