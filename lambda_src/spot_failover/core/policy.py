"""What an installation wants: the typed form of the POLICY setting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from fnmatch import fnmatchcase

from spot_failover.core.service_key import ServiceKey
from spot_failover.core.windows import Window


class Mode(StrEnum):
    """Whether decisions are carried out."""

    ACT = "act"
    OBSERVE = "observe"


class Enrollment(StrEnum):
    """Which services are covered without being asked."""

    OPT_OUT = "opt_out"
    OPT_IN = "opt_in"


class InterruptionResponse(StrEnum):
    """What to do about a Spot interruption of a service's task."""

    AUTO = "auto"
    """Fail over where the service is short."""
    REDEPLOY = "redeploy"
    """Force a deployment on the same strategy."""
    FAILOVER = "failover"
    """Fail over without asking whether the service is short."""
    NONE = "none"


class Method(StrEnum):
    """How a service that is short of Spot gets on-demand tasks."""

    STRATEGY = "strategy"
    """Its capacity provider strategy is switched."""
    FAILOVER_SERVICE = "failover_service"
    """A second service, its on-demand twin, carries what it lacks."""
    TASK_SET = "task_set"
    """A state machine in its account replaces its task set: for the EXTERNAL deployment controller."""


@dataclass(frozen=True)
class Scope:
    """Which accounts, clusters and services are covered; an empty list covers all. Names may hold `*` and `?`."""

    accounts: tuple[str, ...] = ()
    exclude_accounts: tuple[str, ...] = ()
    clusters: tuple[str, ...] = ()
    exclude_clusters: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    exclude_services: tuple[str, ...] = ()

    def covers_cluster(self, account: str, cluster: str) -> bool:
        """Whether services of a cluster may be in scope."""
        return _selected(account, self.accounts, self.exclude_accounts) and _selected(
            cluster, self.clusters, self.exclude_clusters
        )

    def covers(self, account: str, cluster: str, service: str) -> bool:
        """Whether a service is in scope by its names."""
        return self.covers_cluster(account, cluster) and _selected(service, self.services, self.exclude_services)


def _selected(name: str, include: tuple[str, ...], exclude: tuple[str, ...]) -> bool:
    wanted = not include or any(fnmatchcase(name, pattern) for pattern in include)
    return wanted and not any(fnmatchcase(name, pattern) for pattern in exclude)


@dataclass(frozen=True)
class InterruptionPolicy:
    """Response to Spot interruptions; `min_interval` is the least time between two redeployments of a service.

    Under every response but `none` a service fails over that loses at least `failover_after` tasks, and at least
    `failover_percent` of its desired count, within `window`.
    """

    response: InterruptionResponse = InterruptionResponse.AUTO
    min_interval: timedelta = timedelta(minutes=10)
    failover_after: int = 3
    failover_percent: int = 50
    window: timedelta = timedelta(minutes=10)


@dataclass(frozen=True)
class RestorePolicy:
    """When Spot is tried again, how long a try may take, and how many services of a pool may try at once.

    An installation's numbers come from its profile (profiles.py), not from the defaults here.
    """

    initial_delay: timedelta = timedelta(minutes=5)
    factor: float = 2.0
    max_delay: timedelta = timedelta(hours=1)
    patience: timedelta = timedelta(hours=2)
    stable_for: timedelta = timedelta(hours=1)
    max_per_day: int = 48
    max_proving: int = 10
    """Services of one pool that may be proving at once, while its breaker is closed."""
    max_postpone: timedelta = timedelta(hours=1)
    """How long placement failures may postpone a pool's next canary, in all."""
    allow_disruption: bool = False
    window: Window | None = None
    """Restores begin only within; None: at any time."""
    probe_time: timedelta = timedelta(minutes=10)
    """Where a pool has a probe service: how long its task must have run before a restore begins."""


@dataclass(frozen=True)
class SyntheticPolicy:
    """Whether events from other sources than ECS itself are taken, to prove the path."""

    enabled: bool = False
    sources: tuple[str, ...] = ("test.aws.ecs",)
    act_from_central: bool = False


@dataclass(frozen=True)
class TwinPolicy:
    """How on-demand twins follow their primaries."""

    enabled: bool = False
    max_tasks: int = 100
    """Tasks that one twin may have."""
    whole_for: timedelta = timedelta(minutes=10)
    """For how long a primary must have been whole before its twin is scaled down."""
    step_percent: int = 25
    """Part of its tasks that a twin gives up in one step, rounded up."""
    step_wait: timedelta = timedelta(minutes=2)
    """Time between two steps down."""


