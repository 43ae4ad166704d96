"""Puts this ECS in front of moto's: which operations are answered here, and which moto answers after a check."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.core.responses import ActionResult
from moto.ecs.responses import EC2ContainerServiceResponse

from local_aws.ecs import capacity_providers, clusters, service_changes, service_queries, task_set_api
from local_aws.ecs.call import Call
from local_aws.ecs.scheduler import Scheduler
from local_aws.world import World

Answer = Callable[[Call], dict[str, Any]]
Original = Callable[[EC2ContainerServiceResponse], ActionResult]

_ORIGINALS: dict[str, Original] = {
    name: getattr(EC2ContainerServiceResponse, name)
    for name in (
        "create_cluster",
        "delete_cluster",
        "describe_clusters",
        "put_cluster_capacity_providers",
        "list_tasks",
        "stop_task",
    )
}


def attach(world: World, scheduler: Scheduler) -> None:
    """Answer ECS requests of this process from ``scheduler``; the last one attached answers."""
    own: dict[str, Answer] = {
        "create_service": service_changes.create_service,
        "update_service": service_changes.update_service,
        "delete_service": service_changes.delete_service,
        "describe_services": service_queries.describe_services,
        "list_services": service_queries.list_services,
        "create_task_set": task_set_api.create_task_set,
        "describe_task_sets": task_set_api.describe_task_sets,
        "update_task_set": task_set_api.update_task_set,
        "delete_task_set": task_set_api.delete_task_set,
        "update_service_primary_task_set": task_set_api.update_service_primary_task_set,
        "list_clusters": clusters.list_clusters,
        "create_capacity_provider": capacity_providers.create_capacity_provider,
        "update_capacity_provider": capacity_providers.update_capacity_provider,
        "delete_capacity_provider": capacity_providers.delete_capacity_provider,
        "describe_capacity_providers": capacity_providers.describe_capacity_providers,
    }
    for name, answer in own.items():
        _replace(name, world, scheduler, _answering(answer))
    for name, operation in _WITH_MOTO.items():
        _replace(name, world, scheduler, operation)


Operation = Callable[[EC2ContainerServiceResponse, Call], ActionResult]


def _replace(name: str, world: World, scheduler: Scheduler, operation: Operation) -> None:
    def method(self: EC2ContainerServiceResponse) -> ActionResult:
        with world.lock:
            return operation(self, Call.of(self, scheduler))

    method.__name__ = name
    setattr(EC2ContainerServiceResponse, name, method)


def _answering(answer: Answer) -> Operation:
    def operation(_: EC2ContainerServiceResponse, call: Call) -> ActionResult:
        return ActionResult(answer(call))

    return operation


def _create_cluster(response: EC2ContainerServiceResponse, call: Call) -> ActionResult:
    before = clusters.existing(call)
    if before is not None:
        return ActionResult({"cluster": before})
    clusters.check_providers(call)
    return _ORIGINALS["create_cluster"](response)


def _put_cluster_capacity_providers(response: EC2ContainerServiceResponse, call: Call) -> ActionResult:
    clusters.check_providers(call)
    return _ORIGINALS["put_cluster_capacity_providers"](response)


def _delete_cluster(response: EC2ContainerServiceResponse, call: Call) -> ActionResult:
    clusters.check_deletable(call)
    return _ORIGINALS["delete_cluster"](response)


def _describe_clusters(response: EC2ContainerServiceResponse, call: Call) -> ActionResult:
    clusters.check_identifiers(call)
    for cluster in call.backend.clusters.values():
        clusters.count(call, cluster)
    return _ORIGINALS["describe_clusters"](response)


def _list_tasks(response: EC2ContainerServiceResponse, call: Call) -> ActionResult:
    def standalone() -> list[str]:
        result = _ORIGINALS["list_tasks"](response).result
        return list(result["taskArns"]) if isinstance(result, dict) else []

    return ActionResult(service_queries.list_tasks(call, standalone))


def _describe_tasks(_: EC2ContainerServiceResponse, call: Call) -> ActionResult:
    def standalone(task_ids: list[str]) -> list[Any]:
        return list(call.backend.describe_tasks(call.get("cluster") or "default", task_ids))

    return ActionResult(service_queries.describe_tasks(call, standalone))


def _stop_task(response: EC2ContainerServiceResponse, call: Call) -> ActionResult:
    stopped = service_queries.stop_task(call)
    return _ORIGINALS["stop_task"](response) if stopped is None else ActionResult(stopped)


_WITH_MOTO: dict[str, Operation] = {
    "create_cluster": _create_cluster,
    "put_cluster_capacity_providers": _put_cluster_capacity_providers,
    "delete_cluster": _delete_cluster,
    "describe_clusters": _describe_clusters,
    "list_tasks": _list_tasks,
    "describe_tasks": _describe_tasks,
    "stop_task": _stop_task,
}
