"""Message move tasks: what dead-letter queues hold goes back, under new ids."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.local_aws.conftest import REGION, Aws
from tests.local_aws.event_routes import make_queue, policy, queue_arn

DEAD = queue_arn("dead")


def make_queues(aws: Aws, *names: str) -> list[str]:
    """A dead-letter queue and queues that use it after one receive; the URLs, the dead-letter queue's first."""
    dead = make_queue(aws, "dead")
    redrive = json.dumps({"deadLetterTargetArn": DEAD, "maxReceiveCount": 1})
    return [dead, *(make_queue(aws, name, VisibilityTimeout="10", RedrivePolicy=redrive) for name in names)]


def bury(aws: Aws, url: str, *texts: str) -> list[dict[str, Any]]:
    """Send messages, receive them once too often; the messages as they were received."""
    sqs, received = aws.client("sqs"), []
    for text in texts:
        sqs.send_message(QueueUrl=url, MessageBody=text)
        received += sqs.receive_message(QueueUrl=url, AttributeNames=["All"])["Messages"]
    aws.advance(11)
    assert "Messages" not in sqs.receive_message(QueueUrl=url)
    return received


def held(aws: Aws, url: str) -> list[dict[str, Any]]:
    """What a queue gives out."""
    found: list[dict[str, Any]] = (
        aws.client("sqs")
        .receive_message(QueueUrl=url, MaxNumberOfMessages=10, AttributeNames=["All"], MessageAttributeNames=["All"])
        .get("Messages", [])
    )
    return found


def start(aws: Aws, **parameters: Any) -> str:
    """The handle of a new task that empties the dead-letter queue."""
    handle: str = aws.client("sqs").start_message_move_task(SourceArn=DEAD, **parameters)["TaskHandle"]
    return handle


def task(aws: Aws) -> dict[str, Any]:
    """The newest task of the dead-letter queue."""
    (told,) = aws.client("sqs").list_message_move_tasks(SourceArn=DEAD)["Results"]
    return dict(told)


def refusal(aws: Aws, **parameters: Any) -> str:
    """Code and message of the refusal of a task."""
    with pytest.raises(ClientError) as caught:
        aws.client("sqs").start_message_move_task(**{"SourceArn": DEAD, **parameters})
    error = caught.value.response["Error"]
    return f"{error['Code']}: {error['Message']}"


def test_each_message_goes_back_to_its_own_queue_as_a_new_one(aws: Aws) -> None:
    _, first, second = make_queues(aws, "first", "second")
    (before,) = bury(aws, first, "one")
    bury(aws, second, "two")
    start(aws)
    assert (task(aws)["Status"], task(aws)["ApproximateNumberOfMessagesToMove"]) == ("RUNNING", 2)
    aws.advance(2)
    (after,) = held(aws, first)
    assert [one["Body"] for one in held(aws, second)] == ["two"]
    assert after["Body"] == before["Body"] == "one"
    assert after["MessageId"] != before["MessageId"]
    assert int(after["Attributes"]["SentTimestamp"]) > int(before["Attributes"]["SentTimestamp"])
    assert after["Attributes"]["ApproximateReceiveCount"] == "1"
    told = task(aws)
    assert (told["Status"], told["ApproximateNumberOfMessagesMoved"]) == ("COMPLETED", 2)
    assert not {"TaskHandle", "FailureReason", "DestinationArn"} & set(told)


def test_a_buried_message_tells_its_queue(aws: Aws) -> None:
    dead, url = make_queues(aws, "first")
    bury(aws, url, "one")
    aws.client("sqs").send_message(QueueUrl=dead, MessageBody="sent here itself")
    told = {one["Body"]: one["Attributes"].get("DeadLetterQueueSourceArn") for one in held(aws, dead)}
    assert told == {"one": queue_arn("first"), "sent here itself": None}


def test_a_message_sent_to_the_dead_letter_queue_itself_has_no_way_back(aws: Aws) -> None:
    dead, url = make_queues(aws, "first")
    bury(aws, url, "one")
    sqs = aws.client("sqs")
    attributes = {"kind": {"DataType": "String", "StringValue": "handler"}}
    sqs.send_message(QueueUrl=dead, MessageBody="by a handler", MessageAttributes=attributes)
    start(aws)
    aws.advance(2)
    told = task(aws)
    assert (told["Status"], told["FailureReason"]) == ("FAILED", "CouldNotDetermineMessageSource")
    assert told["ApproximateNumberOfMessagesMoved"] == 1
    start(aws, DestinationArn=queue_arn("first"))
    aws.advance(2)
    assert task(aws)["Status"] == "COMPLETED"
    moved = {one["Body"]: one.get("MessageAttributes", {}) for one in held(aws, url)}
    assert set(moved) == {"one", "by a handler"}
    assert moved["by a handler"]["kind"]["StringValue"] == "handler"
    assert len(sqs.list_message_move_tasks(SourceArn=DEAD, MaxResults=10)["Results"]) == 2


def test_a_queue_that_is_gone_ends_a_task(aws: Aws) -> None:
    dead, first, _ = make_queues(aws, "first", "second")
    bury(aws, first, "one")
    aws.client("sqs").delete_queue(QueueUrl=first)
    start(aws)
    aws.advance(2)
    assert task(aws)["FailureReason"] == "AWS.SimpleQueueService.NonExistentQueue"
    assert [one["Body"] for one in held(aws, dead)] == ["one"]


