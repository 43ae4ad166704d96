"""What the Lambda service does with a queue: batches as its event source mapping says, sandboxes, partial answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from benchmarks.storm.lanes import Lanes
from benchmarks.storm.queue import Message, StormQueue
from tests.soak.functions import Context, Handler
from tests.soak.wire import Killed

AT_ONCE = 10
"""Messages that one ReceiveMessage gives."""
RECEIVE_SECONDS = 0.015
FIRST, MORE_A_SECOND = 5, 5.0
"""Batches that Lambda works on at once in the beginning, and how many more each second: 300 a minute (AWS Lambda
developer guide, scaling behaviour of SQS event source mappings)."""


@dataclass
class StormPump:
    """Reads one queue for one function."""

    lanes: Lanes
    queue: StormQueue
    make: Callable[[], Handler]
    """A new sandbox."""
    idle: list[Handler] = field(default_factory=list)
    sandboxes: int = 0
    invocations: int = 0
    running: int = 0
    most_running: int = 0
    failed: int = 0
    longest: float = 0.0
    """Seconds of the longest invocation."""
    _began: float = 0.0

    def begin(self) -> None:
        """Look at the queue from now on, until it is empty."""
        self._began = self.lanes.clock.now()
        self._look()

    def _look(self) -> None:
        clock, when = self.lanes.clock, self.queue.next_visible()
        if when is None:
            return
        if when > clock.now():
            clock.call_at(when, self._look, name=f"read {self.queue.name}")
            return
        if self.running >= self._limit():
            clock.call_later(0.2, self._look, name=f"read {self.queue.name}")
            return
        self.running += 1
        self.most_running = max(self.running, self.most_running)
        self.lanes.start(self._batch, float("inf"))
        self._look_soon()

    def _look_soon(self) -> None:
        self.lanes.clock.call_later(RECEIVE_SECONDS, self._look, name=f"read {self.queue.name}")

    def _limit(self) -> int:
        grown = FIRST + int(MORE_A_SECOND * (self.lanes.clock.now() - self._began))
        return min(grown, self.queue.reading.maximum_concurrency)

    def _batch(self) -> None:
        """A lane: gather, invoke, delete."""
        clock, reading = self.lanes.clock, self.queue.reading
        messages: list[Message] = []
        at: dict[str, float] = {}
        until = clock.now() + reading.batching_window_seconds
        while len(messages) < reading.batch_size:
            self.lanes.sleep(RECEIVE_SECONDS)
            found = self.queue.receive(min(AT_ONCE, reading.batch_size - len(messages)))
            messages += found
            at |= {message.message_id: clock.now() for message in found}
            left = until - clock.now()
            if left <= 0:
                break
            if not found:
                self.lanes.sleep(min(0.1, left))
        if messages:
            self.queue.settle(messages, self._invoke(messages), at)
        self.running -= 1
        self._look_soon()

    def _invoke(self, messages: list[Message]) -> set[str]:
        clock, everything = self.lanes.clock, {message.message_id for message in messages}
        self.invocations += 1
        ends_at = clock.now() + self.queue.reading.timeout_seconds
        event = {"Records": [message.record(self.queue.name) for message in messages]}
        context = Context(clock, ends_at, f"request-{self.queue.name}-{self.invocations}", self.queue.name)
        failed = everything
        lane = self.lanes.current
        assert lane is not None  # noqa: S101 - batches are lanes
        lane.ends_at = ends_at
        try:
            if not self.idle:
                self.sandboxes += 1
            handler = self.idle.pop() if self.idle else self.make()
            failed = _failed(handler(event, context))
            self.idle.append(handler)
        except (Killed, Exception):  # noqa: BLE001 - the sandbox is gone, and Lambda lets the messages come again
            failed = everything
        finally:
            lane.ends_at = float("inf")
            self.longest = max(self.longest, clock.now() - ends_at + self.queue.reading.timeout_seconds)
        self.failed += len(failed)
        return failed


def _failed(answer: Any) -> set[str]:
    failures = answer.get("batchItemFailures", ()) if isinstance(answer, Mapping) else ()
    return {failure["itemIdentifier"] for failure in failures}
