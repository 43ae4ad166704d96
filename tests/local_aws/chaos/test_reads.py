"""Reads that may be late, where AWS says that they may: ECS always, DynamoDB unless ConsistentRead is asked for."""

from __future__ import annotations

from typing import Any

import pytest

from local_aws.chaos.dice import Dice
from local_aws.chaos.past import Past, Staleness
from tests.local_aws.chaos.conftest import CLUSTER, ON_DEMAND, Unpleasant
from tests.local_aws.conftest import Aws

LONG = 1800


def test_describe_services_does_not_know_of_an_update_yet(unpleasant: Unpleasant) -> None:
    unpleasant.create()
    unpleasant.aws.advance(120)
    (before,) = unpleasant.describe()["services"]
    unpleasant.chaos.reads(LONG)

    told = unpleasant.switch(ON_DEMAND)

    assert told["capacityProviderStrategy"][0]["capacityProvider"] == "FARGATE"  # the write itself knows
    (seen,) = unpleasant.describe()["services"]
    assert seen["capacityProviderStrategy"] == before["capacityProviderStrategy"]
    assert [item["id"] for item in seen["deployments"]] == [before["deployments"][0]["id"]]
    unpleasant.aws.advance(LONG)
    assert unpleasant.provider() == "FARGATE"


def test_after_two_updates_the_first_may_be_unseen_too_and_time_brings_both(unpleasant: Unpleasant) -> None:
    unpleasant.create(desiredCount=1)
    unpleasant.chaos.reads(60)
    unpleasant.aws.advance(120)
    for desired in (2, 3):
        unpleasant.ecs.update_service(cluster=CLUSTER, service="web", desiredCount=desired)
        assert unpleasant.describe()["services"][0]["desiredCount"] == 1
        unpleasant.aws.advance(40)
    assert unpleasant.describe()["services"][0]["desiredCount"] == 2
    unpleasant.aws.advance(60)
    assert unpleasant.describe()["services"][0]["desiredCount"] == 3


def test_task_sets_are_seen_as_they_were(unpleasant: Unpleasant) -> None:
    where = {"cluster": CLUSTER, "service": "web"}
    unpleasant.ecs.create_service(
        cluster=CLUSTER, serviceName="web", desiredCount=2, deploymentController={"type": "EXTERNAL"}
    )
    full = {"value": 100, "unit": "PERCENT"}
    made = unpleasant.ecs.create_task_set(**where, taskDefinition="app", launchType="FARGATE", scale=full)["taskSet"]
    unpleasant.aws.advance(120)
    unpleasant.chaos.reads(LONG)
    unpleasant.ecs.update_task_set(**where, taskSet=made["id"], scale={"value": 50, "unit": "PERCENT"})
    unpleasant.ecs.update_service_primary_task_set(**where, primaryTaskSet=made["id"])
    unpleasant.aws.advance(60)
    (seen,) = unpleasant.ecs.describe_task_sets(**where)["taskSets"]
    assert (seen["scale"]["value"], seen["computedDesiredCount"], seen["status"]) == (100.0, 2, "ACTIVE")
    unpleasant.aws.advance(LONG)
    (now,) = unpleasant.ecs.describe_task_sets(**where)["taskSets"]
    assert (now["scale"]["value"], now["runningCount"], now["status"]) == (50.0, 1, "PRIMARY")


def test_a_service_that_was_just_made_is_missing_and_not_listed(unpleasant: Unpleasant) -> None:
    unpleasant.chaos.reads(LONG)
    unpleasant.create()
    assert [failure["reason"] for failure in unpleasant.describe()["failures"]] == ["MISSING"]
    assert unpleasant.ecs.list_services(cluster=CLUSTER)["serviceArns"] == []
    with pytest.raises(unpleasant.ecs.exceptions.InvalidParameterException, match="not idempotent"):
        unpleasant.create()  # a write sees the present
    unpleasant.aws.advance(LONG)
    assert unpleasant.describe()["failures"] == []


def test_a_service_that_was_just_deleted_still_looks_active(unpleasant: Unpleasant) -> None:
    unpleasant.create()
    unpleasant.aws.advance(120)
    unpleasant.chaos.reads(LONG)
    unpleasant.ecs.delete_service(cluster=CLUSTER, service="web", force=True)
    assert unpleasant.describe()["services"][0]["status"] == "ACTIVE"
    assert len(unpleasant.ecs.list_tasks(cluster=CLUSTER, serviceName="web")["taskArns"]) == 2
    with pytest.raises(unpleasant.ecs.exceptions.ServiceNotActiveException):
        unpleasant.ecs.update_service(cluster=CLUSTER, service="web", desiredCount=1)
    unpleasant.aws.advance(LONG)
    assert unpleasant.describe()["services"][0]["status"] == "INACTIVE"


