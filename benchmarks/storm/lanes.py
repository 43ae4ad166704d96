"""Things that happen at once in virtual time, on threads of which only one runs at any moment.

A lane is an invocation, or a thread of one. Where it would wait (for an AWS call, or asleep) it hands over to the
clock, which goes on with whatever is due next: many wait at the same time, and a storm runs the same way again.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any, ClassVar, Self
from unittest.mock import patch

from spot_failover import telemetry
from spot_failover.aws import clients, turns
from spot_failover.flow import journal
from tests.soak.clock import StillClock


class Lane:
    """One of them. `ends_at`: virtual time at which its invocation is cut off."""

    def __init__(self, lanes: Lanes, work: Callable[[], None], ends_at: float) -> None:
        self._lanes = lanes
        self._work = work
        self.ends_at = ends_at
        self._turn = threading.Semaphore(0)
        self.over = False
        self.error: BaseException | None = None
        self.waiting: Lane | None = None
        """The lane that goes on once this one is over."""
        threading.Thread(target=self._run, daemon=True).start()

    def resume(self) -> None:
        """Let it run until it waits or ends. Called by the clock."""
        self._turn.release()
        self._lanes.back.acquire()

    def wait(self) -> None:
        """Hand over to the clock until resumed. Called by the lane itself."""
        self._lanes.back.release()
        self._turn.acquire()

    def _run(self) -> None:
        self._turn.acquire()
        self._lanes.here.lane = self
        try:
            self._work()
        except BaseException as error:  # noqa: BLE001 - told where it is waited for
            self.error = error
        self.over = True
        if self.waiting is not None:
            self._lanes.clock.call_later(0.0, self.waiting.resume, name="joined")
        self._lanes.back.release()


class Lanes:
    """All of them."""

    def __init__(self, clock: StillClock) -> None:
        self.clock = clock
        self.back = threading.Semaphore(0)
        self.here = threading.local()
        self._patches = ExitStack()

    @property
    def current(self) -> Lane | None:
        """The lane that asks, if it is one."""
        lane: Lane | None = getattr(self.here, "lane", None)
        return lane

    def start(self, work: Callable[[], None], ends_at: float) -> Lane:
        """Begin one, now."""
        lane = Lane(self, work, ends_at)
        self.clock.call_later(0.0, lane.resume, name="lane")
        return lane

    def sleep(self, seconds: float) -> None:
        """Let time go by, for whoever asks."""
        lane = self.current
        if lane is None:
            self.clock.advance(seconds)
            return
        self.clock.call_later(seconds, lane.resume, name="awake")
        lane.wait()

    def join(self, others: list[Lane]) -> None:
        """Wait, in a lane, until others are over; raises what one of them raised."""
        lane = self.current
        assert lane is not None  # noqa: S101 - only an invocation has threads
        for other in others:
            if not other.over:
                other.waiting = lane
                lane.wait()
        for other in others:
            if other.error is not None:
                raise other.error

    def __enter__(self) -> Self:
        Threads.lanes = LaneLock.lanes = self
        for module in (clients, journal, telemetry, turns):
            self._patches.enter_context(patch.object(module, "Lock", LaneLock))
        time.sleep = self.sleep  # type: ignore[assignment]  # the clock itself gives the real one back
        return self

    def __exit__(self, *_error: object) -> None:
        self._patches.close()
        time.sleep = self.clock.advance  # type: ignore[assignment]


class LaneLock:
    """In place of `threading.Lock`: a lane that waits for it lets the others go on."""

    lanes: ClassVar[Lanes]
    STEP = 0.002
    """Virtual seconds between two tries."""

    def __init__(self) -> None:
        self._held = False

    def __enter__(self) -> bool:
        while self._held:
            self.lanes.sleep(self.STEP)
        self._held = True
        return True

    def __exit__(self, *_error: object) -> None:
        self._held = False


class Threads:
    """In place of ThreadPoolExecutor, where an invocation does several things at a time."""

    lanes: ClassVar[Lanes]

    def __init__(self, number: int) -> None:
        self._number = number

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        pass

    def map(self, function: Callable[[Any], Any], items: Any) -> Iterator[Any]:
        """As many at a time as there are threads; the results in order."""
        waiting = deque(enumerate(items))
        results: dict[int, Any] = {}

        def work() -> None:
            while waiting:
                place, item = waiting.popleft()
                results[place] = function(item)

        lane, many = self.lanes.current, len(waiting)
        assert lane is not None  # noqa: S101 - only an invocation has threads
        self.lanes.join([self.lanes.start(work, lane.ends_at) for _ in range(min(self._number, many))])
        return iter([results[place] for place in range(many)])
