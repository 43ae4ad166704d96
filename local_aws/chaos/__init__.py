"""AWS on its bad days: throttling, late reads, events and messages twice, late or never, functions that die.

All of it is off until the control API switches it on.
"""

from __future__ import annotations

from local_aws.chaos.ecs_front import EcsFront
from local_aws.chaos.events import EventChaos
from local_aws.chaos.functions import FunctionChaos
from local_aws.chaos.past import Staleness
from local_aws.chaos.queues import QueueChaos
from local_aws.chaos.quotas import Quotas
from local_aws.chaos.routes import Routes
from local_aws.chaos.tables import Tables
from local_aws.ecs import Scheduler
from local_aws.eventbridge.router import Router
from local_aws.lambda_service.service import LambdaService
from local_aws.world import World

__all__ = ["install"]


def install(world: World, *, router: Router, functions: LambdaService, scheduler: Scheduler) -> None:
    """Stand between the parts of a world, which must be installed already."""
    quotas, staleness = Quotas(), Staleness()
    EcsFront(world, scheduler, quotas, staleness).install()
    Tables(world, staleness).install()
    events, queues, crashes = EventChaos(), QueueChaos(world), FunctionChaos(world)
    queues.install()
    router.delays = events.delays
    functions.delivered_again = queues.at_once
    world.middleware.append(crashes)
    routes = Routes(world, quotas, staleness, events, queues, crashes)
    routes.add()
    world.at_stop.append(routes.calm)
