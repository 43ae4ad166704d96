"""PutTargets and the targets that are neither queue nor bus."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.conftest import CENTRAL, REGION, Aws
from tests.local_aws.event_routes import (
    SERVICE,
    SOURCE,
    bodies,
    make_queue,
    outcomes,
    policy,
    put,
    queue_arn,
    rule_to_queue,
)

ORDERS = {"source": [SOURCE]}


def test_a_rule_has_five_targets_at_most(aws: Aws) -> None:
    rule_to_queue(aws, ORDERS)
    more = [{"Id": str(n), "Arn": queue_arn(f"q{n}")} for n in range(5)]
    with pytest.raises(ClientError, match="LimitExceededException"):
        aws.client("events").put_targets(Rule="orders", Targets=more)


def test_a_target_takes_one_kind_of_input(aws: Aws) -> None:
    with pytest.raises(ClientError, match="Only one of Input, InputPath, or InputTransformer"):
        rule_to_queue(aws, ORDERS, Input="{}", InputPath="$.detail")


def test_a_bus_that_does_not_exist_is_no_target(aws: Aws) -> None:
    rule_to_queue(aws, ORDERS)
    arn = f"arn:aws:events:{REGION}:{CENTRAL}:event-bus/nowhere"
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        aws.client("events").put_targets(Rule="orders", Targets=[{"Id": "bus", "Arn": arn}])


def test_a_target_that_would_get_nothing_here_is_refused(aws: Aws) -> None:
    rule_to_queue(aws, ORDERS)
    topic = f"arn:aws:sns:{REGION}:{CENTRAL}:topic"
    with pytest.raises(ClientError, match="local_aws delivers to events, lambda, logs, sqs"):
        aws.client("events").put_targets(Rule="orders", Targets=[{"Id": "topic", "Arn": topic}])


def test_a_log_group_gets_the_event(aws: Aws) -> None:
    rule_to_queue(aws, ORDERS)
    aws.client("logs").create_log_group(logGroupName="/aws/events/orders")
    arn = f"arn:aws:logs:{REGION}:{CENTRAL}:log-group:/aws/events/orders"
    aws.client("events").put_targets(Rule="orders", Targets=[{"Id": "log", "Arn": arn}])
    put(aws, {"n": 1})
    aws.advance(1)
    (line,) = aws.client("logs").filter_log_events(logGroupName="/aws/events/orders")["events"]
    assert json.loads(line["message"])["detail"] == {"n": 1}


def test_a_function_that_does_not_exist_gets_nothing(aws: Aws) -> None:
    rule_to_queue(aws, ORDERS)
    arn = f"arn:aws:lambda:{REGION}:{CENTRAL}:function:gone"
    aws.client("events").put_targets(Rule="orders", Targets=[{"Id": "function", "Arn": arn}])
    put(aws)
    aws.advance(1)
    assert sorted(outcomes(aws)) == [("orders", "delivered"), ("orders", "dropped")]


def test_eventbridge_cannot_use_the_aws_managed_key_of_sqs(aws: Aws) -> None:
    queue = rule_to_queue(aws, ORDERS)
    aws.client("sqs").set_queue_attributes(QueueUrl=queue.url, Attributes={"KmsMasterKeyId": "alias/aws/sqs"})
    put(aws)
    aws.advance(1)
    assert outcomes(aws) == [("orders", "denied")]


@pytest.mark.parametrize("admitted", [True, False])
def test_a_customers_key_must_let_eventbridge_use_it(aws: Aws, admitted: bool) -> None:
    root = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{CENTRAL}:root"}, "Action": "kms:*", "Resource": "*"}
    use = {"Effect": "Allow", "Principal": SERVICE, "Action": ["kms:Decrypt", "kms:GenerateDataKey*"], "Resource": "*"}
    key = aws.client("kms").create_key(Policy=policy(root, use) if admitted else policy(root))["KeyMetadata"]["Arn"]
    queue = rule_to_queue(aws, ORDERS)
    aws.client("sqs").set_queue_attributes(QueueUrl=queue.url, Attributes={"KmsMasterKeyId": key})
    put(aws)
    aws.advance(1)
    assert outcomes(aws) == [("orders", "delivered" if admitted else "denied")]


def test_a_queue_of_another_region_gets_the_event(aws: Aws) -> None:
    queue = rule_to_queue(aws, ORDERS)
    url = make_queue(aws, "far", region="eu-west-1")
    arn = queue_arn("far", region="eu-west-1")
    allow = policy({"Effect": "Allow", "Principal": SERVICE, "Action": "sqs:SendMessage", "Resource": arn})
    aws.client("sqs", region="eu-west-1").set_queue_attributes(QueueUrl=url, Attributes={"Policy": allow})
    aws.client("events").put_targets(Rule="orders", Targets=[{"Id": "far", "Arn": arn}])
    put(aws)
    aws.advance(1)
    assert len(bodies(aws, url, region="eu-west-1")) == len(bodies(aws, queue.url)) == 1


def test_a_pattern_can_be_tried_out(aws: Aws) -> None:
    event = {
        "id": "1",
        "source": SOURCE,
        "account": CENTRAL,
        "time": "2026-01-01T00:00:00Z",
        "region": REGION,
        "resources": [],
        "detail-type": "Order",
        "detail": {"n": 1},
    }
    events = aws.client("events")
    for wanted, result in ((1, True), (2, False)):
        pattern = json.dumps({"detail": {"n": [wanted]}})
        assert events.test_event_pattern(EventPattern=pattern, Event=json.dumps(event))["Result"] is result
