"""SQS: waiting, delays, attributes, and the cost of a deep queue."""

from __future__ import annotations

import json
import threading
import time

import pytest

from tests.local_aws.conftest import CENTRAL, REGION, Aws
from tests.local_aws.event_routes import make_queue, policy, queue_arn


def test_a_long_poll_does_not_hold_up_other_requests(aws: Aws) -> None:
    sqs, url = aws.client("sqs"), make_queue(aws, "q")
    got: list[str] = []

    def wait() -> None:
        got.extend(one["Body"] for one in sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)["Messages"])

    waiting = threading.Thread(target=wait)
    before = time.monotonic()
    waiting.start()
    aws.client("sts").get_caller_identity()
    sqs.send_message(QueueUrl=url, MessageBody="hello")
    waiting.join(15)
    assert got == ["hello"]
    assert time.monotonic() - before < 15


def test_a_long_poll_ends_in_virtual_time(aws: Aws) -> None:
    sqs, url = aws.client("sqs"), make_queue(aws, "q")
    answers: list[dict[str, object]] = []
    waiting = threading.Thread(target=lambda: answers.append(sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)))
    before = time.monotonic()
    waiting.start()
    while not answers and time.monotonic() - before < 15:
        aws.advance(30)
        waiting.join(0.05)
    assert "Messages" not in answers[0]
    assert time.monotonic() - before < 15


def test_a_received_message_comes_back_after_its_visibility_timeout(aws: Aws) -> None:
    sqs, url = aws.client("sqs"), make_queue(aws, "q", VisibilityTimeout="90")
    sqs.send_message(QueueUrl=url, MessageBody="x")
    assert "Messages" in sqs.receive_message(QueueUrl=url)
    aws.advance(85)
    assert "Messages" not in sqs.receive_message(QueueUrl=url)
    aws.advance(6)
    answer = sqs.receive_message(QueueUrl=url, MessageSystemAttributeNames=["ApproximateReceiveCount"])
    assert answer["Messages"][0]["Attributes"] == {"ApproximateReceiveCount": "2"}


def test_a_message_received_too_often_moves_to_the_dead_letter_queue(aws: Aws) -> None:
    sqs, dead = aws.client("sqs"), make_queue(aws, "dead")
    redrive = json.dumps({"deadLetterTargetArn": queue_arn("dead"), "maxReceiveCount": 2})
    url = make_queue(aws, "q", VisibilityTimeout="30", RedrivePolicy=redrive)
    sqs.send_message(QueueUrl=url, MessageBody="x")
    for _ in range(2):
        assert "Messages" in sqs.receive_message(QueueUrl=url)
        aws.advance(31)
    assert "Messages" not in sqs.receive_message(QueueUrl=url)
    assert sqs.receive_message(QueueUrl=dead)["Messages"][0]["Body"] == "x"


def test_depth_is_told_apart_by_visible_delayed_and_in_flight(aws: Aws) -> None:
    sqs, url = aws.client("sqs"), make_queue(aws, "q")
    for delay in (0, 0, 0, 60):
        sqs.send_message(QueueUrl=url, MessageBody="x", DelaySeconds=delay)
    sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=1)
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert attributes["ApproximateNumberOfMessages"] == "2"
    assert attributes["ApproximateNumberOfMessagesNotVisible"] == "1"
    assert attributes["ApproximateNumberOfMessagesDelayed"] == "1"


def test_setting_one_attribute_leaves_the_policy_in_place(aws: Aws) -> None:
    sqs, url = aws.client("sqs"), make_queue(aws, "q")
    allow = policy({"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": queue_arn("q")})
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": allow})
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"DelaySeconds": "5"})
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert json.loads(attributes["Policy"]) == json.loads(allow)
    assert attributes["DelaySeconds"] == "5"


def test_who_may_use_a_dead_letter_queue_is_kept(aws: Aws) -> None:
    sqs, url = aws.client("sqs"), make_queue(aws, "q")
    allowed = json.dumps({"redrivePermission": "byQueue", "sourceQueueArns": [queue_arn("other")]})
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"RedriveAllowPolicy": allowed})
    assert sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]["RedriveAllowPolicy"] == allowed


def test_a_queue_without_policies_tells_of_none(aws: Aws) -> None:
    attributes = aws.client("sqs").get_queue_attributes(QueueUrl=make_queue(aws, "q"), AttributeNames=["All"])
    assert {"Policy", "RedrivePolicy", "RedriveAllowPolicy"} & set(attributes["Attributes"]) == set()


@pytest.mark.parametrize("depth", [2000])
def test_a_deep_queue_stays_quick(aws: Aws, depth: int) -> None:
    sqs, url = aws.client("sqs"), make_queue(aws, "q")
    for start in range(0, depth, 10):
        entries = [{"Id": str(n), "MessageBody": "x"} for n in range(start, start + 10)]
        sqs.send_message_batch(QueueUrl=url, Entries=entries)
    before = time.monotonic()
    for _ in range(20):
        sqs.send_message(QueueUrl=url, MessageBody="x")
        (message,) = sqs.receive_message(QueueUrl=url)["Messages"]
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    assert time.monotonic() - before < 5


def test_all_depths_are_told_at_once(aws: Aws) -> None:
    sqs, url = aws.client("sqs"), make_queue(aws, "q")
    make_queue(aws, "empty")
    for delay in (0, 0, 60):
        sqs.send_message(QueueUrl=url, MessageBody="hello", DelaySeconds=delay)
    sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=1)

    told = {one.pop("name"): one for one in aws.control("queues")}

    place = {"account": CENTRAL, "region": REGION}
    assert told["q"] == {**place, "messages": 3, "delayed": 1, "in_flight": 1, "sent": 3}
    assert told["empty"] == {**place, "messages": 0, "delayed": 0, "in_flight": 0, "sent": 0}
