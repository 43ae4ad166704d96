"""The live service as ECS describes it, and what its counts mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from spot_failover.core.service_key import ServiceKey
from spot_failover.core.strategy import NO_STRATEGY, Strategy
from spot_failover.core.traffic_shift import ROLLING, TrafficShift

CAPACITY_MESSAGE = "capacity is unavailable"
"""ECS writes `was unable to place a task. Reason: Capacity is unavailable at this time` into a service's events."""
ROLLBACK_MESSAGE = "rolling back to deployment"
"""ECS writes `(service web) rolling back to deployment ecs-svc/1.` there when circuit breaker or alarms go back."""


@dataclass(frozen=True)
class Deployment:
    """One deployment of a service. Counts are tasks; `rollout_state` is None where ECS tells none."""

    id: str
    status: str
    rollout_state: str | None
    created_at: datetime
    desired: int
    running: int
    pending: int
    strategy: Strategy = NO_STRATEGY
    rollout_reason: str = ""

    @property
    def whole(self) -> bool:
        """Whether all its tasks run or are coming."""
        return self.running + self.pending >= self.desired

    @property
    def completed(self) -> bool:
        """Whether ECS says that the rollout is complete."""
        return self.rollout_state == "COMPLETED"


@dataclass(frozen=True)
class ServiceEvent:
    """One line of the service's own event log (the newest 100)."""

    created_at: datetime
    message: str


@dataclass(frozen=True)
class Rollback:
    """ECS has gone back to an earlier deployment."""

    at: datetime
    to: str
    """Id of that deployment. Where it had no task left, ECS has made a new one of it."""


@dataclass(frozen=True)
class LiveService:
    """A service at the moment it was described."""

    key: ServiceKey
    status: str
    desired: int
    running: int
    pending: int
    strategy: Strategy
    deployments: tuple[Deployment, ...] = ()
    events: tuple[ServiceEvent, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    scheduling: str = "REPLICA"
    controller: str = "ECS"
    minimum_healthy_percent: int = 100
    maximum_percent: int = 200
    target_groups: frozenset[str] = frozenset()
    """ARNs of target groups, and names of Classic Load Balancers."""
    health_grace: timedelta = timedelta()
    """How long ECS leaves a task alone that its load balancer calls unhealthy at its start."""
    traffic_shift: TrafficShift = ROLLING
    """What a deployment does beyond starting its tasks."""

    @property
    def external(self) -> bool:
        """Whether its deployment controller is EXTERNAL: `deployments` are its task sets then.

        The current one stands as PRIMARY, whose strategy is the service's.
        """
        return self.controller == "EXTERNAL"

    @property
    def active(self) -> bool:
        """Whether the service exists: a deleted one stays describable as INACTIVE for a while."""
        return self.status == "ACTIVE"

    @property
    def primary(self) -> Deployment | None:
        """The newest deployment, or the current task set; None under another controller."""
        return next((deployment for deployment in self.deployments if deployment.status == "PRIMARY"), None)

    @property
    def whole(self) -> bool:
        """Whether the tasks of all deployments together are as many as desired."""
        return self.running + self.pending >= self.desired

    @property
    def primary_whole(self) -> bool:
        """Whether the PRIMARY deployment has all its tasks: old tasks can hide that it has not."""
        return self.primary.whole if self.primary is not None else self.whole

    @property
    def can_roll(self) -> bool:
        """Whether a deployment replaces tasks without stopping healthy ones first."""
        if self.external:
            return True  # a second task set is whole before the first one loses a task
        one_more = self.desired * self.maximum_percent // 100 > self.desired
        return self.minimum_healthy_percent >= 100 and one_more

    def capacity_message_since(self, since: datetime) -> bool:
        """Whether ECS has told in the service's events that it lacked capacity."""
        return any(at >= since for at in self.capacity_messages)

    @property
    def rollbacks(self) -> tuple[Rollback, ...]:
        """Where ECS told there that it went back to an earlier deployment."""
        told = ((event, event.message.lower().partition(ROLLBACK_MESSAGE)) for event in self.events)
        return tuple(Rollback(event.created_at, to.strip(" .")) for event, (_, found, to) in told if found)

    @property
    def capacity_messages(self) -> tuple[datetime, ...]:
        """When ECS told in the service's events that it lacked capacity, as far as they reach back."""
        return tuple(event.created_at for event in self.events if CAPACITY_MESSAGE in event.message.lower())
