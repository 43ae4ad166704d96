"""What happened, as AWS's APIs and local_aws's observers told it: the only thing that figures are made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from demo.strategy import Strategy


@dataclass(frozen=True, order=True)
class ServiceId:
    """Where an ECS service lives."""

    account: str
    region: str
    cluster: str
    name: str

    @property
    def label(self) -> str:
        """``shop/web``: enough where account and Region stand beside it."""
        return f"{self.cluster}/{self.name}"

    def __str__(self) -> str:
        return f"{self.label} ({self.account}, {self.region})"


@dataclass(frozen=True)
class Point:
    """A service from ``at`` (epoch seconds) until the next point."""

    at: float
    desired: int
    running: Mapping[str, int]
    strategy: Strategy

    @property
    def total(self) -> int:
        """Running tasks on all capacity providers."""
        return sum(self.running.values())

    def on(self, provider: str) -> int:
        """Running tasks on ``provider``."""
        return self.running.get(provider, 0)


@dataclass(frozen=True)
class TargetPoint:
    """The targets of a target group from ``at`` until the next point; ``starting`` ones are registered, not healthy."""

    at: float
    healthy: int
    starting: int
    draining: int


@dataclass(frozen=True)
class Interruption:
    """So many tasks of a service got the two-minute notice."""

    at: float
    service: ServiceId
    tasks: int


@dataclass(frozen=True)
class Outage:
    """A time in which a pool could carry only ``capacity`` tasks; ``end`` is None while it lasts."""

    account: str
    region: str
    begin: float
    end: float | None
    capacity: int


@dataclass(frozen=True)
class Update:
    """A CreateService or UpdateService that ECS accepted; ``strategy`` is empty where the call left it as it was.

    ``desired`` is the desired count after it.
    """

    at: float
    service: ServiceId
    api: str
    principal: str
    strategy: Strategy
    forced: bool
    desired: int | None = None


@dataclass(frozen=True)
class Delivery:
    """An event that reached a target of a rule, or did not."""

    at: float
    target: str
    event_id: str
    detail_type: str
    outcome: str
    reason: str


@dataclass(frozen=True)
class Decision:
    """One decision, as a function logged it."""

    at: float
    function: str
    action: str
    reason: str
    service: ServiceId | None
    event_id: str | None


@dataclass(frozen=True)
class Evidence:
    """All of a run. ``loss_at`` and ``return_at`` are when Spot was taken away and given back.

    ``automation_role`` is the name of the role by which the automation acts in workload accounts, ``phases`` the phase
    of every record in the state table at the end, ``dead_letters`` the number of messages per dead-letter queue,
    ``errors`` what the functions' logs have as errors. ``targets`` has the course of the target group of each service
    that is in one.
    """

    scenario: str
    loss_at: float
    return_at: float | None
    ended_at: float
    automation_role: str
    queues: tuple[str, ...]
    points: Mapping[ServiceId, tuple[Point, ...]]
    outages: tuple[Outage, ...]
    updates: tuple[Update, ...]
    deliveries: tuple[Delivery, ...]
    decisions: tuple[Decision, ...]
    errors: tuple[str, ...]
    phases: Mapping[ServiceId, str]
    dead_letters: Mapping[str, int]
    targets: Mapping[ServiceId, tuple[TargetPoint, ...]]
    interruptions: tuple[Interruption, ...]

    def by_automation(self, update: Update) -> bool:
        """Whether the automation made ``update``, by the principal that ECS saw."""
        return self.automation_role in update.principal.split("/")

    def updates_of(self, service: ServiceId) -> tuple[Update, ...]:
        """What the automation changed at ``service`` since Spot was taken away."""
        return tuple(
            update
            for update in self.updates
            if update.service == service and update.at >= self.loss_at and self.by_automation(update)
        )


def at(points: tuple[Point, ...], when: float) -> Point:
    """The point that holds at ``when``; the first one where ``when`` is before all of them."""
    return next((point for point in reversed(points) if point.at <= when), points[0])
