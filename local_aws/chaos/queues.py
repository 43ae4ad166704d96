"""SQS's at-least-once delivery: a message comes again although it is in flight, or although it was deleted.

A standard queue keeps copies of a message on several servers. One that cannot be reached while the message is received
or deleted gives it out again later ("At-least-once delivery" in the Amazon SQS Developer Guide).
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from moto.core.utils import unix_time_millis
from moto.sqs.models import Message, Queue, SQSBackend

from local_aws.chaos.dice import Dice
from local_aws.world import World


@dataclass
class QueueChaos:
    """Decides for every message of a standard queue that is received. It comes again at most once.

    ``duplicate``: probability that it comes again up to ``delay_seconds`` later, deleted or not. ``concurrent``: that
    Lambda gets it a second time at once, so that two invocations work on it at the same time.
    """

    world: World
    duplicate: float = 0.0
    concurrent: float = 0.0
    delay_seconds: float = 0.0
    dice: Dice = field(default_factory=Dice)
    redelivered: int = 0
    _done: set[str] = field(default_factory=set)

    def set(self, duplicate: float, concurrent: float, delay_seconds: float, dice: Dice) -> None:
        """Change it for messages that are received from now on."""
        self.duplicate, self.concurrent = duplicate, concurrent
        self.delay_seconds, self.dice = delay_seconds, dice
        self._done.clear()

    def install(self) -> None:
        """Watch what is received, on top of what SQS's own part has put there."""
        receive = SQSBackend.receive_message

        def receive_message(backend: SQSBackend, queue_name: str, *rest: Any, **named: Any) -> list[Message]:
            found = receive(backend, queue_name, *rest, **named)
            if found and self.duplicate:
                with self.world.lock:
                    self._plan(backend, backend.get_queue(queue_name), found)
            return found

        SQSBackend.receive_message = receive_message  # type: ignore[method-assign,assignment]

    def at_once(self, queue: Queue, messages: Sequence[Message]) -> list[Message]:
        """Messages, of those that Lambda has just received, that it gets again while it works on them."""
        if not self.concurrent or queue.fifo_queue:
            return []
        chosen = {message.id for message in messages if self._chosen(message, self.concurrent)}
        again = [message for message in queue._messages if message.id in chosen]
        for message in again:
            message.mark_received(int(queue.visibility_timeout))  # type: ignore[attr-defined]  # set by moto
        self.redelivered += len(again)
        return deepcopy(again)

    def _plan(self, backend: SQSBackend, queue: Queue, messages: Sequence[Message]) -> None:
        if queue.fifo_queue:
            return
        for message in messages:
            if self._chosen(message, self.duplicate):
                self.world.clock.call_later(
                    self.dice.seconds(self.delay_seconds),
                    partial(self._bring_back, backend, queue, deepcopy(message)),
                    name=f"deliver {message.id} of {queue.name} again",
                )

    def _chosen(self, message: Message, probability: float) -> bool:
        if message.id in self._done or not self.dice.happens(probability):
            return False
        self._done.add(message.id)
        return True

    def _bring_back(self, backend: SQSBackend, queue: Queue, copy: Message) -> None:
        with self.world.lock:
            if backend.queues.get(queue.name) is not queue:
                return
            held = next((message for message in queue._messages if message.id == copy.id), None)
            buried = queue.dead_letter_queue
            if held is None and buried is not None and any(message.id == copy.id for message in buried._messages):
                return  # moved, not deleted: it must not be in both queues
            if held is not None:
                queue._messages.remove(held)
                copy = held
            # SQS takes a message as visible from the millisecond after.
            copy.visible_at = copy.delayed_until = unix_time_millis() - 1
            queue.add_message(copy)
            self.redelivered += 1
