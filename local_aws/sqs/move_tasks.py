"""Message move tasks: messages of a dead-letter queue go back to where they came from, or to a queue that is named.

Amazon SQS Developer Guide, "Learn how to configure a dead-letter queue redrive" and "Troubleshooting dead-letter queue
redrive". A message that moves is a new one, with an id and a time of its own.
"""

from __future__ import annotations

import base64
import itertools
import json
import uuid
from dataclasses import dataclass, field
from enum import Enum
from functools import partial
from typing import Any

from moto.sqs.exceptions import QueueDoesNotExist, SQSException
from moto.sqs.models import Message, Queue, sqs_backends
from moto.utilities.arns import parse_arn

from local_aws.world import World

FASTEST = 500
"""Messages in a second: the most that AWS moves, and what it does here where no rate is asked for."""
KEPT_TASKS = 10
"""As many of a queue's tasks does AWS list."""


class Status(Enum):
    """Of a task, as ListMessageMoveTasks has it."""

    RUNNING = "RUNNING"
    COMPLETED = "COMPLETED"
    CANCELLING = "CANCELLING"
    CANCELLED = "CANCELLED"
    FAILED = "FAILED"


@dataclass
class MoveTask:
    """``started`` is virtual time (epoch seconds), ``rate`` messages in a second."""

    source_arn: str
    destination_arn: str | None
    rate: int | None
    to_move: int
    started: float
    handle: str = ""
    status: Status = Status.RUNNING
    moved: int = 0
    failure: str = ""

    def __post_init__(self) -> None:
        """Make the handle: it tells the queue, so that a permission to cancel can be checked."""
        text = json.dumps({"taskId": str(uuid.uuid4()), "sourceArn": self.source_arn})
        self.handle = base64.b64encode(text.encode()).decode()

    @property
    def active(self) -> bool:
        """Whether it has not ended."""
        return self.status in {Status.RUNNING, Status.CANCELLING}

    def as_result(self) -> dict[str, Any]:
        """The task as ListMessageMoveTasks tells of it; the handle only while it can be cancelled."""
        told = {
            "TaskHandle": self.handle if self.status is Status.RUNNING else None,
            "Status": self.status.value,
            "SourceArn": self.source_arn,
            "DestinationArn": self.destination_arn,
            "MaxNumberOfMessagesPerSecond": self.rate,
            "ApproximateNumberOfMessagesMoved": self.moved,
            "ApproximateNumberOfMessagesToMove": self.to_move,
            "FailureReason": self.failure or None,
            "StartedTimestamp": int(self.started * 1000),
        }
        return {name: value for name, value in told.items() if value is not None}


@dataclass
class MoveTasks:
    """All tasks of a world. Its methods are called under ``World.lock``."""

    world: World
    _of_source: dict[str, list[MoveTask]] = field(default_factory=dict)

    def start(self, source: Queue, destination: Queue | None, rate: int | None) -> MoveTask:
        """Begin to move the messages that the source holds and that nobody is at work on."""
        arn = None if destination is None else destination.queue_arn
        task = MoveTask(source.queue_arn, arn, rate, len(source.messages), self.world.clock.now())
        self._of_source[source.queue_arn] = [task, *self.of(source.queue_arn)][:KEPT_TASKS]
        self._go_on_later(task)
        return task

    def of(self, source_arn: str) -> list[MoveTask]:
        """The queue's tasks, the newest first."""
        return self._of_source.get(source_arn, [])

    def find(self, handle: str) -> MoveTask | None:
        """The task of this handle."""
        return next((task for tasks in self._of_source.values() for task in tasks if task.handle == handle), None)

    def _go_on_later(self, task: MoveTask) -> None:
        self.world.clock.call_later(1.0, partial(self._go_on, task), name=f"move messages of {task.source_arn}")

    def _go_on(self, task: MoveTask) -> None:
        with self.world.lock:
            if task.status is Status.CANCELLING:
                task.status = Status.CANCELLED
                return
            try:
                self._move(task, _queue(task.source_arn))
            except SQSException as error:
                task.status, task.failure = Status.FAILED, error.code
                return
            if task.status is Status.RUNNING:
                self._go_on_later(task)

    def _move(self, task: MoveTask, source: Queue) -> None:
        """Move a second's messages, the oldest first."""
        waiting = source.messages
        for message in itertools.islice(waiting, min(task.rate or FASTEST, task.to_move - task.moved)):
            _send(message, _queue(task.destination_arn or origin(message, source)))
            source._messages.remove(message)
            task.moved += 1
        if task.moved >= task.to_move or not source.messages:
            task.status = Status.COMPLETED


def origin(message: Message, dead: Queue) -> str:
    """ARN of the queue that the message was received from too often.

    A message that was sent to the dead-letter queue itself has none: nobody but its sender knows where it belongs.
    """
    arn: str | None = getattr(message, "dead_letter_source_arn", None)
    if arn is None or arn == dead.queue_arn:
        raise SQSException("CouldNotDetermineMessageSource", f"{message.id} was sent to {dead.queue_arn} itself")
    return arn


def _send(message: Message, destination: Queue) -> None:
    sqs_backends[destination.account_id][destination.region].send_message(
        destination.name,
        message.body,
        message_attributes=message.message_attributes,
        deduplication_id=message.deduplication_id if destination.fifo_queue else None,
        group_id=message.group_id,
        system_attributes=message.system_attributes,
    )


def find_queue(arn: str) -> Queue | None:
    """The queue of this ARN; ``ValueError`` for what is no ARN of a queue."""
    if len(arn.split(":")) != 6 or not arn.startswith("arn:") or arn.split(":")[2] != "sqs":
        raise ValueError(f"{arn!r} is not the ARN of a queue")
    parsed = parse_arn(arn)
    try:
        return sqs_backends[parsed.account][parsed.region].queues.get(parsed.resource_id)
    except KeyError as error:
        raise ValueError(f"{arn!r} names no Region") from error


def _queue(arn: str) -> Queue:
    found = find_queue(arn)
    if found is None:
        raise QueueDoesNotExist
    return found
