"""Both ways of an answer lead to the same: through JSON, as AWS sends it, and straight to the caller."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.parsers import JSONParser
from moto import mock_aws
from moto.core.serialize import JSONSerializer
from moto.core.utils import get_service_model

from tests.handlers.aws_account import make_table
from tests.soak.ground import TABLE
from tests.soak.haste import hasty
from tests.soak.shortcut import NotPlainError, converter

NOON = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)


class Status(StrEnum):
    ACTIVE = "ACTIVE"


SERVICE = {
    "serviceName": "web",
    "status": Status.ACTIVE,
    "desiredCount": 2,
    "createdAt": NOON,
    "roleArn": None,
    "unheardOf": {"a": 1},
    "enableECSManagedTags": False,
    "capacityProviderStrategy": [{"capacityProvider": "FARGATE_SPOT", "weight": 1, "base": 0}],
    "deployments": [{"id": "ecs-svc/1", "createdAt": 1_772_366_400, "rolloutState": "COMPLETED", "failedTasks": 0}],
    "events": [],
    "tags": [{"key": "team", "value": ""}],
}
ITEM: dict[str, Any] = {
    "id": {"S": "111111111111::shop::web"},
    "region": {"S": "us-east-1"},
    "due_partition": {"S": "due"},
    "due_at": {"N": "7"},
    "list": {"L": [{"M": {"weight": {"N": "1"}, "name": {"S": ""}}}, {"BOOL": True}, {"NULL": True}]},
    "names": {"SS": ["a", "b"]},
}


def operation(service: str, name: str) -> Any:
    return get_service_model(service).operation_model(name)


@pytest.mark.parametrize(
    ("service", "name", "result"),
    [
        ("ecs", "DescribeServices", {"services": [SERVICE, {}], "failures": []}),
        ("ecs", "DescribeTasks", {"tasks": [{"taskArn": "arn", "createdAt": 1_772_366_400.5, "attachments": []}]}),
        ("ecs", "ListServices", {"serviceArns": ["a", "b"], "nextToken": None}),
        ("dynamodb", "GetItem", {"Item": ITEM}),
        ("dynamodb", "Query", {"Items": [ITEM, {}], "Count": 2, "ScannedCount": 2}),
        ("dynamodb", "PutItem", {}),
    ],
)
def test_a_result_becomes_what_it_becomes_through_json(service: str, name: str, result: dict[str, Any]) -> None:
    model = operation(service, name)
    sent: Any = JSONSerializer(operation_model=model).serialize(result)
    body: Any = {"status_code": 200, "headers": {}, "body": sent["body"].encode()}
    parsed: Any = JSONParser().parse(body, model.output_shape)
    del parsed["ResponseMetadata"]

    assert converter(model.output_shape)(result) == parsed


def test_what_is_no_dictionary_goes_the_long_way() -> None:
    shape = operation("ecs", "DescribeServices").output_shape

    with pytest.raises(NotPlainError):
        converter(shape)({"services": [object()]})


def test_a_table_answers_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "local")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    usual, quick = nullcontext(), hasty()
    with usual, mock_aws():
        expected = table_answers()
    with quick, mock_aws():
        assert table_answers() == expected
    assert [len(answer.get("Items", ())) for answer in expected] == [0, 0, 1, 2, 0]


def table_answers() -> list[dict[str, Any]]:
    make_table()
    client = boto3.client("dynamodb")
    put = client.put_item(TableName=TABLE, Item=ITEM)
    client.put_item(TableName=TABLE, Item={**ITEM, "id": {"S": "another"}, "due_at": {"N": "10"}})
    with pytest.raises(ClientError) as refused:
        client.put_item(
            TableName=TABLE,
            Item=ITEM,
            ConditionExpression="attribute_not_exists(id)",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    query = client.query(
        TableName=TABLE,
        IndexName="due",
        KeyConditionExpression="due_partition = :partition AND due_at <= :until",
        ExpressionAttributeValues={":partition": {"S": "due"}, ":until": {"N": "9"}},
    )
    key = {name: ITEM[name] for name in ("id", "region")}
    answers = [put, client.get_item(TableName=TABLE, Key=key), query, client.scan(TableName=TABLE)]
    return [{**answer, "ResponseMetadata": None} for answer in (*answers, refused.value.response)]
