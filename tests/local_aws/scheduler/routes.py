"""Schedules with their roles and targets for tests of EventBridge Scheduler, each made in one call."""

from __future__ import annotations

import json
from typing import Any

from tests.local_aws.conftest import REGION, WORKLOAD, Aws
from tests.local_aws.event_routes import bodies, let_rule_send, make_queue, policy, queue_arn

SCHEDULER = "scheduler.amazonaws.com"
BUS = f"arn:aws:events:{REGION}:{WORKLOAD}:event-bus/default"
GROUP = f"arn:aws:scheduler:{REGION}:{WORKLOAD}:schedule-group/default"
SOURCE, DETAIL_TYPE = "acme.heart", "Beat"
OFF = {"Mode": "OFF"}


def make_role(
    aws: Aws,
    action: str = "events:PutEvents",
    resource: str = BUS,
    *,
    account: str = WORKLOAD,
    trusted: str = SCHEDULER,
    condition: dict[str, Any] | None = None,
    dead_letters: str = "",
) -> str:
    """A role for schedules that may do one thing, and send to a dead-letter queue; its ARN."""
    trust = {"Effect": "Allow", "Principal": {"Service": trusted}, "Action": "sts:AssumeRole"}
    if condition is not None:
        trust["Condition"] = condition
    iam = aws.client("iam", account)
    arn: str = iam.create_role(RoleName="heart", AssumeRolePolicyDocument=policy(trust))["Role"]["Arn"]
    allow = [{"Effect": "Allow", "Action": action, "Resource": resource}]
    if dead_letters:
        allow.append({"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": dead_letters})
    iam.put_role_policy(RoleName="heart", PolicyName="may", PolicyDocument=policy(*allow))
    return arn


def bus_target(role_arn: str, bus_arn: str = BUS, **more: Any) -> dict[str, Any]:
    """A target that puts a small event on a bus."""
    return {
        "Arn": bus_arn,
        "RoleArn": role_arn,
        "EventBridgeParameters": {"Source": SOURCE, "DetailType": DETAIL_TYPE},
        "Input": json.dumps({"version": 1}),
        **more,
    }


def make_schedule(
    aws: Aws,
    target: dict[str, Any],
    expression: str = "rate(5 minutes)",
    *,
    account: str = WORKLOAD,
    name: str = "beat",
    **more: Any,
) -> str:
    """A schedule in the default group; its ARN."""
    arn: str = aws.client("scheduler", account).create_schedule(
        **{"Name": name, "ScheduleExpression": expression, "FlexibleTimeWindow": OFF, "Target": target, **more}
    )["ScheduleArn"]
    return arn


def listen(aws: Aws, account: str = WORKLOAD) -> str:
    """A queue that gets what schedules put on the account's default bus; its URL."""
    events, arn = aws.client("events", account), queue_arn("beats", account)
    rule_arn = events.put_rule(Name="beats", EventPattern=json.dumps({"source": [SOURCE]}))["RuleArn"]
    url = make_queue(aws, "beats", account)
    let_rule_send(aws, url, arn, rule_arn, account)
    events.put_targets(Rule="beats", Targets=[{"Id": "queue", "Arn": arn}])
    return url


def beats(aws: Aws, url: str) -> list[Any]:
    """The events that came since the last look."""
    return bodies(aws, url, WORKLOAD)


def attempts(aws: Aws) -> list[dict[str, Any]]:
    """What the control API tells of the calls of schedules' targets."""
    return [one for one in aws.control("deliveries") if one["rule"].startswith("schedule/")]


def endings(aws: Aws) -> list[str]:
    """The outcome of each of these calls."""
    return [one["outcome"] for one in attempts(aws)]
