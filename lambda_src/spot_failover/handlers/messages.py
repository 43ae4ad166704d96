"""The messages of a batch that Lambda read from a queue, and its answer about them."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True)
class Message:
    """A message of a standard queue."""

    message_id: str
    body: str
    arrived: datetime
    """When it reached the queue."""

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> Message:
        """From Lambda's record."""
        sent = int(record["attributes"]["SentTimestamp"]) / 1000
        return cls(record["messageId"], record["body"], datetime.fromtimestamp(sent, UTC))


def partial_response(messages: Iterable[Mapping[str, Any]], errors: Container[str]) -> dict[str, Any]:
    """Lambda's partial batch response: messages (Lambda's records) with an error come again, the others are deleted.

    Written out, for Powertools' batch utility imports the classes of every event source with it
    (docs/decisions/0009-the-start-of-a-function.md).
    """
    failed = [message["messageId"] for message in messages if message["messageId"] in errors]
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}
