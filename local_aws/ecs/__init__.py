"""ECS as it behaves: services whose deployments roll by the clock, on capacity that can run out."""

from __future__ import annotations

from local_aws import elb
from local_aws.ecs.adapter import attach
from local_aws.ecs.control_failures import FailureRoutes
from local_aws.ecs.control_routes import ControlRoutes
from local_aws.ecs.scheduler import Scheduler
from local_aws.ecs.timing import Timing
from local_aws.world import World

__all__ = ["Scheduler", "Timing", "install"]


def install(world: World, timing: Timing | None = None) -> Scheduler:
    """Lay this ECS over moto's for the whole process and add its routes to the control API.

    Clusters, task definitions, capacity providers, tags and standalone tasks stay with moto.
    """
    groups = elb.install(world)
    scheduler = Scheduler(world, groups, timing)
    scheduler.lifecycle.ended = elb.model_connections(world, groups).end
    attach(world, scheduler)
    ControlRoutes(world, scheduler).add_to(world)
    FailureRoutes(world, scheduler).add_to(world)
    return scheduler
