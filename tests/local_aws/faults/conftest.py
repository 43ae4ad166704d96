"""A function that counts: each invocation adds to a number in a table."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest

from tests.local_aws.conftest import Aws
from tests.local_aws.lambda_service.conftest import LOGS, Lab

SOURCE = """
import boto3
from botocore.config import Config
def handler(event, context):
    attempts = event.get("attempts", 1)
    config = Config(retries={"total_max_attempts": attempts, "mode": "standard"})
    table = boto3.client("dynamodb", config=config)
    for _ in range(event.get("times", 1)):
        table.update_item(
            TableName="counted", Key={"id": {"S": "count"}}, UpdateExpression="ADD so_far :one",
            ExpressionAttributeValues={":one": {"N": "1"}},
        )
    return "done"
"""


@dataclass(frozen=True)
class Counter:
    """The function with its table, and the control API."""

    lab: Lab

    def invoke(self, **event: Any) -> Any:
        return self.lab.call("counter", event)

    def count(self) -> int:
        answer = self.lab.client("dynamodb").get_item(TableName="counted", Key={"id": {"S": "count"}})
        return int(answer["Item"]["so_far"]["N"]) if "Item" in answer else 0

    def record(self) -> None:
        self.post("record", enabled=True)

    def plan(self, kind: str, ordinal: int = 1, **options: Any) -> None:
        self.post("plan", function="counter", action="dynamodb:UpdateItem", ordinal=ordinal, kind=kind, **options)

    def fired(self) -> bool:
        return bool(self.lab.aws.control("faults/plan")["fired"])

    def calls(self) -> list[dict[str, Any]]:
        return list(self.lab.aws.control("faults/calls"))

    def post(self, route: str, **body: Any) -> None:
        self.lab.aws.world.control.call("POST", f"faults/{route}", json.loads(json.dumps(body)))


@pytest.fixture
def counter(aws: Aws) -> Counter:
    lab = Lab(aws)
    lab.client("dynamodb").create_table(
        TableName="counted",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
    )
    update = {"Effect": "Allow", "Action": "dynamodb:UpdateItem", "Resource": "*"}
    lab.deploy(SOURCE, "counter", Role=lab.role("counter", [LOGS, update]), Timeout=30)
    return Counter(lab)
