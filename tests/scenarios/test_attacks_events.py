"""Events that lie: about whose service it is, where it is, and who says so."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.scenarios.organization import CENTRAL, MEDIA, ORDERS, OUTSIDER, QUEUE, REGION, SPOT, Organization

pytestmark = pytest.mark.slow

BUS = f"arn:aws:events:{REGION}:{CENTRAL}:event-bus/ecs-spot-failover"
INTERRUPTION_QUEUE = "fargate-spot-interruption-queue"
OWN = f"arn:aws:ecs:{REGION}:{ORDERS}"
OTHERS = f"arn:aws:ecs:{REGION}:{MEDIA}"
ELSEWHERE = f"arn:aws:ecs:eu-west-1:{ORDERS}"
CHINA = f"arn:aws-cn:ecs:{REGION}:{ORDERS}"
ACTION, CHANGE = "ECS Service Action", "ECS Task State Change"


def failure(arn: str, provider: str = "") -> dict[str, Any]:
    providers = [f"{provider or arn}:capacity-provider/FARGATE_SPOT"]
    return {"eventName": "SERVICE_TASK_PLACEMENT_FAILURE", "capacityProviderArns": providers}


def interruption(arn: str) -> dict[str, Any]:
    return {"clusterArn": f"{arn}:cluster/victim", "group": "service:web", "stopCode": "SpotInterruption"}


def entry(detail_type: str, source: str = "test.aws.ecs", bus: str = "default", arn: str = OWN) -> dict[str, Any]:
    detail = failure(arn) if detail_type == ACTION else interruption(arn)
    resource = f"{arn}:service/victim/web"
    return {
        "Source": source,
        "DetailType": detail_type,
        "Resources": [resource],
        "Detail": json.dumps(detail),
        "EventBusName": bus,
    }


def reasons(organization: Organization, queue: str) -> list[str]:
    """Why the functions gave messages up, of those that are dead letters now."""
    organization.aws.advance(60)
    return [letter["MessageAttributes"]["reason"]["StringValue"] for letter in organization.dead_letters(queue)]


@pytest.mark.parametrize(
    ("queue", "detail_type", "resource", "detail"),
    [
        (QUEUE, ACTION, f"{OTHERS}:service/victim/web", failure(OTHERS)),
        (QUEUE, ACTION, f"{OWN}:service/victim/web", failure(OWN, provider=OTHERS)),
        (QUEUE, ACTION, f"{OWN}:service/victim/web", {**failure(OWN), "clusterArn": f"{OTHERS}:cluster/victim"}),
        (QUEUE, ACTION, f"{ELSEWHERE}:service/victim/web", failure(ELSEWHERE)),
        (QUEUE, ACTION, f"{CHINA}:service/victim/web", failure(CHINA)),
        (INTERRUPTION_QUEUE, CHANGE, f"{OTHERS}:task/victim/0f1e2d3c", interruption(OTHERS)),
        (INTERRUPTION_QUEUE, CHANGE, f"{ELSEWHERE}:task/victim/0f1e2d3c", interruption(ELSEWHERE)),
        (INTERRUPTION_QUEUE, CHANGE, f"{CHINA}:task/victim/0f1e2d3c", interruption(CHINA)),
        (INTERRUPTION_QUEUE, CHANGE, f"{OWN}:task/victim/0f1e2d3c", interruption(OTHERS)),
    ],
    ids=[
        "service", "provider", "cluster", "Region", "partition", "task", "task's Region", "task's partition",
        "cluster of a task",
    ],
)  # fmt: skip
def test_even_ecs_itself_is_not_believed_about_what_belongs_elsewhere(
    organization: Organization, queue: str, detail_type: str, resource: str, detail: dict[str, Any]
) -> None:
    organization.aws.emit(ORDERS, REGION, "aws.ecs", detail_type, detail, [resource])

    assert reasons(organization, queue) == ["FOREIGN_RESOURCE"]


@pytest.mark.parametrize(("queue", "detail_type"), [(QUEUE, ACTION), (INTERRUPTION_QUEUE, CHANGE)])
@pytest.mark.parametrize(
    "arn",
    [OTHERS, ELSEWHERE, CHINA, f"arn:aws:ec2:{REGION}:{ORDERS}"],
    ids=["account", "region", "partition", "service of AWS"],
)
def test_a_synthetic_event_may_name_nothing_but_its_senders_own(
    organization: Organization, queue: str, detail_type: str, arn: str
) -> None:
    calls = len(organization.aws.service_updates())
    answer = organization.client("events", ORDERS).put_events(Entries=[entry(detail_type, arn=arn)])
    assert answer["FailedEntryCount"] == 0

    assert len(reasons(organization, queue)) == 1
    assert len(organization.aws.service_updates()) == calls


def test_a_service_of_another_account_stays_as_it_is(organization: Organization) -> None:
    organization.service("victim", account=MEDIA)
    for detail_type in (ACTION, CHANGE):
        organization.client("events", ORDERS).put_events(Entries=[entry(detail_type, arn=OTHERS)])

    assert reasons(organization, QUEUE) == ["FOREIGN_RESOURCE"]
    assert reasons(organization, INTERRUPTION_QUEUE) == ["FOREIGN_RESOURCE"]
    assert organization.strategy("victim", account=MEDIA) == SPOT


@pytest.mark.parametrize("bus", ["default", BUS])
@pytest.mark.parametrize("account", [CENTRAL, ORDERS])
def test_nobody_puts_an_event_of_ecs_on_any_bus(organization: Organization, account: str, bus: str) -> None:
    answer = organization.client("events", account).put_events(Entries=[entry(ACTION, source="aws.ecs", bus=bus)])

    assert [one["ErrorCode"] for one in answer["Entries"]] == ["NotAuthorizedForSourceException"]


@pytest.mark.parametrize(
    ("account", "source", "detail_type"),
    [
        (OUTSIDER, "test.aws.ecs", ACTION),
        (OUTSIDER, "test.aws.ecs", CHANGE),
        (ORDERS, "somebody.else", ACTION),
        (ORDERS, "test.aws.ecs", "Scheduled Event"),
        (ORDERS, "test.aws.ecs.more", ACTION),
    ],
)
def test_the_central_bus_takes_only_what_is_meant_for_it_from_the_organization(
    organization: Organization, account: str, source: str, detail_type: str
) -> None:
    events = organization.client("events", account)

    with pytest.raises(events.exceptions.ClientError, match="AccessDenied"):
        events.put_events(Entries=[{**entry(ACTION, source, BUS), "DetailType": detail_type}])


def test_an_outsiders_rule_cannot_forward_to_the_central_bus(organization: Organization) -> None:
    role = forward_role(organization, OUTSIDER)
    events = organization.client("events", OUTSIDER)
    events.put_rule(Name="smuggle", EventPattern=json.dumps({"source": ["aws.ecs"]}))
    try:
        events.put_targets(Rule="smuggle", Targets=[{"Id": "bus", "Arn": BUS, "RoleArn": role}])
    except events.exceptions.ClientError as error:
        assert "event-bus/ecs-spot-failover" in str(error)  # noqa: PT017 - AWS may refuse the target or its deliveries
    organization.aws.emit(OUTSIDER, REGION, "aws.ecs", ACTION, failure(OWN), [f"{OWN}:service/victim/web"])
    organization.aws.advance(10)

    # Of the rule alone: heartbeats and the like are delivered meanwhile.
    outcomes = [one["outcome"] for one in organization.aws.deliveries() if one["account"] == OUTSIDER]
    assert "delivered" not in outcomes
    assert reasons(organization, QUEUE) == []


def forward_role(organization: Organization, account: str) -> str:
    """A role with all that the forward roles of the product have."""
    iam = organization.client("iam", account)
    allow = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "events:PutEvents", "Resource": BUS}]}
    service = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "events.amazonaws.com"}}
    trusted = json.dumps({"Version": "2012-10-17", "Statement": [service]})
    role = iam.create_role(RoleName="smuggle", AssumeRolePolicyDocument=trusted)["Role"]
    iam.put_role_policy(RoleName="smuggle", PolicyName="forward", PolicyDocument=json.dumps(allow))
    return str(role["Arn"])
