"""The three APIs of message move tasks, which moto has not, and the origin that messages of dead-letter queues keep."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.sqs.exceptions import InvalidParameterValue, SQSException
from moto.sqs.models import Message, Queue, sqs_backends
from moto.sqs.responses import SQSResponse

from local_aws.sqs.move_tasks import FASTEST, KEPT_TASKS, MoveTask, MoveTasks, Status, find_queue
from local_aws.world import World

ORIGIN = "DeadLetterQueueSourceArn"

_add_message = Queue.add_message
_receive_message = SQSResponse.receive_message


def install(world: World) -> None:
    """Add the APIs to moto's SQS, for this world."""
    tasks = MoveTasks(world)

    def start_message_move_task(self: SQSResponse) -> ActionResult:
        return ActionResult({"TaskHandle": _start(self, tasks).handle})

    def list_message_move_tasks(self: SQSResponse) -> ActionResult:
        source = _named_queue(self, "SourceArn")
        count = self._get_int_param("MaxResults", 1)
        if not 1 <= count <= KEPT_TASKS:
            raise InvalidParameterValue(f"Value {count} for parameter MaxResults is invalid: 1 to {KEPT_TASKS}.")
        return ActionResult({"Results": [task.as_result() for task in tasks.of(source.queue_arn)[:count]]})

    def cancel_message_move_task(self: SQSResponse) -> ActionResult:
        task = tasks.find(str(self._get_param("TaskHandle")))
        if task is None:
            raise SQSException("ResourceNotFoundException", "Task does not exist.")
        if task.status is not Status.RUNNING:
            raise SQSException("AWS.SimpleQueueService.UnsupportedOperation", "Only active tasks can be cancelled.")
        task.status = Status.CANCELLING
        return ActionResult({"ApproximateNumberOfMessagesMoved": task.moved})

    for api in (start_message_move_task, list_message_move_tasks, cancel_message_move_task):
        setattr(SQSResponse, api.__name__, api)
    SQSResponse.receive_message = _receive_with_origin  # type: ignore[method-assign]
    # Once in a process: Lambda's part puts its own on top, once too, and a second world must not lose that.
    if Queue.add_message is _add_message:
        Queue.add_message = _add_and_remember  # type: ignore[method-assign]


def _start(response: SQSResponse, tasks: MoveTasks) -> MoveTask:
    source = _named_queue(response, "SourceArn")
    if not any(one.dead_letter_queue is source for one in _neighbours(source)):
        raise InvalidParameterValue("Source queue must be configured as a Dead Letter Queue.")
    given = response._get_param("DestinationArn")
    destination = _named_queue(response, "DestinationArn") if given else None
    if destination is source:
        raise InvalidParameterValue("Source queue arn and destination queue arn cannot be the same.")
    if destination is not None and destination.fifo_queue != source.fifo_queue:
        raise InvalidParameterValue("The source queue and destination queue must be of the same queue type.")
    rate = response._get_int_param("MaxNumberOfMessagesPerSecond", None)
    if rate is not None and not 1 <= rate <= FASTEST:
        raise InvalidParameterValue(
            f"Value {rate} for parameter MaxNumberOfMessagesPerSecond is invalid. Reason: Must be between 1 and "
            f"{FASTEST}."
        )
    if any(task.active for task in tasks.of(source.queue_arn)):
        raise InvalidParameterValue(
            "There is already a task running. Only one active task is allowed for a source queue arn at a given time."
        )
    return tasks.start(source, destination, rate)


def _named_queue(response: SQSResponse, parameter: str) -> Queue:
    arn = str(response._get_param(parameter) or "")
    try:
        found = find_queue(arn)
    except ValueError as error:
        raise InvalidParameterValue(f"Value {arn} for parameter {parameter} is invalid.") from error
    if found is None:
        raise SQSException(
            "ResourceNotFoundException", f"The resource that you specified for the {parameter} parameter doesn't exist."
        )
    return found


def _neighbours(queue: Queue) -> list[Queue]:
    return list(sqs_backends[queue.account_id][queue.region].queues.values())


def _add_and_remember(self: Queue, message: Message) -> None:
    """Moto puts a message that was received too often into the dead-letter queue as it is."""
    before: str | None = getattr(message, "queue_arn", None)
    if before is not None and before != self.queue_arn:
        message.dead_letter_source_arn = before  # type: ignore[attr-defined]
    message.queue_arn = self.queue_arn  # type: ignore[attr-defined]
    _add_message(self, message)


def _receive_with_origin(self: SQSResponse) -> ActionResult:
    """ReceiveMessage tells the origin of a message in a dead-letter queue, if it is asked to."""
    answer = _receive_message(self)
    names = {*self._get_param("AttributeNames", []), *self._get_param("MessageSystemAttributeNames", [])}
    if not names & {"All", ORIGIN}:
        return answer
    result: Any = answer.result
    received = {one["MessageId"]: one for one in result.get("Messages", [])}
    for message in [*self.sqs_backend.get_queue(self._get_queue_name())._messages] if received else ():
        source = getattr(message, "dead_letter_source_arn", None)
        if message.id in received and source is not None:
            received[message.id].setdefault("Attributes", {})[ORIGIN] = source
    return answer
