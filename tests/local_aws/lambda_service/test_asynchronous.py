"""Asynchronous invocations."""

from __future__ import annotations

import json
from typing import Any

import pytest

from local_aws import lambda_service
from tests.local_aws.conftest import CENTRAL, REGION
from tests.local_aws.lambda_service.conftest import ECHO, LOGS, Lab

pytestmark = pytest.mark.slow

FAIL = "def handler(event, context):\n    raise RuntimeError('broken')\n"
SEND = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}


def outcomes(lab: Lab) -> list[str]:
    return [told["outcome"] for told in lab.invocations()]


def messages(lab: Lab, url: str) -> list[dict[str, Any]]:
    answer = lab.client("sqs").receive_message(QueueUrl=url, MessageAttributeNames=["All"], MaxNumberOfMessages=10)
    found: list[dict[str, Any]] = answer.get("Messages", [])
    return found


def test_an_event_runs_once_when_it_succeeds(lab: Lab) -> None:
    arn = lab.deploy(ECHO)
    lambda_service.invoke_async(lab.aws.world, arn, {"a": 1})
    lab.aws.advance(600)
    assert outcomes(lab) == ["ok"]


def test_the_api_queues_events(lab: Lab) -> None:
    lab.deploy("def handler(event, context):\n    print('got', event)\n")
    answer = lab.functions.invoke(FunctionName="function", InvocationType="Event", Payload='"hello"')
    assert answer["StatusCode"] == 202
    lab.aws.advance(1)
    assert "got hello" in lab.log()


def test_a_failed_event_is_tried_again_after_one_and_two_minutes(lab: Lab) -> None:
    arn = lab.deploy(FAIL)
    lambda_service.invoke_async(lab.aws.world, arn, {})
    lab.aws.advance(3600)
    told = lab.invocations()
    assert [one["outcome"] for one in told] == ["error"] * 3
    assert len({one["request_id"] for one in told}) == 1
    assert told[1]["time"] - told[0]["time"] == pytest.approx(60, abs=5)
    assert told[2]["time"] - told[1]["time"] == pytest.approx(120, abs=5)


def test_the_event_invoke_config_sets_the_retries(lab: Lab) -> None:
    arn = lab.deploy(FAIL)
    lab.functions.put_function_event_invoke_config(FunctionName="function", MaximumRetryAttempts=2)
    lab.functions.put_function_event_invoke_config(FunctionName="function", MaximumRetryAttempts=0)
    lambda_service.invoke_async(lab.aws.world, arn, {})
    lab.aws.advance(3600)
    assert outcomes(lab) == ["error"]


def test_an_event_that_has_grown_too_old_is_not_tried_again(lab: Lab) -> None:
    arn = lab.deploy(FAIL)
    lab.functions.put_function_event_invoke_config(FunctionName="function", MaximumEventAgeInSeconds=100)
    lambda_service.invoke_async(lab.aws.world, arn, {})
    lab.aws.advance(3600)
    assert outcomes(lab) == ["error", "error"]


def test_an_event_that_failed_for_good_goes_to_the_dead_letter_queue(lab: Lab) -> None:
    url, dead_arn = lab.queue("dead")
    arn = lab.deploy(FAIL, Role=lab.role("sender", [LOGS, SEND]), DeadLetterConfig={"TargetArn": dead_arn})
    lambda_service.invoke_async(lab.aws.world, arn, {"a": 1})
    lab.aws.advance(3600)
    (message,) = messages(lab, url)
    assert json.loads(message["Body"]) == {"a": 1}
    assert message["MessageAttributes"]["ErrorMessage"]["StringValue"] == "broken"
    assert message["MessageAttributes"]["RequestID"]["StringValue"] == lab.invocations()[0]["request_id"]


def test_without_permission_the_dead_letter_is_lost(lab: Lab) -> None:
    url, dead_arn = lab.queue("dead")
    arn = lab.deploy(FAIL, DeadLetterConfig={"TargetArn": dead_arn})
    lambda_service.invoke_async(lab.aws.world, arn, {})
    lab.aws.advance(3600)
    assert messages(lab, url) == []


def test_destinations_get_a_record(lab: Lab) -> None:
    url, queue_arn = lab.queue("failed")
    arn = lab.deploy(FAIL, Role=lab.role("sender", [LOGS, SEND]))
    lab.functions.put_function_event_invoke_config(
        FunctionName="function", MaximumRetryAttempts=1, DestinationConfig={"OnFailure": {"Destination": queue_arn}}
    )
    lambda_service.invoke_async(lab.aws.world, arn, {"a": 1})
    lab.aws.advance(3600)
    (message,) = messages(lab, url)
    record = json.loads(message["Body"])
    assert record["requestContext"]["condition"] == "RetriesExhausted"
    assert record["requestContext"]["approximateInvokeCount"] == 2
    assert record["requestContext"]["functionArn"] == f"{arn}:$LATEST"
    assert record["requestPayload"] == {"a": 1}
    assert record["responsePayload"]["errorMessage"] == "broken"


def test_a_throttled_event_waits(lab: Lab) -> None:
    arn = lab.deploy(ECHO)
    lab.functions.put_function_concurrency(FunctionName="function", ReservedConcurrentExecutions=0)
    lambda_service.invoke_async(lab.aws.world, arn, {})
    lab.aws.advance(600)
    assert outcomes(lab) == []
    lab.functions.delete_function_concurrency(FunctionName="function")
    lab.aws.advance(301)
    assert outcomes(lab) == ["ok"]


def test_an_event_for_a_function_that_is_gone_is_lost(lab: Lab) -> None:
    lambda_service.invoke_async(lab.aws.world, f"arn:aws:lambda:{REGION}:{CENTRAL}:function:gone", {})
    lab.aws.advance(600)
    assert outcomes(lab) == []
