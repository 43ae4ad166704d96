"""DescribeServices, ListServices, and the tasks: ListTasks, DescribeTasks, StopTask."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Any

from local_aws.ecs import shapes
from local_aws.ecs.call import Call
from local_aws.ecs.errors import InvalidParameterError, ServiceNotFoundError
from local_aws.ecs.service import Key, Service
from local_aws.ecs.task import Status, Task

MAX_DESCRIBED_SERVICES, MAX_DESCRIBED_TASKS, MAX_PAGE = 10, 100, 100
LIST_SERVICES_PAGE, LIST_PAGE = 10, 100


def describe_services(call: Call) -> dict[str, Any]:
    """At most ten services; those that don't exist come back as failures with their long ARN."""
    names = call.get("services") or []
    if not names:
        raise InvalidParameterError("Services cannot be empty.")
    if len(names) > MAX_DESCRIBED_SERVICES:
        raise InvalidParameterError(f"Services cannot have more than {MAX_DESCRIBED_SERVICES} elements.")
    cluster = call.cluster()
    found: list[dict[str, Any]] = []
    failures: list[dict[str, str]] = []
    for name in names:
        service = call.find(cluster, name)
        if service is None:
            key = Key(call.account, call.region, cluster.name, name.split("/")[-1])
            failures.append({"arn": name if name.startswith("arn:") else key.arn, "reason": "MISSING"})
        else:
            counted = call.scheduler.count_interrupted
            tags = "TAGS" in (call.get("include") or [])
            found.append(shapes.service(service, count_interrupted=counted, with_tags=tags))
    return {"services": found, "failures": failures}


def list_services(call: Call) -> dict[str, Any]:
    """The ARNs of the cluster's services, ten to a page unless asked otherwise; INACTIVE ones are left out."""
    cluster = call.cluster()
    arns = [
        service.arn
        for service in call.services_in(cluster.name)
        if service.status != "INACTIVE"
        and call.get("launchType") in {None, service.revision.launch_type}
        and call.get("schedulingStrategy") in {None, service.scheduling}
    ]
    return page(call, "serviceArns", sorted(arns), LIST_SERVICES_PAGE)


def list_tasks(call: Call, standalone: Callable[[], list[str]]) -> dict[str, Any]:
    """ARNs of tasks by service, family, starter, launch type and desired status; RUNNING if none is given.

    ``standalone`` gives the ARNs of the tasks that no service started.
    """
    cluster = call.cluster()
    services = list(call.services_in(cluster.name))
    if call.get("serviceName"):
        service = call.find(cluster, call.get("serviceName"))
        if service is None:
            raise ServiceNotFoundError
        services = [service]
    wanted = call.get("desiredStatus", "RUNNING")
    arns = [
        task.arn
        for owner in services
        for service in owner.units
        for task in [*service.tasks, *service.stopped]
        if wanted == task.desired_status.value and _matches(call, service, task)
    ]
    if not call.get("serviceName"):
        arns += standalone()
    return page(call, "taskArns", sorted(arns), LIST_PAGE)


def describe_tasks(call: Call, standalone: Callable[[list[str]], Sequence[Any]]) -> dict[str, Any]:
    """Tasks by id or ARN; stopped ones for about an hour. ``standalone`` describes those that no service started."""
    names = call.get("tasks") or []
    if not names:
        raise InvalidParameterError("Tasks cannot be empty.")
    if len(names) > MAX_DESCRIBED_TASKS:
        raise InvalidParameterError(f"Tasks cannot have more than {MAX_DESCRIBED_TASKS} elements.")
    cluster = call.cluster()
    found: list[Any] = []
    failures: list[dict[str, str]] = []
    for name in names:
        task_id = call.name_in(name, "task")
        mine = find_task(call, cluster.name, task_id)
        others = [] if mine else standalone([task_id])
        if mine:
            found.append(shapes.task(*mine))
        elif others:
            found += others
        else:
            arn = name if name.startswith("arn:") else Key(call.account, call.region, cluster.name, "").task_arn(name)
            failures.append({"arn": arn, "reason": "MISSING"})
    return {"tasks": found, "failures": failures}


def stop_task(call: Call) -> dict[str, Any] | None:
    """Stop a service's task, which ECS then replaces; None when the task is of no service."""
    cluster = call.cluster()
    found = find_task(call, cluster.name, call.name_in(call.get("task", ""), "task"))
    if found is None:
        return None
    service, task = found
    if task.wanted and task.status is not Status.STOPPED:
        call.scheduler.stop_task(service, task, call.get("reason") or "Task stopped by user")
    return {"task": shapes.task(service, task)}


def find_task(call: Call, cluster: str, task_id: str) -> tuple[Service, Task] | None:
    """The task of a service, with its service."""
    for unit in (unit for service in call.services_in(cluster) for unit in service.units):
        for task in [*unit.tasks, *unit.stopped]:
            if task.id == task_id:
                return unit, task
    return None


def page(call: Call, member: str, items: list[str], size: int) -> dict[str, Any]:
    """One page of a sorted list. The token names the last item told, so that changes in between lose nothing."""
    size = int(call.get("maxResults") or size)
    if not 1 <= size <= MAX_PAGE:
        raise InvalidParameterError(f"maxResults must be between 1 and {MAX_PAGE}.")
    token = call.get("nextToken")
    if token:
        try:
            last = base64.urlsafe_b64decode(token).decode()
        except (binascii.Error, UnicodeDecodeError):
            raise InvalidParameterError("Invalid token") from None
        items = [item for item in items if item > last]
    answer: dict[str, Any] = {member: items[:size]}
    if len(items) > size:
        answer["nextToken"] = base64.urlsafe_b64encode(items[size - 1].encode()).decode()
    return answer


def _matches(call: Call, service: Service, task: Task) -> bool:
    family = call.get("family")
    launch_type = call.get("launchType")
    return (
        (family is None or task.spec.arn.split("/")[-1].split(":")[0] == family)
        and call.get("startedBy") in {None, task.deployment_id}
        and (launch_type is None or shapes.task(service, task)["launchType"] == launch_type)
        and call.get("containerInstance") is None
    )
