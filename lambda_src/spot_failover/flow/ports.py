"""What the flows need of the world; `spot_failover.aws` implements it, tests put doubles in its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from spot_failover.core.budget import FailoverBudget
from spot_failover.core.pool import Pool, PoolKey
from spot_failover.core.record import Record
from spot_failover.core.service import LiveService
from spot_failover.core.service_key import ServiceKey
from spot_failover.core.strategy import Strategy


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

    def switch(self, key: ServiceKey, strategy: Strategy) -> LiveService:
        """Set the strategy with a forced deployment, and return the service as the call left it.

        Raises
        ------
        UnclearError
            The answer got lost: the call may have taken effect.
        RefusedError, GoneError
            The call took no effect and can't.
        """
        ...

    def redeploy(self, key: ServiceKey) -> LiveService:
        """Force a deployment on the same strategy; errors as `switch`."""
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

    def put(self, record: Record) -> Record:
        """Write it if nobody else has since it was read, and return it with its new version.

        Raises
        ------
        ConflictError
            Somebody has.
        """
        ...

    def due(self, now: datetime) -> Iterator[ServiceKey]:
        """Keys of the records that are due, longest overdue first."""
        ...
