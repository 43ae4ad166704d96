"""The state table in DynamoDB: consistent reads, and writes that only win over what they have read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from spot_failover.aws.errors import Call, translated
from spot_failover.aws.record_codec import DUE_PARTITION, decode, encode
from spot_failover.core.errors import ConflictError
from spot_failover.core.record import Record
from spot_failover.core.service_key import ServiceKey

DUE_INDEX = "due"
_WRITE_ID = "write_id"


class StateTable:
    """The port `Records` on a DynamoDB table."""

    def __init__(self, dynamodb: Any, table: str, new_id: Callable[[], str]) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._new_id = new_id

    def get(self, key: ServiceKey) -> Record:
        """See `Records.get`."""
        with translated(self._call("dynamodb:GetItem", key)):
            answer = self._dynamodb.get_item(
                TableName=self._table,
                Key={"id": {"S": key.record_id}, "region": {"S": key.region}},
                ConsistentRead=True,
            )
        item = answer.get("Item")
        return decode(item) if item else Record(key)

    def put(self, record: Record) -> Record:
        """See `Records.put`."""
        written = replace(record, version=record.version + 1)
        write_id = self._new_id()
        condition: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(id)"}
        if record.version:
            condition = {
                "ConditionExpression": "version = :read",
                "ExpressionAttributeValues": {":read": {"N": str(record.version)}},
            }
        with translated(self._call("dynamodb:PutItem", record.key)):
            try:
                self._dynamodb.put_item(
                    TableName=self._table,
                    Item=encode(written) | {_WRITE_ID: {"S": write_id}},
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                    **condition,
                )
            except self._dynamodb.exceptions.ConditionalCheckFailedException as error:
                if not _ours(error, write_id):
                    raise ConflictError(
                        f"{record.key}: its record was written by another worker since it was read"
                    ) from error
        return written

    def due(self, now: datetime) -> Iterator[ServiceKey]:
        """See `Records.due`. The index holds only what is due: the cost does not grow with what is known."""
        query: dict[str, Any] = {
            "TableName": self._table,
            "IndexName": DUE_INDEX,
            "KeyConditionExpression": "due_partition = :due AND due_at <= :now",
            "ExpressionAttributeValues": {":due": {"S": DUE_PARTITION}, ":now": {"N": str(int(now.timestamp()))}},
        }
        while True:
            with translated(self._call("dynamodb:Query", None)):
                page = self._dynamodb.query(**query)
            for item in page["Items"]:
                yield ServiceKey.from_record_id(item["id"]["S"], item["region"]["S"])
            if "LastEvaluatedKey" not in page:
                return
            query["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    def _call(self, action: str, key: ServiceKey | None) -> Call:
        subject = f"state table {self._table}"
        return Call(action, f"{key} in {subject}" if key is not None else subject)


def _ours(error: ClientError, write_id: str) -> bool:
    """Whether the item that stands there is this very write, whose answer got lost and which botocore sent again."""
    item: Any = error.response.get("Item") or {}
    return bool(item.get(_WRITE_ID, {}).get("S") == write_id)
