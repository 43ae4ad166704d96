"""What the flows need of the world; `spot_failover.aws` implements it, tests put doubles in its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from spot_failover.core.alert_group import AlertGroup, AlertKey
from spot_failover.core.audit import AuditEvent, Lost
from spot_failover.core.budget import FailoverBudget
from spot_failover.core.errors import SpotFailoverError
from spot_failover.core.execution import Execution, ExecutionOrder
from spot_failover.core.incident import Incident
from spot_failover.core.notification import Notification
from spot_failover.core.path import Path
from spot_failover.core.pool import Pool, PoolKey
from spot_failover.core.record import Record
from spot_failover.core.service import LiveService
from spot_failover.core.service_key import ServiceKey
from spot_failover.core.strategy import Strategy
from spot_failover.core.sweep_messages import SweepOrder
from spot_failover.core.task import Task
from spot_failover.core.twin_state import TwinState


class Services(Protocol):
    """ECS services of any account and Region. Every method may raise TransientError or AccessDeniedError."""

    def describe(self, keys: Sequence[ServiceKey]) -> Mapping[ServiceKey, LiveService | None]:
        """The services as they are now; None for one that does not exist, or whose cluster does not."""
        ...

    def attached_providers(self, key: ServiceKey) -> frozenset[str]:
        """Capacity providers of the service's cluster."""
        ...

    def intended_tasks(self, key: ServiceKey, deployment_id: str | None) -> int:
        """Tasks that ECS wants to keep running: of one deployment, or of the whole service."""
        ...

    def tasks(self, key: ServiceKey) -> tuple[Task, ...]:
        """Those tasks one by one; GoneError where there is no such service."""
        ...

    def clusters(self, account: str, region: str) -> Mapping[str, frozenset[str]]:
        """All clusters by name, with their capacity providers."""
        ...

    def names(self, account: str, region: str, cluster: str) -> list[ServiceKey]:
        """All services of a cluster, in order."""
        ...

    def switch(self, key: ServiceKey, strategy: Strategy, until: datetime) -> LiveService:
        """Set the strategy with a forced deployment, and return the service as the call left it.

        `until` is the end of the caller's lease: no call is made that could last longer.

        Raises
        ------
        UnclearError
            The answer got lost: the call may have taken effect.
        RefusedError, GoneError
            The call took no effect and can't.
        BusyError
            It is too late to call.
        """
        ...

    def redeploy(self, key: ServiceKey, until: datetime) -> LiveService:
        """Force a deployment on the same strategy; errors as `switch`."""
        ...

    def set_desired(self, key: ServiceKey, count: int, until: datetime) -> LiveService:
        """Ask for another number of tasks, without a deployment. For twins alone; errors as `switch`."""
        ...


class Replacements(Protocol):
    """State machines that replace task sets, of any account and Region."""

    def start(self, order: ExecutionOrder) -> None:
        """Start an execution; nothing happens where there is one of its name already, running or ended.

        Raises
        ------
        UnclearError
            The answer got lost: it may have been started. The same order again starts no second one.
        RefusedError
            It was not started, and can't be: there is no such state machine.
        """
        ...

    def look(self, key: ServiceKey, state_machine: str, name: str) -> Execution:
        """The execution of that name as it is now."""
        ...


class Autoscaling(Protocol):
    """Application Auto Scaling of any account and Region."""

    def scaled(self, key: ServiceKey) -> bool:
        """Whether a service is a scalable target: somebody else sets its desired count."""
        ...


class Twins(Protocol):
    """What is remembered of on-demand twins, kept beside the records and written like them."""

    def get(self, primary: ServiceKey) -> TwinState:
        """The state of a primary's twin, read consistently; one of version 0 where there is none."""
        ...

    def put(self, state: TwinState) -> TwinState:
        """Write it; ConflictError as in `Records.put`."""
        ...

    def due(self, now: datetime | None = None) -> Iterator[ServiceKey]:
        """Keys of the primaries whose twins are at work, those that were not looked at for longest first.

        With `now`, only those that are due.
        """
        ...


