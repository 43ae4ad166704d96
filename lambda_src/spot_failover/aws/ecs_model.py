"""From what DescribeServices and UpdateService return to the model that decisions read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from spot_failover.core.service import Deployment, LiveService, ServiceEvent
from spot_failover.core.service_key import ServiceKey
from spot_failover.core.strategy import Strategy
from spot_failover.core.task import Task
from spot_failover.core.traffic_shift import TrafficShift

PRIMARY = "PRIMARY"
GIVES_UP = timedelta(minutes=9)
"""ECS stops a task that waits for an instance after 10 to 30 minutes; its clocks may differ a little."""


def live_service(key: ServiceKey, service: Mapping[str, Any], tags: Mapping[str, str] | None = None) -> LiveService:
    """A service from the ECS API's `Service`.

    Parameters
    ----------
    tags
        Taken in place of the answer's own: UpdateService returns none.
    """
    configuration = service.get("deploymentConfiguration") or {}
    controller = str((service.get("deploymentController") or {}).get("type") or "ECS")
    deployments = tuple(_deployment(each) for each in service.get("deployments") or ())
    strategy = Strategy.from_api(service.get("capacityProviderStrategy"))
    if controller == "EXTERNAL":
        deployments = _task_sets(service)
        strategy = next((each.strategy for each in deployments if each.status == PRIMARY), strategy)
    return LiveService(
        key=key,
        status=str(service.get("status", "")),
        desired=int(service.get("desiredCount", 0)),
        running=int(service.get("runningCount", 0)),
        pending=int(service.get("pendingCount", 0)),
        strategy=strategy,
        deployments=deployments,
        events=tuple(
            ServiceEvent(event["createdAt"], str(event.get("message", ""))) for event in service.get("events") or ()
        ),
        tags=tags if tags is not None else {tag["key"]: tag.get("value", "") for tag in service.get("tags") or ()},
        scheduling=str(service.get("schedulingStrategy") or "REPLICA"),
        controller=controller,
        minimum_healthy_percent=_percent(configuration.get("minimumHealthyPercent"), 100),
        maximum_percent=_percent(configuration.get("maximumPercent"), 200),
        target_groups=frozenset(
            str(balancer.get("targetGroupArn") or balancer.get("loadBalancerName"))
            for balancer in service.get("loadBalancers") or ()
        ),
        health_grace=timedelta(seconds=int(service.get("healthCheckGracePeriodSeconds") or 0)),
        traffic_shift=_traffic_shift(configuration),
    )


def _traffic_shift(configuration: Mapping[str, Any]) -> TrafficShift:
    """What is left out has the default that the ECS API reference gives (DeploymentConfiguration and its parts)."""
    canary = configuration.get("canaryConfiguration") or {}
    linear = configuration.get("linearConfiguration") or {}
    return TrafficShift(
        strategy=str(configuration.get("strategy") or "ROLLING"),
        bake=_minutes(configuration.get("bakeTimeInMinutes"), 0),
        canary_bake=_minutes(canary.get("canaryBakeTimeInMinutes"), 10),
        step_bake=_minutes(linear.get("stepBakeTimeInMinutes"), 6),
        step_percent=float(linear.get("stepPercent") or 10),
    )


def _minutes(value: int | None, default: int) -> timedelta:
    return timedelta(minutes=default if value is None else int(value))


def _deployment(deployment: Mapping[str, Any]) -> Deployment:
    return Deployment(
        id=str(deployment["id"]),
        status=str(deployment.get("status", "")),
        rollout_state=deployment.get("rolloutState") or None,
        created_at=deployment["createdAt"],
        desired=int(deployment.get("desiredCount", 0)),
        running=int(deployment.get("runningCount", 0)),
        pending=int(deployment.get("pendingCount", 0)),
        strategy=Strategy.from_api(deployment.get("capacityProviderStrategy")),
        rollout_reason=str(deployment.get("rolloutStateReason") or ""),
    )


def _task_sets(service: Mapping[str, Any]) -> tuple[Deployment, ...]:
    """The task sets that are not being deleted, each as a deployment; its tasks have its id in `startedBy`.

    Nothing but UpdateServicePrimaryTaskSet makes a first task set the primary one: where none is, the oldest is the
    current one, beside which a new one may be in the making.
    """
    found = sorted(
        (each for each in service.get("taskSets") or () if each.get("status") != "DRAINING"),
        key=lambda each: (each.get("status") != PRIMARY, each["createdAt"]),
    )
    return tuple(
        Deployment(
            id=str(each["id"]),
            status=str(each.get("status", "")) if index else PRIMARY,
            rollout_state="COMPLETED" if each.get("stabilityStatus") == "STEADY_STATE" else "IN_PROGRESS",
            created_at=each["createdAt"],
            desired=int(each.get("computedDesiredCount", 0)),
            running=int(each.get("runningCount", 0)),
            pending=int(each.get("pendingCount", 0)),
            strategy=Strategy.from_api(each.get("capacityProviderStrategy")),
        )
        for index, each in enumerate(found)
    )


def _percent(value: int | None, default: int) -> int:
    return default if value is None else int(value)


def task(described: Mapping[str, Any]) -> Task:
    """A task from the ECS API's `Task`."""
    return Task(
        deployment_id=str(described.get("startedBy") or ""),
        provider=str(described.get("capacityProviderName") or ""),
        last_status=str(described.get("lastStatus") or ""),
        created_at=described["createdAt"],
        started_at=described.get("startedAt"),
    )


def gave_up_waiting(described: Mapping[str, Any]) -> bool:
    """Whether a stopped task waited for an instance for as long as ECS lets it, and never got one.

    One that fails on an instance has begun to pull its image, or ends much sooner.
    """
    stopped_at = described.get("stoppedAt") or described.get("stoppingAt")
    began = described.get("pullStartedAt") or described.get("startedAt")
    return stopped_at is not None and began is None and stopped_at - described["createdAt"] >= GIVES_UP
