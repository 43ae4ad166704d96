"""What the product's flows need of the world, on the benchmark's ECS and in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from spot_failover.core.budget import FailoverBudget, hour_of
from spot_failover.core.errors import ConflictError, SpotFailoverError, TransientError
from spot_failover.core.execution import Execution, ExecutionOrder
from spot_failover.core.path import Path
from spot_failover.core.pool import Pool, PoolKey
from spot_failover.core.reason import Reason
from spot_failover.core.record import Record
from spot_failover.core.service import LiveService
from spot_failover.core.service_key import ServiceKey
from spot_failover.core.strategy import Strategy
from spot_failover.core.sweep_messages import SweepOrder
from spot_failover.core.task import Task
from spot_failover.core.twin_state import TwinState
from spot_failover.flow.report import Outcome
from spotctl.simulation import view
from spotctl.simulation.ecs import Ecs
from spotctl.simulation.ecs_state import ON_DEMAND_PROVIDER, SPOT_PROVIDER

READS, WRITES = (20.0, 100.0), (5.0, 50.0)
"""API calls that ECS allows an account in a Region: a second sustained, and in a burst."""
PROVIDERS = frozenset({SPOT_PROVIDER, ON_DEMAND_PROVIDER})


@dataclass
class Quota:
    """A token bucket."""

    per_second: float
    burst: float
    left: float = field(init=False)
    since: float = 0.0
    refused: int = 0

    def __post_init__(self) -> None:
        self.left = self.burst

    def take(self, now: float, what: str) -> None:
        """One call; TransientError where ECS throttles it."""
        self.left = min(self.burst, self.left + (now - self.since) * self.per_second)
        self.since = now
        if self.left < 1:
            self.refused += 1
            raise TransientError(f"{what}: ThrottlingException: Rate exceeded")
        self.left -= 1


class SimulatedServices:
    """The port `Services`."""

    def __init__(self, ecs: Ecs) -> None:
        self._ecs = ecs
        self.reads, self.writes = Quota(*READS), Quota(*WRITES)

    def describe(self, keys: Sequence[ServiceKey]) -> Mapping[ServiceKey, LiveService | None]:
        """As DescribeServices, ten at a time."""
        for _ in range(0, len(keys), 10):
            self._read("DescribeServices")
        services = self._ecs.services
        return {key: view.live(services[key]) if key in services else None for key in keys}

    def attached_providers(self, key: ServiceKey) -> frozenset[str]:
        """Both of Fargate's."""
        self._read(f"DescribeClusters for {key}")
        return PROVIDERS

    def intended_tasks(self, key: ServiceKey, deployment_id: str | None) -> int:
        """From ListTasks with the desired status RUNNING."""
        self._read(f"ListTasks for {key}")
        tasks = self._ecs.services[key].tasks
        return sum(task.wanted and deployment_id in {None, task.deployment.id} for task in tasks)

    def tasks(self, key: ServiceKey) -> tuple[Task, ...]:
        """From ListTasks and DescribeTasks."""
        self._read(f"DescribeTasks for {key}")
        return view.tasks(self._ecs.services[key])

    def clusters(self, account: str, region: str) -> Mapping[str, frozenset[str]]:
        """From ListClusters and DescribeClusters."""
        self._read(f"ListClusters in account {account}, Region {region}")
        return {key.cluster: PROVIDERS for key in self._ecs.services}

    def names(self, account: str, region: str, cluster: str) -> list[ServiceKey]:
        """From ListServices."""
        self._read(f"ListServices of {cluster} in account {account}, Region {region}")
        return sorted(self._ecs.services)

    def switch(self, key: ServiceKey, strategy: Strategy, until: datetime) -> LiveService:  # noqa: ARG002 - no call lasts here
        """UpdateService with another strategy."""
        return self._deploy(key, strategy)

    def redeploy(self, key: ServiceKey, until: datetime) -> LiveService:  # noqa: ARG002 - no call lasts here
        """UpdateService with a forced deployment."""
        return self._deploy(key, self._ecs.services[key].strategy)

    def set_desired(self, key: ServiceKey, count: int, until: datetime) -> LiveService:  # noqa: ARG002 - no call lasts here
        """UpdateService with another desired count."""
        self.writes.take(self._ecs.timeline.now, f"UpdateService of {key}")
        self._ecs.scale(self._ecs.services[key], count)
        return view.live(self._ecs.services[key])

    def _deploy(self, key: ServiceKey, strategy: Strategy) -> LiveService:
        self.writes.take(self._ecs.timeline.now, f"UpdateService of {key}")
        service = self._ecs.services[key]
        service.deploys += 1
        self._ecs.deploy(service, strategy)
        return replace(view.live(service), tags={})

    def _read(self, what: str) -> None:
        self.reads.take(self._ecs.timeline.now, what)


