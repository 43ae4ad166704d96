"""What DescribeServices and DescribeTasks tell of the benchmark's services, in the product's own types."""

from __future__ import annotations

from spot_failover.core import service as product
from spot_failover.core import task as product_task
from spotctl.simulation.ecs_state import Deployment, Service, State
from spotctl.simulation.timeline import moment

COUNTED_AS_RUNNING = frozenset({State.RUNNING, State.HEALTHY})


def live(service: Service) -> product.LiveService:
    """The service as it is now. `runningCount` still has tasks between their notice and their end."""
    running: dict[Deployment, int] = dict.fromkeys(service.deployments, 0)
    pending = dict(running)
    for task in service.tasks:
        if task.deployment not in running:
            continue
        if task.state is State.STARTING:
            pending[task.deployment] += 1
        elif task.state in COUNTED_AS_RUNNING or (task.state is State.NOTICED and task.started_at is not None):
            running[task.deployment] += 1
    deployments = tuple(
        product.Deployment(
            id=one.id,
            status="ACTIVE" if number else "PRIMARY",
            rollout_state="COMPLETED" if one.completed else "IN_PROGRESS",
            created_at=one.created_at,
            desired=0 if number else service.desired,
            running=running[one],
            pending=pending[one],
            strategy=one.strategy,
        )
        for number, one in enumerate(service.deployments)
    )
    return product.LiveService(
        key=service.key,
        status="ACTIVE",
        desired=service.desired,
        running=sum(running.values()),
        pending=sum(pending.values()),
        strategy=service.strategy,
        deployments=deployments,
        events=tuple(service.messages),
        tags=service.tags,
        target_groups=TARGET_GROUPS,
    )


TARGET_GROUPS = frozenset({"arn:aws:elasticloadbalancing:us-east-1:111111111111:targetgroup/web/0123456789abcdef"})
"""One for all, so that a twin shares its primary's."""


def tasks(service: Service) -> tuple[product_task.Task, ...]:
    """The tasks that ECS means to keep."""
    return tuple(
        product_task.Task(
            deployment_id=task.deployment.id,
            provider=task.provider,
            last_status="PENDING" if task.state is State.STARTING else product_task.RUNNING,
            created_at=moment(task.created_at),
            started_at=None if task.started_at is None else moment(task.started_at),
        )
        for task in service.tasks
        if task.wanted
    )
