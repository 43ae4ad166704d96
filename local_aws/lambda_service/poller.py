"""Reads one queue for one event source mapping.

No polling of empty queues: the poller wakes when a message arrives and sets a timer for the moment when the next one
becomes visible.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from moto.awslambda.exceptions import UnknownFunctionException
from moto.awslambda.models import EventSourceMapping
from moto.sqs.exceptions import ReceiptHandleIsInvalid
from moto.sqs.models import Message, Queue, SQSBackend, sqs_backends

from local_aws.clock import Timer
from local_aws.lambda_service.arns import FunctionArn, ResourceArn
from local_aws.lambda_service.results import InvocationRefusedError, Result
from local_aws.lambda_service.service import LambdaService, encode
from local_aws.lambda_service.sqs_event import batch_event, failed_message_ids

logger = logging.getLogger(__name__)

RECEIVE_LIMIT = 10  # messages that one ReceiveMessage gives
DEFAULT_CONCURRENCY = 5  # batches that Lambda starts with when nothing limits it
MACHINE_CONCURRENCY = 8  # more processes at once than this only wait for each other on a laptop
FAILURE_PAUSE = 1.0  # seconds until the next look when the last one got nothing done
PERMISSION_RETRY = 60.0  # seconds until a role that may not read the queue is tried again
READ_ACTIONS = ("sqs:ReceiveMessage", "sqs:GetQueueAttributes")


@dataclass
class Batch:
    """Messages that were received together, and what the function made of them (None: not run)."""

    messages: list[Message]
    result: Result | None = None


class Poller:
    """Everything but `wake` and `cancel` happens on the clock's thread."""

    def __init__(self, service: LambdaService, mapping: EventSourceMapping) -> None:
        self._service = service
        self._clock = service.world.clock
        self._mapping = mapping
        self._queue_arn = ResourceArn.parse(mapping.event_source_arn)
        self._timer: Timer | None = None
        self._timer_lock = threading.Lock()
        self._window_ends: float | None = None
        self._cancelled = False

    @property
    def queue_arn(self) -> str:
        """The queue that it reads."""
        return self._mapping.event_source_arn

    def wake(self) -> None:
        """Something happened to the queue or the mapping: look when there will be something to do."""
        self._look(0.0)

    def cancel(self) -> None:
        """Never run again."""
        with self._timer_lock:
            self._cancelled = True
            if self._timer is not None:
                self._timer.cancel()

    def _run_at(self, when: float) -> None:
        """Set the timer, unless it goes off earlier anyway."""
        when = max(when, self._clock.now())
        with self._timer_lock:
            if self._cancelled or not self._mapping.enabled:
                return
            if self._timer is not None and not self._timer.cancelled:
                if self._timer.when <= when:
                    return
                self._timer.cancel()
            self._timer = self._clock.call_at(when, self._run, name=f"poll {self._queue_arn.name}")

    def _look(self, pause: float) -> None:
        """Run when a message becomes visible, but not before ``pause`` seconds have gone."""
        with self._service.world.lock:
            queue = self._queue()
            when = None if queue is None else next_visible(queue, self._clock.now())
        if when is not None:
            self._run_at(max(when, self._clock.now() + pause))

    def _run(self) -> None:
        with self._timer_lock:
            self._timer = None
        while True:
            batches, pause = self._receive()
            if not batches:
                break
            if not self._invoke(batches):
                pause = FAILURE_PAUSE
                break
        self._look(pause)

    def _receive(self) -> tuple[list[Batch], float]:
        """As many batches as may run at once, or none and the seconds after which to look again."""
        with self._service.world.lock:
            queue = self._queue()
            if queue is None or self._cancelled or not self._mapping.enabled or not queue.messages:
                return [], 0.0
            window = self._window_left(queue)
            if window > 0:
                return [], window
            role = self._role()
            missing = [] if role is None else [action for action in READ_ACTIONS if not self._may(role, action)]
            if role is None or missing:
                logger.warning("%s is not read: role %s lacks %s", queue.queue_arn, role, ", ".join(missing))
                return [], PERMISSION_RETRY
            received = [self._receive_batch(queue) for _ in range(self._concurrency())]
            batches = [Batch(messages) for messages in received if messages]
            again = [self._service.delivered_again(queue, batch.messages) for batch in self._room_for_more(batches)]
            return batches + [Batch(messages) for messages in again if messages], FAILURE_PAUSE

    def _room_for_more(self, batches: Sequence[Batch]) -> Sequence[Batch]:
        """Those batches beside which another one of the same messages may run."""
        return batches[: self._concurrency() - len(batches)]

    def _window_left(self, queue: Queue) -> float:
        """Seconds that the batching window stays open: it opens with the first message, a full batch closes it."""
        window = float(self._mapping.max_batch_window or 0)
        if window and len(queue.messages) < self._mapping.batch_size:
            if self._window_ends is None:
                self._window_ends = self._clock.now() + window
            left = self._window_ends - self._clock.now()
            if left > 0:
                return left
        self._window_ends = None
        return 0.0

    def _receive_batch(self, queue: Queue) -> list[Message]:
        messages: list[Message] = []
        visibility = int(queue.visibility_timeout)  # type: ignore[attr-defined]  # set by moto from attributes
        while (missing := self._mapping.batch_size - len(messages)) > 0:
            received = self._sqs().receive_message(
                queue.name, min(missing, RECEIVE_LIMIT), 0, visibility, message_attribute_names=["All"]
            )
            messages.extend(received)
            if not received or not visibility:
                break
        return messages

    def _invoke(self, batches: Sequence[Batch]) -> bool:
        """Run the function for all batches at once and delete what it has done; tell whether that is everything."""
        with ThreadPoolExecutor(len(batches), thread_name_prefix=f"lambda-batch-{self._queue_arn.name}") as threads:
            list(threads.map(self._invoke_one, batches))
        with self._service.world.lock:
            return all([self._delete(batch) for batch in batches])  # noqa: C419  (every one, also after a failure)

    def _invoke_one(self, batch: Batch) -> None:
        try:
            batch.result = self._service.run(
                FunctionArn.parse(self._mapping.function_arn), encode(batch_event(batch.messages, self.queue_arn))
            )
        except (InvocationRefusedError, UnknownFunctionException) as error:
            # The messages were received: they come back after the visibility timeout, one receive the poorer.
            logger.info("a batch of %s was not run: %s", self.queue_arn, error)

    def _delete(self, batch: Batch) -> bool:
        queue, role = self._queue(), self._role()
        if batch.result is None or queue is None or role is None:
            return False
        reports = "ReportBatchItemFailures" in (self._mapping.function_response_types or [])
        ids = [message.id for message in batch.messages]
        failed = failed_message_ids(batch.result, ids, reports_failures=reports)
        done = [message for message in batch.messages if message.id not in failed]
        if done and not self._may(role, "sqs:DeleteMessage"):
            logger.warning("messages stay in %s: role %s lacks sqs:DeleteMessage", queue.queue_arn, role)
            return False
        for message in done:
            try:
                queue.delete_message(str(message.receipt_handle))
            except ReceiptHandleIsInvalid:
                logger.info("message %s is no longer in %s", message.id, queue.queue_arn)
        return not failed

    def _concurrency(self) -> int:
        limit = (self._mapping.scaling_config or {}).get("MaximumConcurrency")
        return DEFAULT_CONCURRENCY if limit is None else min(int(limit), MACHINE_CONCURRENCY)

    def _may(self, role: str, action: str) -> bool:
        return self._service.roles.allows(role, action, self.queue_arn)

    def _role(self) -> str | None:
        try:
            return str(self._service.function(FunctionArn.parse(self._mapping.function_arn)).role)
        except UnknownFunctionException:
            logger.warning("%s is not read: function %s is gone", self.queue_arn, self._mapping.function_arn)
            return None

    def _queue(self) -> Queue | None:
        return self._sqs().queues.get(self._queue_arn.name)

    def _sqs(self) -> SQSBackend:
        return sqs_backends[self._queue_arn.account][self._queue_arn.region]


def next_visible(queue: Queue, now: float) -> float | None:
    """When a message of the queue can next be received; None when it holds none. Times in epoch seconds.

    Messages past the queue's retention don't count: they are never received.
    """
    retention = float(queue.message_retention_period)  # type: ignore[attr-defined]  # set by moto
    receivable: list[float] = []
    for message in queue._messages:
        sent_at = _sent_at(message)
        # One more millisecond: moto sees a message as visible from the moment after that.
        visible_at = (max(message.visible_at, message.delayed_until) + 1) / 1000
        if max(visible_at, now) < sent_at + retention:
            receivable.append(max(visible_at, sent_at))
    return min(receivable, default=None)


def _sent_at(message: Any) -> float:
    return float(message.sent_timestamp) / 1000
