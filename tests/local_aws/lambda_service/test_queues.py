"""Functions that read queues."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.conftest import CENTRAL, REGION
from tests.local_aws.lambda_service.conftest import LOGS, READ_QUEUE, Lab

pytestmark = pytest.mark.slow

PRINT = "import json\ndef handler(event, context):\n    print(json.dumps(event))\n"
FAIL = "def handler(event, context):\n    raise RuntimeError('no')\n"
FAIL_MARKED = """
def handler(event, context):
    failed = [record["messageId"] for record in event["Records"] if record["body"] == "bad"]
    return {"batchItemFailures": [{"itemIdentifier": name} for name in failed]}
"""


def read(lab: Lab, source: str, *, redrive: str | None = None, **mapping: Any) -> tuple[str, str]:
    """A queue with a function that reads it; returns the queue's URL and the mapping's id."""
    lab.deploy(source, Timeout=10)
    extra = {"RedrivePolicy": redrive} if redrive else {}
    url, arn = lab.queue("queue", VisibilityTimeout=30, **extra)
    created = lab.functions.create_event_source_mapping(EventSourceArn=arn, FunctionName="function", **mapping)
    return url, str(created["UUID"])


def send(lab: Lab, url: str, *bodies: str, **options: Any) -> None:
    entries = [{"Id": str(index), "MessageBody": body, **options} for index, body in enumerate(bodies)]
    assert not lab.client("sqs").send_message_batch(QueueUrl=url, Entries=entries).get("Failed")


def events(lab: Lab) -> list[dict[str, Any]]:
    """The events that PRINT got."""
    return [json.loads(line) for line in lab.log() if line.startswith("{")]


def records(lab: Lab) -> list[int]:
    return [told["records"] for told in lab.invocations()]


def test_a_batch_is_one_event_with_the_messages_attributes(lab: Lab) -> None:
    url, _ = read(lab, PRINT)
    attributes = {"Colour": {"DataType": "String", "StringValue": "red"}}
    send(lab, url, "one", "two", "three", MessageAttributes=attributes)
    lab.aws.advance(1)
    (event,) = events(lab)
    assert [record["body"] for record in event["Records"]] == ["one", "two", "three"]
    record = event["Records"][0]
    assert record["eventSource"] == "aws:sqs"
    assert record["eventSourceARN"] == f"arn:aws:sqs:{REGION}:{CENTRAL}:queue"
    assert record["awsRegion"] == REGION
    assert record["md5OfBody"] == hashlib.md5(b"one", usedforsecurity=False).hexdigest()
    assert record["messageAttributes"]["Colour"]["stringValue"] == "red"
    assert record["attributes"]["ApproximateReceiveCount"] == "1"
    sent, first = (int(record["attributes"][name]) for name in ("SentTimestamp", "ApproximateFirstReceiveTimestamp"))
    assert lab.aws.world.clock.now() - 60 < sent / 1000 <= first / 1000
    assert record["messageId"]
    assert record["receiptHandle"]
    assert lab.count(url) == 0


def test_a_delayed_message_comes_when_it_is_due(lab: Lab) -> None:
    url, _ = read(lab, PRINT)
    send(lab, url, "later", DelaySeconds=300)
    lab.aws.advance(290)
    assert records(lab) == []
    lab.aws.advance(11)
    assert records(lab) == [1]


def test_no_batch_is_over_the_batch_size(lab: Lab) -> None:
    url, _ = read(lab, PRINT, BatchSize=3)
    send(lab, url, *"abcdefgh", DelaySeconds=10)
    lab.aws.advance(11)
    assert max(records(lab)) == 3
    assert sum(records(lab)) == 8


def test_a_batching_window_gathers(lab: Lab) -> None:
    url, _ = read(lab, PRINT, BatchSize=20, MaximumBatchingWindowInSeconds=60)
    send(lab, url, "a")
    lab.aws.advance(20)
    send(lab, url, "b", "c")
    lab.aws.advance(30)
    assert records(lab) == []
    lab.aws.advance(11)
    assert records(lab) == [3]


def test_a_full_batch_closes_the_window(lab: Lab) -> None:
    url, _ = read(lab, PRINT, BatchSize=3, MaximumBatchingWindowInSeconds=300)
    send(lab, url, "a", "b", "c")
    lab.aws.advance(1)
    assert records(lab) == [3]


def test_named_failures_alone_come_back_after_the_visibility_timeout(lab: Lab) -> None:
    url, _ = read(lab, FAIL_MARKED, FunctionResponseTypes=["ReportBatchItemFailures"])
    send(lab, url, "good", "bad", "good", DelaySeconds=1)
    lab.aws.advance(2)
    assert lab.count(url) == 1
    assert sum(records(lab)) == 3
    failures = [failed for told in lab.invocations() for failed in told["failed_message_ids"]]
    assert len(failures) == sum(told["batch_item_failures"] for told in lab.invocations()) == 1
    lab.aws.advance(20)
    assert sum(records(lab)) == 3
    lab.aws.advance(11)
    assert sum(records(lab)) == 4
    assert lab.invocations()[-1]["message_ids"] == failures


def test_failures_are_not_heard_without_report_batch_item_failures(lab: Lab) -> None:
    url, _ = read(lab, FAIL_MARKED)
    send(lab, url, "good", "bad")
    lab.aws.advance(1)
    assert lab.count(url) == 0


@pytest.mark.parametrize(
    "answer",
    [
        '"done"',
        '{"batchItemFailures": [{"itemIdentifier": ""}]}',
        '{"batchItemFailures": [{"itemIdentifier": null}]}',
        '{"batchItemFailures": [{"wrong": "x"}]}',
        '{"batchItemFailures": "x"}',
    ],
)
def test_an_answer_that_means_nothing_fails_the_whole_batch(lab: Lab, answer: str) -> None:
    source = f"import json\ndef handler(event, context):\n    return json.loads('{answer}')\n"
    url, _ = read(lab, source, FunctionResponseTypes=["ReportBatchItemFailures"])
    send(lab, url, "a", "b")
    lab.aws.advance(1)
    assert lab.count(url) == 2


def test_a_function_error_keeps_all_until_they_are_dead_letters(lab: Lab) -> None:
    dead_url, dead_arn = lab.queue("dead")
    url, _ = read(lab, FAIL, redrive=lab.dead_letters(dead_arn, receives=3))
    send(lab, url, "a", "b", DelaySeconds=1)
    lab.aws.advance(2)
    assert lab.count(url) == 2
    lab.aws.advance(62)
    assert records(lab) == [2, 2, 2]
    assert lab.count(dead_url) == 0
    lab.aws.advance(31)
    assert records(lab) == [2, 2, 2]
    assert lab.count(url) == 0
    assert lab.count(dead_url) == 2


def test_the_receive_count_grows(lab: Lab) -> None:
    url, _ = read(lab, PRINT + "    raise RuntimeError('no')\n")
    send(lab, url, "a", DelaySeconds=1)
    lab.aws.advance(40)
    counts = [event["Records"][0]["attributes"]["ApproximateReceiveCount"] for event in events(lab)]
    assert counts == ["1", "2"]
    first = {event["Records"][0]["attributes"]["ApproximateFirstReceiveTimestamp"] for event in events(lab)}
    assert len(first) == 1


def test_throttles_eat_receives(lab: Lab) -> None:
    dead_url, dead_arn = lab.queue("dead")
    url, _ = read(lab, PRINT, redrive=lab.dead_letters(dead_arn, receives=2))
    lab.functions.put_function_concurrency(FunctionName="function", ReservedConcurrentExecutions=0)
    send(lab, url, "a")
    lab.aws.advance(100)
    assert records(lab) == []
    assert lab.count(url) == 0
    assert lab.count(dead_url) == 1


def test_a_disabled_mapping_reads_nothing_until_it_is_enabled(lab: Lab) -> None:
    url, uuid = read(lab, PRINT, Enabled=False)
    send(lab, url, "a")
    lab.aws.advance(60)
    assert records(lab) == []
    lab.functions.update_event_source_mapping(UUID=uuid, Enabled=True)
    lab.aws.advance(1)
    assert records(lab) == [1]


def test_a_deleted_mapping_reads_no_more(lab: Lab) -> None:
    url, uuid = read(lab, PRINT)
    lab.functions.delete_event_source_mapping(UUID=uuid)
    send(lab, url, "a")
    lab.aws.advance(60)
    assert records(lab) == []
    assert lab.count(url) == 1


def test_messages_that_waited_before_the_mapping_was_made_are_read(lab: Lab) -> None:
    lab.deploy(PRINT, Timeout=10)
    url, arn = lab.queue("queue")
    send(lab, url, "a")
    lab.functions.create_event_source_mapping(EventSourceArn=arn, FunctionName="function")
    lab.aws.advance(1)
    assert records(lab) == [1]


def test_batches_run_at_once_up_to_the_maximum_concurrency(lab: Lab) -> None:
    source = "import os, time\ndef handler(event, context):\n    time.sleep(0.3)\n    print('pid', os.getpid())\n"
    url, _ = read(lab, source, BatchSize=1, ScalingConfig={"MaximumConcurrency": 2})
    send(lab, url, *"abcdef", DelaySeconds=10)
    lab.aws.advance(12)
    assert len(records(lab)) == 6
    assert len({line for line in lab.log() if line.startswith("pid")}) == 2


def test_a_role_that_loses_its_permission_reads_nothing_until_it_has_it_again(lab: Lab) -> None:
    url, _ = read(lab, PRINT)
    iam = lab.client("iam")
    iam.put_role_policy(RoleName="function-role", PolicyName="handler", PolicyDocument=_document(LOGS))
    send(lab, url, "a")
    lab.aws.advance(10)
    assert records(lab) == []
    iam.put_role_policy(RoleName="function-role", PolicyName="handler", PolicyDocument=_document(LOGS, READ_QUEUE))
    lab.aws.advance(60)
    assert records(lab) == [1]


def test_a_mapping_needs_a_role_that_may_read_the_queue(lab: Lab) -> None:
    lab.deploy(PRINT, Role=lab.role("poor", [LOGS]))
    _, arn = lab.queue("queue")
    with pytest.raises(ClientError, match="does not have permissions to call ReceiveMessage on SQS"):
        lab.functions.create_event_source_mapping(EventSourceArn=arn, FunctionName="function")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"BatchSize": 11}, "Maximum batch window in seconds must be greater than 0"),
        ({"FilterCriteria": {"Filters": [{"Pattern": "{}"}]}}, "does not filter"),
    ],
)
def test_mappings_that_lambda_refuses(lab: Lab, settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ClientError, match=message):
        read(lab, PRINT, **settings)


def test_a_visibility_timeout_under_the_functions_timeout_is_refused(lab: Lab) -> None:
    lab.deploy(PRINT, Timeout=60)
    _, arn = lab.queue("queue", VisibilityTimeout=30)
    with pytest.raises(ClientError, match="less than Function timeout: 60 seconds"):
        lab.functions.create_event_source_mapping(EventSourceArn=arn, FunctionName="function")


def test_one_function_reads_a_queue_once(lab: Lab) -> None:
    read(lab, PRINT)
    with pytest.raises(ClientError, match="ResourceConflictException"):
        lab.functions.create_event_source_mapping(
            EventSourceArn=f"arn:aws:sqs:{REGION}:{CENTRAL}:queue", FunctionName="function"
        )


def test_an_empty_queue_costs_nothing(lab: Lab) -> None:
    read(lab, PRINT)
    timers = len([timer for _, _, timer in lab.aws.world.clock._timers if "poll" in timer.name])
    assert timers == 0


def _document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
