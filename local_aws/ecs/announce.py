"""What ECS tells the world: events on the account's default bus and the messages in a service's ``events[]``."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from local_aws.ecs import shapes
from local_aws.ecs.providers import Provider
from local_aws.ecs.service import Deployment, Service
from local_aws.ecs.task import Host, Task
from local_aws.world import World

NO_CAPACITY = (
    "Capacity is unavailable at this time. Please try again later or in a different availability zone. For more "
    "information, see the Troubleshooting section of the Amazon ECS Developer Guide."
)


NO_INSTANCE = (
    "was unable to place a task because no container instance met all of its requirements. Reason: No Container "
    "Instances were found in your {where}. For more information, see the Troubleshooting section of the Amazon ECS "
    "Developer Guide."
)
NO_RESOURCE = (
    "was unable to place a task because no container instance met all of its requirements. The closest matching "
    '(container-instance {instance}) encountered error "RESOURCE:{resource}". For more information, see the '
    "Troubleshooting section of the Amazon ECS Developer Guide."
)


class Repeat(StrEnum):
    """How often the event of one shortage comes: AWS promises nothing."""

    REPEATED = "repeated"
    ONCE = "once"
    NEVER = "never"


@dataclass(frozen=True)
class Telling:
    """What ECS tells of what it does.

    ``events``: any on the bus. ``placement_failures``: those of them that tell a shortage. ``messages``: of shortages
    in a service's ``events[]``.
    """

    events: bool = True
    placement_failures: Repeat = Repeat.REPEATED
    messages: bool = True


class Announcer:
    """Puts events and messages in the shapes that AWS documents for them."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.telling = Telling()

    def message(self, service: Service, now: float, text: str) -> None:
        """Add to ``events[]``, newest first."""
        service.messages.appendleft((str(uuid.uuid4()), now, f"({service.label}) {text}"))

    def task_changed(self, service: Service, task: Task, now: float) -> None:
        """ECS Task State Change."""
        detail = _iso({**shapes.task(service, task), "updatedAt": shapes.moment(now)})
        self._emit(service, "ECS Task State Change", detail, task.arn)

    def placement_failed(
        self, service: Service, provider: Provider, now: float, *, resource: str = "CPU", again: bool = False
    ) -> None:
        """SERVICE_TASK_PLACEMENT_FAILURE: one reason for Fargate and Fargate Spot.

        Those of EC2 name the ``resource`` that lacks, and no provider.
        """
        wanted = self.telling.placement_failures
        if wanted is Repeat.NEVER or (again and wanted is Repeat.ONCE):
            return
        detail: dict[str, Any] = {"reason": "RESOURCE:FARGATE" if provider.fargate else f"RESOURCE:{resource}"}
        if provider.fargate and service.primary.revision.strategy:
            key = service.key
            arn = f"arn:aws:ecs:{key.region}:{key.account}:capacity-provider/{provider.name}"
            detail["capacityProviderArns"] = [arn]
        self._action(service, "ERROR", "SERVICE_TASK_PLACEMENT_FAILURE", now, **detail)

    def no_room(self, service: Service, provider: Provider, now: float, *, resource: str = "CPU") -> None:
        """The message that there is no room for a task. It does not tell on which provider."""
        if not self.telling.messages:
            return
        if provider.fargate:
            self.message(service, now, f"was unable to place a task. Reason: {NO_CAPACITY}")
        elif resource != "CPU":
            self.message(service, now, NO_RESOURCE.format(instance=Host.new().container_instance_id, resource=resource))
        else:
            where = "capacity provider" if service.primary.revision.strategy else "cluster"
            self.message(service, now, NO_INSTANCE.format(where=where))

    def instance_drains(self, service: Service, host: Host, now: float) -> None:
        """ECS Container Instance State Change: DRAINING."""
        key = service.key
        arn = shapes.container_instance_arn(key, host)
        detail = {
            "agentConnected": True,
            "clusterArn": key.cluster_arn,
            "containerInstanceArn": arn,
            "ec2InstanceId": host.instance_id,
            "status": "DRAINING",
            "version": 2,
            "updatedAt": shapes.moment(now),
        }
        self._emit(service, "ECS Container Instance State Change", _iso(detail), arn)

    def steady(self, service: Service, now: float) -> None:
        """SERVICE_STEADY_STATE, or TASKSET_STEADY_STATE of a task set, and its message."""
        self.message(service, now, "has reached a steady state.")
        whose = "SERVICE" if service.owner is service else "TASKSET"
        self._action(service, "INFO", f"{whose}_STEADY_STATE", now)

    def starts_impaired(self, service: Service, now: float) -> None:
        """SERVICE_TASK_START_IMPAIRED and its message: tasks fail to start again and again."""
        self.message(
            service,
            now,
            "is unable to consistently start tasks successfully. For more information, see the Troubleshooting "
            "section of the Amazon ECS Developer Guide.",
        )
        self._action(service, "WARN", "SERVICE_TASK_START_IMPAIRED", now)

    def tasks_started(self, service: Service, tasks: list[Task], now: float) -> None:
        """The message that tasks were started."""
        self.message(service, now, f"has started {len(tasks)} tasks: {_names(tasks)}.")

    def tasks_stopped(self, service: Service, tasks: list[Task], now: float) -> None:
        """The message that running tasks are stopped."""
        self.message(service, now, f"has stopped {len(tasks)} running tasks: {_names(tasks)}.")

    def deployment(self, service: Service, deployment: Deployment, event: str, now: float) -> None:
        """ECS Deployment State Change: SERVICE_DEPLOYMENT_IN_PROGRESS, _COMPLETED or _FAILED."""
        if event == "SERVICE_DEPLOYMENT_COMPLETED":
            self.message(service, now, f"(deployment {deployment.id}) deployment completed.")
        elif event == "SERVICE_DEPLOYMENT_FAILED":
            self.message(service, now, f"(deployment {deployment.id}) deployment failed: tasks failed to start.")
        detail = {
            "eventType": "ERROR" if event.endswith("FAILED") else "INFO",
            "eventName": event,
            "deploymentId": deployment.id,
            "updatedAt": shapes.moment(deployment.updated_at),
            "reason": deployment.reason,
        }
        self._emit(service, "ECS Deployment State Change", _iso(detail), service.arn)

    def rolls_back(self, service: Service, back_to: Deployment, now: float) -> None:
        """The message that an earlier deployment takes the failed one's place, and the event of what is PRIMARY now."""
        self.message(service, now, f"rolling back to deployment {back_to.id}.")
        self.deployment(service, service.primary, "SERVICE_DEPLOYMENT_IN_PROGRESS", now)

    def _action(self, service: Service, kind: str, name: str, now: float, **more: Any) -> None:
        detail = {
            "eventType": kind,
            "eventName": name,
            "clusterArn": service.key.cluster_arn,
            **more,
            "createdAt": shapes.moment(now),
        }
        self._emit(service, "ECS Service Action", _iso(detail), service.arn)

    def _emit(self, service: Service, detail_type: str, detail: dict[str, Any], resource: str) -> None:
        if not self.telling.events:
            return
        key = service.key
        self._world.emit(
            key.account, key.region, source="aws.ecs", detail_type=detail_type, detail=detail, resources=[resource]
        )


def _names(tasks: list[Task]) -> str:
    return " ".join(f"(task {task.id})" for task in tasks)


def _iso(value: Any) -> Any:
    """The same with points in time as events have them: ISO 8601 with milliseconds."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
    if isinstance(value, dict):
        return {name: _iso(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_iso(member) for member in value]
    return value
