"""CreateTaskSet, DescribeTaskSets, UpdateTaskSet, DeleteTaskSet and UpdateServicePrimaryTaskSet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local_aws.ecs import shapes
from local_aws.ecs.call import Call
from local_aws.ecs.errors import (
    InvalidParameterError,
    LimitExceededError,
    ServiceNotActiveError,
    TaskSetNotFoundError,
)
from local_aws.ecs.service import Service
from local_aws.ecs.service_changes import first_revision
from local_aws.ecs.task_set import LIMIT, TaskSet
from local_aws.ecs.validation import path_of

FULL = 100.0


def create_task_set(call: Call) -> dict[str, Any]:
    """Make a task set, which is ACTIVE. The same client token again answers the one that it made."""
    service = _external_service(call)
    token = call.get("clientToken")
    request = {name: value for name, value in call.params.items() if name not in {"cluster", "service"}}
    before = next((item for item in service.task_sets if token and item.client_token == token), None)
    if before is not None:
        if before.request != request:
            raise InvalidParameterError("Creation of task set was not idempotent: the client token has been used.")
        return {"taskSet": _shape(call, before)}
    revision, scale = first_revision(call, call.cluster()), _scale(call.get("scale"))
    if len(service.task_sets) >= LIMIT:
        raise LimitExceededError(f"The service {service.name} has {LIMIT} task sets: it can have no more.")
    made = TaskSet.make(
        service,
        revision,
        call.scheduler.now(),
        scale=scale,
        external_id=call.get("externalId"),
        tags=list(call.get("tags", [])),
        client_token=token,
        request=request,
    )
    service.task_sets.append(made)
    return _accepted(call, made, "CreateTaskSet")


def describe_task_sets(call: Call) -> dict[str, Any]:
    """All task sets of the service, or those named; what is not there comes back as a failure."""
    service = _external_service(call)
    tags = "TAGS" in (call.get("include") or [])
    found: list[TaskSet] = []
    failures: list[dict[str, str]] = []
    names = call.get("taskSets") or [item.id for item in service.task_sets]
    for name in names:
        item = _find(call, service, name)
        if item is None:
            arn = name if name.startswith("arn:") else f"{service.arn.replace(':service/', ':task-set/')}/{name}"
            failures.append({"arn": arn, "reason": "MISSING"})
        else:
            found.append(item)
    counted = call.scheduler.count_interrupted
    shown = [shapes.task_set(item, count_interrupted=counted, with_tags=tags) for item in found]
    return {"taskSets": shown, "failures": failures}


def update_task_set(call: Call) -> dict[str, Any]:
    """Scale a task set to a percentage of the service's desired count."""
    service = _external_service(call)
    item = _active(call, service, call.get("taskSet", ""))
    item.scale = _scale(call.get("scale"))
    return _accepted(call, item, "UpdateTaskSet")


def delete_task_set(call: Call) -> dict[str, Any]:
    """Drain a task set. The PRIMARY one, and one that is not scaled down to zero, is deleted by force only."""
    service = _external_service(call)
    item = _known(call, service, call.get("taskSet", ""))
    if item.status != "ACTIVE":
        return {"taskSet": _shape(call, item)}
    if not call.get("force"):
        if service.primary_task_set == item.id:
            raise InvalidParameterError(f"The task set {item.id} is the primary task set of the service.")
        if item.target or item.tasks:
            raise InvalidParameterError(f"The task set {item.id} cannot be deleted while it is scaled above 0.")
    if service.primary_task_set == item.id:
        service.primary_task_set = None
    item.changed_at = call.scheduler.now()
    call.scheduler.delete_task_set(item)
    return _accepted(call, item, "DeleteTaskSet")


def update_service_primary_task_set(call: Call) -> dict[str, Any]:
    """Make a task set the PRIMARY one: the service takes on what it is made from."""
    service = _external_service(call)
    item = _active(call, service, call.get("primaryTaskSet", ""))
    service.primary_task_set = item.id
    service.revision = item.revision
    return _accepted(call, item, "UpdateServicePrimaryTaskSet")


def _external_service(call: Call) -> Service:
    service = call.service()
    if service.status != "ACTIVE":
        raise ServiceNotActiveError
    if service.controller != "EXTERNAL":
        raise InvalidParameterError(
            f"Task sets are for services with an EXTERNAL deployment controller: {service.name} has the controller "
            f"{service.controller}."
        )
    return service


def _find(call: Call, service: Service, identifier: str) -> TaskSet | None:
    """By its id (``ecs-svc/123``, or the number alone) or its ARN, which must be one of this service."""
    path = path_of(identifier, "task-set", call.account, call.region)
    if len(path) > 2 and path[:2] != [service.cluster_name, service.name]:
        return None
    return next((item for item in service.task_sets if item.id.split("/")[-1] == path[-1]), None)


def _known(call: Call, service: Service, identifier: str) -> TaskSet:
    item = _find(call, service, identifier)
    if item is None:
        raise TaskSetNotFoundError
    return item


def _active(call: Call, service: Service, identifier: str) -> TaskSet:
    item = _known(call, service, identifier)
    if item.status != "ACTIVE":
        raise InvalidParameterError(f"The task set {item.id} is draining.")
    return item


def _scale(wire: Mapping[str, Any] | None) -> float:
    """In percent; 0 if left out, as in the AWS CLI's example of create-task-set."""
    value = float((wire or {}).get("value", 0.0))
    if (wire or {}).get("unit", "PERCENT") != "PERCENT":
        raise InvalidParameterError("The unit of a scale must be PERCENT.")
    if not 0 <= value <= FULL:
        raise InvalidParameterError(f"The value {value:g} of the scale is not within 0 and 100.")
    return value


def _accepted(call: Call, item: TaskSet, api: str) -> dict[str, Any]:
    scheduler = call.scheduler
    item.changed_at = scheduler.now()
    scheduler.changed(item)
    scheduler.history.update(item, api, call.principal, forced=False, now=scheduler.now())
    return {"taskSet": _shape(call, item)}


def _shape(call: Call, item: TaskSet) -> dict[str, Any]:
    return shapes.task_set(item, count_interrupted=call.scheduler.count_interrupted, with_tags=True)
