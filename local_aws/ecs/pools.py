"""Where capacity comes from: one pool per account, Region and provider, and per cluster for Auto Scaling groups."""

from __future__ import annotations

from dataclasses import dataclass, field

from local_aws.ecs.service import Service
from local_aws.ecs.strategy import FARGATE_PROVIDERS
from local_aws.ecs.task import Task


@dataclass(eq=False)
class Pool:
    """Room for ``capacity`` tasks, for any number when None.

    A task holds its place from placement until it is told to stop or gets its notice: from then on ECS looks for a
    place for the next one.
    """

    capacity: int | None = None
    holders: dict[str, tuple[Service, Task]] = field(default_factory=dict)
    waiting: dict[str, Service] = field(default_factory=dict)

    @property
    def room(self) -> bool:
        """Whether one more task can be placed."""
        return self.capacity is None or len(self.holders) < self.capacity

    def take(self, service: Service, task: Task) -> None:
        """Give the task its place."""
        self.holders[task.id] = (service, task)

    def release(self, task: Task) -> None:
        """Take the place back; without effect when the task has none."""
        self.holders.pop(task.id, None)

    def over(self) -> list[tuple[Service, Task]]:
        """Tasks beyond the capacity. Which ones is as good as random: task ids are."""
        if self.capacity is None or len(self.holders) <= self.capacity:
            return []
        running_first = sorted(self.holders.values(), key=lambda held: (held[1].pending, held[1].id))
        return running_first[: len(self.holders) - self.capacity]


PoolKey = tuple[str, str, str, str | None]
"""Account, Region, provider and cluster; None for the cluster of Fargate's, which all clusters share."""


class Pools:
    """All pools; one that nobody limited has room for everything."""

    def __init__(self) -> None:
        self._pools: dict[PoolKey, Pool] = {}

    def get(self, key: PoolKey) -> Pool:
        """The pool of that key."""
        return self._pools.setdefault(key, Pool())

    def of(self, service: Service, provider: str) -> Pool:
        """The pool that the service's tasks on that provider come from."""
        return self.get(pool_key(service.key.account, service.key.region, provider, service.key.cluster))


def pool_key(account: str, region: str, provider: str, cluster: str | None) -> PoolKey:
    """The key of a pool."""
    return account, region, provider, None if provider in FARGATE_PROVIDERS else cluster
