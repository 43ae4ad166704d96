"""A standard SQS queue in virtual time: delay, visibility, redrive. Made for tens of thousands of messages."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from benchmarks.storm.deployment import Reading
from tests.soak.clock import StillClock
from tests.soak.plan import CENTRAL, HOME


@dataclass
class Message:
    """One message."""

    message_id: str
    body: str
    sent_at: float
    received: int = 0

    def record(self, queue: str) -> dict[str, Any]:
        """As Lambda hands it over."""
        return {
            "messageId": self.message_id,
            "receiptHandle": self.message_id,
            "body": self.body,
            "attributes": {
                "ApproximateReceiveCount": str(self.received),
                "SentTimestamp": str(int(self.sent_at * 1000)),
                "SenderId": "AIDA",
                "ApproximateFirstReceiveTimestamp": str(int(self.sent_at * 1000)),
            },
            "messageAttributes": {},
            "md5OfBody": "",
            "eventSource": "aws:sqs",
            "eventSourceARN": f"arn:aws:sqs:{HOME}:{CENTRAL}:{queue}",
            "awsRegion": HOME,
        }


@dataclass
class StormQueue:
    """A queue and its dead-letter queue."""

    name: str
    clock: StillClock
    reading: Reading
    dead_letters: list[Message] = field(default_factory=list)
    _visible: list[tuple[float, int, Message]] = field(default_factory=list)
    _order: count[int] = field(default_factory=count)
    left: int = 0
    """Messages that have not come to their end."""
    sent: int = 0
    emptied_at: float = 0.0
    """When the last message came to its end."""

    def send(self, bodies: Sequence[str]) -> None:
        """Take messages in, now."""
        now = self.clock.now()
        for body in bodies:
            self.left += 1
            self.sent += 1
            message = Message(f"{self.name}-{self.sent}", body, now)
            heapq.heappush(self._visible, (now + self.reading.delay_seconds, next(self._order), message))

    def next_visible(self) -> float | None:
        """When a message can be received; None where none is there."""
        return self._visible[0][0] if self._visible else None

    def receive(self, most: int) -> list[Message]:
        """ReceiveMessage: what it gives is out of sight for the visibility time-out, or ends as a dead letter."""
        now, found = self.clock.now(), list[Message]()
        while len(found) < most and self._visible and self._visible[0][0] <= now:
            _, _, message = heapq.heappop(self._visible)
            if message.received >= self.reading.max_receive_count:
                self.dead_letters.append(message)
                self.left -= 1
                continue
            message.received += 1
            found.append(message)
        return found

    def settle(self, messages: Sequence[Message], failed: set[str], received_at: dict[str, float]) -> None:
        """Delete what is done; the rest comes again when its time-out is over."""
        for message in messages:
            if message.message_id not in failed:
                self.left -= 1
                self.emptied_at = self.clock.now()
                continue
            again = received_at[message.message_id] + self.reading.visibility_timeout_seconds
            heapq.heappush(self._visible, (again, next(self._order), message))
