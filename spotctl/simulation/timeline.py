"""Time that jumps from one thing that happens to the next."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count

BEGIN = datetime(2026, 1, 5, tzinfo=UTC)
"""Second 0, a Monday."""


class Timeline:
    """Things to do, in order of (time, order of their making). Times are seconds since `BEGIN`."""

    def __init__(self) -> None:
        self.now = 0.0
        self._waiting: list[tuple[float, int, Callable[[], object]]] = []
        self._order = count()

    def at(self, when: float, action: Callable[[], object]) -> None:
        """Do something at a time, or at once where that is past."""
        heapq.heappush(self._waiting, (max(when, self.now), next(self._order), action))

    def after(self, seconds: float, action: Callable[[], object]) -> None:
        """Do something later."""
        self.at(self.now + seconds, action)

    def every(self, seconds: float, action: Callable[[], object], *, first: float) -> None:
        """Do something again and again, at `first` for the first time."""

        def turn() -> None:
            action()
            self.after(seconds, turn)

        self.at(first, turn)

    def run(self, until: float) -> None:
        """Do all that falls due by then."""
        waiting = self._waiting
        while waiting and waiting[0][0] <= until:
            self.now, _, action = heapq.heappop(waiting)
            action()
        self.now = until

    def moment(self) -> datetime:
        """The present time."""
        return moment(self.now)


def moment(seconds: float) -> datetime:
    """A time as the product has it."""
    return BEGIN + timedelta(seconds=seconds)
