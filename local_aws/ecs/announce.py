"""What ECS tells the world: events on the account's default bus and the messages in a service's ``events[]``."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

from local_aws.ecs import shapes
from local_aws.ecs.service import Deployment, Service
from local_aws.ecs.task import Task
from local_aws.world import World

NO_CAPACITY = (
    "Capacity is unavailable at this time. Please try again later or in a different availability zone. For more "
    "information, see the Troubleshooting section of the Amazon ECS Developer Guide."
)


class Announcer:
    """Puts events and messages in the shapes that AWS documents for them."""

    def __init__(self, world: World) -> None:
        self._world = world

    def message(self, service: Service, now: float, text: str) -> None:
        """Add to ``events[]``, newest first."""
        service.messages.appendleft((str(uuid.uuid4()), now, f"(service {service.key.name}) {text}"))

    def task_changed(self, service: Service, task: Task, now: float) -> None:
        """ECS Task State Change."""
        detail = _iso({**shapes.task(service, task), "updatedAt": shapes.moment(now)})
        self._emit(service, "ECS Task State Change", detail, task.arn)

    def placement_failed(self, service: Service, provider: str, now: float) -> None:
        """SERVICE_TASK_PLACEMENT_FAILURE and its message. The reason is the same for Fargate and Fargate Spot."""
        self.message(service, now, f"was unable to place a task. Reason: {NO_CAPACITY}")
        detail: dict[str, Any] = {"reason": "RESOURCE:FARGATE"}
        if service.primary.revision.strategy:
            key = service.key
            detail["capacityProviderArns"] = [f"arn:aws:ecs:{key.region}:{key.account}:capacity-provider/{provider}"]
        self._action(service, "ERROR", "SERVICE_TASK_PLACEMENT_FAILURE", now, **detail)

    def steady(self, service: Service, now: float) -> None:
        """SERVICE_STEADY_STATE and its message."""
        self.message(service, now, "has reached a steady state.")
        self._action(service, "INFO", "SERVICE_STEADY_STATE", now)

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
        if event != "SERVICE_DEPLOYMENT_IN_PROGRESS":
            text = event.removeprefix("SERVICE_DEPLOYMENT_").lower()
            self.message(service, now, f"(deployment {deployment.id}) deployment {text}.")
        detail = {
            "eventType": "ERROR" if event.endswith("FAILED") else "INFO",
            "eventName": event,
            "deploymentId": deployment.id,
            "updatedAt": shapes.moment(deployment.updated_at),
            "reason": deployment.reason,
        }
        self._emit(service, "ECS Deployment State Change", _iso(detail), service.arn)

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
