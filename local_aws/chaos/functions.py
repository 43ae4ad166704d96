"""Lambda sandboxes that crash or time out in the middle of their work."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from local_aws.chaos.dice import Dice
from local_aws.http_server import AnswerLostError
from local_aws.lambda_service import RunningInvocation, running_invocation
from local_aws.world import Answer, Environ, World

LAST_CALL = 8
"""The last of an invocation's AWS calls at which it may end. One that makes fewer calls than was thrown lives on."""


@dataclass
class Fate:
    """How an invocation ends, if it does: at which of its calls, and whether that call takes effect."""

    ends: Callable[[RunningInvocation], None] | None = None
    at_call: int = 0
    with_effect: bool = False
    calls: int = 0


@dataclass
class FunctionChaos:
    """Middleware: decides for every invocation at its first AWS call. ``crash``, ``timeout``: probabilities."""

    world: World
    crash: float = 0.0
    timeout: float = 0.0
    dice: Dice = field(default_factory=Dice)
    crashed: int = 0
    timed_out: int = 0
    _fates: dict[str, Fate] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def set(self, crash: float, timeout: float, dice: Dice) -> None:
        """Change it for invocations from now on; ``ValueError`` when the probabilities make more than 1."""
        if crash + timeout > 1:
            raise ValueError(f"crash and timeout are {crash} and {timeout}: together they can't be more than 1")
        with self._lock:
            self.crash, self.timeout, self.dice = crash, timeout, dice
            self._fates.clear()

    def __call__(self, environ: Environ, api: Callable[[], Answer]) -> Answer:
        """Answer a request."""
        if not (self.crash or self.timeout) or (invocation := running_invocation(self.world, environ)) is None:
            return api()
        with self._lock:
            fate = self._fates.get(invocation.request_id) or self._throw(invocation.request_id)
            fate.calls += 1
            number = fate.calls
        if fate.ends is None or number < fate.at_call:
            return api()
        if number == fate.at_call:
            if fate.with_effect:
                api()
            fate.ends(invocation)
        raise AnswerLostError(f"{invocation.function} has ended while it made its call number {number}")

    def _throw(self, request_id: str) -> Fate:
        thrown, at_call, with_effect = self.dice.share(), self.dice.number(1, LAST_CALL), self.dice.happens(0.5)
        ends = self._crash if thrown < self.crash else self._time_out if thrown < self.crash + self.timeout else None
        fate = self._fates[request_id] = Fate(ends, at_call, with_effect)
        return fate

    def _crash(self, invocation: RunningInvocation) -> None:
        self.crashed += 1
        invocation.kill()

    def _time_out(self, invocation: RunningInvocation) -> None:
        self.timed_out += 1
        invocation.time_out()
