"""SQS: the queue is in the URL. Batch APIs have no permission of their own, move tasks need those of all they do."""

from __future__ import annotations

import base64
import binascii
import json
from urllib.parse import urlsplit

from moto.sqs.models import sqs_backends

from local_aws.iam.actions.rows import Call, Check, Row, Table, row, unrestricted


def _queue(call: Call) -> list[str]:
    """`https://HOST/ACCOUNT/NAME`."""
    parts = urlsplit(call.text("QueueUrl")).path.strip("/").split("/")
    account, name = parts[-2:] if len(parts) > 1 else (call.account, parts[-1])
    return [call.arn(name, account=account)]


def _queue_by_name(call: Call) -> list[str]:
    return [call.arn(call.text("QueueName"), account=call.text("QueueOwnerAWSAccountId", call.account))]


def _move_task(call: Call) -> list[Check]:
    """What AWS lists in "Troubleshooting dead-letter queue redrive", in the developer guide."""
    source = _arn(call.text("SourceArn") or _source_of_task(call.text("TaskHandle")))
    reading = () if call.api == "ListMessageMoveTasks" else ("ReceiveMessage", "DeleteMessage")
    checks = [Check(f"sqs:{name}", source) for name in (call.api, *reading, "GetQueueAttributes")]
    if call.api == "StartMessageMoveTask":
        destination = call.text("DestinationArn")
        checks += [Check("sqs:SendMessage", _arn(to)) for to in ([destination] if destination else _sources_of(source))]
    return checks


def _arn(text: str) -> str:
    """What is no ARN stands for nothing that a policy could name; SQS refuses it by itself."""
    return text if text.count(":") == 5 else "*"


def _source_of_task(handle: str) -> str:
    try:
        return str(json.loads(base64.b64decode(handle))["sourceArn"])
    except (binascii.Error, KeyError, TypeError, ValueError):
        return ""


def _sources_of(dead_letter_queue: str) -> list[str]:
    """The queues whose messages end there: without a destination they go back to them."""
    try:
        region, account = dead_letter_queue.split(":")[3:5]
        queues = [*sqs_backends[account][region].queues.values()]
    except (KeyError, ValueError):
        return []
    policies = {one.queue_arn: one.redrive_policy or {} for one in queues}
    return [arn for arn, policy in policies.items() if policy.get("deadLetterTargetArn") == dead_letter_queue]


_ON_QUEUE: Row = row(_queue)

SQS: Table = {
    "CancelMessageMoveTask": _move_task,
    "ChangeMessageVisibility": _ON_QUEUE,
    "ChangeMessageVisibilityBatch": row(_queue, action="ChangeMessageVisibility"),
    "DeleteMessage": _ON_QUEUE,
    "DeleteMessageBatch": row(_queue, action="DeleteMessage"),
    "GetQueueAttributes": _ON_QUEUE,
    "GetQueueUrl": row(_queue_by_name),
    "ListDeadLetterSourceQueues": _ON_QUEUE,
    "ListMessageMoveTasks": _move_task,
    "ListQueueTags": _ON_QUEUE,
    "ListQueues": row(unrestricted),
    "PurgeQueue": _ON_QUEUE,
    "ReceiveMessage": _ON_QUEUE,
    "SendMessage": _ON_QUEUE,
    "SendMessageBatch": row(_queue, action="SendMessage"),
    "SetQueueAttributes": _ON_QUEUE,
    "StartMessageMoveTask": _move_task,
}
