"""The record: all that is remembered of one service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from spot_failover.core.service_key import ServiceKey
from spot_failover.core.strategy import NO_STRATEGY, Strategy


class Phase(StrEnum):
    """Where a service stands. `failing_over` and `restoring` are intents, written before the call they announce."""

    FAILING_OVER = "failing_over"
    FAILED_OVER = "failed_over"
    RESTORING = "restoring"
    PROVING = "proving"
    CLOSED = "closed"

    @property
    def intent(self) -> bool:
        """Whether a changing call was announced and has not been confirmed."""
        return self in {Phase.FAILING_OVER, Phase.RESTORING}

    @property
    def open(self) -> bool:
        """Whether something is still to be done."""
        return self is not Phase.CLOSED


@dataclass(frozen=True)
class Lease:
    """The right of one worker to change the service, until it expires by itself."""

    owner: str
    expires_at: datetime


@dataclass(frozen=True)
class Record:
    """The item of one service in the state table. `version` counts its writes; 0 was never written."""

    key: ServiceKey
    phase: Phase = Phase.CLOSED
    baseline: Strategy = NO_STRATEGY
    fallback: Strategy = NO_STRATEGY
    event: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""
    """Why the phase was entered."""
    version: int = 0
    phase_since: datetime | None = None
    """When the phase was entered."""
    stuck: bool = False
    """A person should look, and has been told."""
    lease: Lease | None = None
    due_at: datetime | None = None
    """When the restore tick looks at it; None while closed."""
    restore_at: datetime | None = None
    """When the next restore is tried, while failed over; `due_at` may be earlier, to see whether the fallback holds."""
    not_before: datetime | None = None
    """An intent's next call waits until then."""
    deployment_id: str = ""
    """The deployment, or the task set, that our last switch made."""
    execution: str = ""
    """Name of the state machine's execution that an intent announces; empty: none, or it has ended."""
    execution_at: datetime | None = None
    """When Step Functions took it; None: it may not have."""
    switched_at: datetime | None = None
    """When ECS made it, by ECS's clock: the time of the last confirmed switch."""
    desired_at_switch: int = 0
    shift_takes: timedelta = timedelta()
    """How long ECS's traffic shift takes in the deployment of our last switch, or how long all waits of the execution
    take, those of putting back too until it is confirmed: it is added to every deadline."""
    short_since: datetime | None = None
    """Since when a proving service has run short without evidence."""
    failures: int = 0
    """Failed restores in a row."""
    rollbacks: int = 0
    """Times that ECS rolled a failover back since the baseline was last set."""
    proven_at: datetime | None = None
    """Since when the service has held Spot, its restore proven; None once it has failed over again."""
    restore_day: str = ""
    restores_that_day: int = 0
    held_until: datetime | None = None
    held_by: str = ""
    """The operator who holds the service; empty: the automation itself, which leaves it to a person."""
    alerted: frozenset[str] = frozenset()
    """Reason codes of the alerts that were told since the last switch: each is told once."""
    interrupted: Mapping[str, datetime] = field(default_factory=dict)
    """Ids of tasks that were interrupted lately, and when."""
    redeploy_requested_at: datetime | None = None
    redeployed_at: datetime | None = None
    expires_at: datetime | None = None
    """When DynamoDB may delete the item; only closed ones expire."""

    def leased(self, now: datetime) -> bool:
        """Whether a call that changes the service may be under way.

        A worker gives its lease back with the call's outcome. One that it meets again is of a call whose answer got
        lost, and counts like another's.
        """
        return self.lease is not None and now < self.lease.expires_at

    def restores_on(self, day: str) -> int:
        """Restores started on that day (`YYYY-MM-DD`, UTC)."""
        return self.restores_that_day if self.restore_day == day else 0

    def failures_now(self, now: datetime, stable_for: timedelta) -> int:
        """Failed restores in a row, forgotten once the service has held Spot for `stable_for`."""
        stable = self.proven_at is not None and now - self.proven_at >= stable_for
        return 0 if stable else self.failures