def test_list_tasks_after_an_update_has_the_tasks_of_before(unpleasant: Unpleasant) -> None:
    unpleasant.create()
    unpleasant.aws.advance(120)
    before = unpleasant.ecs.list_tasks(cluster=CLUSTER, serviceName="web")["taskArns"]
    unpleasant.chaos.reads(LONG)
    unpleasant.switch(ON_DEMAND)
    unpleasant.aws.advance(600)
    assert unpleasant.ecs.list_tasks(cluster=CLUSTER, serviceName="web")["taskArns"] == before
    assert {task["lastStatus"] for task in unpleasant.ecs.describe_tasks(cluster=CLUSTER, tasks=before)["tasks"]} == {
        "STOPPED"
    }


def test_a_read_of_the_past_leaves_the_present_alone(unpleasant: Unpleasant) -> None:
    unpleasant.create()
    unpleasant.aws.advance(120)
    unpleasant.chaos.reads(LONG)
    unpleasant.switch(ON_DEMAND)
    for _ in range(20):
        unpleasant.describe()
        unpleasant.aws.advance(30)
    (service,) = unpleasant.aws.control("services")
    assert service["running"] == {"FARGATE": 2}


def test_reads_may_come_from_the_past_and_the_present_by_turns_the_same_for_a_seed() -> None:
    def turns(seed: int) -> list[bool]:
        staleness = Staleness()
        staleness.set(60.0, 0.5, Dice(seed))
        past: Past[str, str] = Past(staleness, lambda: 1000.0)
        past.remember("web", "before")
        return [bool(past.seen()) for _ in range(50)]

    assert turns(1) == turns(1) != turns(2)
    assert 10 < sum(turns(1)) < 40


@pytest.fixture
def table(aws: Aws) -> Any:
    dynamodb = aws.client("dynamodb")
    dynamodb.create_table(
        TableName="state",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": "region", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("id", "region", "due")],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "due",
                "KeySchema": [{"AttributeName": "due", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
    )
    return dynamodb


def _key(name: str = "web") -> dict[str, Any]:
    return {"id": {"S": name}, "region": {"S": "us-east-1"}}


def _due(table: Any) -> list[str]:
    answer = table.query(
        TableName="state",
        IndexName="due",
        KeyConditionExpression="due = :yes",
        ExpressionAttributeValues={":yes": {"S": "yes"}},
    )
    return [item["id"]["S"] for item in answer["Items"]]


def test_get_item_is_late_unless_it_asks_for_consistency(unpleasant: Unpleasant, table: Any) -> None:
    table.put_item(TableName="state", Item={**_key(), "phase": {"S": "failing_over"}})
    unpleasant.chaos.reads(LONG)
    table.update_item(
        TableName="state",
        Key=_key(),
        UpdateExpression="SET phase = :new",
        ExpressionAttributeValues={":new": {"S": "failed_over"}},
    )
    table.put_item(TableName="state", Item=_key("new"))

    def phase(**options: Any) -> str:
        return str(table.get_item(TableName="state", Key=_key(), **options)["Item"]["phase"]["S"])

    assert phase() == "failing_over"
    assert "Item" not in table.get_item(TableName="state", Key=_key("new"))
    assert phase(ConsistentRead=True) == "failed_over"
    assert "Item" in table.get_item(TableName="state", Key=_key("new"), ConsistentRead=True)
    unpleasant.aws.advance(LONG)
    assert phase() == "failed_over"


def test_a_query_of_an_index_is_always_one_that_may_be_late(unpleasant: Unpleasant, table: Any) -> None:
    table.put_item(TableName="state", Item={**_key(), "due": {"S": "yes"}})
    unpleasant.chaos.reads(LONG)
    table.delete_item(TableName="state", Key=_key())
    table.put_item(TableName="state", Item={**_key("new"), "due": {"S": "yes"}})
    assert _due(table) == ["web"]
    assert [item["id"]["S"] for item in table.scan(TableName="state")["Items"]] == ["web"]
    assert [item["id"]["S"] for item in table.scan(TableName="state", ConsistentRead=True)["Items"]] == ["new"]
    unpleasant.aws.advance(LONG)
    assert _due(table) == ["new"]


def test_conditions_are_checked_on_the_present(unpleasant: Unpleasant, table: Any) -> None:
    unpleasant.chaos.reads(LONG)
    table.put_item(TableName="state", Item=_key())
    assert "Item" not in table.get_item(TableName="state", Key=_key())
    with pytest.raises(table.exceptions.ConditionalCheckFailedException):
        table.put_item(TableName="state", Item=_key(), ConditionExpression="attribute_not_exists(id)")
