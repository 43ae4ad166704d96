"""What a controlled scale-down needs of the world; `spot_failover.aws` implements it, tests bring doubles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from spot_failover.core.scaledown_record import ScaledownRecord
from spot_failover.core.service_key import ServiceKey
from spot_failover.core.task_set import Blueprint, ExternalService, Health, Listener, TargetGroup


class TaskSets(Protocol):
    """Services of this account and Region, and their task sets. Every method may raise TransientError."""

    def service(self, key: ServiceKey) -> ExternalService | None:
        """The service as it is now; None where it, or its cluster, does not exist or is not ACTIVE."""
        ...

    def create(self, key: ServiceKey, blueprint: Blueprint, token: str) -> str:
        """Make a task set of the service's whole desired count, and return its id.

        A second call with the same token makes none, and returns the same.
        """
        ...

    def scale(self, key: ServiceKey, task_set: str, percent: float) -> None:
        """Set the scale of a task set."""
        ...

    def make_primary(self, key: ServiceKey, task_set: str) -> None:
        """Make it the service's primary task set."""
        ...

    def delete(self, key: ServiceKey, task_set: str) -> None:
        """Delete a task set with its tasks; nothing happens where it is gone."""
        ...


class Balancers(Protocol):
    """Network Load Balancers of this account and Region. Every method may raise TransientError."""

    def find(self, name_or_arn: str) -> str:
        """ARN of a Network Load Balancer; NotReplaceableError where there is none."""
        ...

    def in_front_of(self, target_group: str) -> str:
        """ARN of the Network Load Balancer in front of a group; NotReplaceableError where there is not exactly one."""
        ...

    def groups(self, load_balancer: str) -> tuple[TargetGroup, ...]:
        """The target groups that its listeners forward to, with their marks."""
        ...

    def marks(self, target_groups: Sequence[str]) -> Mapping[str, str]:
        """Values of the tag `isProduction` of those groups that have it."""
        ...

    def listeners(self, load_balancer: str) -> tuple[Listener, ...]:
        """Its listeners."""
        ...

    def health(self, target_group: str) -> Health:
        """How many of a group's targets are healthy."""
        ...

    def forward(self, listener: str, target_group: str) -> None:
        """Let a listener forward to a group."""
        ...

    def mark(self, target_group: str, value: str | None) -> None:
        """Set a group's tag `isProduction`, or take it off."""
        ...


class Ledger(Protocol):
    """Who works on which service: one item per service, written only over what was read."""

    def get(self, key: ServiceKey) -> ScaledownRecord:
        """The service's item, read consistently; of version 0 where there is none."""
        ...

    def put(self, record: ScaledownRecord) -> ScaledownRecord:
        """Write it, and return it with its new version; ConflictError where somebody else has since it was read."""
        ...


class Executions(Protocol):
    """Executions of this state machine."""

    def ended_at(self, execution: str) -> datetime | None:
        """When an execution ended; None while it runs. One that nobody remembers ended at the beginning of time."""
        ...


class Audit(Protocol):
    """Where it is told what was done: the account's default event bus."""

    def tell(self, key: ServiceKey, stage: str, detail: Mapping[str, Any]) -> None:
        """Tell one stage (`start`, `swap`, `end`) of an execution."""
        ...
