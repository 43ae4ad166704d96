"""ECS on one Spot pool, task by task, as time jumps from event to event.

The rules are those of `local_aws.ecs`, which speaks AWS's wire formats and takes twenty times as long; a test holds the
two together.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import Protocol

from spot_failover.core.service import ServiceEvent
from spot_failover.core.service_key import ServiceKey
from spot_failover.core.strategy import Strategy
from spotctl.simulation import rolling
from spotctl.simulation.ecs_state import Deployment, Service, State, Task
from spotctl.simulation.meter import Meter
from spotctl.simulation.timeline import Timeline, moment

NO_CAPACITY = "was unable to place a task. Reason: Capacity is unavailable at this time."
LONG_AGO = -30 * 86400.0
"""When a service that has always been there was last deployed."""
STEADY = "has reached a steady state."


@dataclass(frozen=True)
class Times:
    """How long things take, in seconds."""

    reaction: float = 1.0
    """From a change to what ECS does about it."""
    running: tuple[float, float] = (45.0, 75.0)
    """From placed to RUNNING: anything between."""
    healthy: float = 30.0
    """From RUNNING to healthy."""
    drain: float = 90.0
    """From when ECS stops a task to its end: deregistration delay and stop timeout. It is paid for, and serves no
    more."""
    notice: float = 120.0
    retry: float = 30.0
    """Placement that found no capacity is tried again on this grid."""
    retell: float = 900.0
    """The event of an unbroken shortage comes again this often."""
    message_retell: float = 6 * 3600.0
    """A service's own messages leave out for so long what they have told."""


class Listener(Protocol):
    """Hears what ECS tells."""

    def noticed(self, task: Task, *, ended: bool) -> None:
        """A Spot task got its notice, or has ended because of it."""
        ...

    def not_placed(self, service: Service, provider: str) -> None:
        """ECS could not place a task."""
        ...

    def changed(self, task: Task) -> None:
        """A task runs, or has ended."""
        ...


