"""docs/verify.md, step by step, with the AWS CLI."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.scenarios.organization import LOG_GROUP, ORDERS, QUEUE, SPOT, Organization

pytestmark = pytest.mark.slow

ENTRIES = Path(__file__).parents[2] / "examples" / "events" / "put-events-synthetic-placement-failure.json"


def test_one_synthetic_event_shows_at_every_hop(organization: Organization) -> None:
    organization.service("shop")

    sent = json.loads(organization.cli("events", "put-events", "--entries", ENTRIES.as_uri(), account=ORDERS))
    organization.aws.advance(20)

    assert sent["FailedEntryCount"] == 0
    for queue in (QUEUE, f"{QUEUE}-dlq"):
        url = organization.cli("sqs", "get-queue-url", "--queue-name", queue, "--query", "QueueUrl", "--output", "text")
        attributes = json.loads(
            organization.cli("sqs", "get-queue-attributes", "--attribute-names", "All", "--queue-url", url.strip())
        )["Attributes"]
        assert attributes["ApproximateNumberOfMessages"] == "0"
        assert attributes["ApproximateNumberOfMessagesNotVisible"] == "0"

    # `aws logs tail` is this call, in version 2 of the CLI; Python packages hold version 1.
    log = json.loads(organization.cli("logs", "filter-log-events", "--log-group-name", LOG_GROUP))["events"]
    lines = [event["message"] for event in log if sent["Entries"][0]["EventId"] in event["message"]]
    assert len(lines) == 1
    assert '"action":"fail_over","reason":"FAILED_OVER"' in lines[0]

    items = json.loads(organization.cli("dynamodb", "scan", "--table-name", "ecs_cp_restore_state"))["Items"]
    record = next(item for item in items if item["id"]["S"] == f"{ORDERS}::shop::web")
    assert record["phase"]["S"] == "failed_over"
    assert record["scheduled"]["BOOL"] is True
    assert record["event"]["M"]["id"]["S"] == sent["Entries"][0]["EventId"]
    assert record["config"]["L"][0]["M"]["capacityProvider"]["S"] == "FARGATE_SPOT"

    strategy = json.loads(
        organization.cli(
            "ecs", "describe-services", "--cluster", "shop", "--services", "web",
            "--query", "services[0].capacityProviderStrategy", account=ORDERS,
        )
    )  # fmt: skip
    assert {item["capacityProvider"]: item["weight"] for item in strategy} == {"FARGATE_SPOT": 0, "FARGATE": 10}


def test_the_service_comes_back_by_itself(organization: Organization) -> None:
    organization.service("comes-back")
    organization.synthetic(f"arn:aws:ecs:us-east-1:{ORDERS}:service/comes-back/web")

    organization.aws.advance(30 * 60)

    assert organization.strategy("comes-back") == SPOT
    assert [update["force_new_deployment"] for update in organization.switches("comes-back")] == [True, True]
