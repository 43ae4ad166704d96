"""Who may say what: the bus policy, the queue policies, and the owner of what an event names."""

from __future__ import annotations

import json

import pytest

from tests.scenarios.organization import (
    CENTRAL,
    LOG_GROUP,
    MEDIA,
    ORDERS,
    OUTSIDER,
    QUEUE,
    REGION,
    SPOT,
    Organization,
)

pytestmark = pytest.mark.slow

BUS = f"arn:aws:events:{REGION}:{CENTRAL}:event-bus/ecs-spot-failover"


def entry(service_arn: str, source: str = "test.aws.ecs", bus: str = BUS) -> dict[str, object]:
    provider = ":".join(service_arn.split(":")[:5]) + ":capacity-provider/FARGATE_SPOT"
    detail = {"eventName": "SERVICE_TASK_PLACEMENT_FAILURE", "capacityProviderArns": [provider]}
    return {
        "Source": source,
        "DetailType": "ECS Service Action",
        "Resources": [service_arn],
        "Detail": json.dumps(detail),
        "EventBusName": bus,
    }


def arrivals(organization: Organization, event_id: str) -> list[str]:
    return [
        delivery["outcome"]
        for delivery in organization.aws.deliveries()
        if delivery["event_id"] == event_id and delivery["target_arn"].endswith(QUEUE)
    ]


def test_an_account_outside_the_organization_cannot_put_on_the_central_bus(organization: Organization) -> None:
    events = organization.client("events", OUTSIDER)
    before = len(organization.aws.deliveries())

    refused = False
    try:
        answer = events.put_events(Entries=[entry(f"arn:aws:ecs:{REGION}:{OUTSIDER}:service/shop/web")])
    except events.exceptions.ClientError as error:
        refused = error.response["Error"]["Code"] == "AccessDeniedException"
    else:
        refused = answer["FailedEntryCount"] == 1
    organization.aws.advance(10)

    delivered = [d for d in organization.aws.deliveries()[before:] if d["outcome"] == "delivered"]
    assert refused
    assert not [d for d in delivered if d["target_arn"].endswith(QUEUE)]


def test_nobody_can_forge_the_source_of_ecs(organization: Organization) -> None:
    answer = organization.client("events", ORDERS).put_events(
        Entries=[entry(f"arn:aws:ecs:{REGION}:{ORDERS}:service/shop/web", source="aws.ecs", bus="default")]
    )

    assert answer["FailedEntryCount"] == 1
    assert answer["Entries"][0]["ErrorCode"] == "NotAuthorizedForSourceException"


def test_an_event_about_another_accounts_service_is_dead_lettered(organization: Organization) -> None:
    organization.service("foreign", account=MEDIA)

    event_id = organization.synthetic(f"arn:aws:ecs:{REGION}:{MEDIA}:service/foreign/web", account=ORDERS)
    organization.aws.advance(20)

    letters = organization.dead_letters()
    assert [letter["MessageAttributes"]["reason"]["StringValue"] for letter in letters] == ["FOREIGN_RESOURCE"]
    assert json.loads(letters[0]["Body"])["id"] == event_id
    assert organization.strategy("foreign", account=MEDIA) == SPOT


def test_the_central_account_only_asks_what_would_be_done(organization: Organization) -> None:
    service = organization.service("asked-from-central")

    answer = organization.client("events").put_events(Entries=[entry(service)])
    organization.aws.advance(20)

    assert organization.decisions(answer["Entries"][0]["EventId"]) == [("would_fail_over", "FAILED_OVER")]
    assert organization.strategy("asked-from-central") == SPOT


def test_a_malformed_message_holds_up_no_other(organization: Organization) -> None:
    service = organization.service("beside-malformed")
    sqs = organization.client("sqs")
    url = sqs.get_queue_url(QueueName=QUEUE)["QueueUrl"]

    for body in ("not json", "[]", "{}", '{"id": 1}', json.dumps({"detail": None})):
        sqs.send_message(QueueUrl=url, MessageBody=body)
    event_id = organization.synthetic(service)
    organization.aws.advance(20)

    reasons = [letter["MessageAttributes"]["reason"]["StringValue"] for letter in organization.dead_letters()]
    assert reasons == ["MALFORMED_EVENT"] * 5
    assert organization.decisions(event_id, LOG_GROUP) == [("fail_over", "FAILED_OVER")]
