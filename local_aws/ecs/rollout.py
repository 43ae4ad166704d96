"""What a rolling deployment does next: which tasks to stop, on which providers to start some, and when it is over."""

from __future__ import annotations

import math
from collections import Counter

from local_aws.ecs.service import Deployment, Service
from local_aws.ecs.strategy import sequence
from local_aws.ecs.task import Task

EPSILON = 0.001
"""Seconds by which a timer may be early: floating point."""


def surplus(service: Service, now: float) -> list[Task]:
    """Tasks to stop now: what the strategy has no place for, and old tasks that healthy new ones stand in for.

    Old tasks that serve are stopped only as long as minimumHealthyPercent of the desired count, rounded up, goes on
    serving without them. Old ones that do not serve yet hold nothing up and go first. Under a native strategy all of
    them stay until the traffic has shifted.
    """
    wanted = [task for task in service.tasks if task.wanted]
    excess = _beyond_strategy(service, [task for task in wanted if task.deployment_id == service.primary.id])
    old = [task for task in wanted if task.deployment_id != service.primary.id]
    if not old:
        return excess
    if service.rolling.native and service.status == "ACTIVE":
        end = shift_end(service)
        return excess + old if end is not None and end <= now + EPSILON else excess
    gone = {task.id for task in excess}
    serving = sum(task.serving for task in wanted if task.id not in gone)
    spare = max(0, serving - math.ceil(service.target * service.rolling.minimum_healthy_percent / 100))
    stoppable = [task for task in old if not task.serving]
    stoppable += [task for task in old if task.serving][:spare]
    return excess + stoppable


def missing(service: Service) -> list[str]:
    """The providers on which to start a task now, in order, one entry for each task.

    While old tasks are left, all that are not being stopped together stay within maximumPercent of the desired count,
    rounded down. Only the PRIMARY deployment starts tasks.
    """
    have = Counter(task.provider for task in service.tasks if task.wanted and task.deployment_id == service.primary.id)
    lacking: list[str] = []
    for provider in wanted_providers(service):
        if have[provider] > 0:
            have[provider] -= 1
        else:
            lacking.append(provider)
    kept = [task for task in service.tasks if task.wanted]
    if service.rolling.native or all(task.deployment_id == service.primary.id for task in kept):
        return lacking
    limit = math.floor(service.target * service.rolling.maximum_percent / 100)
    return lacking[: max(0, limit - len(kept))]


def wanted_providers(service: Service) -> tuple[str, ...]:
    """Where the PRIMARY's tasks belong, one entry for each."""
    revision = service.primary.revision
    if not revision.strategy:
        return (revision.launch_type or "EC2",) * service.target
    return sequence(revision.strategy, service.target)


def complete(service: Service) -> bool:
    """Whether the PRIMARY has all its tasks, healthy, and the older deployments are drained."""
    mine = [task for task in service.tasks if task.deployment_id == service.primary.id and task.wanted]
    others = any(task.deployment_id != service.primary.id for task in service.tasks)
    return not others and len(mine) == service.target and all(task.serving for task in mine)


def note_whole(service: Service, now: float) -> None:
    """Remember when the PRIMARY had all its tasks serving: a native strategy's traffic shift begins."""
    mine = [task for task in service.tasks if task.deployment_id == service.primary.id and task.wanted]
    if service.primary.whole_at is None and len(mine) == service.target and all(task.serving for task in mine):
        service.primary.whole_at = now


def shift_end(service: Service) -> float | None:
    """When the traffic of a native strategy has shifted and baked; None while the PRIMARY's tasks start."""
    whole_at = service.primary.whole_at
    return None if whole_at is None else whole_at + service.rolling.shift


def breaker_threshold(desired: int) -> int:
    """After how many failed tasks the deployment circuit breaker trips: half the desired count, within 3 and 200."""
    return max(3, min(200, math.ceil(desired / 2)))


def drained(service: Service) -> list[Deployment]:
    """Older deployments without a task left."""
    alive = {task.deployment_id for task in service.tasks}
    return [deployment for deployment in service.deployments[1:] if deployment.id not in alive]


def _beyond_strategy(service: Service, tasks: list[Task]) -> list[Task]:
    room = Counter(wanted_providers(service))
    excess: list[Task] = []
    for task in sorted(tasks, key=lambda task: (not task.serving, task.created_at)):
        if room[task.provider] > 0:
            room[task.provider] -= 1
        else:
            excess.append(task)
    return excess
