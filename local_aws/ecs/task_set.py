"""Task sets: what a service with the EXTERNAL deployment controller runs its tasks in."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from local_aws.ecs.service import Deployment, Revision, Service
from local_aws.ecs.strategy import to_wire
from local_aws.ecs.task import Status

LIMIT = 5
"""Task sets of one service (Amazon ECS service quotas)."""


@dataclass(eq=False)
class TaskSet(Service):
    """One task set. The scheduler keeps it at its count as it does a service; the two share name, events and messages.

    ``scale`` is in percent of the service's desired count. ``request`` is what CreateTaskSet was asked for, for the
    client token. ``changed_at`` is epoch seconds.
    """

    parent: Service = field(kw_only=True)
    scale: float = 0.0
    external_id: str | None = None
    request: dict[str, Any] = field(default_factory=dict)
    changed_at: float = 0.0

    @classmethod
    def make(cls, parent: Service, revision: Revision, now: float, **more: Any) -> TaskSet:
        """A new one, with its one deployment, whose id is the task set's."""
        return cls(
            key=parent.key,
            revision=revision,
            desired_count=0,
            created_at=now,
            created_by="",
            controller="EXTERNAL",
            settings={"deploymentConfiguration": {}},
            deployments=[Deployment(revision, now)],
            messages=parent.messages,
            parent=parent,
            changed_at=now,
            **more,
        )

    @property
    def id(self) -> str:
        """The id: ``ecs-svc/`` and a number. Its tasks have it as ``startedBy``."""
        return self.primary.id

    @property
    def task_set_arn(self) -> str:
        """The ARN, by which moto finds it for its tags."""
        return f"{self.key.arn.replace(':service/', ':task-set/')}/{self.id}"

    @property
    def owner(self) -> Service:
        """The service."""
        return self.parent

    @property
    def units(self) -> Sequence[Service]:
        """Itself."""
        return (self,)

    @property
    def scheduled(self) -> bool:
        """It is what the scheduler looks after."""
        return True

    @property
    def unit_id(self) -> str:
        """Tells it from the other task sets of the service."""
        return self.task_set_arn

    @property
    def label(self) -> str:
        """How messages name it."""
        return f"service {self.key.name}, taskSet {self.id}"

    @property
    def target(self) -> int:
        """``computedDesiredCount``: its share of the service's desired count, rounded up."""
        if self.status != "ACTIVE" or self.parent.status != "ACTIVE":
            return 0
        return math.ceil(round(self.parent.desired_count * self.scale / 100, 6))

    @property
    def state(self) -> str:
        """``status`` of the API."""
        if self.status != "ACTIVE":
            return "DRAINING"
        return "PRIMARY" if self.parent.primary_task_set == self.id else "ACTIVE"

    @property
    def stable(self) -> bool:
        """``stabilityStatus`` STEADY_STATE: as many healthy tasks as computed, none on its way, no host that drains."""
        going = [task for task in self.tasks if task.wanted or task.status is Status.RUNNING]
        return len(going) == self.target and all(task.serving for task in going)

    def summary(self) -> dict[str, Any]:
        """How the control API tells it."""
        return {
            "id": self.id,
            "status": self.state,
            "scale": self.scale,
            "strategy": to_wire(self.revision.strategy),
            "desired": self.target,
            "running": self.running_by_provider(),
            "pending": sum(task.pending for task in self.tasks),
        }
