"""One execution as the clock sees it: at work, when no time may be skipped, or asleep until a point in time."""

from __future__ import annotations

import threading
from collections.abc import Callable

from local_aws.clock import Clock, Timer


class Run:
    """Holds the clock while its execution is at work, and lets go of it while it waits.

    ``begin`` and ``end`` enclose an execution's thread; ``sleep`` is called on it, all else by anybody.
    """

    def __init__(self, clock: Clock, name: str) -> None:
        self._clock = clock
        self._name = name
        self._lock = threading.Lock()
        self._woken = threading.Event()
        self._asleep = False
        self._interrupted = False
        self._limit: Timer | None = None

    def begin(self) -> None:
        """The execution starts."""
        self._clock.hold()

    def end(self) -> None:
        """The execution is over."""
        if self._limit is not None:
            self._limit.cancel()
        self._clock.release()

    def sleep(self, seconds: float) -> None:
        """Wait so long in virtual time, or until the execution is interrupted."""
        with self._lock:
            if self._interrupted:
                return
            self._woken.clear()
            self._asleep = True
            timer = self._clock.call_later(max(0.0, seconds), self._wake, name=f"wait of {self._name}")
        self._clock.release()
        self._woken.wait()
        timer.cancel()

    def limit(self, seconds: float, reached: Callable[[], None]) -> None:
        """Call ``reached`` after so many seconds, and interrupt the execution, unless it is over by then."""

        def expire() -> None:
            reached()
            self.interrupt()

        self._limit = self._clock.call_later(seconds, expire, name=f"time limit of {self._name}")

    def interrupt(self) -> None:
        """Wake the execution; it sleeps no more."""
        with self._lock:
            self._interrupted = True
        self._wake()

    def _wake(self) -> None:
        with self._lock:
            if self._asleep:
                self._asleep = False
                self._clock.hold()
                self._woken.set()
