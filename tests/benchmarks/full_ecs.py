"""local_aws's ECS, driven without its APIs: the benchmark's quick one is held to it."""

from __future__ import annotations

import heapq
import itertools
import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from local_aws.clock import Timer
from local_aws.ecs.scheduler import Scheduler
from local_aws.ecs.service import Key, Revision, Service
from local_aws.ecs.strategy import Item
from local_aws.ecs.task import Status, TaskSpec
from local_aws.ecs.timing import Timing

POOL = ("111111111111", "us-east-1", "FARGATE_SPOT", None)
SPOT = (Item("FARGATE_SPOT", 1),)
FALLBACK = (Item("FARGATE_SPOT"), Item("FARGATE", 10))
Counts = tuple[int, int, int, int, int, bool]
TIMING = Timing(provisioning=30, pending=20, healthy=30, stopping=70, deprovisioning=10)


class _Clock:
    def __init__(self) -> None:
        self.time = 0.0
        self._waiting: list[tuple[float, int, Timer]] = []
        self._order = itertools.count()

    def now(self) -> float:
        return self.time

    def call_at(self, when: float, action: Callable[[], None], *, name: str) -> Timer:
        timer = Timer(when, action, name)
        heapq.heappush(self._waiting, (when, next(self._order), timer))
        return timer

    def run(self, until: float) -> None:
        while self._waiting and self._waiting[0][0] <= until:
            when, _, timer = heapq.heappop(self._waiting)
            self.time = max(self.time, when)
            if not timer.cancelled:
                timer.action()
        self.time = until


class FullEcs:
    """One service on one pool."""

    def __init__(self, desired: int) -> None:
        self.clock = _Clock()
        world: Any = SimpleNamespace(clock=self.clock, lock=threading.RLock(), emit=lambda *_, **__: None)
        targets: Any = None
        self.scheduler = Scheduler(world, targets, TIMING)
        settings: dict[str, Any] = {"deploymentConfiguration": {}}
        revision = Revision(TaskSpec("app"), SPOT, None, None, {})
        key = Key(*POOL[:2], "shop", "web")
        self.service = Service(key, revision, desired, 0.0, "test", settings=settings)
        self.scheduler.services[key] = self.service
        self.scheduler.deploy(self.service, revision)
        self.scheduler.changed(self.service)
        self.clock.run(600)
        self.clock.time = 0.0  # begins whole, like the other one

    def at(self, when: float, action: Callable[[], object]) -> None:
        self.clock.call_at(when, lambda: (action(), None)[1], name="story")

    def set_limit(self, limit: int | None) -> None:
        self.scheduler.set_capacity(POOL, limit)

    def switch(self, *, spot: bool) -> None:
        revision = Revision(TaskSpec("app"), SPOT if spot else FALLBACK, None, None, {})
        self.scheduler.deploy(self.service, revision)
        self.scheduler.changed(self.service)

    def scale(self, desired: int) -> None:
        self.service.desired_count = desired
        self.scheduler.changed(self.service)

    def run(self, until: float) -> None:
        self.clock.run(until)

    @property
    def counts(self) -> Counts:
        """Running by provider, those that serve, pending, deployments, whether the last one is completed."""
        tasks = self.service.tasks
        running = [task for task in tasks if task.status is Status.RUNNING]
        return (
            sum(task.provider == "FARGATE_SPOT" for task in running),
            sum(task.provider == "FARGATE" for task in running),
            sum(task.serving or (task.interrupted and task.healthy) for task in running),
            sum(task.pending for task in tasks),
            len(self.service.deployments),
            self.service.primary.rollout.value == "COMPLETED",
        )
