"""Application Auto Scaling as it acts on ECS services: scalable targets and target tracking policies, by the clock."""

from __future__ import annotations

from local_aws.autoscaling.adapter import attach
from local_aws.autoscaling.routes import add_routes
from local_aws.autoscaling.scaler import Scaler
from local_aws.ecs import Scheduler
from local_aws.world import World

__all__ = ["Scaler", "install"]


def install(world: World, scheduler: Scheduler) -> Scaler:
    """Let moto's scalable targets act for the whole process; the last one installed acts.

    Targets, policies and their alarms are stored by moto; the alarms' state is not: what they would say is worked out
    from the load that the control API sets.
    """
    scaler = Scaler(world, scheduler)
    attach(world, scaler)
    add_routes(world, scaler)
    return scaler
