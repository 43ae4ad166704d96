"""The API of EventBridge Scheduler: what is refused, and what comes back."""

from __future__ import annotations

from typing import Any

import botocore.session
import pytest

from local_aws.scheduler.validation import violations
from tests.local_aws.conftest import REGION, WORKLOAD, Aws
from tests.local_aws.scheduler.routes import BUS, OFF, bus_target, make_role, make_schedule

MODEL = botocore.session.get_session().get_service_model("scheduler")
ROLE = f"arn:aws:iam::{WORKLOAD}:role/heart"


def request(**changed: Any) -> dict[str, Any]:
    return {
        "Name": "beat",
        "ScheduleExpression": "rate(5 minutes)",
        "FlexibleTimeWindow": OFF,
        "Target": bus_target(ROLE),
        **changed,
    }


def parameters(**changed: str) -> dict[str, Any]:
    return bus_target(ROLE, EventBridgeParameters={"Source": "acme.heart", "DetailType": "Beat", **changed})


@pytest.mark.parametrize("operation", ["CreateSchedule", "UpdateSchedule"])
@pytest.mark.parametrize(
    ("changed", "broken"),
    [
        ({}, []),
        ({"Name": "a/b"}, ["'name'"]),
        ({"Name": "x" * 65}, ["'name'"]),
        ({"State": "SLEEPING"}, ["'state'"]),
        ({"ScheduleExpression": "rate(5 minutes)" * 20}, ["'scheduleExpression'"]),
        ({"FlexibleTimeWindow": {}}, ["null at 'flexibleTimeWindow.mode'"]),
        ({"FlexibleTimeWindow": {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 1441}}, ["MaximumWindowInMinutes"]),
        ({"Target": {"Arn": BUS}}, ["null at 'target.roleArn'"]),
        ({"Target": bus_target("heart")}, ["'target.roleArn'"]),
        ({"Target": parameters(Source="aws.ecs")}, ["'target.eventBridgeParameters.source'"]),
        ({"Target": parameters(Source="aws-like")}, []),
        ({"Target": parameters(DetailType="x" * 129)}, ["'target.eventBridgeParameters.detailType'"]),
        ({"Target": bus_target(ROLE, RetryPolicy={"MaximumRetryAttempts": 186})}, ["maximumRetryAttempts"]),
        ({"Target": bus_target(ROLE, RetryPolicy={"MaximumEventAgeInSeconds": 59})}, ["maximumEventAgeInSeconds"]),
        ({"Target": bus_target(ROLE, RetryPolicy={"MaximumRetryAttempts": 0, "MaximumEventAgeInSeconds": 60})}, []),
        ({"Target": bus_target(ROLE, DeadLetterConfig={"Arn": BUS})}, ["'target.deadLetterConfig.arn'"]),
    ],
)
def test_the_limits_of_the_api_model(operation: str, changed: dict[str, Any], broken: list[str]) -> None:
    shape = MODEL.operation_model(operation).input_shape
    found = list(violations(shape, request(**changed)))
    assert len(found) == len(broken)
    for told, expected in zip(found, broken, strict=True):
        assert expected.lower() in told.lower()


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"ScheduleExpression": "rate(0 minutes)"}, "Invalid Schedule Expression"),
        ({"ScheduleExpression": "rate(30 seconds)"}, "Invalid Schedule Expression"),
        ({"ScheduleExpression": "cron(0 9 * * * *)"}, "Invalid Schedule Expression"),
        ({"ScheduleExpression": "at(2026-13-01T00:00:00)"}, "Invalid Schedule Expression"),
        ({"ScheduleExpressionTimezone": "Middle/Earth"}, "is no time zone"),
        ({"StartDate": 1_000_000_000}, "earlier than 5 minutes ago"),
        ({"StartDate": 4_000_000_000, "EndDate": 3_900_000_000}, "must come after"),
        ({"FlexibleTimeWindow": {"Mode": "FLEXIBLE"}}, "MaximumWindowInMinutes"),
        ({"Target": parameters(Source="aws.ecs")}, "regular expression pattern"),
        ({"Target": bus_target(ROLE, Input="no json")}, "Invalid JSON"),
        ({"Target": {"Arn": BUS, "RoleArn": ROLE}}, "EventBridgeParameters"),
        ({"Target": bus_target(ROLE, f"arn:aws:sqs:{REGION}:{WORKLOAD}:q")}, "EventBridgeParameters"),
        ({"Target": bus_target(ROLE, DeadLetterConfig={"Arn": f"arn:aws:sqs:{REGION}:{WORKLOAD}:q.fifo"})}, "pattern"),
        ({"Target": bus_target(f"{ROLE}-missing")}, "must allow AWS EventBridge Scheduler to assume the role"),
    ],
)
def test_a_schedule_that_makes_no_sense_is_refused(aws: Aws, changed: dict[str, Any], reason: str) -> None:
    make_role(aws)
    scheduler = aws.client("scheduler", WORKLOAD)
    with pytest.raises(scheduler.exceptions.ValidationException, match=reason):
        scheduler.create_schedule(**request(**changed))
    assert scheduler.list_schedules()["Schedules"] == []


def test_a_group_must_exist(aws: Aws) -> None:
    make_role(aws)
    scheduler = aws.client("scheduler", WORKLOAD)
    with pytest.raises(scheduler.exceptions.ResourceNotFoundException, match="hearts"):
        scheduler.create_schedule(**request(GroupName="hearts"))
    with pytest.raises(scheduler.exceptions.ResourceNotFoundException):
        scheduler.delete_schedule_group(Name="hearts")
    with pytest.raises(scheduler.exceptions.ValidationException):
        scheduler.delete_schedule_group(Name="default")


def test_defaults_come_back(aws: Aws) -> None:
    make_schedule(aws, bus_target(make_role(aws), RetryPolicy={"MaximumRetryAttempts": 3}))
    told = aws.client("scheduler", WORKLOAD).get_schedule(Name="beat")
    assert (told["State"], told["GroupName"], told["ScheduleExpressionTimezone"]) == ("ENABLED", "default", "UTC")
    assert told["ActionAfterCompletion"] == "NONE"
    assert told["Target"]["RetryPolicy"] == {"MaximumEventAgeInSeconds": 86_400, "MaximumRetryAttempts": 3}


def test_an_update_replaces_all_of_a_schedule(aws: Aws) -> None:
    target, scheduler = bus_target(make_role(aws)), aws.client("scheduler", WORKLOAD)
    make_schedule(aws, target, Description="old", State="DISABLED", ActionAfterCompletion="DELETE")
    scheduler.update_schedule(**request(Target=target, ScheduleExpression="rate(1 hour)"))
    told = scheduler.get_schedule(Name="beat")
    assert (told["State"], told["ActionAfterCompletion"]) == ("ENABLED", "NONE")
    assert (told["ScheduleExpression"], told.get("Description")) == ("rate(1 hour)", None)
