"""SQS: the queue is in the URL. Batch APIs have no permission of their own."""

from __future__ import annotations

from urllib.parse import urlsplit

from local_aws.iam.actions.rows import Call, Row, Table, row, unrestricted


def _queue(call: Call) -> list[str]:
    """`https://HOST/ACCOUNT/NAME`."""
    parts = urlsplit(call.text("QueueUrl")).path.strip("/").split("/")
    account, name = parts[-2:] if len(parts) > 1 else (call.account, parts[-1])
    return [call.arn(name, account=account)]


def _queue_by_name(call: Call) -> list[str]:
    return [call.arn(call.text("QueueName"), account=call.text("QueueOwnerAWSAccountId", call.account))]


def _source(call: Call) -> list[str]:
    return [call.text("SourceArn")]


_ON_QUEUE: Row = row(_queue)

SQS: Table = {
    "ChangeMessageVisibility": _ON_QUEUE,
    "ChangeMessageVisibilityBatch": row(_queue, action="ChangeMessageVisibility"),
    "DeleteMessage": _ON_QUEUE,
    "DeleteMessageBatch": row(_queue, action="DeleteMessage"),
    "GetQueueAttributes": _ON_QUEUE,
    "GetQueueUrl": row(_queue_by_name),
    "ListDeadLetterSourceQueues": _ON_QUEUE,
    "ListMessageMoveTasks": row(_source),
    "ListQueueTags": _ON_QUEUE,
    "ListQueues": row(unrestricted),
    "PurgeQueue": _ON_QUEUE,
    "ReceiveMessage": _ON_QUEUE,
    "SendMessage": _ON_QUEUE,
    "SendMessageBatch": row(_queue, action="SendMessage"),
    "SetQueueAttributes": _ON_QUEUE,
    "StartMessageMoveTask": row(_source),
}
