"""Lambda: functions by name, partial or full ARN, with or without a version or alias."""

from __future__ import annotations

from local_aws.iam.actions.rows import Call, Row, Table, row, unrestricted


def _function(call: Call) -> list[str]:
    name, qualifier = call.text("FunctionName"), call.text("Qualifier")
    head, marker, tail = name.rpartition("function:")
    if not name.startswith("arn:"):
        account = head.rstrip(":") if marker else call.account
        name = call.arn(f"function:{tail}", account=account)
    return [f"{name}:{qualifier}" if qualifier else name]


def _mapping(call: Call) -> list[str]:
    return [call.arn(f"event-source-mapping:{call.text('UUID')}")]


_ON_FUNCTION: Row = row(_function)

LAMBDA: Table = {
    "GetEventSourceMapping": row(_mapping),
    "GetFunction": _ON_FUNCTION,
    "GetFunctionConcurrency": _ON_FUNCTION,
    "GetFunctionConfiguration": _ON_FUNCTION,
    "GetPolicy": _ON_FUNCTION,
    "Invoke": row(_function, action="InvokeFunction"),
    "ListEventSourceMappings": row(unrestricted),
    "ListFunctions": row(unrestricted),
    "UpdateEventSourceMapping": row(_mapping),
    "UpdateFunctionConfiguration": _ON_FUNCTION,
}
