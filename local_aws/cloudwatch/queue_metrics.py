"""What SQS publishes of a queue every minute, as far as alarms use it.

SQS developer guide, "Available CloudWatch metrics for Amazon SQS" and "Monitoring queues using CloudWatch": a queue is
active for six hours after its last message, and then tells nothing. (To AWS it is also active while it is asked.)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from moto.sqs.models import Queue, sqs_backends

from local_aws.metrics import Point, Series
from local_aws.sqs.queues import counts
from local_aws.world import World

ACTIVE_SECONDS = 6 * 3600.0
POISON_RECEIVES = 3
"""A message that was received more often does not count for the age: SQS has moved it to the back of the queue."""

_NAMES = {
    "ApproximateNumberOfMessages": "ApproximateNumberOfMessagesVisible",
    "ApproximateNumberOfMessagesNotVisible": "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed": "ApproximateNumberOfMessagesDelayed",
}


class QueueMetrics:
    """Of all queues of a world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._last_held: dict[str, float] = {}

    def sample(self, now: float) -> None:
        """Publish; called under ``World.lock``. The values are those of the minute that ends now."""
        for queue in _queues():
            if queue._messages:
                self._last_held[queue.queue_arn] = now
            if now - self._last_held.get(queue.queue_arn, float("-inf")) <= ACTIVE_SECONDS:
                for name, value in _values(queue, now):
                    place = (queue.account_id, queue.region)
                    series = Series.of(*place, "AWS/SQS", name, {"QueueName": queue.name})
                    self._world.metrics.add(series, Point.single(now - 1, value))


def _queues() -> Iterator[Queue]:
    for account in list(sqs_backends.values()):
        for backend in list(account.values()):
            yield from list(backend.queues.values())


def _values(queue: Queue, now: float) -> Iterator[tuple[str, float]]:
    for name, value in counts(queue).items():
        yield _NAMES[name], float(value)
    yield "ApproximateAgeOfOldestMessage", max(0.0, now - min(_sent(queue._messages), default=now))


def _sent(messages: Iterable[Any]) -> Iterator[float]:
    for message in messages:
        if message.approximate_receive_count <= POISON_RECEIVES:
            yield float(message.sent_timestamp) / 1000