def test_a_message_in_flight_stays(aws: Aws) -> None:
    dead, url = make_queues(aws, "first")
    bury(aws, url, "one", "two")
    (working_on,) = aws.client("sqs").receive_message(QueueUrl=dead, VisibilityTimeout=600)["Messages"]
    start(aws)
    aws.advance(2)
    assert (task(aws)["Status"], task(aws)["ApproximateNumberOfMessagesMoved"]) == ("COMPLETED", 1)
    assert {one["Body"] for one in held(aws, url)} == {"one", "two"} - {working_on["Body"]}


def test_a_rate_is_kept_and_a_task_can_be_cancelled(aws: Aws) -> None:
    dead, url = make_queues(aws, "first")
    bury(aws, url, *"abcdefgh")
    handle = start(aws, MaxNumberOfMessagesPerSecond=2)
    aws.advance(1)
    assert "InvalidParameterValue: There is already a task running" in refusal(aws)
    told = task(aws)
    assert (told["TaskHandle"], told["MaxNumberOfMessagesPerSecond"]) == (handle, 2)
    sqs = aws.client("sqs")
    moved = sqs.cancel_message_move_task(TaskHandle=handle)["ApproximateNumberOfMessagesMoved"]
    assert 2 <= moved < 8
    assert moved % 2 == 0
    with pytest.raises(sqs.exceptions.UnsupportedOperation):
        sqs.cancel_message_move_task(TaskHandle=handle)
    aws.advance(10)
    assert (task(aws)["Status"], task(aws)["ApproximateNumberOfMessagesMoved"]) == ("CANCELLED", moved)
    assert [one["Body"] for one in held(aws, dead)] == list("abcdefgh")[moved:]
    with pytest.raises(sqs.exceptions.ResourceNotFoundException):
        sqs.cancel_message_move_task(TaskHandle="none")


def test_what_makes_no_sense_is_refused(aws: Aws) -> None:
    make_queues(aws, "first")
    make_queue(aws, "other.fifo", FifoQueue="true")
    assert "must be configured as a Dead Letter Queue" in refusal(aws, SourceArn=queue_arn("first"))
    assert refusal(aws, SourceArn=queue_arn("none")).startswith("ResourceNotFoundException")
    assert refusal(aws, DestinationArn=queue_arn("none")).startswith("ResourceNotFoundException")
    assert "SourceArn is invalid" in refusal(aws, SourceArn="dead")
    assert "cannot be the same" in refusal(aws, DestinationArn=DEAD)
    assert "same queue type" in refusal(aws, DestinationArn=queue_arn("other.fifo"))
    assert "MaxNumberOfMessagesPerSecond" in refusal(aws, MaxNumberOfMessagesPerSecond=501)


@pytest.mark.parametrize("missing", ["StartMessageMoveTask", "ReceiveMessage", "DeleteMessage", "GetQueueAttributes"])
def test_a_task_needs_the_permissions_of_all_it_does(aws: Aws, missing: str) -> None:
    make_queues(aws, "first")
    needed = {"StartMessageMoveTask", "ReceiveMessage", "DeleteMessage", "GetQueueAttributes"}
    mover = as_role(aws, [f"sqs:{name}" for name in needed - {missing}], send_to=queue_arn("first"))
    with pytest.raises(ClientError, match=f"not authorized to perform: sqs:{missing} "):
        mover.start_message_move_task(SourceArn=DEAD)


def test_a_task_needs_the_permission_to_send_where_the_messages_go(aws: Aws) -> None:
    make_queues(aws, "first", "second")
    allowed = [f"sqs:{name}" for name in ("*MessageMoveTask*", "ReceiveMessage", "DeleteMessage", "GetQueueAttributes")]
    mover = as_role(aws, allowed, send_to=queue_arn("first"))
    with pytest.raises(ClientError, match=f"sqs:SendMessage on resource: {queue_arn('second')}"):
        mover.start_message_move_task(SourceArn=DEAD)
    handle = mover.start_message_move_task(SourceArn=DEAD, DestinationArn=queue_arn("first"))["TaskHandle"]
    assert len(mover.list_message_move_tasks(SourceArn=DEAD)["Results"]) == 1
    assert mover.cancel_message_move_task(TaskHandle=handle)["ApproximateNumberOfMessagesMoved"] == 0


def as_role(aws: Aws, actions: list[str], send_to: str) -> Any:
    """SQS for a role that may do this with the dead-letter queue, and send to one queue."""
    iam, sts = aws.client("iam"), aws.client("sts")
    trust = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    arn = iam.create_role(RoleName="mover", AssumeRolePolicyDocument=policy(trust))["Role"]["Arn"]
    allow = {"Effect": "Allow", "Action": actions, "Resource": DEAD}
    send = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": send_to}
    iam.put_role_policy(RoleName="mover", PolicyName="may", PolicyDocument=policy(allow, send))
    given = sts.assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]
    return boto3.client(
        "sqs",
        REGION,
        endpoint_url=aws.url,
        aws_access_key_id=given["AccessKeyId"],
        aws_secret_access_key=given["SecretAccessKey"],
        aws_session_token=given["SessionToken"],
    )
