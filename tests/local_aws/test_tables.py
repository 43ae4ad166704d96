"""DynamoDB where the state table depends on it: one winner of each race, pages, and indexes that are read late.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.Pagination.html
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.conftest import Aws

TABLE = "state"
RACERS, RACES = 8, 10
PAGE = 1_000_000


@pytest.fixture
def dynamodb(aws: Aws) -> Any:
    client = aws.client("dynamodb")
    client.create_table(
        TableName=TABLE,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[
            {"AttributeName": "id", "AttributeType": "S"},
            {"AttributeName": "due_partition", "AttributeType": "S"},
            {"AttributeName": "due_at", "AttributeType": "N"},
        ],
        BillingMode="PAY_PER_REQUEST",
        GlobalSecondaryIndexes=[
            {
                "IndexName": "due",
                "KeySchema": [
                    {"AttributeName": "due_partition", "KeyType": "HASH"},
                    {"AttributeName": "due_at", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
    )
    return client


def put(dynamodb: Any, number: int, text: str = "", **condition: Any) -> None:
    item = {"id": {"S": f"{number}"}, "due_partition": {"S": "open"}, "due_at": {"N": f"{number}"}, "t": {"S": text}}
    dynamodb.put_item(TableName=TABLE, Item=item, **condition)


def query(dynamodb: Any, **more: Any) -> dict[str, Any]:
    answer: dict[str, Any] = dynamodb.query(
        TableName=TABLE,
        IndexName="due",
        KeyConditionExpression="due_partition = :p",
        ExpressionAttributeValues={":p": {"S": "open"}},
        **more,
    )
    return answer


def succeeded(dynamodb: Any, act: Callable[[], None]) -> bool:
    try:
        act()
    except dynamodb.exceptions.ConditionalCheckFailedException:
        return False
    return True


def test_of_all_who_write_the_first_item_one_does(dynamodb: Any) -> None:
    def attempt(number: int) -> bool:
        return succeeded(dynamodb, lambda: put(dynamodb, number, ConditionExpression="attribute_not_exists(id)"))

    with ThreadPoolExecutor(RACERS) as threads:
        winners = [sum(threads.map(attempt, [race] * RACERS)) for race in range(RACES)]

    assert winners == [1] * RACES


def test_of_all_who_saw_a_version_one_writes_the_next(dynamodb: Any) -> None:
    dynamodb.put_item(TableName=TABLE, Item={"id": {"S": "1"}, "version": {"N": "0"}})

    def attempt(seen: int) -> bool:
        return succeeded(
            dynamodb,
            lambda: dynamodb.put_item(
                TableName=TABLE,
                Item={"id": {"S": "1"}, "version": {"N": f"{seen + 1}"}},
                ConditionExpression="version = :seen",
                ExpressionAttributeValues={":seen": {"N": f"{seen}"}},
            ),
        )

    with ThreadPoolExecutor(RACERS) as threads:
        winners = [sum(threads.map(attempt, [race] * RACERS)) for race in range(RACES)]

    assert winners == [1] * RACES


def test_a_refused_write_can_tell_what_is_there(dynamodb: Any) -> None:
    put(dynamodb, 1, "first")
    with pytest.raises(ClientError) as caught:
        put(
            dynamodb, 1, "second", ConditionExpression="attribute_not_exists(id)",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )  # fmt: skip
    told: Any = caught.value.response
    assert told["Item"]["t"] == {"S": "first"}


def test_a_query_ends_at_its_limit_and_goes_on_from_there(dynamodb: Any) -> None:
    for number in range(5):
        put(dynamodb, number)

    pages = [query(dynamodb, Limit=2)]
    while "LastEvaluatedKey" in pages[-1]:
        pages.append(query(dynamodb, Limit=2, ExclusiveStartKey=pages[-1]["LastEvaluatedKey"]))

    assert [[item["id"]["S"] for item in page["Items"]] for page in pages] == [["0", "1"], ["2", "3"], ["4"]]


def test_a_query_gives_a_megabyte_at_most(dynamodb: Any) -> None:
    for number in range(4):
        put(dynamodb, number, "x" * 390_000)

    first = query(dynamodb)
    rest = query(dynamodb, ExclusiveStartKey=first["LastEvaluatedKey"])

    assert sum(len(item["t"]["S"]) for item in first["Items"]) <= PAGE + 390_000
    assert [item["id"]["S"] for item in first["Items"] + rest["Items"]] == ["0", "1", "2", "3"]
    assert len(first["Items"]) < 4


def test_an_index_cannot_be_read_consistently(dynamodb: Any) -> None:
    with pytest.raises(ClientError, match="ValidationException"):
        query(dynamodb, ConsistentRead=True)


def test_items_without_the_attributes_of_an_index_are_not_in_it(dynamodb: Any) -> None:
    dynamodb.put_item(TableName=TABLE, Item={"id": {"S": "closed"}, "due_partition": {"S": "open"}})
    put(dynamodb, 1)
    assert [item["id"]["S"] for item in query(dynamodb)["Items"]] == ["1"]