class Records:
    """The port `Records`."""

    def __init__(self) -> None:
        self._items: dict[ServiceKey, Record] = {}

    def get(self, key: ServiceKey) -> Record:
        """The record of a service."""
        return self._items.get(key) or Record(key)

    def get_many(self, keys: Sequence[ServiceKey]) -> Mapping[ServiceKey, Record | SpotFailoverError]:
        """See the port."""
        return {key: self.get(key) for key in keys}

    def put(self, record: Record) -> Record:
        """Write it over what was read."""
        if self.get(record.key).version != record.version:
            raise ConflictError(f"{record.key}: written by another worker since it was read")
        written = self._items[record.key] = replace(record, version=record.version + 1)
        return written

    def due(self, now: datetime) -> Iterator[ServiceKey]:
        """Those that are due, longest overdue first."""
        waiting = [(record.due_at, record.key) for record in self._items.values() if record.due_at is not None]
        return iter([key for due_at, key in sorted(waiting) if due_at <= now])

    def open(self) -> Iterator[tuple[ServiceKey, datetime]]:
        """All that are open, earliest due first."""
        waiting = [(record.due_at, record.key) for record in self._items.values() if record.due_at is not None]
        return iter([(key, due_at) for due_at, key in sorted(waiting)])

    def open_in(self, account: str, region: str) -> Iterator[ServiceKey]:
        """All that are open, of this one account and Region."""
        here = (account, region)
        return (key for key, it in self._items.items() if (key.account, key.region) == here and it.phase.open)


class Shared:
    """The port `Shared`."""

    def __init__(self) -> None:
        self._pools: dict[PoolKey, Pool] = {}
        self._budgets: dict[str, FailoverBudget] = {}

    def pool(self, key: PoolKey) -> Pool:
        """What is known of a pool."""
        return self._pools.get(key) or Pool(key)

    def put_pool(self, pool: Pool) -> Pool:
        """Write it over what was read."""
        if self.pool(pool.key).version != pool.version:
            raise ConflictError(f"{pool.key}: written by another worker since it was read")
        written = self._pools[pool.key] = replace(pool, version=pool.version + 1)
        return written

    def budget(self, account: str, now: datetime) -> FailoverBudget:
        """The failovers of an account in this hour."""
        return self._budgets.get(account) or FailoverBudget(account, hour_of(now))

    def put_budget(self, budget: FailoverBudget) -> FailoverBudget:
        """Write it."""
        written = self._budgets[budget.account] = replace(budget, version=budget.version + 1)
        return written


class Twins:
    """The port `Twins`."""

    def __init__(self) -> None:
        self._states: dict[ServiceKey, TwinState] = {}

    def get(self, primary: ServiceKey) -> TwinState:
        """The state of a primary's twin."""
        return self._states.get(primary) or TwinState(primary)

    def put(self, state: TwinState) -> TwinState:
        """Write it over what was read."""
        if self.get(state.primary).version != state.version:
            raise ConflictError(f"{state.primary}: written by another worker since it was read")
        written = self._states[state.primary] = replace(state, version=state.version + 1)
        return written

    def due(self, now: datetime | None = None) -> Iterator[ServiceKey]:
        """Those at work, longest not looked at first."""
        waiting = [(state.due_at, key) for key, state in self._states.items() if state.due_at is not None]
        return iter([key for due_at, key in sorted(waiting) if now is None or due_at <= now])


class NobodyScales:
    """The port `Autoscaling`: no twin is a scalable target."""

    def scaled(self, _key: ServiceKey) -> bool:
        """Never."""
        return False


class NothingReplaced:
    """The port `Replacements`: no service has the EXTERNAL deployment controller."""

    def start(self, order: ExecutionOrder) -> None:
        """Never."""
        raise AssertionError(order)

    def look(self, _key: ServiceKey, _state_machine: str, name: str) -> Execution:
        """Never."""
        raise AssertionError(name)


class Registry:
    """The port `Registry`: accounts and Regions that were heard of."""

    def __init__(self) -> None:
        self._paths: dict[tuple[str, str], Path] = {}

    def paths(self) -> Iterator[tuple[str, str]]:
        """All."""
        return iter(list(self._paths))

    def path(self, account: str, region: str) -> Path:
        """One."""
        return self._paths.get((account, region)) or Path(account, region)

    def put_path(self, path: Path) -> Path:
        """Write it over what was read."""
        if self.path(path.account, path.region).version != path.version:
            raise ConflictError(f"{path}: written by another worker since it was read")
        written = self._paths[path.account, path.region] = replace(path, version=path.version + 1)
        return written


class Orders:
    """The port `Orders`: sweeps that wait."""

    def __init__(self) -> None:
        self.waiting: list[SweepOrder] = []

    def send(self, orders: Sequence[SweepOrder]) -> None:
        """Put them there."""
        self.waiting += orders


class Tally:
    """The port `Reporter`: how often each decision was made."""

    def __init__(self) -> None:
        self.reasons: Counter[str] = Counter()
        self.unfinished_work: Counter[str] = Counter()

    def outcome(self, outcome: Outcome) -> None:
        """Count it."""
        decision = outcome.decision
        self.reasons[f"{outcome.action} {decision.reason}"] += 1
        if decision.reason is Reason.RESTORE_FAILED:
            self.reasons[f"{decision.reason}: {decision.note.partition(' since ')[0]}"] += 1

    def unfinished(self, error: Exception, _key: ServiceKey | None = None) -> None:
        """Count it."""
        self.unfinished_work[type(error).__name__] += 1
