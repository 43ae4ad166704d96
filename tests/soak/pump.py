"""What the Lambda service and EventBridge's schedules do: hand messages and ticks to functions."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from moto.sqs.exceptions import ReceiptHandleIsInvalid
from moto.sqs.models import Message, Queue, sqs_backends

from local_aws.clock import Timer
from local_aws.lambda_service.poller import next_visible
from local_aws.lambda_service.sqs_event import batch_event
from tests.soak.aws import InProcess
from tests.soak.deployed import HEARTBEAT, HEARTBEAT_SOURCE, Function
from tests.soak.functions import Lambda
from tests.soak.ledger import Ledger
from tests.soak.plan import CENTRAL, HOME, POOLS

MOST = 10
"""Messages that SQS gives at once, at most."""
BUSY_PAUSE = 1.0
REACTION = 0.4
"""Seconds at most from a message's arrival to its receipt: what comes within may be one batch."""


@dataclass
class Pump:
    """Reads one queue for its function."""

    aws: InProcess
    service: Lambda
    ledger: Ledger
    function: Function
    dice: random.Random
    running: int = 0
    _timer: Timer | None = None

    @property
    def queue(self) -> Queue:
        """What it reads."""
        return self.aws.queue(self.function.queue)

    def wake(self) -> None:
        """Something changed: look when there will be something to do."""
        when = next_visible(self.queue, self.aws.clock.now())
        if when is not None:
            # A window opens with the first message; a batch is never so full here that it would end before.
            wait = self.function.window_seconds + self.dice.uniform(0.0, REACTION)
            self._look_at(max(when, self.aws.clock.now()) + wait)

    def _look_at(self, when: float) -> None:
        if self._timer is not None:
            if self._timer.when <= when:
                return
            self._timer.cancel()
        self._timer = self.aws.clock.call_at(when, self._look, name=f"read {self.function.queue}")

    def _look(self) -> None:
        self._timer = None
        if self.service.crowded or self.running >= self.function.concurrency:
            self._look_at(self.aws.clock.now() + BUSY_PAUSE)
            return
        queue = self.queue
        backend = sqs_backends[CENTRAL][HOME]
        visibility = int(queue.visibility_timeout)  # type: ignore[attr-defined]  # set by moto from attributes
        messages: list[Message] = []
        while (missing := self.function.batch - len(messages)) > 0:
            asked = min(missing, MOST)
            found = backend.receive_message(queue.name, asked, 0, visibility, message_attribute_names=["All"])
            messages += found
            if len(found) < asked:
                break
        self.wake()
        if not messages:
            return
        again = self.aws.queue_chaos.at_once(queue, messages)
        if again:
            self.aws.clock.call_later(0.0, lambda: self._hand_over(again), name=f"again from {queue.name}")
        self._hand_over(messages)

    def _hand_over(self, messages: Sequence[Message]) -> None:
        queue = self.queue
        self.ledger.queue(queue.name).receives += len(messages)
        self.running += 1
        event = batch_event(messages, queue.queue_arn)
        try:
            failed = set(self.service.run(self.function, event).failed)
        finally:
            self.running -= 1
        for message in messages:
            if message.id not in failed:
                try:
                    queue.delete_message(str(message.receipt_handle))
                except ReceiptHandleIsInvalid:
                    continue  # handled, and deleted, by another delivery
        self.wake()


@dataclass
class Post:
    """Wakes the reader of a queue when something enters it."""

    aws: InProcess
    pumps: dict[str, Pump] = field(default_factory=dict)
    _before: Callable[[Queue, Message], None] = field(init=False)

    def open(self) -> None:
        """Begin to watch."""
        self._before = before = Queue.add_message
        pumps = self.pumps

        def add_message(self: Queue, message: Message) -> None:
            before(self, message)
            if self.name in pumps:
                pumps[self.name].wake()

        Queue.add_message = add_message  # type: ignore[method-assign]

    def close(self) -> None:
        """Watch no more."""
        Queue.add_message = self._before  # type: ignore[method-assign,assignment]


@dataclass
class Schedule:
    """Starts a function again and again. A run that is late or fails is not made up for."""

    RESTS: ClassVar[int] = 11
    """Runs in a row that are left out, at most."""

    aws: InProcess
    service: Lambda
    function: Function
    enabled: Callable[[], bool] = lambda: True
    """Whether its rule is switched on."""
    rested: int = 0

    def start(self) -> None:
        """Begin: first run after one interval."""
        self._next(self.aws.clock.now() + self.function.every)

    def _next(self, when: float) -> None:
        self.aws.clock.call_at(when, lambda: self._run(when), name=f"schedule of {self.function.name}")

    def _run(self, when: float) -> None:
        self._next(when + self.function.every)
        if not self.enabled():
            return
        event: dict[str, Any] = {"source": "aws.events", "detail-type": "Scheduled Event", "detail": {}}
        if self.function.rests and self.rested < self.RESTS and not self.aws.anything_due():
            self.rested += 1
            return
        self.rested = 0
        if not self.service.crowded:
            self.service.run(self.function, event)


@dataclass
class Heartbeats:
    """Tells the central account of every account and Region, as EventBridge Scheduler does in each of them."""

    aws: InProcess
    every: float = 3 * 3600.0
    """Less often than in an installation, and the month's policy is patient accordingly: each is a message more."""
    pools: Sequence[tuple[str, str]] = POOLS

    def begin(self) -> None:
        """First ones at once."""
        for account, region in self.pools:
            event = {"source": HEARTBEAT_SOURCE, "detail-type": HEARTBEAT, "detail": {"version": 1}}
            self.aws.control("events/emit", account=account, region=region, **event)
        self.aws.clock.call_later(self.every, self.begin, name="heartbeats")
