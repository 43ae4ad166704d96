"""The messages of a batch that Lambda read from a queue, and its answer about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
    from aws_lambda_powertools.utilities.typing import LambdaContext


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


def partial_response(
    batch: dict[str, Any], errors: Mapping[str, Exception], context: LambdaContext
) -> Mapping[str, Any]:
    """Lambda's partial batch response: the messages with an error come again, the others are deleted."""

    def answer(record: SQSRecord) -> None:
        if (error := errors.get(record.message_id)) is not None:
            raise error

    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    return process_partial_response(event=batch, record_handler=answer, processor=processor, context=context)
