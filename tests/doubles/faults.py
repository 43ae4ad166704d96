"""What goes wrong, and what happens meanwhile: planned by a test, met by a double."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock


class Crash(BaseException):
    """The Lambda service stopped the function: nothing may catch it."""


@dataclass
class _Plan:
    operation: str
    after: bool
    what: BaseException | Callable[[], object]
    skip: int
    done: bool = False


@dataclass
class Faults:
    """A queue of plans; each comes true once, at the next call of its operation."""

    _plans: list[_Plan] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def before(self, operation: str, what: BaseException | Callable[[], object], *, skip: int = 0) -> None:
        """Raise, or run, at the call's begin: it has no effect if that raises."""
        self._plans.append(_Plan(operation, after=False, what=what, skip=skip))

    def after(self, operation: str, what: BaseException | Callable[[], object], *, skip: int = 0) -> None:
        """Raise, or run, once the call has taken effect and before its caller hears of it."""
        self._plans.append(_Plan(operation, after=True, what=what, skip=skip))

    def reach(self, operation: str, *, after: bool) -> None:
        """A double has come to this point."""
        for plan in [plan for plan in self._plans if plan.operation == operation and plan.after is after]:
            with self._lock:
                if plan.done:
                    continue  # what an earlier one ran came through here itself, or another thread
                if plan.skip:
                    plan.skip -= 1
                    continue
                plan.done = True
                self._plans = [other for other in self._plans if not other.done]
            if isinstance(plan.what, BaseException):
                raise plan.what
            plan.what()

    def clear(self) -> None:
        """All is well from now on."""
        self._plans.clear()
