"""What schedules call, in whose name, and what happens when a call fails."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.local_aws.conftest import CENTRAL, OTHER_WORKLOAD, REGION, WORKLOAD, Aws
from tests.local_aws.event_routes import bodies, make_queue, queue_arn
from tests.local_aws.lambda_service.conftest import Lab
from tests.local_aws.scheduler.routes import (
    BUS,
    DETAIL_TYPE,
    GROUP,
    SOURCE,
    attempts,
    beats,
    bus_target,
    endings,
    listen,
    make_role,
    make_schedule,
)

ONCE = {"MaximumRetryAttempts": 0}


def test_the_input_is_the_detail_of_an_event_of_the_account(aws: Aws) -> None:
    url = listen(aws)
    make_schedule(aws, bus_target(make_role(aws)))
    aws.advance(1)
    (event,) = beats(aws, url)
    assert (event["source"], event["detail-type"], event["detail"]) == (SOURCE, DETAIL_TYPE, {"version": 1})
    assert (event["account"], event["region"], event["resources"]) == (WORKLOAD, REGION, [])
    told = attempts(aws)[0]
    assert (told["event_id"], told["target_arn"], told["account"]) == (event["id"], BUS, WORKLOAD)


def test_context_attributes_are_filled_in(aws: Aws) -> None:
    url = listen(aws)
    arn = make_schedule(
        aws,
        bus_target(
            make_role(aws),
            Input='{"by": "<aws.scheduler.schedule-arn>", "at": "<aws.scheduler.scheduled-time>", '
            '"try": "<aws.scheduler.attempt-number>"}',
        ),
    )
    aws.advance(1)
    (event,) = beats(aws, url)
    assert event["detail"]["by"] == arn
    assert event["detail"]["try"] == "1"
    assert event["detail"]["at"].endswith("Z")


def test_without_input_the_target_gets_a_notification(aws: Aws) -> None:
    url, arn = make_queue(aws, "plain", WORKLOAD), queue_arn("plain", WORKLOAD)
    schedule = make_schedule(aws, {"Arn": arn, "RoleArn": make_role(aws, "sqs:SendMessage", arn)})
    aws.advance(1)
    (told,) = bodies(aws, url, WORKLOAD)
    assert (told["source"], told["detail-type"], told["resources"]) == ("aws.scheduler", "Scheduled Event", [schedule])


def test_a_queue_gets_the_input_as_it_is(aws: Aws) -> None:
    url, arn = make_queue(aws, "plain", WORKLOAD), queue_arn("plain", WORKLOAD)
    role = make_role(aws, "sqs:SendMessage", arn)
    make_schedule(aws, {"Arn": arn, "RoleArn": role, "Input": "no json"})
    aws.advance(1)
    (message,) = aws.client("sqs", WORKLOAD).receive_message(QueueUrl=url)["Messages"]
    assert message["Body"] == "no json"
    assert endings(aws) == ["delivered"]


def test_a_function_gets_the_input_as_its_event(aws: Aws) -> None:
    lab = Lab(aws)
    arn = lab.deploy("def handler(event, context):\n    print('beat', event['version'])\n")
    role = make_role(aws, "lambda:InvokeFunction", arn, account=CENTRAL)
    target = {"Arn": arn, "RoleArn": role, "Input": json.dumps({"version": 1})}
    make_schedule(aws, target, "rate(1 hour)", account=CENTRAL)
    aws.advance(5)
    assert endings(aws) == ["delivered"]
    assert "beat 1" in [line.strip() for line in lab.log()]


def test_a_function_that_does_not_exist_is_told(aws: Aws) -> None:
    arn = f"arn:aws:lambda:{REGION}:{WORKLOAD}:function:nobody"
    role = make_role(aws, "lambda:InvokeFunction", arn)
    make_schedule(aws, {"Arn": arn, "RoleArn": role, "RetryPolicy": ONCE})
    aws.advance(1)
    (told,) = attempts(aws)
    assert told["outcome"] == "dropped"
    assert "nobody does not exist" in told["reason"]


@pytest.mark.parametrize(
    "target_arn",
    [
        "arn:aws:scheduler:::aws-sdk:sqs:sendMessage",
        f"arn:aws:sns:{REGION}:{WORKLOAD}:topic",
        f"arn:aws:sqs:{REGION}:{OTHER_WORKLOAD}:queue",
        f"arn:aws:sqs:eu-west-1:{WORKLOAD}:queue",
    ],
)
def test_a_target_that_local_aws_has_not_is_told_once(aws: Aws, target_arn: str) -> None:
    make_schedule(aws, {"Arn": target_arn, "RoleArn": make_role(aws), "Input": "{}"}, "rate(1 day)")
    aws.advance(3600)
    (told,) = attempts(aws)
    assert told["outcome"] == "dropped"
    assert target_arn in told["reason"]


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {"aws:SourceAccount": WORKLOAD}},
        {"ArnEquals": {"aws:SourceArn": GROUP}},
        {"StringEquals": {"aws:SourceAccount": WORKLOAD, "aws:SourceArn": GROUP}},
    ],
)
def test_a_role_may_ask_for_the_account_and_the_schedule_group(aws: Aws, condition: dict[str, Any]) -> None:
    make_schedule(aws, bus_target(make_role(aws, condition=condition)))
    aws.advance(1)
    assert endings(aws) == ["delivered"]


@pytest.mark.parametrize(
    "refusing",
    [
        {"trusted": "events.amazonaws.com"},
        {"condition": {"StringEquals": {"aws:SourceAccount": OTHER_WORKLOAD}}},
        {"condition": {"ArnLike": {"aws:SourceArn": f"arn:aws:scheduler:{REGION}:{WORKLOAD}:schedule/default/beat"}}},
    ],
)
def test_a_role_that_does_not_trust_the_schedule_is_refused(aws: Aws, refusing: dict[str, Any]) -> None:
    scheduler, role = aws.client("scheduler", WORKLOAD), make_role(aws, **refusing)
    with pytest.raises(scheduler.exceptions.ValidationException, match="must allow AWS EventBridge Scheduler"):
        make_schedule(aws, bus_target(role))


def test_a_role_that_trusts_no_more_is_denied(aws: Aws) -> None:
    make_schedule(aws, bus_target(make_role(aws), RetryPolicy=ONCE))
    aws.advance(1)
    aws.client("iam", WORKLOAD).delete_role_policy(RoleName="heart", PolicyName="may")
    aws.client("iam", WORKLOAD).delete_role(RoleName="heart")
    aws.advance(300)
    assert endings(aws) == ["delivered", "denied"]


@pytest.mark.parametrize(("action", "resource"), [("events:PutEvents", f"{BUS}-other"), ("events:PutRule", BUS)])
def test_the_roles_policy_decides_what_is_put(aws: Aws, action: str, resource: str) -> None:
    make_schedule(aws, bus_target(make_role(aws, action, resource), RetryPolicy=ONCE))
    aws.advance(1)
    (told,) = attempts(aws)
    assert told["outcome"] == "denied"
    assert f"heart may not events:PutEvents on {BUS}" in told["reason"]


def test_the_decisions_about_a_schedule_are_in_the_log(aws: Aws) -> None:
    make_schedule(aws, bus_target(make_role(aws)))
    aws.advance(1)
    told = [(one["principal"], one["action"], one["decision"]) for one in aws.control("authorizations")]
    assert ("scheduler.amazonaws.com", "sts:AssumeRole", "allow") in told
    assert any(action == "events:PutEvents" and "/heart/" in who for who, action, _ in told)


def test_a_failed_call_is_tried_again_with_growing_delays(aws: Aws) -> None:
    bus = f"arn:aws:events:{REGION}:{WORKLOAD}:event-bus/later"
    make_schedule(aws, bus_target(make_role(aws, resource=bus), bus), "rate(1 day)")
    aws.advance(20)
    aws.client("events", WORKLOAD).create_event_bus(Name="later")
    aws.advance(3600)
    assert endings(aws) == ["retried"] * 5 + ["delivered"]
    begun = attempts(aws)[0]["time"]
    assert [round(one["time"] - begun) for one in attempts(aws)] == [0, 1, 3, 7, 15, 31]
    assert "retry 1 comes in 1 seconds" in attempts(aws)[0]["reason"]


@pytest.mark.parametrize(
    ("retry_policy", "outcomes", "reached"),
    [
        ({"MaximumRetryAttempts": 2}, ["retried", "retried", "dropped"], "MaximumRetryAttempts"),
        ({"MaximumEventAgeInSeconds": 60}, ["retried"] * 5 + ["dropped"], "MaximumEventAgeInSeconds"),
    ],
)
def test_retries_have_limits(aws: Aws, retry_policy: dict[str, int], outcomes: list[str], reached: str) -> None:
    bus = f"arn:aws:events:{REGION}:{WORKLOAD}:event-bus/never"
    target = bus_target(make_role(aws, resource=bus), bus, RetryPolicy=retry_policy)
    make_schedule(aws, target, "rate(1 day)")
    aws.advance(3600)
    assert endings(aws) == outcomes
    assert reached in attempts(aws)[-1]["reason"]


def test_what_fails_for_good_goes_to_the_dead_letter_queue(aws: Aws) -> None:
    url, dead = make_queue(aws, "dead", WORKLOAD), queue_arn("dead", WORKLOAD)
    bus = f"arn:aws:events:{REGION}:{WORKLOAD}:event-bus/never"
    role = make_role(aws, resource=bus, dead_letters=dead)
    target = bus_target(role, bus, RetryPolicy={"MaximumRetryAttempts": 1}, DeadLetterConfig={"Arn": dead})
    arn = make_schedule(aws, target, "rate(1 day)")
    aws.advance(60)
    assert endings(aws) == ["retried", "dead_letter"]
    answer = aws.client("sqs", WORKLOAD).receive_message(QueueUrl=url, MessageAttributeNames=["All"])
    (message,) = answer["Messages"]
    assert json.loads(message["Body"]) == {"version": 1}
    given = {name: value["StringValue"] for name, value in message["MessageAttributes"].items()}
    assert (given["SCHEDULE_ARN"], given["TARGET_ARN"], given["RETRY_ATTEMPTS"]) == (arn, bus, "1")
    assert given["EXHAUSTED_RETRY_CONDITION"] == "MaximumRetryAttempts"
    assert {"ERROR_CODE", "ERROR_MESSAGE", "EXECUTION_ID", "IS_PAYLOAD_TRUNCATED", "SCHEDULED_TIME"} <= set(given)


def test_a_dead_letter_needs_the_roles_permission(aws: Aws) -> None:
    make_queue(aws, "dead", WORKLOAD)
    dead = {"Arn": queue_arn("dead", WORKLOAD)}
    role = make_role(aws, "events:PutRule")
    make_schedule(aws, bus_target(role, RetryPolicy=ONCE, DeadLetterConfig=dead))
    aws.advance(1)
    (told,) = attempts(aws)
    assert told["outcome"] == "denied"
    assert "nor could its dead-letter queue" in told["reason"]