class Shared(Protocol):
    """What services share, kept beside the records and written like them: only over what was read."""

    def pool(self, key: PoolKey) -> Pool:
        """What is known of a pool; a closed one of version 0 where nothing is."""
        ...

    def put_pool(self, pool: Pool) -> Pool:
        """Write a pool; ConflictError as in `Records.put`."""
        ...

    def budget(self, account: str, now: datetime) -> FailoverBudget:
        """The failovers of an account in this hour."""
        ...

    def put_budget(self, budget: FailoverBudget) -> FailoverBudget:
        """Write it; ConflictError as in `Records.put`."""
        ...


class Records(Protocol):
    """The state table."""

    def get(self, key: ServiceKey) -> Record:
        """The record of a service, read consistently; one of version 0 where there is none."""
        ...

    def get_many(self, keys: Sequence[ServiceKey]) -> Mapping[ServiceKey, Record | SpotFailoverError]:
        """The same of several, in one call for each hundred; in place of a record that can't be read, why."""
        ...

    def put(self, record: Record) -> Record:
        """Write it if nobody else has since it was read, and return it with its new version.

        Raises
        ------
        ConflictError
            Somebody has.
        """
        ...

    def open_in(self, account: str, region: str) -> Iterator[ServiceKey]:
        """Keys of the open records of an account and Region, whenever they are due. Reads all that are open."""
        ...

    def due(self, now: datetime) -> Iterator[ServiceKey]:
        """Keys of the records that are due, longest overdue first."""
        ...

    def open(self) -> Iterator[tuple[ServiceKey, datetime]]:
        """Keys of all open records, and when each is due, earliest first."""
        ...


class Alerts(Protocol):
    """Alerts that people are to be told of, kept beside the records and written like them: only over what was read."""

    def due_alerts(self, now: datetime) -> Iterator[AlertKey]:
        """Groups of alerts that are to be told."""
        ...

    def alerts(self, key: AlertKey) -> AlertGroup:
        """The alerts of a group; none, of version 0, where there never was any."""
        ...

    def put_alerts(self, group: AlertGroup) -> AlertGroup:
        """Write them; ConflictError as in `Records.put`."""
        ...


class Incidents(Alerts, Protocol):
    """All that people are told of: alerts, and incidents, which are kept in the same way."""

    def open(self) -> Iterator[PoolKey]:
        """Pools that have an incident."""
        ...

    def incident(self, pool: PoolKey) -> Incident:
        """The incident of a pool; one of version 0 where there never was any."""
        ...

    def put_incident(self, incident: Incident) -> Incident:
        """Write it; ConflictError as in `Records.put`."""
        ...


class Topic(Protocol):
    """Where people hear of it."""

    def publish(self, notification: Notification) -> None:
        """Tell it; SpotFailoverError where that fails."""
        ...


class AuditBus(Protocol):
    """Where audit events go."""

    def put(self, events: Sequence[AuditEvent], until: datetime) -> Sequence[Lost]:
        """Put them there, and return those that could not be, with the reason. Raises nothing."""
        ...


class Registry(Protocol):
    """Which accounts and Regions there are: those that have sent a heartbeat."""

    def paths(self) -> Iterator[tuple[str, str]]:
        """(account, Region) of all, longest silent first."""
        ...

    def path(self, account: str, region: str) -> Path:
        """What is known of one, read consistently; of version 0 where nothing is."""
        ...

    def put_path(self, path: Path) -> Path:
        """Write it; ConflictError as in `Records.put`."""
        ...


class Orders(Protocol):
    """The queue of sweeps to be made."""

    def send(self, orders: Sequence[SweepOrder]) -> None:
        """Put them there; TransientError where that fails, some of them may be there then."""
        ...
