"""One DynamoDB table: consistent reads, and writes that only win over the version they have read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from spot_failover.aws.errors import Call, translated
from spot_failover.core.errors import ConflictError, SpotFailoverError, UnclearError

DUE_INDEX = "due"
"""Sparse: an item stands in it only while it has a `due_partition`, ordered by `due_at` in epoch seconds."""
BATCH = 100
"""Items that one BatchGetItem takes (DynamoDB API reference)."""
_TRIES = 2
_WRITE_ID = "write_id"


class Entry(NamedTuple):
    """An item, as far as the index `due` holds it."""

    record_id: str
    region: str
    due_at: datetime


class Table:
    """Items by id and Region, each with a `version` that counts its writes."""

    def __init__(self, dynamodb: Any, name: str, new_id: Callable[[], str], *, looks_again: bool = True) -> None:
        """`looks_again`: whether a write whose answer was lost is looked for, which takes as long again."""
        self._looks_again = looks_again
        self.dynamodb = dynamodb
        self.name = name
        self._new_id = new_id

    def get(self, record_id: str, region: str, subject: object) -> Mapping[str, Any] | None:
        """An item in DynamoDB's own form, read consistently; None where there is none."""
        with translated(self.call("dynamodb:GetItem", subject)):
            answer = self.dynamodb.get_item(
                TableName=self.name, Key={"id": {"S": record_id}, "region": {"S": region}}, ConsistentRead=True
            )
        item: Mapping[str, Any] | None = answer.get("Item")
        return item

    def get_many(
        self, keys: Sequence[tuple[str, str]], subject: object
    ) -> Mapping[tuple[str, str], Mapping[str, Any] | None]:
        """Items by id and Region, read consistently, as far as they are there; at most `BATCH`.

        None in place of an item that DynamoDB left unread, as it does where it is short of capacity (BatchGetItem,
        UnprocessedKeys).
        """
        found: dict[tuple[str, str], Mapping[str, Any] | None] = {}
        wanted = [{"id": {"S": record_id}, "region": {"S": region}} for record_id, region in keys]
        for _ in range(_TRIES):
            with translated(self.call("dynamodb:BatchGetItem", subject)):
                answer = self.dynamodb.batch_get_item(
                    RequestItems={self.name: {"Keys": wanted, "ConsistentRead": True}}
                )
            for item in answer["Responses"].get(self.name, ()):
                found[item["id"]["S"], item["region"]["S"]] = item
            wanted = answer.get("UnprocessedKeys", {}).get(self.name, {}).get("Keys", [])
            if not wanted:
                break
        return found | {(key["id"]["S"], key["region"]["S"]): None for key in wanted}

    def put(self, item: Mapping[str, Any], read_version: int, subject: object) -> None:
        """Write an item over the version that was read; 0 where there was none.

        Raises
        ------
        ConflictError
            Another worker has written it since.
        UnclearError
            The answer was lost, and the item does not stand there, or can't be read: the write may still come.
        """
        write_id = self._new_id()
        try:
            self._put(item, read_version, write_id, subject)
        except UnclearError:
            # What a record says was done or told is done once only: who wrote that has to know.
            if not (self._looks_again and self._stands(item, write_id, subject)):
                raise

    def _put(self, item: Mapping[str, Any], read_version: int, write_id: str, subject: object) -> None:
        condition: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(id)"}
        if read_version:
            condition = {
                "ConditionExpression": "version = :read",
                "ExpressionAttributeValues": {":read": {"N": str(read_version)}},
            }
        with translated(self.call("dynamodb:PutItem", subject)):
            try:
                self.dynamodb.put_item(
                    TableName=self.name,
                    Item={**item, _WRITE_ID: {"S": write_id}},
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                    **condition,
                )
            except self.dynamodb.exceptions.ConditionalCheckFailedException as error:
                # This very write may stand there: its answer got lost, and botocore has sent it again.
                if not _is(error.response.get("Item"), write_id):
                    raise ConflictError(
                        f"{subject}: its record was written by another worker since it was read"
                    ) from error

    def _stands(self, item: Mapping[str, Any], write_id: str, subject: object) -> bool:
        try:
            return _is(self.get(item["id"]["S"], item["region"]["S"], subject), write_id)
        except SpotFailoverError:
            return False

    def partition(self, partition: str, until: int | None = None) -> Iterator[Entry]:
        """The items in a partition of the index `due`, earliest first, up to a time (epoch seconds)."""
        query: dict[str, Any] = {
            "TableName": self.name,
            "IndexName": DUE_INDEX,
            "KeyConditionExpression": "due_partition = :partition",
            "ExpressionAttributeValues": {":partition": {"S": partition}},
        }
        if until is not None:
            query["KeyConditionExpression"] += " AND due_at <= :until"
            query["ExpressionAttributeValues"][":until"] = {"N": str(until)}
        while True:
            with translated(self.call("dynamodb:Query")):
                page = self.dynamodb.query(**query)
            for item in page["Items"]:
                due_at = datetime.fromtimestamp(int(item["due_at"]["N"]), UTC)
                yield Entry(item["id"]["S"], item["region"]["S"], due_at)
            if "LastEvaluatedKey" not in page:
                return
            query["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    def call(self, action: str, subject: object = None) -> Call:
        """A call, as error messages name it."""
        table = f"state table {self.name}"
        return Call(action, f"{subject} in {table}" if subject is not None else table)


def _is(item: Mapping[str, Any] | None, write_id: str) -> bool:
    """Whether an item is what this very write made of it."""
    return item is not None and item.get(_WRITE_ID, {}).get("S") == write_id
