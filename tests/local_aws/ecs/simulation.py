"""ECS alone, as its tests use it: a clock that only moves when told to, the events ECS makes, boto3, control API."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from typing import Any

from local_aws.clock import Clock, Timer
from local_aws.world import World

ACCOUNT, REGION, CLUSTER = "123456789012", "us-east-1", "shop"
OTHER_ACCOUNT = "111111111111"
SPOT: list[Any] = [{"capacityProvider": "FARGATE_SPOT", "weight": 1}]
ON_DEMAND: list[Any] = [{"capacityProvider": "FARGATE", "weight": 1}]


class SteppedClock(Clock):
    """Runs timers on the caller's thread; time stands still in between."""

    def __init__(self) -> None:
        self.time = 1_700_000_000.0
        self.pending: list[tuple[float, int, Timer]] = []
        self.count = itertools.count()
        self.ran = 0

    def now(self) -> float:
        return self.time

    def call_at(self, when: float, action: Callable[[], None], *, name: str) -> Timer:
        timer = Timer(when, action, name)
        heapq.heappush(self.pending, (when, next(self.count), timer))
        return timer

    def advance(self, seconds: float) -> None:
        target = self.time + seconds
        while self.pending and self.pending[0][0] <= target:
            when, _, timer = heapq.heappop(self.pending)
            self.time = max(self.time, when)
            if not timer.cancelled:
                self.ran += 1
                timer.action()
        self.time = target


class Ecs:
    """The simulation as a test uses it: through boto3 and the control API."""

    def __init__(self, client: Any, world: World, clock: SteppedClock) -> None:
        self.client = client
        self.world = world
        self.clock = clock
        self.events: list[dict[str, Any]] = []
        world.listeners.append(self.events.append)

    def create(self, name: str = "web", *, desired: int = 4, strategy: Any = None, **more: Any) -> dict[str, Any]:
        if strategy is None and "launchType" not in more:
            strategy = SPOT
        if strategy:
            more["capacityProviderStrategy"] = strategy
        answer = self.client.create_service(
            cluster=CLUSTER, serviceName=name, taskDefinition="app", desiredCount=desired, **more
        )
        return dict(answer["service"])

    def external(self, name: str = "web", *, desired: int = 4) -> dict[str, Any]:
        """A service with the EXTERNAL deployment controller, without a task set."""
        answer = self.client.create_service(
            cluster=CLUSTER, serviceName=name, desiredCount=desired, deploymentController={"type": "EXTERNAL"}
        )
        return dict(answer["service"])

    def task_set(self, *, name: str = "web", strategy: Any = None, **more: Any) -> dict[str, Any]:
        """Make a task set of the service, of all its tasks and on Spot unless told otherwise."""
        if "launchType" not in more:
            more["capacityProviderStrategy"] = SPOT if strategy is None else strategy
        request = {"taskDefinition": "app", "scale": {"value": 100, "unit": "PERCENT"}, **more}
        return dict(self.client.create_task_set(cluster=CLUSTER, service=name, **request)["taskSet"])

    def task_sets(self, name: str = "web") -> list[dict[str, Any]]:
        return list(self.client.describe_task_sets(cluster=CLUSTER, service=name)["taskSets"])

    def scale(self, task_set: dict[str, Any], percent: float, name: str = "web") -> dict[str, Any]:
        scale = {"value": percent, "unit": "PERCENT"}
        where = {"cluster": CLUSTER, "service": name, "taskSet": task_set["id"]}
        return dict(self.client.update_task_set(**where, scale=scale)["taskSet"])

    def update(self, name: str = "web", **more: Any) -> dict[str, Any]:
        return dict(self.client.update_service(cluster=CLUSTER, service=name, **more)["service"])

    def switch(self, strategy: Any, name: str = "web") -> dict[str, Any]:
        return self.update(name, capacityProviderStrategy=strategy, forceNewDeployment=True)

    def describe(self, name: str = "web") -> dict[str, Any]:
        return dict(self.client.describe_services(cluster=CLUSTER, services=[name])["services"][0])

    def tasks(self, name: str = "web", status: str = "RUNNING") -> list[dict[str, Any]]:
        arns = self.client.list_tasks(cluster=CLUSTER, serviceName=name, desiredStatus=status)["taskArns"]
        return list(self.client.describe_tasks(cluster=CLUSTER, tasks=arns)["tasks"]) if arns else []

    def spot(self, capacity: int | None, provider: str = "FARGATE_SPOT", **more: Any) -> None:
        pool = {"account": ACCOUNT, "region": REGION, "provider": provider, "capacity": capacity, **more}
        self.control("POST", "spot-capacity", **pool)

    def interrupt(self, tasks: int, name: str = "web") -> list[str]:
        where = {"account": ACCOUNT, "region": REGION, "cluster": CLUSTER, "service": name}
        return list(self.control("POST", "interrupt", **where, tasks=tasks)["tasks"])

    def control(self, method: str, path: str, **arguments: Any) -> Any:
        return self.world.control.call(method, path, arguments)

    def advance(self, seconds: float) -> None:
        self.clock.advance(seconds)

    def told(self, event_name: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event["detail"].get("eventName") == event_name]

    def running(self, name: str = "web") -> dict[str, int]:
        for service in self.control("GET", "services"):
            if service["service"] == name:
                return dict(service["running"])
        return {}