class Ecs:
    """All services of one account and Region, which draw on one Spot pool."""

    def __init__(self, timeline: Timeline, times: Times, random: Random) -> None:
        self.timeline, self.times = timeline, times
        self._random = random
        self.services: dict[ServiceKey, Service] = {}
        self.listener: Listener | None = None
        self.limit: int | None = None
        self.holders: dict[int, Task] = {}
        """Spot tasks that have their place in the pool."""
        self._made = 0

    def add(self, key: ServiceKey, strategy: Strategy, desired: int, meter: Meter) -> Service:
        """A service that has run for long with all its tasks."""
        service = Service(key, strategy, desired, meter, steady=True)
        self.services[key] = service
        first = Deployment(self._name(), strategy, moment(LONG_AGO), completed=True)
        service.deployments.append(first)
        for provider, count in rolling.missing(service).items():
            for _ in range(count):
                task = self._place(service, provider)
                task.state, task.started_at = State.HEALTHY, self.timeline.now
                meter.serve(self.timeline.now, 1)
        return service

    def set_limit(self, limit: int | None) -> None:
        """The pool carries so many Spot tasks from now on; those beyond get their notice."""
        before, self.limit = self.limit, limit
        if limit is not None and len(self.holders) > limit:
            held = list(self.holders.values())
            for task in self._random.sample(held, len(held) - limit):
                self._notice(task)
        elif limit is None or before is None or limit > before:
            self._offer()

    def deploy(self, service: Service, strategy: Strategy) -> None:
        """A new PRIMARY deployment; ECS begins to roll a moment later."""
        service.strategy = strategy
        service.deployments.insert(0, Deployment(self._name(), strategy, self.timeline.moment()))
        service.steady = False
        self.wake(service, self.times.reaction)

    def scale(self, service: Service, desired: int) -> None:
        """Another number of tasks is wanted."""
        service.desired = desired
        self.wake(service, self.times.reaction)

    def wake(self, service: Service, seconds: float) -> None:
        """Look at the service in so many seconds, if not before."""
        when = self.timeline.now + seconds
        if service.wake_at is None or when < service.wake_at:
            service.wake_at = when
            self.timeline.at(when, partial(self._woken, service, when))

    def _woken(self, service: Service, when: float) -> None:
        if service.wake_at == when:
            service.wake_at = None
            self._look(service)

    def _look(self, service: Service) -> None:
        for task in rolling.surplus(service):
            self._stop(task)
        refused: set[str] = set()
        for provider, count in rolling.missing(service).items():
            for _ in range(count):
                if not self._room(provider):
                    refused.add(provider)
                    break
                self._place(service, provider)
        self._short(service, refused)
        if len(service.deployments) > 1:
            alive = {task.deployment for task in service.tasks}
            service.deployments[1:] = [one for one in service.deployments[1:] if one in alive]
        if service.steady or not rolling.complete(service):
            return
        service.steady = service.primary.completed = True
        service.messages.appendleft(ServiceEvent(self.timeline.moment(), STEADY))

    def _room(self, provider: str) -> bool:
        return provider != "FARGATE_SPOT" or self.limit is None or len(self.holders) < self.limit

    def _short(self, service: Service, refused: set[str]) -> None:
        primary, now = service.primary, self.timeline.now
        if not refused:
            primary.short_since = None
        elif primary.short_since is None:
            primary.short_since = now
            service.steady = False
            self._tell(service, primary, now)
            self._message(service, primary, now)

    def _tell(self, service: Service, deployment: Deployment, since: float) -> None:
        """The event of a shortage, now and as long as it lasts."""
        if service.primary is not deployment or deployment.short_since != since:
            return
        if self.listener is not None:
            self.listener.not_placed(service, "FARGATE_SPOT")
        self.timeline.after(self.times.retell, partial(self._tell, service, deployment, since))

    def _message(self, service: Service, deployment: Deployment, since: float) -> None:
        if service.primary is not deployment or deployment.short_since != since:
            return
        service.messages.appendleft(ServiceEvent(self.timeline.moment(), NO_CAPACITY))
        self.timeline.after(self.times.message_retell, partial(self._message, service, deployment, since))

    def _place(self, service: Service, provider: str) -> Task:
        self._made += 1
        task = Task(self._made, service, service.primary, provider, self.timeline.now)
        service.tasks.append(task)
        service.meter.starts += 1
        if task.spot:
            self.holders[task.number] = task
        self.timeline.after(self._random.uniform(*self.times.running), partial(self._runs, task))
        return task

    def _runs(self, task: Task) -> None:
        if task.state is not State.STARTING:
            return
        task.state, task.started_at = State.RUNNING, self.timeline.now
        self.timeline.after(self.times.healthy, partial(self._healthy, task))
        if self.listener is not None:
            self.listener.changed(task)

    def _healthy(self, task: Task) -> None:
        if task.state is State.RUNNING:
            task.state = State.HEALTHY
            task.service.meter.serve(self.timeline.now, 1)
            self._look(task.service)

    def _notice(self, task: Task) -> None:
        task.served = task.state is State.HEALTHY
        if task.served:
            task.service.meter.leave(self.timeline.now, 1)
        task.state = State.NOTICED
        task.service.steady = False
        del self.holders[task.number]
        self.timeline.after(self.times.notice, partial(self._end, task))
        self.wake(task.service, self.times.reaction)
        if self.listener is not None:
            self.listener.noticed(task, ended=False)

    def _stop(self, task: Task) -> None:
        healthy, starting = task.state is State.HEALTHY, task.state is State.STARTING
        if healthy:
            task.service.meter.serve(self.timeline.now, -1)
        task.state = State.STOPPING
        if self.holders.pop(task.number, None) is not None:
            self._offer()
        self.timeline.after(0 if starting else self.times.drain, partial(self._end, task))

    def _end(self, task: Task) -> None:
        service, interrupted = task.service, task.state is State.NOTICED
        if interrupted and task.served:
            service.meter.leave(self.timeline.now, -1)
            service.meter.serve(self.timeline.now, -1)
        task.state = State.ENDED
        service.tasks.remove(task)
        service.meter.pay(self.timeline.now - task.created_at, spot=task.spot)
        self._look(service)
        if self.listener is not None:
            self.listener.changed(task)
            if interrupted:
                self.listener.noticed(task, ended=True)

    def _offer(self) -> None:
        """Those who wait for Spot try again, each at its own next turn."""
        now, retry = self.timeline.now, self.times.retry
        for service in self.services.values():
            since = service.primary.short_since
            if since is not None:
                turn = since + (math.floor((now - since) / retry) + 1) * retry
                self.wake(service, turn - now)

    def _name(self) -> str:
        self._made += 1
        return f"ecs-svc/{self._made}"

    def close(self) -> None:
        """Add up what still runs."""
        now = self.timeline.now
        for service in self.services.values():
            service.meter.settle(now)
            for task in service.tasks:
                service.meter.pay(now - task.created_at, spot=task.spot)

    def of(self, keys: Sequence[ServiceKey]) -> list[Service]:
        """Services by name."""
        return [self.services[key] for key in keys]
