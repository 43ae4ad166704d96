"""A queue's dead letters: where a message goes at once that no retry can help."""

from __future__ import annotations

from typing import Any

from spot_failover.aws.errors import Call, translated


class DeadLetterQueue:
    """Sends messages to the dead-letter queue of the queue that a function reads."""

    def __init__(self, sqs: Any, url: str) -> None:
        self._sqs = sqs
        self._url = url

    def send(self, body: str, reason: str, note: str) -> None:
        """Put a message there, with the reason beside it."""
        # SQS refuses control characters, which the text of a malformed event may hold.
        readable = "".join(character if character.isprintable() else "?" for character in note[:1000])
        with translated(Call("sqs:SendMessage", f"dead-letter queue {self._url}")):
            self._sqs.send_message(
                QueueUrl=self._url,
                MessageBody=body,
                MessageAttributes={
                    "reason": {"DataType": "String", "StringValue": reason},
                    "note": {"DataType": "String", "StringValue": readable or "-"},
                },
            )
