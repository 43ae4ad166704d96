"""The virtual clock: real time plus an offset that only grows.

While a clock runs, everything in the process that asks for the wall clock (``time.time``, ``datetime.now``) sees
virtual time. ``time.monotonic`` and timeouts of threads stay real: nothing that waits for a socket or a lock is
disturbed.
"""

from __future__ import annotations

import heapq
import itertools
import logging
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

import time_machine

logger = logging.getLogger(__name__)


class TimerFailedError(RuntimeError):
    """Timer actions raised: the message names each of them, the log has their traces."""


class Timer:
    """Something that will happen at a point in virtual time."""

    def __init__(self, when: float, action: Callable[[], None], name: str) -> None:
        self.when = when
        self.name = name
        self.action = action
        self.cancelled = False

    def cancel(self) -> None:
        """Keep the action from running; without effect once it has begun."""
        self.cancelled = True


class Clock:
    """Virtual time with timers that run on one thread, one after another, in order of (time, order of their making).

    When nobody advances it, the clock goes as fast as real time and timers run when they fall due.

    Parameters
    ----------
    start
        Virtual time at the beginning, in epoch seconds; the real time if left out.
    """

    def __init__(self, start: float | None = None) -> None:
        self._travel = time_machine.travel(time.time() if start is None else float(start), tick=True)
        self._traveller: time_machine.Traveller | None = None
        self._timers: list[tuple[float, int, Timer]] = []
        self._sequence = itertools.count()
        self._changed = threading.Condition()
        self._advancing = threading.Lock()
        self._target: float | None = None
        self._failures: list[str] = []
        self._held = 0
        self._thread = threading.Thread(target=self._run, name="local-aws-clock", daemon=True)
        self._stopped = False

    def start(self) -> Self:
        """Put the process on virtual time and begin to run timers."""
        self._traveller = self._travel.start()
        time.time()  # the traveller counts real time from the first look at it
        self._thread.start()
        return self

    def stop(self) -> None:
        """Return the process to real time; timers that are left never run."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
        if threading.current_thread() is not self._thread:
            self._thread.join()
        self._travel.stop()
        self._traveller = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def now(self) -> float:
        """Virtual time in epoch seconds."""
        return time.time()

    def call_at(self, when: float, action: Callable[[], None], *, name: str) -> Timer:
        """Run ``action`` on the clock's thread at ``when`` (epoch seconds), or at once when that is past.

        The action runs without ``World.lock``. ``name`` appears in the log when the action fails.
        """
        timer = Timer(when, action, name)
        with self._changed:
            heapq.heappush(self._timers, (when, next(self._sequence), timer))
            self._changed.notify_all()
        return timer

    def call_later(self, delay: float, action: Callable[[], None], *, name: str) -> Timer:
        """Run ``action`` after ``delay`` seconds of virtual time: see `call_at`."""
        return self.call_at(self.now() + delay, action, name=name)

    def advance(self, seconds: float) -> None:
        """Move virtual time forward by ``seconds``, running in order all that falls due, also what is made meanwhile.

        Returns once the last of these actions has ended. Real time goes on meanwhile, so that virtual time is then at
        least (and at most by the real duration of the actions more than) the time of the call plus ``seconds``.

        Raises
        ------
        ValueError
            ``seconds`` is negative: time never goes back.
        TimerFailedError
            Actions raised since the last call, here or while time went by itself.
        """
        if seconds < 0:
            raise ValueError(f"cannot advance the clock by {seconds} seconds: time only moves forward")
        if threading.current_thread() is self._thread:
            raise RuntimeError("a timer's action must not advance the clock: it would wait for itself")
        with self._advancing, self._changed:
            self._target = self.now() + seconds
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._target is None or self._stopped)
            failures, self._failures = self._failures, []
        if failures:
            raise TimerFailedError("; ".join(failures))

    def hold(self) -> None:
        """Let nothing jump ahead in time until `release`: for work on another thread that belongs to this moment.

        Timers that are due run meanwhile, and real time goes on. As many holds, as many releases.
        """
        with self._changed:
            self._held += 1

    def release(self) -> None:
        """The work of a `hold` has been done."""
        with self._changed:
            self._held -= 1
            self._changed.notify_all()

    def _run(self) -> None:
        while True:
            with self._changed:
                timer = self._next_due()
                while timer is None and not self._stopped:
                    self._wait()
                    timer = self._next_due()
                if timer is None or self._stopped:
                    return
            try:
                timer.action()
            except Exception as error:
                logger.exception("timer %s failed", timer.name)
                self._failures.append(f"{timer.name}: {type(error).__name__}: {error}")

    def _next_due(self) -> Timer | None:
        """The timer to run now, jumping to its time if the clock is being advanced that far."""
        while self._timers and self._timers[0][2].cancelled:
            heapq.heappop(self._timers)
        target = None if self._held else self._target
        limit = self.now() if target is None else max(target, self.now())
        if self._timers and self._timers[0][0] <= limit:
            when, _, timer = heapq.heappop(self._timers)
            self._jump_to(when)
            return timer
        if target is not None:
            self._jump_to(target)
            self._target = None
            self._changed.notify_all()
        return None

    def _jump_to(self, when: float) -> None:
        missing = when - self.now()
        if missing > 0 and self._traveller is not None:
            self._traveller.shift(missing)

    def _wait(self) -> None:
        if self._target is not None and not self._held:
            return
        self._changed.wait(timeout=max(0.0, self._timers[0][0] - self.now()) if self._timers else None)
