"""Network Load Balancers, and target groups as they behave for ECS: targets become healthy, fail, and drain."""

from __future__ import annotations

from local_aws.elb import network, routes
from local_aws.elb.adapter import attach
from local_aws.elb.connections import Connections
from local_aws.elb.targets import Target, TargetGroups, TargetKey
from local_aws.world import World

__all__ = ["Connections", "Target", "TargetGroups", "TargetKey", "install", "model_connections"]


def install(world: World) -> TargetGroups:
    """Lay the health of ECS's targets over moto's for the whole process; the last one installed answers."""
    network.install()
    groups = TargetGroups(world.clock.now)
    attach(world, groups)
    return groups


def model_connections(world: World, groups: TargetGroups) -> Connections:
    """Let clients connect through listeners, and tell of it in the control API."""
    return routes.install(world, groups)
