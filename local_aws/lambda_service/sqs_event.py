"""The event by which Lambda hands over a batch of SQS messages, and the answer about it.

https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html and services-sqs-errorhandling.html
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

from moto.sqs.models import Message

from local_aws.lambda_service.arns import ResourceArn
from local_aws.lambda_service.results import Result


def batch_event(messages: Sequence[Message], queue_arn: str) -> dict[str, Any]:
    """The event for messages that have just been received."""
    return {"Records": [_record(message, queue_arn) for message in messages]}


def failed_message_ids(result: Result, message_ids: Sequence[str], *, reports_failures: bool) -> set[str]:
    """Which messages of a batch stay in the queue.

    All of them after a function error. With ReportBatchItemFailures those that the response names, and all of them
    when it cannot be made out which it means. Without it none.
    """
    everything = set(message_ids)
    if result.failed:
        return everything
    if not reports_failures:
        return set()
    try:
        response = result.json()
    except ValueError:
        return everything
    match response:
        case None | {"batchItemFailures": None}:
            return set()
        case {"batchItemFailures": [*items]}:
            named = {_identifier(item) for item in items}
            return everything if named - everything else named
        case {"batchItemFailures": _}:
            return everything
        case dict():
            return set()
        case _:
            return everything


def _identifier(item: Any) -> str:
    """The id that one failure names; empty, which is nobody's, when it names none."""
    name = item.get("itemIdentifier") if isinstance(item, dict) else None
    return name if isinstance(name, str) else ""


def _record(message: Message, queue_arn: str) -> dict[str, Any]:
    record: dict[str, Any] = {
        "messageId": message.id,
        "receiptHandle": message.receipt_handle,
        "body": message.body,
        "attributes": {
            "ApproximateReceiveCount": str(message.approximate_receive_count),
            "SentTimestamp": str(message.sent_timestamp),
            "SenderId": message.sender_id,
            "ApproximateFirstReceiveTimestamp": str(message.approximate_first_receive_timestamp),
        },
        "messageAttributes": {name: _attribute(value) for name, value in message.message_attributes.items()},
        "md5OfBody": message.body_md5,
        "eventSource": "aws:sqs",
        "eventSourceARN": queue_arn,
        "awsRegion": ResourceArn.parse(queue_arn).region,
    }
    if message.message_attributes:
        record["md5OfMessageAttributes"] = message.attribute_md5
    optional = {
        "MessageGroupId": message.group_id,
        "MessageDeduplicationId": message.deduplication_id,
        "SequenceNumber": message.sequence_number,
        "AWSTraceHeader": (message.system_attributes.get("AWSTraceHeader") or {}).get("StringValue"),
    }
    record["attributes"].update({name: value for name, value in optional.items() if value})
    return record


def _attribute(value: dict[str, Any]) -> dict[str, Any]:
    attribute: dict[str, Any] = {"dataType": value["DataType"], "stringListValues": [], "binaryListValues": []}
    if value.get("StringValue") is not None:
        attribute["stringValue"] = value["StringValue"]
    if value.get("BinaryValue") is not None:
        binary = value["BinaryValue"]
        attribute["binaryValue"] = base64.b64encode(binary).decode() if isinstance(binary, bytes) else binary
    return attribute
