"""Services, deployments and tasks in the members that the API and the events give them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from local_aws.ecs import strategy as strategies
from local_aws.ecs.rollout import wanted_providers
from local_aws.ecs.service import Deployment, Key, Revision, Service
from local_aws.ecs.strategy import FARGATE_PROVIDERS
from local_aws.ecs.task import ContainerSpec, Host, Status, Task
from local_aws.ecs.task_set import TaskSet

FARGATE_VERSION = "1.4.0"


def container_instance_arn(key: Key, host: Host) -> str:
    """The ARN of a container instance of the service's cluster."""
    return f"arn:aws:ecs:{key.region}:{key.account}:container-instance/{key.cluster}/{host.container_instance_id}"


def moment(epoch_seconds: float) -> datetime:
    """A point in time, to the millisecond."""
    return datetime.fromtimestamp(round(epoch_seconds, 3), UTC)


def running(tasks: Iterable[Task], *, count_interrupted: bool) -> int:
    """The ``runningCount`` of these tasks. AWS leaves open whether tasks after their notice are in it."""
    return sum(task.status is Status.RUNNING and (count_interrupted or not task.interrupted) for task in tasks)


def pending(tasks: Iterable[Task]) -> int:
    """The ``pendingCount`` of these tasks."""
    return sum(task.pending for task in tasks)


def service(service: Service, *, count_interrupted: bool, with_tags: bool) -> dict[str, Any]:
    """``Service`` of the API. The launch type is absent when there is a strategy."""
    revision = service.revision
    shape: dict[str, Any] = {
        "serviceArn": service.arn,
        "serviceName": service.key.name,
        "clusterArn": service.key.cluster_arn,
        "loadBalancers": [],
        "serviceRegistries": [],
        "networkConfiguration": None,
        **{name: value for name, value in revision.wiring.items() if name in _ON_SERVICE},
        "status": service.status,
        "desiredCount": service.desired_count,
        "runningCount": running(service.all_tasks, count_interrupted=count_interrupted),
        "pendingCount": pending(service.all_tasks),
        **_placement(revision),
        **({"taskDefinition": revision.task.arn} if revision.task.arn else {}),
        "taskSets": [task_set(item, count_interrupted=count_interrupted) for item in service.task_sets],
        "deployments": [
            deployment(service, item, count_interrupted=count_interrupted)
            for item in service.deployments
            if service.controller == "ECS"
        ],
        "events": [
            {"id": event_id, "createdAt": moment(at), "message": text} for event_id, at, text in service.messages
        ],
        "createdAt": moment(service.created_at),
        "createdBy": service.created_by,
        "schedulingStrategy": service.scheduling,
        "deploymentController": {"type": service.controller},
        "propagateTags": service.propagate_tags,
        **service.settings,
    }
    if with_tags:
        shape["tags"] = list(service.tags)
    return shape


def task_set(item: TaskSet, *, count_interrupted: bool, with_tags: bool = False) -> dict[str, Any]:
    """``TaskSet`` of the API. ``startedBy`` is left to CodeDeploy. Its stability is as of when ECS last looked."""
    revision = item.revision
    shape: dict[str, Any] = {
        "id": item.id,
        "taskSetArn": item.task_set_arn,
        "serviceArn": item.arn,
        "clusterArn": item.key.cluster_arn,
        "status": item.state,
        "taskDefinition": revision.task.arn,
        "computedDesiredCount": item.target,
        "pendingCount": pending(item.tasks),
        "runningCount": running(item.tasks, count_interrupted=count_interrupted),
        "createdAt": moment(item.created_at),
        "updatedAt": moment(item.changed_at),
        **_placement(revision, version=FARGATE_VERSION),
        "loadBalancers": [],
        "serviceRegistries": [],
        **{name: value for name, value in revision.wiring.items() if name in _ON_SERVICE},
        "scale": {"value": item.scale, "unit": "PERCENT"},
        "stabilityStatus": "STEADY_STATE" if item.stable else "STABILIZING",
        "stabilityStatusAt": moment(max(item.looked_at, item.changed_at)),
    }
    if item.external_id is not None:
        shape["externalId"] = item.external_id
    if with_tags:
        shape["tags"] = list(item.tags)
    return shape


def deployment(service: Service, deployment: Deployment, *, count_interrupted: bool) -> dict[str, Any]:
    """``Deployment`` of the API. An older one desires no more than what it still has."""
    tasks = service.of(deployment)
    primary = deployment is service.primary
    return {
        "id": deployment.id,
        "status": "PRIMARY" if primary else "ACTIVE",
        "taskDefinition": deployment.revision.task.arn,
        "desiredCount": len(wanted_providers(service)) if primary else sum(task.wanted for task in tasks),
        "pendingCount": pending(tasks),
        "runningCount": running(tasks, count_interrupted=count_interrupted),
        "failedTasks": deployment.failed_tasks,
        "createdAt": moment(deployment.created_at),
        "updatedAt": moment(deployment.updated_at),
        **_placement(deployment.revision, version=FARGATE_VERSION),
        "networkConfiguration": deployment.revision.wiring.get("networkConfiguration"),
        "rolloutState": deployment.rollout.value,
        "rolloutStateReason": deployment.reason,
    }


