"""The deployment circuit breaker: when it trips, and the way back to the last completed deployment."""

from __future__ import annotations

from local_aws.ecs import rollout
from local_aws.ecs.service import Deployment, Rollout, Service


def trips(service: Service) -> bool:
    """Whether too many tasks of the rollout have failed.

    A roll-back is rolled back no more: a service deployment has one (`Rollback` of ServiceDeployment, Amazon ECS API
    reference). What becomes of it where its tasks do not start either is written nowhere; here ECS tries on.
    """
    primary, rolling = service.primary, service.rolling
    if primary.rollout is not Rollout.IN_PROGRESS or not rolling.breaker or service.controller != "ECS":
        return False
    if primary.reinstated:
        return False
    return primary.failed_tasks >= rollout.breaker_threshold(service.target)


def fail(service: Service, now: float) -> Deployment | None:
    """Mark the PRIMARY deployment FAILED. Answers the deployment to go back to, if the service wants that."""
    primary = service.primary
    primary.rollout, primary.updated_at = Rollout.FAILED, now
    primary.reason = "ECS deployment circuit breaker: tasks failed to start."
    return service.last_completed if service.rolling.rollback else None


def reinstate(service: Service, back_to: Deployment, now: float) -> None:
    """Make an earlier deployment PRIMARY again; a new one of its revision, where all its tasks are gone."""
    if back_to in service.deployments:
        service.deployments.remove(back_to)
        again = back_to
    else:
        again = Deployment(back_to.revision, now)
    service.deployments.insert(0, again)
    service.revision = again.revision
    again.rollout, again.updated_at, again.reinstated = Rollout.IN_PROGRESS, now, True
    again.reason = f"ECS deployment circuit breaker: rolling back to deploymentId {back_to.id}."
