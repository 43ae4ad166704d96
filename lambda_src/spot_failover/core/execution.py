"""An execution of the state machine that replaces the task set of a service with the EXTERNAL deployment controller."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from spot_failover.core.policy import TaskSetPolicy
from spot_failover.core.record import Phase, Record
from spot_failover.core.service_key import ServiceKey
from spot_failover.core.strategy import Strategy

_SERVICE_LETTERS = 32
"""An execution's name has 80 characters at most (Step Functions API reference, StartExecution)."""
_TAKEN = "TakenError"
_REFUSED = frozenset({_TAKEN, "InputError", "NotReplaceableError"})
"""Ends at which nothing was touched."""
_PUT_BACK = "PutBack"


class ExecutionState(StrEnum):
    """Where an execution stands."""

    UNKNOWN = "unknown"
    """Step Functions knows none of that name: it was not started, or only a moment ago."""
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    """Or stopped, or out of time."""


@dataclass(frozen=True)
class Execution:
    """What Step Functions tells of an execution."""

    name: str
    state: ExecutionState
    ended_at: datetime | None = None
    error: str = ""
    """The name of the error with which it failed; empty where it was stopped or ran out of time."""
    cause: str = ""
    """What a person reads."""

    @property
    def taken(self) -> bool:
        """Whether another execution works on the service: nothing was touched."""
        return self.error == _TAKEN

    @property
    def refused(self) -> bool:
        """Whether nothing was touched, because service or load balancer are not as they have to be, or it is taken."""
        return self.error in _REFUSED

    @property
    def put_back(self) -> bool:
        """Whether all is as it was before."""
        return self.error == _PUT_BACK or self.refused

    @property
    def told(self) -> str:
        """What it ended with, for a person."""
        end = ": ".join(part for part in (self.error or "stopped, or out of time", self.cause) if part)
        return f"execution {self.name}: {end}"


@dataclass(frozen=True)
class ExecutionOrder:
    """What is asked of the state machine. The same order again starts no second execution, by its name."""

    key: ServiceKey
    state_machine: str
    """Name."""
    name: str
    given: Mapping[str, Any]
    """Input, as JSON."""


def execution_name(record: Record, now: datetime) -> str:
    """The name of the execution that an intent announces, kept in the record before the call.

    Nobody else's in the 90 days for which Step Functions remembers names: it has the second in which it was made up,
    and services of the same name in other clusters differ in the hash.
    """
    what = "restore" if record.phase is Phase.RESTORING else "failover"
    whose = hashlib.sha256(f"{record.key.record_id} {record.key.region} {record.version}".encode()).hexdigest()[:8]
    at = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    return f"spot-{what}-{record.key.service[:_SERVICE_LETTERS]}-{at}-{whose}"


def execution_order(record: Record, target: Strategy, policy: TaskSetPolicy) -> ExecutionOrder:
    """The execution that gives a service a task set with another strategy; all else is as in the current one."""
    given = {
        "cluster": record.key.cluster,
        "serviceName": record.key.service,
        "capacityProviderStrategy": target.to_api(),
        "waitForService": int(policy.wait_for_service.total_seconds()),
        "scaledown_decrement": policy.decrement,
        "scaledown_wait": int(policy.scaledown_wait.total_seconds()),
    }
    return ExecutionOrder(record.key, policy.state_machine, record.execution, given)
