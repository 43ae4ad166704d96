"""Rules, queues and buses for tests of EventBridge, each made in one call."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from tests.local_aws.conftest import CENTRAL, ORGANIZATION, REGION, WORKLOAD, Aws

SOURCE = "test.orders"
SERVICE = {"Service": "events.amazonaws.com"}


@dataclass(frozen=True)
class QueueOnRule:
    """A queue that a rule sends to."""

    url: str
    arn: str
    rule_arn: str


def policy(*statements: dict[str, Any]) -> str:
    """A policy document."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def make_queue(aws: Aws, name: str, account: str = CENTRAL, region: str = REGION, **attributes: str) -> str:
    """The queue's URL."""
    url: str = aws.client("sqs", account, region).create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
    return url


def queue_arn(name: str, account: str = CENTRAL, region: str = REGION) -> str:
    """The queue's ARN."""
    return f"arn:aws:sqs:{region}:{account}:{name}"


def let_rule_send(aws: Aws, url: str, arn: str, rule_arn: str, account: str = CENTRAL, region: str = REGION) -> None:
    """Let the queue take what EventBridge sends for the rule."""
    statement = {
        "Effect": "Allow",
        "Principal": SERVICE,
        "Action": "sqs:SendMessage",
        "Resource": arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": rule_arn}},
    }
    aws.client("sqs", account, region).set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy(statement)})


def rule_to_queue(aws: Aws, pattern: dict[str, Any], *, bus: str = "default", **target: Any) -> QueueOnRule:
    """In the central account: a rule, a queue of its own that lets it send, the target."""
    events, name = aws.client("events"), "orders"
    if bus != "default" and bus not in {one["Name"] for one in events.list_event_buses()["EventBuses"]}:
        events.create_event_bus(Name=bus)
    rule_arn = events.put_rule(Name=name, EventBusName=bus, EventPattern=json.dumps(pattern))["RuleArn"]
    url, arn = make_queue(aws, name), queue_arn(name)
    let_rule_send(aws, url, arn, rule_arn)
    events.put_targets(Rule=name, EventBusName=bus, Targets=[{"Id": "queue", "Arn": arn, **target}])
    return QueueOnRule(url, arn, rule_arn)


def let_organization_put(aws: Aws, bus: str, **condition: Any) -> str:
    """Let all accounts of the organization put events on a central bus; the bus's ARN."""
    arn = f"arn:aws:events:{REGION}:{CENTRAL}:event-bus/{bus}"
    statement = {
        "Sid": "Organization",
        "Effect": "Allow",
        "Principal": "*",
        "Action": "events:PutEvents",
        "Resource": arn,
        "Condition": {"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION}, **condition},
    }
    aws.client("events").put_permission(EventBusName=bus, Policy=policy(statement))
    return arn


def make_forward_role(
    aws: Aws,
    bus_arn: str,
    account: str = WORKLOAD,
    trusted: str = "events.amazonaws.com",
    action: str = "events:PutEvents",
) -> str:
    """A role in which EventBridge may put events on the bus; its ARN."""
    iam = aws.client("iam", account)
    trust = {"Effect": "Allow", "Principal": {"Service": trusted}, "Action": "sts:AssumeRole"}
    arn: str = iam.create_role(RoleName="forward", AssumeRolePolicyDocument=policy(trust))["Role"]["Arn"]
    allow = {"Effect": "Allow", "Action": action, "Resource": bus_arn}
    iam.put_role_policy(RoleName="forward", PolicyName="put", PolicyDocument=policy(allow))
    return arn


def forward(aws: Aws, bus_arn: str, role_arn: str, account: str = WORKLOAD, region: str = REGION, **target: Any) -> str:
    """A rule on the account's default bus that sends events of the test's source to the bus; the rule's ARN."""
    events = aws.client("events", account, region)
    arn: str = events.put_rule(Name="forward", EventPattern=json.dumps({"source": [SOURCE, "aws.ecs"]}))["RuleArn"]
    events.put_targets(Rule="forward", Targets=[{"Id": "bus", "Arn": bus_arn, "RoleArn": role_arn, **target}])
    return arn


def put(aws: Aws, detail: dict[str, Any] | None = None, account: str = CENTRAL, **entry: Any) -> dict[str, Any]:
    """PutEvents with one entry; that entry's result."""
    given = {"Source": SOURCE, "DetailType": "Order", "Detail": json.dumps(detail or {}), **entry}
    result: dict[str, Any] = aws.client("events", account).put_events(Entries=[given])["Entries"][0]
    return result


def bodies(aws: Aws, url: str, account: str = CENTRAL, region: str = REGION) -> list[Any]:
    """The JSON of the messages that can be received now, up to ten; they are deleted."""
    sqs = aws.client("sqs", account, region)
    messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    for message in messages:
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return [json.loads(message["Body"]) for message in messages]


def outcomes(aws: Aws) -> list[tuple[str, str]]:
    """Rule and outcome of every delivery so far."""
    return [(one["rule"], one["outcome"]) for one in aws.control("deliveries")]
