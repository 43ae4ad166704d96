"""The server: keep-alive, one request at a time, errors that clients understand, accounts."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from local_aws.assembly import Settings
from tests.local_aws.conftest import CENTRAL, OTHER_WORKLOAD, OUTSIDE, REGION, WORKLOAD, Aws


@pytest.fixture
def connection(aws: Aws) -> Iterator[http.client.HTTPConnection]:
    with closing(http.client.HTTPConnection(aws.url.removeprefix("http://"), timeout=10)) as opened:
        yield opened


def ask(connection: http.client.HTTPConnection, method: str, path: str, body: str | None = None) -> tuple[int, Any]:
    """Status and JSON of an answer."""
    connection.request(method, f"/_local_aws/{path}", body)
    answer = connection.getresponse()
    return answer.status, json.loads(answer.read())


def test_one_connection_serves_many_requests(connection: http.client.HTTPConnection) -> None:
    assert ask(connection, "GET", "health")[0] == 200
    first = connection.sock
    assert ask(connection, "GET", "clock")[0] == 200
    assert connection.sock is first is not None


def test_the_clock_is_moved_by_the_control_api(aws: Aws, connection: http.client.HTTPConnection) -> None:
    before = aws.world.clock.now()
    status, answer = ask(connection, "POST", "clock/advance", '{"seconds": 3600}')
    assert (status, answer["now"] >= before + 3600) == (200, True)


@pytest.mark.parametrize("body", ['{"seconds": -1}', '{"seconds": "soon"}', "{}", "[]", "{"])
def test_a_wrong_request_to_the_control_api_is_told_so(connection: http.client.HTTPConnection, body: str) -> None:
    status, answer = ask(connection, "POST", "clock/advance", body)
    assert status == 400
    assert answer["error"]


def test_an_unknown_path_of_the_control_api_names_the_known_ones(connection: http.client.HTTPConnection) -> None:
    status, answer = ask(connection, "GET", "nothing")
    assert status == 404
    assert "GET deliveries" in answer["error"]


def test_a_service_made_event_can_be_made_by_the_control_api(connection: http.client.HTTPConnection) -> None:
    assert ask(connection, "POST", "events/emit", '{"source": "aws.ecs"}')[0] == 400
    event = {"account": WORKLOAD, "region": REGION, "source": "aws.ecs", "detail-type": "T", "detail": {}}
    status, answer = ask(connection, "POST", "events/emit", json.dumps(event))
    assert (status, list(answer)) == (200, ["event_id"])


def test_unknown_access_keys_act_in_the_first_account(aws: Aws) -> None:
    assert aws.client("sts").get_caller_identity()["Account"] == CENTRAL


@pytest.mark.parametrize("account", [WORKLOAD, OTHER_WORKLOAD, OUTSIDE])
def test_every_account_has_an_administrator_role(aws: Aws, account: str) -> None:
    assert aws.client("sts", account).get_caller_identity()["Account"] == account
    aws.client("sqs", account).create_queue(QueueName="q")
    assert "QueueUrls" not in aws.client("sqs").list_queues()


def test_the_administrator_role_trusts_the_first_account_only(aws: Aws) -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        aws.client("sts", WORKLOAD).assume_role(
            RoleArn=f"arn:aws:iam::{OTHER_WORKLOAD}:role/OrganizationAccountAccessRole", RoleSessionName="test"
        )


def test_what_is_not_implemented_is_said_once_and_not_retried(aws: Aws) -> None:
    patient = boto3.client(
        "events", REGION, endpoint_url=aws.url, aws_access_key_id="local", aws_secret_access_key="local"
    )
    with pytest.raises(ClientError) as caught:
        patient.list_event_sources()
    assert caught.value.response["Error"]["Code"] == "NotImplemented"
    assert "list_event_sources" in caught.value.response["Error"]["Message"]
    assert caught.value.response["ResponseMetadata"]["RetryAttempts"] == 0


def test_conditional_writes_are_atomic_under_concurrency(aws: Aws) -> None:
    table = aws.client("dynamodb")
    table.create_table(
        TableName="locks",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    winners: list[int] = []

    def race(runner: int) -> None:
        for lock in range(20):
            item = {"id": {"S": str(lock)}, "owner": {"N": str(runner)}}
            try:
                table.put_item(TableName="locks", Item=item, ConditionExpression="attribute_not_exists(id)")
            except table.exceptions.ConditionalCheckFailedException:
                continue
            winners.append(lock)

    runners = [threading.Thread(target=race, args=(runner,)) for runner in range(6)]
    for runner in runners:
        runner.start()
    for runner in runners:
        runner.join()
    assert sorted(winners) == list(range(20))


@pytest.mark.parametrize(
    ("accounts", "outside", "message"),
    [
        (["12345"], [], "12 digits"),
        ([], [], "at least one"),
        ([CENTRAL], [CENTRAL], "given twice"),
    ],
)
def test_impossible_accounts_are_refused(accounts: list[str], outside: list[str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Settings(accounts=accounts, organization="o-exampleorg1", outside_accounts=outside)
