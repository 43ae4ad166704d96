"""The queue of sweeps to be made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from spot_failover.aws.errors import Call, translated
from spot_failover.core.errors import TransientError
from spot_failover.core.sweep_messages import SweepOrder

BATCH = 10
"""Messages that one SendMessageBatch call takes (SQS API reference)."""


class OrderQueue:
    """The port `Orders` on an SQS queue."""

    def __init__(self, sqs: Any, url: str) -> None:
        self._sqs = sqs
        self._url = url

    def send(self, orders: Sequence[SweepOrder]) -> None:
        """See `Orders.send`."""
        for start in range(0, len(orders), BATCH):
            entries = [
                {"Id": str(number), "MessageBody": order.to_json()}
                for number, order in enumerate(orders[start : start + BATCH])
            ]
            with translated(Call("sqs:SendMessage", f"queue {self._url}")):
                answer = self._sqs.send_message_batch(QueueUrl=self._url, Entries=entries)
            if answer.get("Failed"):
                raise TransientError(f"sqs:SendMessage for queue {self._url}: {answer['Failed']}: left to the next run")
