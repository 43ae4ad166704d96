"""EventBridge Scheduler as AWS runs it: schedules that act, in the name of their roles, with retries and dead letters.

Differences: a flexible time window is stored, and its invocation comes at its start. Targets are event buses, queues
and functions of the schedule's own account and Region; any other is recorded as dropped, with this reason.
"""

from __future__ import annotations

from local_aws.eventbridge.router import Router
from local_aws.scheduler import api
from local_aws.scheduler.delivery import Deliverer
from local_aws.scheduler.timers import Timers
from local_aws.world import World


def install(world: World, router: Router) -> None:
    """Let schedules act in this world; their deliveries stand with those of `router`."""
    api.install(world, Timers(world, Deliverer(world, router).start))
