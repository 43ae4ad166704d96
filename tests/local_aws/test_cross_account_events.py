"""EventBridge across accounts and Regions: roles, bus policies, one account boundary."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.conftest import CENTRAL, OTHER_WORKLOAD, OUTSIDE, REGION, WORKLOAD, Aws
from tests.local_aws.event_routes import (
    SOURCE,
    QueueOnRule,
    bodies,
    forward,
    let_organization_put,
    let_rule_send,
    make_forward_role,
    make_queue,
    outcomes,
    policy,
    put,
    queue_arn,
    rule_to_queue,
)

BUS = "central"


@pytest.fixture
def central(aws: Aws) -> QueueOnRule:
    return rule_to_queue(aws, {"source": [SOURCE, "aws.ecs"]}, bus=BUS)


def test_an_event_crosses_accounts_and_regions_unchanged(aws: Aws, central: QueueOnRule) -> None:
    bus_arn = let_organization_put(aws, BUS)
    forward(aws, bus_arn, make_forward_role(aws, bus_arn), region="eu-west-1")
    aws.world.emit(WORKLOAD, "eu-west-1", source="aws.ecs", detail_type="T", detail={"a": 1}, resources=["arn:x"])
    aws.advance(2)
    (event,) = bodies(aws, central.url)
    assert (event["account"], event["region"], event["resources"]) == (WORKLOAD, "eu-west-1", ["arn:x"])
    assert (event["source"], event["detail"]) == ("aws.ecs", {"a": 1})
    first, second = aws.control("deliveries")
    assert (first["event_id"], second["event_id"]) == (event["id"], event["id"])
    assert (first["account"], first["region"], second["account"]) == (WORKLOAD, "eu-west-1", CENTRAL)


def test_a_target_bus_of_another_account_needs_a_role(aws: Aws, central: QueueOnRule) -> None:
    bus_arn = let_organization_put(aws, BUS)
    events = aws.client("events", WORKLOAD)
    events.put_rule(Name="forward", EventPattern=json.dumps({"source": [SOURCE]}))
    with pytest.raises(ClientError, match="RoleArn is required for target"):
        events.put_targets(Rule="forward", Targets=[{"Id": "bus", "Arn": bus_arn}])


def test_a_target_is_refused_while_the_bus_policy_does_not_admit_the_account(aws: Aws, central: QueueOnRule) -> None:
    bus_arn = f"arn:aws:events:{REGION}:{CENTRAL}:event-bus/{BUS}"
    with pytest.raises(ClientError, match="AccessDeniedException"):
        forward(aws, bus_arn, make_forward_role(aws, bus_arn))


@pytest.mark.parametrize("flaw", ["trust", "permission", "missing"])
def test_the_targets_role_must_exist_trust_eventbridge_and_be_allowed(
    aws: Aws, central: QueueOnRule, flaw: str
) -> None:
    bus_arn = let_organization_put(aws, BUS)
    role_arn = make_forward_role(
        aws,
        bus_arn,
        trusted="lambda.amazonaws.com" if flaw == "trust" else "events.amazonaws.com",
        action="events:DescribeEventBus" if flaw == "permission" else "events:PutEvents",
    )
    forward(aws, bus_arn, role_arn + "-gone" if flaw == "missing" else role_arn)
    put(aws, account=WORKLOAD)
    aws.advance(2)
    assert bodies(aws, central.url) == []
    assert outcomes(aws) == [("forward", "denied")]


def test_a_denied_event_goes_to_the_senders_dead_letter_queue(aws: Aws, central: QueueOnRule) -> None:
    bus_arn = let_organization_put(aws, BUS)
    url, arn = make_queue(aws, "dead", WORKLOAD), queue_arn("dead", WORKLOAD)
    role_arn = make_forward_role(aws, bus_arn)
    rule_arn = forward(aws, bus_arn, role_arn, DeadLetterConfig={"Arn": arn})
    let_rule_send(aws, url, arn, rule_arn, WORKLOAD)
    aws.client("events").remove_permission(EventBusName=BUS, RemoveAllPermissions=True)
    put(aws, {"n": 1}, account=WORKLOAD)
    aws.advance(2)
    assert [event["detail"] for event in bodies(aws, url, WORKLOAD)] == [{"n": 1}]
    assert outcomes(aws) == [("forward", "dead_letter")]


def test_an_account_outside_the_organization_is_not_admitted(aws: Aws, central: QueueOnRule) -> None:
    bus_arn = let_organization_put(aws, BUS)
    with pytest.raises(ClientError, match="AccessDeniedException"):
        forward(aws, bus_arn, make_forward_role(aws, bus_arn, OUTSIDE), OUTSIDE)


def test_a_bus_policy_may_admit_sources_only(aws: Aws, central: QueueOnRule) -> None:
    bus_arn = let_organization_put(
        aws,
        BUS,
        **{
            "ForAllValues:StringEquals": {"events:source": ["aws.ecs"], "events:detail-type": ["ECS Service Action"]},
            "Null": {"events:source": "false", "events:detail-type": "false"},
        },
    )
    forward(aws, bus_arn, make_forward_role(aws, bus_arn))
    put(aws, account=WORKLOAD)
    aws.world.emit(WORKLOAD, REGION, source="aws.ecs", detail_type="ECS Service Action", detail={}, resources=[])
    aws.world.emit(WORKLOAD, REGION, source="aws.ecs", detail_type="ECS Task State Change", detail={}, resources=[])
    aws.advance(2)
    assert [event["detail-type"] for event in bodies(aws, central.url)] == ["ECS Service Action"]
    assert outcomes(aws).count(("forward", "denied")) == 2


def test_an_event_crosses_one_account_boundary_only(aws: Aws, central: QueueOnRule) -> None:
    central_bus = let_organization_put(aws, BUS)
    relay = f"arn:aws:events:{REGION}:{WORKLOAD}:event-bus/default"
    admit = {"Effect": "Allow", "Principal": {"AWS": OTHER_WORKLOAD}, "Action": "events:PutEvents", "Resource": relay}
    aws.client("events", WORKLOAD).put_permission(Policy=policy(admit))
    forward(aws, central_bus, make_forward_role(aws, central_bus))
    forward(aws, relay, make_forward_role(aws, relay, OTHER_WORKLOAD), OTHER_WORKLOAD)
    put(aws, account=OTHER_WORKLOAD)
    aws.advance(3)
    assert bodies(aws, central.url) == []
    assert [(one["account"], one["outcome"]) for one in aws.control("deliveries")] == [
        (OTHER_WORKLOAD, "delivered"),
        (WORKLOAD, "denied"),
    ]


def test_events_may_be_put_straight_on_another_accounts_bus(aws: Aws, central: QueueOnRule) -> None:
    bus_arn = let_organization_put(aws, BUS)
    assert "EventId" in put(aws, {"n": 1}, account=WORKLOAD, EventBusName=bus_arn)
    aws.advance(1)
    (event,) = bodies(aws, central.url)
    assert (event["account"], event["detail"]) == (WORKLOAD, {"n": 1})


def test_another_accounts_bus_is_closed_without_its_policy(aws: Aws, central: QueueOnRule) -> None:
    bus_arn = f"arn:aws:events:{REGION}:{CENTRAL}:event-bus/{BUS}"
    with pytest.raises(ClientError, match="AccessDeniedException"):
        put(aws, account=WORKLOAD, EventBusName=bus_arn)


def test_a_bus_policy_is_read_back_as_it_was_written(aws: Aws, central: QueueOnRule) -> None:
    written = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": [CENTRAL, WORKLOAD]},
                "Action": ["events:PutEvents"],
                "Resource": "*",
            },
            {"Sid": "B", "Effect": "Deny", "Principal": "*", "Action": "events:PutEvents", "Resource": "*"},
        ],
    }
    events = aws.client("events")
    let_organization_put(aws, BUS)
    events.put_permission(EventBusName=BUS, Policy=json.dumps(written))
    assert json.loads(events.describe_event_bus(Name=BUS)["Policy"]) == written


def test_a_bus_policy_holds_ten_kilobytes(aws: Aws, central: QueueOnRule) -> None:
    with pytest.raises(ClientError, match="PolicyLengthExceededException"):
        let_organization_put(aws, BUS, StringLike={"aws:PrincipalArn": ["x" * 100] * 120})
