"""Nothing gets into a queue but by the rule on the central bus."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.scenarios.organization import CENTRAL, MEDIA, ORDERS, OUTSIDER, QUEUE, REGION, Organization

pytestmark = pytest.mark.slow

INTERRUPTION_QUEUE = "fargate-spot-interruption-queue"
QUEUES = [QUEUE, INTERRUPTION_QUEUE, f"{QUEUE}-dlq", f"{INTERRUPTION_QUEUE}-dlq", "fargate-spot-restore-handler-dlq"]


def url(organization: Organization, queue: str) -> str:
    return str(organization.client("sqs").get_queue_url(QueueName=queue)["QueueUrl"])


@pytest.mark.parametrize("queue", QUEUES)
@pytest.mark.parametrize("account", [ORDERS, MEDIA, OUTSIDER])
def test_no_other_account_sends_to_a_queue_past_the_bus(organization: Organization, account: str, queue: str) -> None:
    sqs = organization.client("sqs", account)

    with pytest.raises(sqs.exceptions.ClientError, match="AccessDenied"):
        sqs.send_message(QueueUrl=url(organization, queue), MessageBody="{}")


@pytest.mark.parametrize("account", [ORDERS, OUTSIDER])
def test_nor_does_it_read_or_empty_one(organization: Organization, account: str) -> None:
    sqs = organization.client("sqs", account)

    with pytest.raises(sqs.exceptions.ClientError, match="AccessDenied"):
        sqs.receive_message(QueueUrl=url(organization, QUEUE))
    with pytest.raises(sqs.exceptions.ClientError, match="AccessDenied"):
        sqs.purge_queue(QueueUrl=url(organization, QUEUE))


@pytest.mark.parametrize("account", [CENTRAL, ORDERS])
def test_eventbridge_sends_to_a_queue_for_its_own_rule_alone(organization: Organization, account: str) -> None:
    events = organization.client("events", account)
    arn = f"arn:aws:sqs:{REGION}:{CENTRAL}:{QUEUE}"
    events.put_rule(Name="past-the-bus", EventPattern=json.dumps({"source": ["attack"]}))
    events.put_targets(Rule="past-the-bus", Targets=[{"Id": "queue", "Arn": arn}])

    events.put_events(Entries=[attack()])
    organization.aws.advance(10)

    outcomes = [told["outcome"] for told in organization.aws.deliveries() if told["rule"] == "past-the-bus"]
    assert set(outcomes) == {"denied"}
    events.remove_targets(Rule="past-the-bus", Ids=["queue"])
    events.delete_rule(Name="past-the-bus")


def attack() -> dict[str, Any]:
    return {"Source": "attack", "DetailType": "ECS Service Action", "Detail": "{}"}
