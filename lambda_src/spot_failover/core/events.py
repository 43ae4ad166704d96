"""What an event says, once it is read and its sender is known to own what it names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from spot_failover.core.service_key import ServiceKey

CLOCK_SKEW = timedelta(seconds=5)
"""EventBridge's time has whole seconds, and its clock is not ECS's."""


@dataclass(frozen=True)
class Event:
    """What placement failures and interruptions have in common."""

    event_id: str
    key: ServiceKey
    source: str
    time: datetime
    """EventBridge's `time`: whole seconds, when the service sent the event."""
    arrived: datetime
    """When the message reached the queue."""
    replayed: bool = False
    """Came out of an archive (EventBridge sets `replay-name`)."""
    synthetic: bool = False
    """From one of the sources that prove the path, not from ECS."""
    report_only: bool = False
    """A synthetic event of the central account about another account's service: decide and tell, change nothing."""
    providers: tuple[str, ...] = ()
    """Names of the capacity providers that the event names."""
    cause: str = ""
    """The event's own reason: `RESOURCE:FARGATE`, a stop code."""

    @property
    def kind(self) -> str:
        """The event in one word, for logs and records."""
        return type(self).__name__

    def to_record(self) -> dict[str, Any]:
        """What the record of the service keeps of the event that caused it."""
        return {"id": self.event_id, "kind": self.kind, "source": self.source, "time": self.time, "cause": self.cause}


@dataclass(frozen=True)
class PlacementFailure(Event):
    """SERVICE_TASK_PLACEMENT_FAILURE: ECS could not place a task of the service."""


@dataclass(frozen=True)
class Interruption(Event):
    """A task of the service got the two-minute Spot interruption notice, or has been stopped by it."""

    task_arn: str = ""
    task_created_at: datetime | None = None
    """None: the event does not tell."""


@dataclass(frozen=True)
class SilentShortage(Event):
    """What the sweep makes where a service runs short, or seems to, and nothing has told of it."""


@dataclass(frozen=True)
class OperatorFailover(Event):
    """A person asks for a failover, whether or not the service is short; `cause` is who."""


@dataclass(frozen=True)
class TaskStateChange(Event):
    """A task of the service runs, stops, or has stopped, for whatever reason."""

    task_arn: str = ""


@dataclass(frozen=True)
class Heartbeat:
    """An account and Region's sign that events get from there to here."""

    event_id: str
    account: str
    region: str
    time: datetime
    """When it was sent."""


@dataclass(frozen=True)
class StandaloneTask:
    """A task that belongs to no service: not ours."""

    event_id: str
    account: str
    region: str
    cluster: str
    task_arn: str
