"""SQS where moto's is too slow, holds up others, or leaves out what AWS answers."""

from __future__ import annotations

from local_aws.sqs import move_api, queues, receive
from local_aws.world import World


def install(world: World) -> None:
    """Patch moto's queues for this world."""
    queues.install()
    world.control.add("GET", "queues", lambda _: queues.depths())
    receive.install(world)
    move_api.install(world)
