"""Providers without room: who waits for it, what is told of it and how often, and who may try again when there is."""

from __future__ import annotations

import math
from collections.abc import Callable

from local_aws.ecs.announce import Announcer
from local_aws.ecs.pools import Pool, Pools
from local_aws.ecs.providers import Provider
from local_aws.ecs.rollout import EPSILON
from local_aws.ecs.service import Deployment, Service, Shortage
from local_aws.ecs.timing import Timing

Wake = Callable[[Service, float], None]


class Shortages:
    """The shortages of all services. ``wake`` lets the scheduler look at a service at a time."""

    def __init__(self, timing: Timing, pools: Pools, announcer: Announcer, wake: Wake) -> None:
        self._timing = timing
        self._pools = pools
        self._announcer = announcer
        self._wake = wake

    def note(self, service: Service, provider: Provider, now: float, resource: str) -> None:
        """A task found no room, for want of the ``resource``: tell it at the beginning, and again when it is due."""
        shortages = service.primary.shortages
        shortage = shortages.get(provider.name)
        if shortage is None:
            shortages[provider.name] = Shortage(now, now, now)
            self._announcer.placement_failed(service, provider, now, resource=resource)
            self._announcer.no_room(service, provider, now, resource=resource)
            return
        if shortage.told_at + self._timing.placement_retell <= now + EPSILON:
            shortage.told_at = now
            self._announcer.placement_failed(service, provider, now, resource=resource, again=True)
        if shortage.message_at + self._timing.message_retell <= now + EPSILON:
            shortage.message_at = now
            self._announcer.no_room(service, provider, now, resource=resource)

    def wait(self, service: Service, providers: set[str]) -> None:
        """Let the service wait for room on these providers, and on no others."""
        primary = service.primary
        for name in set(primary.shortages) - providers:
            primary.shortages.pop(name)
        for name in _involved(service, primary) | providers:
            waiting = self._pools.of(service, name).waiting
            if name in providers:
                waiting[service.unit_id] = service
            else:
                waiting.pop(service.unit_id, None)

    def end(self, service: Service, deployment: Deployment) -> None:
        """The deployment places nothing any more."""
        deployment.shortages.clear()
        for name in _involved(service, deployment):
            self._pools.of(service, name).waiting.pop(service.unit_id, None)

    def offer(self, pool: Pool, now: float) -> None:
        """Let those who wait for the pool try again, each at its own next retry."""
        if not pool.room:
            return
        for service in list(pool.waiting.values()):
            since = min((item.since for item in service.primary.shortages.values()), default=now)
            retries = math.floor((now - since) / self._timing.placement_retry) + 1
            self._wake(service, since + retries * self._timing.placement_retry)

    def next_due(self, deployment: Deployment) -> list[float]:
        """When something of the deployment's shortages is to be told again."""
        return [item.told_at + self._timing.placement_retell for item in deployment.shortages.values()]


def _involved(service: Service, deployment: Deployment) -> set[str]:
    by_strategy = {item.provider for item in deployment.revision.strategy}
    return by_strategy | {task.provider for task in service.tasks} | set(deployment.shortages)
