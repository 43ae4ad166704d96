"""The control API's routes for ECS: Spot capacity, interruptions, broken images, and what there is to see."""

from __future__ import annotations

from collections import Counter
from typing import Any

from local_aws.ecs import shapes
from local_aws.ecs import strategy as strategies
from local_aws.ecs.history import identity
from local_aws.ecs.scheduler import Scheduler
from local_aws.ecs.service import Deployment, Key, Service
from local_aws.ecs.task import Status
from local_aws.world import World

Arguments = dict[str, Any]


class ControlRoutes:
    """Handlers of the control API; each takes the lock."""

    def __init__(self, world: World, scheduler: Scheduler) -> None:
        self._world = world
        self._scheduler = scheduler

    def add_to(self, world: World) -> None:
        """Register all routes."""
        add = world.control.add
        add("POST", "spot-capacity", self.spot_capacity)
        add("POST", "interrupt", self.interrupt)
        add("POST", "broken-image", self.broken_image)
        add("POST", "count-interrupted", self.count_interrupted)
        add("GET", "services", self.services)
        add("GET", "timeline", self.timeline)
        add("GET", "service-updates", self.service_updates)

    def spot_capacity(self, arguments: Arguments) -> Arguments:
        """Limit a pool to ``capacity`` tasks (null: no limit); tasks beyond it get the two-minute notice."""
        capacity = arguments.get("capacity")
        if capacity is not None and (isinstance(capacity, bool) or not isinstance(capacity, int) or capacity < 0):
            raise ValueError(f"capacity must be null or a number of tasks from 0 up, not {capacity!r}")
        account, region = _text(arguments, "account"), _text(arguments, "region")
        with self._world.lock:
            self._scheduler.set_capacity(account, region, arguments.get("provider") or "FARGATE_SPOT", capacity)
        return {}

    def interrupt(self, arguments: Arguments) -> Arguments:
        """Give ``tasks`` running Spot tasks of a service their notice; the pool keeps its capacity."""
        key = Key(*(_text(arguments, name) for name in ("account", "region", "cluster", "service")))
        wanted = arguments.get("tasks", 1)
        with self._world.lock:
            service = self._scheduler.services.get(key)
            if service is None:
                raise ValueError(f"there is no service {key.arn}")
            provider = arguments.get("provider") or "FARGATE_SPOT"
            running = [task for task in service.tasks if task.wanted and task.status is Status.RUNNING]
            victims = [task for task in running if task.provider == provider]
            if not isinstance(wanted, int) or not 0 < wanted <= len(victims):
                raise ValueError(
                    f"{key.arn} has {len(victims)} running tasks on {provider}: can't interrupt {wanted!r}"
                )
            self._scheduler.interrupt([(service, task) for task in victims[:wanted]])
        return {"tasks": [task.arn for task in victims[:wanted]]}

    def broken_image(self, arguments: Arguments) -> Arguments:
        """Make an image impossible to pull in an account (``broken`` false: possible again)."""
        item = (_text(arguments, "account"), _text(arguments, "image"))
        with self._world.lock:
            broken = self._scheduler.lifecycle.broken_images
            if arguments.get("broken", True):
                broken.add(item)
            else:
                broken.discard(item)
        return {}

    def count_interrupted(self, arguments: Arguments) -> Arguments:
        """Choose whether ``runningCount`` has tasks between their notice and their end: AWS documents neither."""
        counted = arguments.get("counted")
        if counted not in {True, False}:
            raise ValueError(f"counted must be true or false, not {counted!r}")
        with self._world.lock:
            self._scheduler.count_interrupted = bool(counted)
        return {}

    def services(self, _: Arguments) -> list[Arguments]:
        """Every service that is not INACTIVE, as it stands now."""
        with self._world.lock:
            return [self._service(item) for item in self._scheduler.services.values() if item.status != "INACTIVE"]

    def timeline(self, _: Arguments) -> Arguments:
        """The course of services and pools."""
        with self._world.lock:
            return self._scheduler.history.timeline()

    def service_updates(self, arguments: Arguments) -> list[Arguments]:
        """Every accepted CreateService and UpdateService; with ``cluster``, those in clusters of that name."""
        cluster = arguments.get("cluster")
        with self._world.lock:
            updates = self._scheduler.history.updates()
        return [update for update in updates if cluster is None or update["cluster"] == cluster]

    def _service(self, service: Service) -> Arguments:
        return {
            **identity(service.key),
            "desired": service.desired_count,
            "strategy": strategies.to_wire(service.revision.strategy),
            "running": service.running_by_provider(),
            "pending": dict(Counter(task.provider for task in service.tasks if task.pending)),
            "deployments": [self._deployment(service, item) for item in service.deployments],
        }

    def _deployment(self, service: Service, deployment: Deployment) -> Arguments:
        counted = self._scheduler.count_interrupted
        shape = shapes.deployment(service, deployment, count_interrupted=counted)
        return {
            "id": shape["id"],
            "status": shape["status"],
            "rolloutState": shape["rolloutState"],
            "strategy": strategies.to_wire(deployment.revision.strategy),
            "desired": shape["desiredCount"],
            "running": shape["runningCount"],
            "pending": shape["pendingCount"],
        }


def _text(arguments: Arguments, name: str) -> str:
    value = arguments.get(name)
    if not isinstance(value, str) or not value:
        raise ValueError(f"{name} is missing: give it as text")
    return value