@dataclass(frozen=True)
class TaskSetPolicy:
    """How the task sets of services with the EXTERNAL deployment controller are replaced."""

    enabled: bool = False
    state_machine: str = "controlled-scaledown"
    """Name of the state machine in the account and Region of the service."""
    wait_for_service: timedelta = timedelta(minutes=10)
    """How long a new task set may take to become healthy."""
    decrement: int = 10
    """Percent points that are taken off the old task set in one step."""
    scaledown_wait: timedelta = timedelta(minutes=1)
    """Time after each step."""

    @property
    def takes(self) -> timedelta:
        """How long all waits of a replacement may take together that comes to its good end."""
        steps = -(-100 // self.decrement)
        return self.wait_for_service + steps * self.scaledown_wait

    @property
    def ends_within(self) -> timedelta:
        """How long all waits of an execution may take together, whatever its end.

        After the last step the new tasks may still be waited for, and the old ones once more while all is put back.
        """
        return self.takes + 2 * self.wait_for_service


@dataclass(frozen=True)
class AccountOverride:
    """What differs in one account; None takes the installation's value."""

    enabled: bool | None = None
    mode: Mode | None = None
    enrollment: Enrollment | None = None
    interruption_response: InterruptionResponse | None = None
    task_set: bool | None = None
    """Whether task sets are replaced there."""


@dataclass(frozen=True)
class Policy:
    """All that an installation may choose about decisions."""

    enabled: bool = True
    mode: Mode = Mode.ACT
    enrollment: Enrollment = Enrollment.OPT_OUT
    fallback_pairs: Mapping[str, str] = field(default_factory=lambda: {"FARGATE_SPOT": "FARGATE"})
    """Spot provider -> on-demand provider. A key `CLUSTER/PROVIDER` holds in that cluster alone, and wins there."""
    fallback_weight: int = 10
    scope: Scope = Scope()
    account_overrides: Mapping[str, AccountOverride] = field(default_factory=dict)
    max_event_age: timedelta = timedelta(minutes=15)
    failover_deadline: timedelta = timedelta(minutes=15)
    interruption: InterruptionPolicy = InterruptionPolicy()
    max_failovers_per_hour: int = 0
    """Failovers that one account may have in an hour; 0: no limit."""
    restore: RestorePolicy = RestorePolicy()
    shortage_threshold: timedelta = timedelta(minutes=10)
    """How long a service may run short without evidence before it counts (`sweep.threshold_minutes`)."""
    silent_after: timedelta = timedelta(minutes=15)
    """How old the last heartbeat of an account and Region may be."""
    twin: TwinPolicy = TwinPolicy()
    task_set: TaskSetPolicy = TaskSetPolicy()
    synthetic: SyntheticPolicy = SyntheticPolicy()

    def of(self, key: ServiceKey) -> Policy:
        """The policy as it holds for a service of this name: its account's, with its cluster's pairs."""
        return self.for_account(key.account).for_cluster(key.cluster)

    def for_cluster(self, cluster: str) -> Policy:
        """The policy with the pairs of one cluster, by provider alone."""
        if not any("/" in provider for provider in self.fallback_pairs):
            return self
        everywhere = {spot: target for spot, target in self.fallback_pairs.items() if "/" not in spot}
        prefix = f"{cluster}/"
        here = {
            spot.removeprefix(prefix): target for spot, target in self.fallback_pairs.items() if spot.startswith(prefix)
        }
        return replace(self, fallback_pairs=everywhere | here)

    def for_account(self, account: str) -> Policy:
        """The policy as it holds in one account."""
        override = self.account_overrides.get(account)
        if override is None:
            return self
        return replace(
            self,
            enabled=self.enabled if override.enabled is None else override.enabled,
            mode=override.mode or self.mode,
            enrollment=override.enrollment or self.enrollment,
            interruption=replace(
                self.interruption, response=override.interruption_response or self.interruption.response
            ),
            task_set=replace(
                self.task_set,
                enabled=self.task_set.enabled if override.task_set is None else override.task_set,
            ),
        )

    @property
    def spot_providers(self) -> frozenset[str]:
        """Providers that lose their capacity."""
        return frozenset(self.fallback_pairs)

    @property
    def on_demand_providers(self) -> frozenset[str]:
        """Providers that take over."""
        return frozenset(self.fallback_pairs.values())
