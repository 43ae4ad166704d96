"""What people do instead: simple rules, without a proving phase, a breaker or a sweep."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from spot_failover.core.fallback import fallback_strategy
from spot_failover.core.strategy import Strategy
from spotctl.simulation.ecs import Ecs
from spotctl.simulation.ecs_state import ON_DEMAND_PROVIDER, SPOT_PROVIDER, Service, Task

LATENCY = 2.0
"""From ECS's event to the function, in seconds."""
Wait = Callable[[float, int], float | None]
"""Seconds until a restore, from the time of the failover and how many there were before; None: never."""
HOUR = 3600.0
DAY = 24 * HOUR
RESTORE_AT = 3 * HOUR
"""When the fixed daily restore goes: at night."""
REDEPLOY_INTERVAL = 600.0


class DoNothing:
    """ECS alone."""

    def noticed(self, task: Task, *, ended: bool) -> None:
        """Nothing."""

    def not_placed(self, service: Service, provider: str) -> None:
        """Nothing."""

    def changed(self, task: Task) -> None:
        """Nothing."""


class Redeploy(DoNothing):
    """A forced deployment whenever a task is interrupted, at most one every 10 minutes for a service."""

    def __init__(self, ecs: Ecs) -> None:
        self._ecs = ecs
        self._last: dict[Service, float] = {}

    def noticed(self, task: Task, *, ended: bool) -> None:
        """Redeploy."""
        service, now = task.service, self._ecs.timeline.now
        if not ended and now - self._last.get(service, -DAY) >= REDEPLOY_INTERVAL:
            self._last[service] = now
            self._ecs.timeline.after(LATENCY, partial(_deploy, self._ecs, service, service.strategy))


class Switcher(DoNothing):
    """To on-demand at a placement failure, and back when a rule says so."""

    def __init__(self, ecs: Ecs, wait: Wait) -> None:
        self._ecs, self._wait = ecs, wait
        self._baseline: dict[Service, Strategy] = {}
        self._asked: dict[Service, int] = {}

    def not_placed(self, service: Service, provider: str) -> None:  # noqa: ARG002 - it is always Spot
        """Fail over, where that has not happened."""
        self._ecs.timeline.after(LATENCY, partial(self._fail_over, service))

    def _fail_over(self, service: Service) -> None:
        if service in self._baseline:
            return
        self._baseline[service] = service.strategy
        pairs = {SPOT_PROVIDER: ON_DEMAND_PROVIDER}
        _deploy(self._ecs, service, fallback_strategy(service.strategy, pairs, 10))
        asked = self._asked.get(service, 0)
        self._asked[service] = asked + 1
        seconds = self._wait(self._ecs.timeline.now, asked)
        if seconds is not None:
            self._ecs.timeline.after(seconds, partial(self._restore, service))

    def _restore(self, service: Service) -> None:
        _deploy(self._ecs, service, self._baseline.pop(service))


def never(_now: float, _asked: int) -> float | None:
    """One way."""
    return None


def at_every_tick(tick: float, now: float, _asked: int) -> float | None:
    """At the next tick of a schedule that comes every `tick` seconds."""
    return tick - now % tick


EVERY_MINUTE, EVERY_FIVE_MINUTES = partial(at_every_tick, 60.0), partial(at_every_tick, 300.0)


def climbing(_now: float, asked: int) -> float | None:
    """After an hour, then twice as long each time, up to a day."""
    return min(HOUR * 2.0 ** min(asked, 10), DAY)


def daily(now: float, _asked: int) -> float | None:
    """Every night."""
    return (RESTORE_AT - now) % DAY or DAY


def _deploy(ecs: Ecs, service: Service, strategy: Strategy) -> None:
    service.deploys += 1
    ecs.deploy(service, strategy)