def task(service: Service, task: Task) -> dict[str, Any]:
    """``Task`` of the API, and the detail of its state change events but for ``updatedAt``."""
    region = service.key.region
    shape: dict[str, Any] = {
        "attachments": _attachments(task),
        "clusterArn": service.key.cluster_arn,
        "containers": [_container(task, item) for item in task.spec.containers],
        "cpu": task.spec.cpu,
        "memory": task.spec.memory,
        "createdAt": moment(task.created_at),
        "desiredStatus": task.desired_status.value,
        "enableExecuteCommand": False,
        "healthStatus": task.health_status,
        "group": f"service:{service.key.name}",
        "lastStatus": task.status.value,
        "overrides": {"containerOverrides": []},
        "startedBy": task.deployment_id,
        "taskArn": task.arn,
        "taskDefinitionArn": task.spec.arn,
        "version": task.version,
        **_where(task),
    }
    if task.placed:
        shape |= {"availabilityZone": f"{region}{'abc'[int(task.id[:4], 16) % 3]}", "connectivity": "CONNECTED"}
    if task.host is not None:
        shape["containerInstanceArn"] = container_instance_arn(service.key, task.host)
    times = {"startedAt": task.started_at, "stoppingAt": task.stopping_at, "stoppedAt": task.stopped_at}
    shape |= {name: moment(at) for name, at in times.items() if at is not None}
    if task.stop_code is not None:
        shape |= {"stopCode": task.stop_code.value, "stoppedReason": task.stopped_reason}
    return shape


_CONTAINER_STATUS = {Status.DEACTIVATING: Status.RUNNING, Status.DEPROVISIONING: Status.STOPPED}
"""``lastStatus`` of containers where it is not the task's."""


def _attachments(task: Task) -> list[dict[str, Any]]:
    """The network interface of a Fargate task that is placed."""
    if task.provider not in FARGATE_PROVIDERS or not task.placed:
        return []
    status = {Status.PROVISIONING: "PRECREATED", Status.STOPPED: "DELETED"}.get(task.status, "ATTACHED")
    details = [{"name": "privateIPv4Address", "value": task.address}]
    return [{"id": f"eni-{task.id}", "type": "ElasticNetworkInterface", "status": status, "details": details}]


def _container(task: Task, item: ContainerSpec) -> dict[str, Any]:
    """``Container`` of the API; one that never ran has no exit code."""
    shape: dict[str, Any] = {
        "containerArn": f"{task.arn.replace(':task/', ':container/')}/{item.name}",
        "taskArn": task.arn,
        "name": item.name,
        "image": item.image,
        "lastStatus": _CONTAINER_STATUS.get(task.status, task.status).value,
        "healthStatus": task.health_status,
        "networkInterfaces": [
            {"attachmentId": attachment["id"], "privateIpv4Address": task.address} for attachment in _attachments(task)
        ],
        "cpu": "0",
    }
    if task.container_reason is not None:
        shape["reason"] = task.container_reason
    if task.status in {Status.DEPROVISIONING, Status.STOPPED} and task.exit_code is not None:
        shape["exitCode"] = task.exit_code
    return shape


_ON_SERVICE = frozenset({"networkConfiguration", "loadBalancers", "serviceRegistries"})


def _placement(revision: Revision, version: str | None = None) -> dict[str, Any]:
    shape: dict[str, Any] = {}
    if revision.strategy:
        shape["capacityProviderStrategy"] = strategies.to_wire(revision.strategy)
    elif revision.launch_type:
        shape["launchType"] = revision.launch_type
    if revision.fargate:
        wanted = revision.platform_version or "LATEST"
        shape["platformVersion"] = version if version and wanted == "LATEST" else wanted
        shape["platformFamily"] = "Linux"
    return shape


def _where(task: Task) -> dict[str, Any]:
    fargate = task.provider in FARGATE_PROVIDERS
    shape: dict[str, Any] = {"launchType": "FARGATE" if fargate else "EC2"}
    if task.by_strategy:
        shape["capacityProviderName"] = task.provider
    if fargate:
        shape |= {"platformVersion": FARGATE_VERSION, "platformFamily": "Linux"}
        shape["attributes"] = [{"name": "ecs.cpu-architecture", "value": "x86_64"}]
    return shape
