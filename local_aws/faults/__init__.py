"""Faults: the AWS calls that functions make, recorded, and one of them going wrong."""

from __future__ import annotations

from local_aws.faults.injector import Injector
from local_aws.faults.routes import add_routes
from local_aws.lambda_service import running_invocation
from local_aws.world import World


def install(world: World) -> None:
    """Watch the calls of functions; nothing is recorded, and nothing fails, until the control API says so."""
    injector = Injector(lambda environ: running_invocation(world, environ))
    world.middleware.append(injector)
    add_routes(world.control, injector)
