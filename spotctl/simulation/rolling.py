"""What ECS does next about one service: which tasks it stops, how many it starts, and when a rollout is over.

minimumHealthyPercent 100 and maximumPercent 200: an old task is stopped only once a healthy new one stands in for it.
"""

from __future__ import annotations

from collections import Counter

from spotctl.simulation.ecs_state import Service, State, Task, places

MAXIMUM_PERCENT = 200


def surplus(service: Service) -> list[Task]:
    """Tasks to stop now."""
    primary = service.primary
    wanted = [task for task in service.tasks if task.wanted]
    mine = [task for task in wanted if task.deployment is primary]
    excess: list[Task] = []
    if len(mine) > service.desired:
        room = dict(places(primary.strategy, service.desired))
        for task in sorted(mine, key=lambda task: (task.state is not State.HEALTHY, task.created_at)):
            if room.get(task.provider, 0) > 0:
                room[task.provider] -= 1
            else:
                excess.append(task)
    old = [task for task in wanted if task.deployment is not primary]
    if not old:
        return excess
    healthy = sum(task.state is State.HEALTHY for task in wanted) - sum(task.state is State.HEALTHY for task in excess)
    spare = max(0, healthy - service.desired)
    not_serving = [task for task in old if task.state is not State.HEALTHY]
    return excess + not_serving + [task for task in old if task.state is State.HEALTHY][:spare]


def missing(service: Service) -> dict[str, int]:
    """How many tasks to start on each provider; only the PRIMARY deployment starts any."""
    primary = service.primary
    wanted = [task for task in service.tasks if task.wanted]
    have = Counter(task.provider for task in wanted if task.deployment is primary)
    lacking = {
        provider: count - have[provider]
        for provider, count in places(primary.strategy, service.desired).items()
        if count > have[provider]
    }
    if lacking and have.total() < len(wanted):
        room = service.desired * MAXIMUM_PERCENT // 100 - len(wanted)
        for provider, count in lacking.items():
            lacking[provider] = max(0, min(count, room))
            room -= lacking[provider]
    return {provider: count for provider, count in lacking.items() if count}


def complete(service: Service) -> bool:
    """Whether the PRIMARY has all its tasks, healthy, and nothing of older deployments is left."""
    primary = service.primary
    healthy = 0
    for task in service.tasks:
        if task.deployment is not primary:
            return False
        if task.wanted:
            if task.state is not State.HEALTHY:
                return False
            healthy += 1
    return healthy == service.desired
