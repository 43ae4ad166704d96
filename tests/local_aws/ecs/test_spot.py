"""Spot capacity that runs out: notices, placement failures, and what ECS tells of them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.local_aws.ecs.simulation import ACCOUNT, CLUSTER, ON_DEMAND, OTHER_ACCOUNT, REGION, SPOT, Ecs

SERVICE_ARN = f"arn:aws:ecs:{REGION}:{ACCOUNT}:service/{CLUSTER}/web"
CLUSTER_ARN = f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/{CLUSTER}"


def _notices(simulation: Ecs) -> list[dict[str, Any]]:
    return [
        event["detail"]
        for event in simulation.events
        if event["detail-type"] == "ECS Task State Change"
        and event["detail"].get("stopCode") == "SpotInterruption"
        and event["detail"]["lastStatus"] == "RUNNING"
    ]


def test_a_notice_comes_two_minutes_before_the_end(simulation: Ecs) -> None:
    """At the warning desiredStatus is STOPPED, lastStatus RUNNING, and there is no stoppedAt."""
    simulation.create()
    simulation.advance(60)
    simulation.spot(3)
    (notice,) = _notices(simulation)
    assert notice["desiredStatus"] == "STOPPED"
    assert notice["stoppedReason"] == "Your Spot Task was interrupted."
    assert notice["group"] == "service:web"
    assert notice["clusterArn"] == CLUSTER_ARN
    assert notice["capacityProviderName"] == "FARGATE_SPOT"
    assert notice["launchType"] == "FARGATE"
    assert "stoppedAt" not in notice
    simulation.advance(119)
    assert simulation.running() == {"FARGATE_SPOT": 4}
    simulation.advance(1)
    assert simulation.running() == {"FARGATE_SPOT": 3}
    end = simulation.events[-1]
    assert end["resources"] == [notice["taskArn"]]
    assert (end["detail"]["lastStatus"], end["detail"]["desiredStatus"]) == ("STOPPED", "STOPPED")
    assert end["detail"]["stopCode"] == "SpotInterruption"
    assert end["detail"]["stoppedAt"].endswith("Z")
    assert end["detail"]["version"] > notice["version"]


def test_ecs_replaces_an_interrupted_task_at_once_where_there_is_room(simulation: Ecs) -> None:
    simulation.create()
    simulation.advance(60)
    interrupted = simulation.interrupt(2)
    assert len(interrupted) == 2
    simulation.advance(2)
    assert simulation.describe()["pendingCount"] == 2
    simulation.advance(200)
    assert simulation.running() == {"FARGATE_SPOT": 4}
    assert simulation.told("SERVICE_TASK_PLACEMENT_FAILURE") == []


def test_running_count_with_and_without_tasks_under_notice(simulation: Ecs) -> None:
    """AWS documents neither, so both can be had."""
    simulation.create()
    simulation.advance(60)
    simulation.spot(1)
    assert simulation.describe()["runningCount"] == 4
    simulation.control("POST", "count-interrupted", counted=False)
    service = simulation.describe()
    assert (service["runningCount"], service["deployments"][0]["runningCount"]) == (1, 1)


def test_a_placement_failure_is_told_in_its_documented_shape(simulation: Ecs) -> None:
    """The service stands only in resources; the reason is RESOURCE:FARGATE; there is no detail.version."""
    simulation.create()
    simulation.advance(60)
    simulation.spot(3)
    simulation.advance(5)
    (event,) = simulation.told("SERVICE_TASK_PLACEMENT_FAILURE")
    created_at = event["detail"].pop("createdAt")
    assert event["detail"] == {
        "eventType": "ERROR",
        "eventName": "SERVICE_TASK_PLACEMENT_FAILURE",
        "clusterArn": CLUSTER_ARN,
        "capacityProviderArns": [f"arn:aws:ecs:{REGION}:{ACCOUNT}:capacity-provider/FARGATE_SPOT"],
        "reason": "RESOURCE:FARGATE",
    }
    assert created_at.endswith("Z")
    assert (event["detail-type"], event["source"]) == ("ECS Service Action", "aws.ecs")
    assert (event["account"], event["region"], event["resources"]) == (ACCOUNT, REGION, [SERVICE_ARN])


def test_the_service_events_tell_a_shortage_newest_first(simulation: Ecs) -> None:
    simulation.spot(0)
    simulation.create()
    simulation.advance(60)
    newest = simulation.describe()["events"][0]
    assert newest["message"].startswith(
        "(service web) was unable to place a task. Reason: Capacity is unavailable at this time. Please try again "
        "later or in a different availability zone."
    )
    assert newest["id"]
    assert newest["createdAt"].timestamp() == pytest.approx(simulation.clock.now() - 59)


def test_service_events_are_the_newest_hundred(simulation: Ecs) -> None:
    simulation.create(desired=1)
    for _ in range(60):
        simulation.update(forceNewDeployment=True)
        simulation.advance(120)
    messages = simulation.describe()["events"]
    assert len(messages) == 100
    assert messages[0]["message"] == "(service web) has reached a steady state."


def test_a_shortage_is_told_once_and_then_every_quarter_of_an_hour(simulation: Ecs) -> None:
    simulation.create()
    simulation.advance(60)
    simulation.spot(0)
    simulation.advance(14 * 60)
    assert len(simulation.told("SERVICE_TASK_PLACEMENT_FAILURE")) == 1
    simulation.advance(3600)
    assert len(simulation.told("SERVICE_TASK_PLACEMENT_FAILURE")) == 5


def test_a_new_deployment_without_capacity_is_told_anew(simulation: Ecs) -> None:
    simulation.spot(0)
    simulation.create()
    simulation.advance(60)
    simulation.update(forceNewDeployment=True)
    simulation.advance(5)
    assert len(simulation.told("SERVICE_TASK_PLACEMENT_FAILURE")) == 2


def test_tasks_are_placed_within_half_a_minute_of_the_capacity_coming_back(simulation: Ecs) -> None:
    simulation.spot(0)
    simulation.create()
    simulation.advance(1000)
    simulation.spot(2)
    simulation.advance(30)
    assert simulation.describe()["pendingCount"] == 2
    simulation.advance(60)
    assert simulation.running() == {"FARGATE_SPOT": 2}


def test_a_task_that_stops_leaves_its_place_to_another_service(simulation: Ecs) -> None:
    simulation.spot(4)
    simulation.create("first")
    simulation.advance(60)
    simulation.create("second", desired=2)
    simulation.advance(600)
    assert simulation.running("second") == {}
    simulation.update("first", desiredCount=2)
    simulation.advance(90)
    assert simulation.running("second") == {"FARGATE_SPOT": 2}


def test_on_demand_never_stands_in_for_missing_spot(simulation: Ecs) -> None:
    simulation.spot(2)
    strategy = [
        {"capacityProvider": "FARGATE", "weight": 1, "base": 1},
        {"capacityProvider": "FARGATE_SPOT", "weight": 3},
    ]
    simulation.create(desired=9, strategy=strategy)
    simulation.advance(3600)
    assert simulation.running() == {"FARGATE": 3, "FARGATE_SPOT": 2}


def test_the_pool_of_one_account_is_not_that_of_another(simulation: Ecs) -> None:
    pool = {"account": OTHER_ACCOUNT, "region": REGION, "capacity": 0}
    simulation.control("POST", "spot-capacity", **pool)
    simulation.control("POST", "spot-capacity", **{**pool, "account": ACCOUNT, "region": "eu-west-1"})
    simulation.create()
    simulation.advance(60)
    assert simulation.running() == {"FARGATE_SPOT": 4}


def test_on_demand_can_run_out_too(simulation: Ecs) -> None:
    simulation.spot(1, provider="FARGATE")
    simulation.create(strategy=ON_DEMAND)
    simulation.advance(60)
    (event,) = simulation.told("SERVICE_TASK_PLACEMENT_FAILURE")
    assert event["detail"]["capacityProviderArns"] == [f"arn:aws:ecs:{REGION}:{ACCOUNT}:capacity-provider/FARGATE"]
    assert event["detail"]["reason"] == "RESOURCE:FARGATE"


def test_steady_state_is_told_and_told_again_every_six_hours(simulation: Ecs) -> None:
    simulation.create()
    simulation.advance(60)
    assert len(simulation.told("SERVICE_STEADY_STATE")) == 1
    simulation.advance(24 * 3600)
    events = simulation.told("SERVICE_STEADY_STATE")
    assert len(events) == 5
    assert events[-1]["detail"]["eventType"] == "INFO"
    assert events[-1]["resources"] == [SERVICE_ARN]


def test_deployments_are_told_as_state_changes(simulation: Ecs) -> None:
    deployment = simulation.create()["deployments"][0]["id"]
    simulation.advance(60)
    events = [event for event in simulation.events if event["detail-type"] == "ECS Deployment State Change"]
    assert [(event["detail"]["eventName"], event["detail"]["deploymentId"]) for event in events] == [
        ("SERVICE_DEPLOYMENT_IN_PROGRESS", deployment),
        ("SERVICE_DEPLOYMENT_COMPLETED", deployment),
    ]
    assert events[1]["detail"]["reason"] == f"ECS deployment {deployment} completed."
    assert {event["resources"][0] for event in events} == {SERVICE_ARN}


def test_a_task_tells_each_state_with_a_growing_version(simulation: Ecs) -> None:
    deployment = simulation.create(desired=1)["deployments"][0]["id"]
    simulation.advance(60)
    details = [event["detail"] for event in simulation.events if event["detail-type"] == "ECS Task State Change"]
    assert [(item["lastStatus"], item["version"]) for item in details] == [
        ("PROVISIONING", 1),
        ("PENDING", 2),
        ("RUNNING", 3),
    ]
    assert {item["startedBy"] for item in details} == {deployment}
    assert {item["desiredStatus"] for item in details} == {"RUNNING"}


def test_interrupting_more_tasks_than_run_is_refused(simulation: Ecs) -> None:
    simulation.create(desired=1, strategy=SPOT)
    simulation.advance(60)
    with pytest.raises(ValueError, match="has 1 running tasks on FARGATE_SPOT"):
        simulation.interrupt(2)
    with pytest.raises(ValueError, match="there is no service"):
        simulation.interrupt(1, name="ghost")


def test_a_capacity_must_be_a_number_of_tasks(simulation: Ecs) -> None:
    for wrong in (-1, "many", True):
        with pytest.raises(ValueError, match="capacity must be null or a number of tasks"):
            simulation.control("POST", "spot-capacity", account=ACCOUNT, region=REGION, capacity=wrong)
