"""ReceiveMessage that waits without keeping others out: each look takes the lock, the wait in between does not."""

from __future__ import annotations

from typing import Any

from moto.sqs.models import Message, SQSBackend

from local_aws.world import World

LOOK_SECONDS = 1.0
"""Real seconds between two looks at a queue, where no message arrives to cut the wait short."""

_receive_message = SQSBackend.receive_message


def install(world: World) -> None:
    """Replace moto's loop, which looks and waits in one go."""

    def receive_message(
        self: SQSBackend,
        queue_name: str,
        count: int,
        wait_seconds_timeout: int,
        visibility_timeout: int,
        *rest: Any,
        **named: Any,
    ) -> list[Message]:
        end = world.clock.now() + wait_seconds_timeout
        while True:
            with world.lock:
                found = _receive_message(self, queue_name, count, 0, visibility_timeout, *rest, **named)
                queue = self.get_queue(queue_name)
            left = end - world.clock.now()
            if found or left <= 0:
                return found
            with queue._messages_lock:
                queue._messages_lock.wait(min(LOOK_SECONDS, left))

    SQSBackend.receive_message = receive_message  # type: ignore[method-assign]
