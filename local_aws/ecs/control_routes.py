"""The control API's routes for ECS: capacity, interruptions, and what there is to see."""

from __future__ import annotations

from collections import Counter
from typing import Any

from moto.ecs.models import ecs_backends

from local_aws.ecs import shapes
from local_aws.ecs import strategy as strategies
from local_aws.ecs.history import identity
from local_aws.ecs.pools import pool_key
from local_aws.ecs.scheduler import Scheduler
from local_aws.ecs.service import Deployment, Key, Service
from local_aws.ecs.strategy import FARGATE_PROVIDERS, SPOT_PROVIDER
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
        add("GET", "services", self.services)
        add("GET", "timeline", self.timeline)
        add("GET", "service-updates", self.service_updates)

    def spot_capacity(self, arguments: Arguments) -> Arguments:
        """Limit a pool to ``capacity`` tasks (null: no limit); tasks beyond it get the two-minute notice.

        The pool of an Auto Scaling group is one of a ``cluster``, which may be left out when one only has the provider.
        """
        capacity = arguments.get("capacity")
        if capacity is not None and (isinstance(capacity, bool) or not isinstance(capacity, int) or capacity < 0):
            raise ValueError(f"capacity must be null or a number of tasks from 0 up, not {capacity!r}")
        account, region = text(arguments, "account"), text(arguments, "region")
        provider = arguments.get("provider") or SPOT_PROVIDER
        with self._world.lock:
            cluster = arguments.get("cluster")
            if provider not in FARGATE_PROVIDERS and not cluster:
                cluster = _only_cluster(account, region, provider)
            self._scheduler.set_capacity(pool_key(account, region, provider, cluster), capacity)
        return {}

    def interrupt(self, arguments: Arguments) -> Arguments:
        """Give ``tasks`` running Spot tasks of a service their notice; the pool keeps its capacity."""
        key = Key(*(text(arguments, name) for name in ("account", "region", "cluster", "service")))
        wanted = arguments.get("tasks", 1)
        with self._world.lock:
            service = self._scheduler.services.get(key)
            if service is None:
                raise ValueError(f"there is no service {key.arn}")
            provider = arguments.get("provider") or SPOT_PROVIDER
            tasks = [(unit, task) for unit in service.units for task in unit.tasks]
            running = [(unit, task) for unit, task in tasks if task.wanted and task.status is Status.RUNNING]
            victims = [(unit, task) for unit, task in running if task.provider == provider and not task.host_lost]
            if not isinstance(wanted, int) or not 0 < wanted <= len(victims):
                raise ValueError(
                    f"{key.arn} has {len(victims)} running tasks on {provider}: can't interrupt {wanted!r}"
                )
            self._scheduler.interrupt(victims[:wanted])
        return {"tasks": [task.arn for _, task in victims[:wanted]]}

    def services(self, _: Arguments) -> list[Arguments]:
        """Every service that is not INACTIVE, as it stands now."""
        with self._world.lock:
            return [self._service(item) for item in self._scheduler.services.values() if item.status != "INACTIVE"]

    def timeline(self, _: Arguments) -> Arguments:
        """The course of services, pools and target groups."""
        with self._world.lock:
            return {**self._scheduler.history.timeline(), "target_groups": self._scheduler.targets.timeline()}

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
            "pending": dict(Counter(task.provider for task in service.all_tasks if task.pending)),
            "deployments": [self._deployment(service, item) for item in service.deployments if service.scheduled],
            "task_sets": [item.summary() for item in service.task_sets],
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


def _only_cluster(account: str, region: str, provider: str) -> str:
    clusters = ecs_backends[account][region].clusters.values()
    found = [cluster.name for cluster in clusters if provider in (cluster.capacity_providers or [])]
    if len(found) != 1:
        raise ValueError(
            f"name the cluster: {account} {region} has {len(found)} clusters with the capacity provider {provider}"
        )
    return str(found[0])


def text(arguments: Arguments, name: str) -> str:
    """An argument that must be there."""
    value = arguments.get(name)
    if not isinstance(value, str) or not value:
        raise ValueError(f"{name} is missing: give it as text")
    return value
