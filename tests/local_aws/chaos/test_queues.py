"""SQS delivers at least once: a message comes again in flight, after it was deleted, and while Lambda works on it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.local_aws.chaos.conftest import Unpleasant
from tests.local_aws.event_routes import make_queue, queue_arn
from tests.local_aws.lambda_service.conftest import LOGS, READ_QUEUE, Lab

MEET = """
import boto3, time
def handler(event, context):
    table = boto3.client("dynamodb")
    record = event["Records"][0]
    end = time.monotonic() + float(record["body"])
    table.update_item(
        TableName="meeting", Key={"id": {"S": record["messageId"]}}, UpdateExpression="ADD here :one",
        ExpressionAttributeValues={":one": {"N": "1"}},
    )
    while True:
        item = table.get_item(TableName="meeting", Key={"id": {"S": record["messageId"]}}, ConsistentRead=True)["Item"]
        count = int(item["here"]["N"])
        if count == 2 or time.monotonic() > end:
            break
    print("met", count, record["attributes"]["ApproximateReceiveCount"])
"""
"""Waits, as many seconds as the message says, for a second invocation with the same message."""


def _receive(unpleasant: Unpleasant, url: str) -> list[dict[str, Any]]:
    sqs = unpleasant.aws.client("sqs")
    answer = sqs.receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, MessageSystemAttributeNames=["ApproximateReceiveCount"]
    )
    return list(answer.get("Messages", []))


def _send(unpleasant: Unpleasant, url: str, body: str = "x") -> str:
    return str(unpleasant.aws.client("sqs").send_message(QueueUrl=url, MessageBody=body)["MessageId"])


def _delete(unpleasant: Unpleasant, url: str, message: dict[str, Any]) -> None:
    unpleasant.aws.client("sqs").delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


def test_a_message_in_flight_may_come_again_and_either_receipt_deletes_it(unpleasant: Unpleasant) -> None:
    url = make_queue(unpleasant.aws, "q", VisibilityTimeout="600")
    unpleasant.chaos.queues(duplicate=1.0, delay_seconds=60)
    sent = _send(unpleasant, url)
    (first,) = _receive(unpleasant, url)
    unpleasant.aws.advance(61)
    (again,) = _receive(unpleasant, url)
    assert first["MessageId"] == again["MessageId"] == sent
    assert again["Attributes"]["ApproximateReceiveCount"] == "2"
    assert unpleasant.chaos.counts()["messages_redelivered"] == 1
    _delete(unpleasant, url, first)
    unpleasant.aws.advance(1200)
    assert _receive(unpleasant, url) == []


def test_a_deleted_message_may_come_again_once(unpleasant: Unpleasant) -> None:
    url = make_queue(unpleasant.aws, "q")
    unpleasant.chaos.queues(duplicate=1.0, delay_seconds=60)
    sent = _send(unpleasant, url)
    (first,) = _receive(unpleasant, url)
    _delete(unpleasant, url, first)
    assert _receive(unpleasant, url) == []
    unpleasant.aws.advance(61)
    (again,) = _receive(unpleasant, url)
    assert (again["MessageId"], again["Body"]) == (sent, "x")
    _delete(unpleasant, url, again)
    unpleasant.aws.advance(600)
    assert _receive(unpleasant, url) == []


def test_a_message_that_moved_to_the_dead_letter_queue_does_not_come_again(unpleasant: Unpleasant) -> None:
    dead = make_queue(unpleasant.aws, "dead")
    redrive = f'{{"deadLetterTargetArn": "{queue_arn("dead")}", "maxReceiveCount": 1}}'
    url = make_queue(unpleasant.aws, "q", VisibilityTimeout="1", RedrivePolicy=redrive)
    unpleasant.chaos.queues(duplicate=1.0, delay_seconds=900, seed=1)
    _send(unpleasant, url)
    assert len(_receive(unpleasant, url)) == 1
    unpleasant.aws.advance(2)
    assert _receive(unpleasant, url) == []
    unpleasant.chaos.queues()
    unpleasant.aws.advance(1000)
    assert _receive(unpleasant, url) == []
    assert len(_receive(unpleasant, dead)) == 1


def test_a_fifo_queue_keeps_its_promise_of_exactly_once(unpleasant: Unpleasant) -> None:
    sqs = unpleasant.aws.client("sqs")
    url = make_queue(unpleasant.aws, "q.fifo", FifoQueue="true", ContentBasedDeduplication="true")
    unpleasant.chaos.queues(duplicate=1.0, concurrent=1.0)
    sqs.send_message(QueueUrl=url, MessageBody="x", MessageGroupId="g")
    (message,) = _receive(unpleasant, url)
    _delete(unpleasant, url, message)
    unpleasant.aws.advance(60)
    assert _receive(unpleasant, url) == []


def test_without_chaos_a_deleted_message_is_gone(unpleasant: Unpleasant) -> None:
    url = make_queue(unpleasant.aws, "q")
    _send(unpleasant, url)
    _delete(unpleasant, url, _receive(unpleasant, url)[0])
    unpleasant.aws.advance(900)
    assert _receive(unpleasant, url) == []


@pytest.fixture
def reader(unpleasant: Unpleasant) -> Lab:
    """A function that reads a queue."""
    lab = Lab(unpleasant.aws)
    lab.client("dynamodb").create_table(
        TableName="meeting",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
    )
    tables = {"Effect": "Allow", "Action": ["dynamodb:UpdateItem", "dynamodb:GetItem"], "Resource": "*"}
    lab.deploy(MEET, Timeout=30, Role=lab.role("meet", [LOGS, READ_QUEUE, tables]))
    lab.queue("queue", VisibilityTimeout=90)
    lab.functions.create_event_source_mapping(EventSourceArn=queue_arn("queue"), FunctionName="function")
    return lab


@pytest.mark.slow
def test_lambda_may_get_a_message_again_while_it_works_on_it(unpleasant: Unpleasant, reader: Lab) -> None:
    unpleasant.chaos.queues(concurrent=1.0)
    url = reader.client("sqs").get_queue_url(QueueName="queue")["QueueUrl"]
    _send(unpleasant, url, "10")
    unpleasant.aws.advance(1)
    assert sorted(line for line in reader.log() if line.startswith("met")) == ["met 2 1", "met 2 2"]
    assert [told["outcome"] for told in reader.invocations()] == ["ok", "ok"]
    assert reader.count(url) == 0


@pytest.mark.slow
def test_lambda_may_get_a_message_again_after_it_has_done_with_it(unpleasant: Unpleasant, reader: Lab) -> None:
    unpleasant.chaos.queues(duplicate=1.0, delay_seconds=300)
    url = reader.client("sqs").get_queue_url(QueueName="queue")["QueueUrl"]
    _send(unpleasant, url, "0")
    unpleasant.aws.advance(301)
    invocations = reader.invocations()
    assert [told["records"] for told in invocations] == [1, 1]
    assert len({*invocations[0]["message_ids"], *invocations[1]["message_ids"]}) == 1
    assert [line for line in reader.log() if line.startswith("met")] == ["met 1 1", "met 2 2"]
    assert reader.count(url) == 0
