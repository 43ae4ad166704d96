"""The product's resources in a local AWS of this process: buses, rules, queues, roles, as its Terraform makes them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from tests.soak.deployed import Function
from tests.soak.ground import AUTOMATION, POLICY, Ground
from tests.soak.plan import ACCOUNTS, CENTRAL, HOME, ORGANIZATION, POOLS

BUS = "ecs-spot-failover"
FORWARD = "forward-to-central"
EXTERNAL_ID = "ecs-spot-failover"
_ACTIONS = [
    "application-autoscaling:DescribeScalableTargets",
    "ecs:Describe*",
    "ecs:List*",
    "ecs:UpdateService",
]


def make_central_bus(ground: Ground) -> None:
    """The bus on which the whole organization may put events."""
    events = ground.admin("events")
    arn = events.create_event_bus(Name=BUS)["EventBusArn"]
    organization = {"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION}}
    allow = {"Sid": "Organization", "Effect": "Allow", "Principal": "*", "Action": "events:PutEvents", "Resource": arn}
    events.put_permission(EventBusName=BUS, Policy=_policy(allow | {"Condition": organization}))


def onboard_all(ground: Ground, accounts: Sequence[str] = ACCOUNTS) -> None:
    """The roles of every workload account."""
    for account in accounts:
        iam = ground.owner("iam", account, HOME)
        central = {"AWS": f"arn:aws:iam::{CENTRAL}:root"}
        external = {"Condition": {"StringEquals": {"sts:ExternalId": EXTERNAL_ID}}}
        iam.create_role(RoleName=AUTOMATION, AssumeRolePolicyDocument=_policy(_trust(central) | external))
        switch = {"Effect": "Allow", "Action": _ACTIONS, "Resource": "*"}
        iam.put_role_policy(RoleName=AUTOMATION, PolicyName=POLICY, PolicyDocument=_policy(switch))
        service = {"Service": "events.amazonaws.com"}
        iam.create_role(RoleName=FORWARD, AssumeRolePolicyDocument=_policy(_trust(service)))
        put = {"Effect": "Allow", "Action": "events:PutEvents", "Resource": "*"}
        iam.put_role_policy(RoleName=FORWARD, PolicyName="put", PolicyDocument=_policy(put))


def make_route(ground: Ground, function: Function) -> None:
    """A queue with its dead-letter queue, a rule on the central bus that fills it, and the rules that forward to it."""
    name, text = function.rule or function.queue, json.dumps(function.pattern)
    events = ground.admin("events")
    rule = events.put_rule(Name=name, EventBusName=BUS, EventPattern=text)["RuleArn"]
    arn = f"arn:aws:sqs:{HOME}:{CENTRAL}:{function.queue}"
    _make_queue(ground, function, arn, rule)
    events.put_targets(Rule=name, EventBusName=BUS, Targets=[{"Id": "queue", "Arn": arn}])
    bus = f"arn:aws:events:{HOME}:{CENTRAL}:event-bus/{BUS}"
    for account, region in POOLS:
        local = ground.owner("events", account, region)
        local.put_rule(Name=name, EventPattern=text)
        role = f"arn:aws:iam::{account}:role/{FORWARD}"
        local.put_targets(Rule=name, Targets=[{"Id": "central-bus", "Arn": bus, "RoleArn": role}])


def _make_queue(ground: Ground, function: Function, arn: str, rule: str) -> None:
    sqs, name = ground.admin("sqs"), function.queue
    sqs.create_queue(QueueName=f"{name}-dlq", Attributes={"MessageRetentionPeriod": str(60 * 86400)})
    allow = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": rule}},
    }
    attributes = {
        "DelaySeconds": str(function.delay_seconds),
        "VisibilityTimeout": str(function.visibility_seconds),
        "MessageRetentionPeriod": "345600",
        "Policy": _policy(allow),
        "RedrivePolicy": json.dumps({"deadLetterTargetArn": f"{arn}-dlq", "maxReceiveCount": 10}),
    }
    sqs.create_queue(QueueName=name, Attributes=attributes)


def _trust(principal: Mapping[str, str]) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}


def _policy(statement: Mapping[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
