"""Virtual time that moves only when somebody lets it: whatever falls due then runs on the caller's thread.

A month passes as fast as its work is done, and the same things happen in the same order in every run. An action may
itself let time go by: what falls due meanwhile runs in the middle of it, as other workers do in the middle of one.
"""

from __future__ import annotations

import heapq
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

import time_machine

from local_aws.clock import Clock, Timer


class StillClock(Clock):
    """A clock without a thread. `start` in epoch seconds."""

    def __init__(self, start: float) -> None:
        super().__init__(start)
        self._travel = time_machine.travel(start, tick=False)
        self._sleep = time.sleep
        self._depth = 0
        self._raised: list[Exception] = []
        self.around: Callable[[], AbstractContextManager[None]] = nullcontext
        """What every action is run in: it has nothing to do with whoever let time go by."""

    def start(self) -> StillClock:
        """Put the process on virtual time; `time.sleep` lets it go by."""
        self._traveller = self._travel.start()
        time.sleep = self.advance  # type: ignore[assignment]
        return self

    def stop(self) -> None:
        """Return the process to real time."""
        time.sleep = self._sleep
        self._travel.stop()
        self._traveller = None

    def call_at(self, when: float, action: Callable[[], None], *, name: str) -> Timer:
        """See `Clock.call_at`; the action runs on the thread of whoever lets time go by."""
        timer = Timer(when, action, name)
        heapq.heappush(self._timers, (when, next(self._sequence), timer))
        return timer

    def advance(self, seconds: float) -> None:
        """Let time go by, with all that falls due in it.

        What an action raises reaches whoever lets time go by outermost: nobody in between may catch it.
        """
        target = self.now() + seconds
        self._depth += 1
        try:
            while self._timers and self._timers[0][0] <= max(target, self.now()):
                when, _, timer = heapq.heappop(self._timers)
                if not timer.cancelled:
                    self._jump_to(when)
                    self._act(timer)
                if self._raised and self._depth == 1:
                    raise self._raised.pop()
            self._jump_to(target)
        finally:
            self._depth -= 1

    def _act(self, timer: Timer) -> None:
        try:
            with self.around():
                timer.action()
        except Exception as error:  # noqa: BLE001  (raised again by the outermost)
            error.add_note(f"in {timer.name}")
            self._raised.append(error)
