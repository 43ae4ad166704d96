"""DynamoDB: tables and indexes; transactions are checked item by item, as their parts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from local_aws.iam.actions.rows import Call, Check, Row, Table, row, unrestricted


def _table_arn(call: Call, name: str) -> str:
    return name if name.startswith("arn:") else call.arn(f"table/{name}")


def _table(call: Call) -> list[str]:
    return [_table_arn(call, call.text("TableName"))]


def _table_or_index(call: Call) -> list[str]:
    """A query on an index needs the permission on the index, not on its table."""
    table, index = _table_arn(call, call.text("TableName")), call.text("IndexName")
    return [f"{table}/index/{index}" if index else table]


def _requested_tables(call: Call) -> list[str]:
    return [_table_arn(call, name) for name in call.params.get("RequestItems") or {}]


_PARTS = {
    "ConditionCheck": "ConditionCheckItem",
    "Delete": "DeleteItem",
    "Get": "GetItem",
    "Put": "PutItem",
    "Update": "UpdateItem",
}


def _transaction(call: Call) -> list[Check]:
    enclosing = {"dynamodb:EnclosingOperation": (call.api,)}
    return [
        Check(f"dynamodb:{_PARTS.get(kind, kind)}", _table_arn(call, str(part.get("TableName"))), enclosing)
        for kind, part in _parts(call.params.get("TransactItems") or [])
    ]


def _parts(items: Iterable[Mapping[str, Any]]) -> Iterable[tuple[str, Mapping[str, Any]]]:
    return ((kind, part) for item in items for kind, part in item.items())


_ON_TABLE: Row = row(_table)

DYNAMODB: Table = {
    "BatchGetItem": row(_requested_tables),
    "BatchWriteItem": row(_requested_tables),
    "DeleteItem": _ON_TABLE,
    "DescribeContinuousBackups": _ON_TABLE,
    "DescribeTable": _ON_TABLE,
    "DescribeTimeToLive": _ON_TABLE,
    "GetItem": _ON_TABLE,
    "ListTables": row(unrestricted),
    "PutItem": _ON_TABLE,
    "Query": row(_table_or_index),
    "Scan": row(_table_or_index),
    "TransactGetItems": _transaction,
    "TransactWriteItems": _transaction,
    "UpdateItem": _ON_TABLE,
}
