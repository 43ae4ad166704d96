"""CloudWatch Logs. What concerns a whole group is checked on the group's ARN with an empty log stream behind it."""

from __future__ import annotations

from local_aws.iam.actions.rows import Call, Row, Table, row


def _group_name(call: Call) -> str:
    identifier = call.text("logGroupName") or call.text("logGroupIdentifier")
    return identifier.partition(":log-group:")[2].removesuffix(":*") if identifier.startswith("arn:") else identifier


def _stream(call: Call) -> list[str]:
    return [call.arn(f"log-group:{_group_name(call)}:log-stream:{call.text('logStreamName')}")]


_ON_STREAM: Row = row(_stream)

LOGS: Table = {
    "CreateLogGroup": _ON_STREAM,
    "CreateLogStream": _ON_STREAM,
    "DescribeLogGroups": _ON_STREAM,
    "DescribeLogStreams": _ON_STREAM,
    "FilterLogEvents": _ON_STREAM,
    "GetLogEvents": _ON_STREAM,
    "PutLogEvents": _ON_STREAM,
}
