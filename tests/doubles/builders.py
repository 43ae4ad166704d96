"""Short ways to say what a test is about; what it does not say is an ordinary service on Spot."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from spot_failover.core.events import Interruption, PlacementFailure
from spot_failover.core.service import Deployment, LiveService, ServiceEvent
from spot_failover.core.service_key import ServiceKey
from spot_failover.core.strategy import Strategy
from tests.doubles.clock import START

WEB = ServiceKey("111111111111", "us-east-1", "shop", "web")
API = ServiceKey("111111111111", "us-east-1", "shop", "api")
OTHER = ServiceKey("222222222222", "eu-west-1", "store", "web")
SPOT = Strategy.of(("FARGATE_SPOT", 1, 0))
MIXED = Strategy.of(("FARGATE", 1, 1), ("FARGATE_SPOT", 3, 0))
FALLBACK = Strategy.of(("FARGATE_SPOT", 0, 0), ("FARGATE", 10, 0))
MIXED_FALLBACK = Strategy.of(("FARGATE", 10, 1), ("FARGATE_SPOT", 0, 0))
ON_DEMAND = Strategy.of(("FARGATE", 1, 0))
TASK = "arn:aws:ecs:us-east-1:111111111111:task/shop/0f1e2d3c4b5a69788796a5b4c3d2e1f0"
NO_CAPACITY = "(service web) was unable to place a task. Reason: Capacity is unavailable at this time."
LONG_AGO = START - timedelta(days=3)


def deployment(
    strategy: Strategy = SPOT,
    *,
    id: str = "ecs-svc/1",  # noqa: A002 - ECS's word
    status: str = "PRIMARY",
    rollout_state: str | None = "COMPLETED",
    created_at: datetime = LONG_AGO,
    desired: int = 4,
    running: int = 4,
    pending: int = 0,
    rollout_reason: str = "",
) -> Deployment:
    return Deployment(
        id, status, rollout_state, created_at, desired, running, pending, strategy, rollout_reason=rollout_reason
    )


def service(
    *deployments: Deployment,
    key: ServiceKey = WEB,
    strategy: Strategy | None = None,
    desired: int = 4,
    status: str = "ACTIVE",
    tags: Mapping[str, str] | None = None,
    capacity_messages: tuple[datetime, ...] = (),
    scheduling: str = "REPLICA",
    controller: str = "ECS",
    minimum_healthy_percent: int = 100,
    maximum_percent: int = 200,
) -> LiveService:
    """A service; its strategy is its PRIMARY deployment's, its counts are the sums of all its deployments'."""
    stand = deployments or (deployment(strategy or SPOT, desired=desired, running=desired),)
    primary = next(one for one in stand if one.status == "PRIMARY")
    return LiveService(
        key=key,
        status=status,
        desired=desired,
        running=sum(one.running for one in stand),
        pending=sum(one.pending for one in stand),
        strategy=strategy if strategy is not None else primary.strategy,
        deployments=stand,
        events=tuple(ServiceEvent(time, NO_CAPACITY) for time in capacity_messages),
        tags=tags or {},
        scheduling=scheduling,
        controller=controller,
        minimum_healthy_percent=minimum_healthy_percent,
        maximum_percent=maximum_percent,
    )


def failure(
    key: ServiceKey = WEB,
    *,
    time: datetime = START,
    arrived: datetime | None = None,
    providers: tuple[str, ...] = ("FARGATE_SPOT",),
    event_id: str = "failure-1",
    synthetic: bool = False,
    report_only: bool = False,
    replayed: bool = False,
) -> PlacementFailure:
    return PlacementFailure(
        event_id=event_id,
        key=key,
        source="test.aws.ecs" if synthetic else "aws.ecs",
        time=time,
        arrived=arrived or time + timedelta(seconds=1),
        replayed=replayed,
        synthetic=synthetic,
        report_only=report_only,
        providers=providers,
        cause="RESOURCE:FARGATE",
    )


def interruption(
    key: ServiceKey = WEB,
    *,
    time: datetime = START,
    providers: tuple[str, ...] = ("FARGATE_SPOT",),
    event_id: str = "interruption-1",
    task_arn: str = TASK,
    synthetic: bool = False,
    report_only: bool = False,
) -> Interruption:
    return Interruption(
        event_id=event_id,
        key=key,
        source="test.aws.ecs" if synthetic else "aws.ecs",
        time=time,
        arrived=time + timedelta(seconds=1),
        synthetic=synthetic,
        report_only=report_only,
        providers=providers,
        cause="SpotInterruption",
        task_arn=task_arn,
    )
