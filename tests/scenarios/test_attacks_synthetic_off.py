"""While synthetic events are off, as they are unless somebody asks for them, none gets anywhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.scenarios.applied import applied_organization
from tests.scenarios.organization import CENTRAL, ORDERS, QUEUE, REGION, SPOT, Organization

pytestmark = pytest.mark.slow

BUS = f"arn:aws:events:{REGION}:{CENTRAL}:event-bus/ecs-spot-failover"
ARN = f"arn:aws:ecs:{REGION}:{ORDERS}"


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Organization]:
    """`examples/multi-account` as it is unless somebody asks for synthetic events."""
    with applied_organization(tmp_path_factory.mktemp("strict"), accept_synthetic_events=False) as organization:
        yield organization


def detail() -> dict[str, Any]:
    providers = [f"{ARN}:capacity-provider/FARGATE_SPOT"]
    return {"eventName": "SERVICE_TASK_PLACEMENT_FAILURE", "capacityProviderArns": providers}


def entry(bus: str) -> dict[str, Any]:
    return {
        "Source": "test.aws.ecs",
        "DetailType": "ECS Service Action",
        "Resources": [f"{ARN}:service/calm/web"],
        "Detail": json.dumps(detail()),
        "EventBusName": bus,
    }


def deliveries(organization: Organization) -> list[dict[str, Any]]:
    organization.aws.advance(30)
    return [told for told in organization.aws.deliveries() if told["source"] == "test.aws.ecs"]


def test_no_rule_forwards_it(strict: Organization) -> None:
    answer = strict.client("events", ORDERS).put_events(Entries=[entry("default")])

    assert answer["FailedEntryCount"] == 0
    assert deliveries(strict) == []


def test_the_central_bus_refuses_it(strict: Organization) -> None:
    events = strict.client("events", ORDERS)

    with pytest.raises(events.exceptions.ClientError, match="AccessDenied"):
        events.put_events(Entries=[entry(BUS)])


def test_the_central_account_itself_reaches_no_queue_with_it(strict: Organization) -> None:
    answer = strict.client("events").put_events(Entries=[entry(BUS)])

    assert answer["FailedEntryCount"] == 0
    assert deliveries(strict) == []


def test_the_function_acts_on_none_that_is_in_its_queue_all_the_same(strict: Organization) -> None:
    strict.service("calm")
    event = {"id": "attack", "account": ORDERS, "region": REGION, "source": "test.aws.ecs", "detail": detail()}
    rest = {"detail-type": "ECS Service Action", "time": "2026-01-01T00:00:00Z", "version": "0"}
    body = json.dumps({**event, **rest, "resources": [f"{ARN}:service/calm/web"]})
    sqs = strict.client("sqs")

    sqs.send_message(QueueUrl=sqs.get_queue_url(QueueName=QUEUE)["QueueUrl"], MessageBody=body)
    strict.aws.advance(30)

    assert len(strict.dead_letters()) == 1
    assert strict.switches("calm") == []
    assert strict.strategy("calm") == SPOT
