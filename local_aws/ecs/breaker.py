"""The deployment circuit breaker: when it trips, and the way back to the last completed deployment."""

from __future__ import annotations

from local_aws.ecs import rollout
from local_aws.ecs.service import Deployment, Rollout, Service


def trips(service: Service) -> bool:
    """Whether too many tasks of the rollout have failed."""
    primary, rolling = service.primary, service.rolling
    if primary.rollout is not Rollout.IN_PROGRESS or not rolling.breaker or service.controller != "ECS":
        return False
    return primary.failed_tasks >= rollout.breaker_threshold(service.target)


def fail(service: Service, now: float) -> Deployment | None:
    """Mark the PRIMARY deployment FAILED. Answers the deployment to go back to, if the service wants that."""
    primary = service.primary
    primary.rollout, primary.updated_at = Rollout.FAILED, now
    back_to = service.last_completed if service.rolling.rollback else None
    primary.reason = "ECS deployment circuit breaker: tasks failed to start."
    if back_to is not None:
        primary.reason = f"ECS deployment circuit breaker: rolling back to deploymentId {back_to.id}."
    return back_to


def reinstate(service: Service, back_to: Deployment, now: float) -> None:
    """Make an earlier deployment, which still has tasks, PRIMARY again."""
    service.deployments.remove(back_to)
    service.deployments.insert(0, back_to)
    service.revision = back_to.revision
    back_to.rollout, back_to.updated_at = Rollout.IN_PROGRESS, now
    back_to.reason = f"ECS deployment {back_to.id} in progress."
