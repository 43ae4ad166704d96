"""ECS in memory, as unpleasant as the real one: it refuses, forgets to answer, and runs short of Spot."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from spot_failover.aws.clients import ONCE_TAKES
from spot_failover.core.errors import AccessDeniedError, BusyError, GoneError, RefusedError
from spot_failover.core.service import Deployment, LiveService, ServiceEvent
from spot_failover.core.service_key import ServiceKey
from spot_failover.core.strategy import Strategy
from spot_failover.core.task import Task
from tests.doubles.builders import NO_CAPACITY
from tests.doubles.clock import Clock
from tests.doubles.faults import Faults


@dataclass(frozen=True)
class Update:
    """An UpdateService that took effect."""

    key: ServiceKey
    strategy: Strategy | None
    """None: a forced deployment on the same strategy."""
    before: Strategy


class InMemoryServices:
    """The port `Services`."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.faults = Faults()
        self.live: dict[ServiceKey, LiveService] = {}
        self.stale: dict[ServiceKey, LiveService] = {}
        """What DescribeServices still answers although the service has moved on."""
        self.answers_late = False
        """After the next change, DescribeServices answers once more with what was before it."""
        self.updates: list[Update] = []
        self.calls: list[tuple[str, str]] = []
        """(operation, account) of every call, refused ones included."""
        self.denied: set[str] = set()
        """Accounts whose role can't be assumed."""
        self.denied_clusters: set[str] = set()
        self.attached = frozenset({"FARGATE", "FARGATE_SPOT"})
        self.spot_providers = frozenset({"FARGATE_SPOT"})
        self.spot = True
        self.watch: Callable[[Update], object] = lambda _update: None
        """Called whenever an UpdateService takes effect."""
        self.counts: list[tuple[ServiceKey, int]] = []
        """Every desired count that was set, in order."""
        self.watch_count: Callable[[ServiceKey, int], object] = lambda _key, _count: None
        """Called before one is set."""
        self.task_providers: dict[ServiceKey, tuple[str, ...]] = {}
        """Providers of a service's tasks in turn, where they are not those of its strategy in turn."""
        self.pending_since: dict[ServiceKey, datetime] = {}
        """When a service's pending tasks were made; now, where nothing is said."""
        self._interrupted: dict[ServiceKey, int] = {}
        self._made = 0

    def add(self, *services: LiveService) -> None:
        self.live |= {service.key: service for service in services}

    def describe(self, keys: Sequence[ServiceKey]) -> Mapping[ServiceKey, LiveService | None]:
        for key in keys:
            self._enter("describe", key)
        answer = {key: self.stale.pop(key, None) or self.live.get(key) for key in keys}
        self.faults.reach("describe", after=True)
        return answer

    def attached_providers(self, key: ServiceKey) -> frozenset[str]:
        self._enter("attached_providers", key)
        return self.attached

    def intended_tasks(self, key: ServiceKey, deployment_id: str | None) -> int:
        self._enter("intended_tasks", key)
        live = self.live[key]
        counted = [one for one in live.deployments if deployment_id in {None, one.id}]
        return sum(one.running + one.pending for one in counted) - self._interrupted.get(key, 0)

    def tasks(self, key: ServiceKey) -> tuple[Task, ...]:
        self._enter("tasks", key)
        if key not in self.live:
            raise GoneError(f"{key} does not exist")
        live = self.live[key]
        made = [task for one in live.deployments for task in self._tasks_of(live, one)]
        return tuple(made[self._interrupted.get(key, 0) :])

    def _tasks_of(self, live: LiveService, one: Deployment) -> list[Task]:
        strategy = one.strategy or live.strategy
        given = self.task_providers.get(live.key)
        providers = given or tuple(item.provider for item in strategy if item.active) or ("",)
        tasks = []
        for number in range(one.running + one.pending):
            runs = number < one.running
            created_at = one.created_at if runs else self.pending_since.get(live.key, self._clock.now())
            provider = providers[number % len(providers)]
            status = "RUNNING" if runs else "PROVISIONING"
            tasks.append(Task(one.id, provider, status, created_at, created_at if runs else None))
        return tasks

    def clusters(self, account: str, region: str) -> Mapping[str, frozenset[str]]:
        self._enter("clusters", ServiceKey(account, region, "", ""))
        return {key.cluster: self.attached for key in self.live if (key.account, key.region) == (account, region)}

    def names(self, account: str, region: str, cluster: str) -> list[ServiceKey]:
        self._enter("names", ServiceKey(account, region, cluster, ""))
        here = (account, region, cluster)
        return sorted(key for key in self.live if (key.account, key.region, key.cluster) == here)

    def switch(self, key: ServiceKey, strategy: Strategy, until: datetime) -> LiveService:
        return self._update("switch", key, strategy, until)

    def redeploy(self, key: ServiceKey, until: datetime) -> LiveService:
        return self._update("redeploy", key, None, until)

    def set_desired(self, key: ServiceKey, count: int, until: datetime) -> LiveService:
        self._enter("set_desired", key)
        self._check_time(key, until)
        if key not in self.live or not self.live[key].active:
            raise GoneError(f"{key} does not exist")
        self.watch_count(key, count)
        self.counts.append((key, count))
        self.scale(key, count)
        self.faults.reach("set_desired", after=True)
        return replace(self.live[key], tags={})

    def interrupt(self, key: ServiceKey, tasks: int) -> None:
        """Tasks get their notice: they still run and count, ECS means to replace them."""
        self._interrupted[key] = self._interrupted.get(key, 0) + tasks

    def owner_sets(self, key: ServiceKey, strategy: Strategy) -> None:
        """The owner changes the strategy."""
        self._deploy(key, strategy)

    def owner_releases(self, key: ServiceKey) -> None:
        """The owner deploys another image and names no strategy."""
        self._deploy(key, None)

    def scale(self, key: ServiceKey, desired: int) -> None:
        """Autoscaling wants another number of tasks: fewer stop at once, more are not there yet."""
        live = self.live[key]
        scaled = tuple(
            replace(one, desired=desired if one.status == "PRIMARY" else one.desired, running=min(one.running, desired))
            for one in live.deployments
        )
        self.live[key] = _summed(replace(live, desired=desired), scaled)

    def lose_spot(self) -> None:
        """All Spot tasks are gone, and ECS tells that it can't place new ones."""
        self.spot = False
        for key, live in self.live.items():
            if live.strategy.active_among(self.spot_providers):
                gone = tuple(self._emptied(one) for one in live.deployments)
                message = ServiceEvent(self._clock.now(), NO_CAPACITY)
                self.live[key] = _summed(replace(live, events=(message, *live.events)), gone)
        self._interrupted.clear()

    def settle(self) -> None:
        """Rollouts that have capacity complete; the others stay as they are."""
        for key, live in self.live.items():
            primary = live.primary
            if primary is None:
                continue
            if self.spot or not primary.strategy.active_among(self.spot_providers):
                done = replace(primary, rollout_state="COMPLETED", running=primary.desired, pending=0)
                self.live[key] = _summed(live, (done,))

    def roll_back(self, key: ServiceKey, to: Deployment) -> None:
        """The deployment circuit breaker goes back to an older deployment."""
        live = self.live[key]
        back = replace(to, status="PRIMARY", rollout_state="COMPLETED")
        message = ServiceEvent(self._clock.now(), f"(service {key.service}) rolling back to deployment {to.id}.")
        self.live[key] = _summed(replace(live, strategy=to.strategy, events=(message, *live.events)), (back,))

    def _emptied(self, deployment: Deployment) -> Deployment:
        on_spot = deployment.strategy.active_among(self.spot_providers)
        return replace(deployment, running=0, pending=0) if on_spot else deployment

    def _enter(self, operation: str, key: ServiceKey) -> None:
        self.calls.append((operation, key.account))
        if key.account in self.denied:
            error = AccessDeniedError(f"{operation} for {key}: denied")
            error.whole_account = True
            raise error
        if key.cluster in self.denied_clusters:
            raise AccessDeniedError(f"{operation} for {key}: denied")
        self.faults.reach(operation, after=False)

    def _check_time(self, key: ServiceKey, until: datetime) -> None:
        if self._clock.now() > until - ONCE_TAKES:
            raise BusyError(f"{key}: the lease on it ends at {until}")

    def _update(self, operation: str, key: ServiceKey, strategy: Strategy | None, until: datetime) -> LiveService:
        self._enter(operation, key)
        self._check_time(key, until)
        live = self.live.get(key)
        if live is None or live.status != "ACTIVE":
            raise GoneError(f"{key} does not exist")
        if live.controller != "ECS":
            raise RefusedError(f"{key}: its deployment controller does not accept this")
        if strategy is not None:
            self._check(key, strategy)
        update = Update(key, strategy, live.strategy)
        self.updates.append(update)
        self.watch(update)
        if self.answers_late:
            self.stale[key], self.answers_late = live, False
        self._deploy(key, strategy)
        self.faults.reach(operation, after=True)
        return replace(self.live[key], tags={})

    def _check(self, key: ServiceKey, strategy: Strategy) -> None:
        items = strategy.items
        valid = (
            0 < len(items) <= 20
            and len(strategy.providers) == len(items)
            and any(item.weight for item in items)
            and all(0 <= item.weight <= 1000 for item in items)
            and sum(item.base > 0 for item in items) <= 1
        )
        if not valid or not strategy.providers <= self.attached:
            raise RefusedError(f"{key}: InvalidParameterException: {strategy}")

    def _deploy(self, key: ServiceKey, strategy: Strategy | None) -> None:
        live = self.live[key]
        self._made += 1
        wanted = live.strategy if strategy is None else strategy
        made = Deployment(
            f"ecs-svc/new-{self._made}", "PRIMARY", "IN_PROGRESS", self._clock.now(), live.desired, 0, 0, wanted
        )
        older = tuple(replace(one, status="ACTIVE") for one in live.deployments if one.running)
        self.live[key] = _summed(replace(live, strategy=wanted), (made, *older))


def _summed(live: LiveService, deployments: tuple[Deployment, ...]) -> LiveService:
    return replace(
        live,
        deployments=deployments,
        running=sum(one.running for one in deployments),
        pending=sum(one.pending for one in deployments),
    )
