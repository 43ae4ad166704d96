"""A service's tasks, where its counts do not tell enough."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

RUNNING = "RUNNING"
PROVISIONING = "PROVISIONING"
"""A task that waits for capacity: a capacity provider with an Auto Scaling group leaves it there until an instance
comes, and no event tells of it (Amazon ECS developer guide, task lifecycle, cluster auto scaling)."""


@dataclass(frozen=True)
class Task:
    """A task that ECS means to keep: its desired status is RUNNING, so it got no interruption notice."""

    deployment_id: str
    """`startedBy` of a service's task."""
    provider: str
    """Name of its capacity provider; empty for a launch type."""
    last_status: str
    created_at: datetime
    started_at: datetime | None = None
    """When it reached RUNNING."""

    @property
    def runs(self) -> bool:
        """Whether its containers run."""
        return self.last_status == RUNNING

    def stalled(self, now: datetime, threshold: timedelta) -> bool:
        """Whether it has been on its way for so long that it does not count as coming."""
        return not self.runs and now - self.created_at >= threshold


def waiting(tasks: Iterable[Task], given_up: Iterable[Task]) -> tuple[Task, ...]:
    """The tasks, those in PROVISIONING as old as the first of those that they were made in place of.

    ECS stops a task that found no instance within 10 to 30 minutes, and makes another: the wait is one and the same
    (AWS containers blog, "Deep dive on Amazon ECS cluster auto scaling"; aws/containers-roadmap issue 2381).
    """
    since: dict[str, datetime] = {}
    for task in given_up:
        since[task.provider] = min(task.created_at, since.get(task.provider, task.created_at))
    return tuple(
        replace(task, created_at=min(task.created_at, since.get(task.provider, task.created_at)))
        if task.last_status == PROVISIONING
        else task
        for task in tasks
    )


def carrying(tasks: Iterable[Task], now: datetime, threshold: timedelta) -> int:
    """How many run or are coming."""
    return sum(not task.stalled(now, threshold) for task in tasks)
