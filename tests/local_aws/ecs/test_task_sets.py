"""Task sets of a service with the EXTERNAL controller: counts, stability, Spot capacity, targets, who is PRIMARY."""

from __future__ import annotations

from collections import Counter
from typing import Any

import boto3

from tests.local_aws.ecs.balancers import behind, target_group
from tests.local_aws.ecs.simulation import CLUSTER, ON_DEMAND, REGION, SPOT, Ecs


def _health(group: str) -> dict[str, int]:
    elb: Any = boto3.client("elbv2", region_name=REGION)
    described = elb.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
    return dict(Counter(item["TargetHealth"]["State"] for item in described))


def test_a_task_set_runs_its_share_of_the_desired_count(simulation: Ecs) -> None:
    """computedDesiredCount is rounded up (API reference, TaskSet), and follows the service's desired count."""
    simulation.external(desired=5)
    made = simulation.task_set(scale={"value": 50, "unit": "PERCENT"})
    assert (made["computedDesiredCount"], made["runningCount"], made["stabilityStatus"]) == (3, 0, "STABILIZING")
    assert made["status"] == "ACTIVE"
    simulation.advance(20)
    (one,) = simulation.task_sets()
    assert (one["pendingCount"], one["stabilityStatus"]) == (3, "STABILIZING")
    simulation.advance(40)
    (one,) = simulation.task_sets()
    assert (one["runningCount"], one["pendingCount"], one["stabilityStatus"]) == (3, 0, "STEADY_STATE")
    assert one["stabilityStatusAt"] > made["createdAt"]
    assert {task["startedBy"] for task in simulation.tasks()} == {one["id"]}
    assert simulation.update(desiredCount=9)["desiredCount"] == 9
    simulation.advance(60)
    (one,) = simulation.task_sets()
    assert (one["computedDesiredCount"], one["runningCount"]) == (5, 5)
    assert simulation.describe()["runningCount"] == 5


def test_scaling_down_in_steps_stops_that_many_and_no_others(simulation: Ecs) -> None:
    simulation.external(desired=10)
    old, new = simulation.task_set(), simulation.task_set(strategy=ON_DEMAND)
    simulation.advance(60)
    seen = []
    for percent in (75, 50, 25, 0):
        assert simulation.scale(old, percent)["scale"] == {"value": float(percent), "unit": "PERCENT"}
        simulation.advance(60)
        seen.append([item["runningCount"] for item in simulation.task_sets()])
    assert seen == [[8, 10], [5, 10], [3, 10], [0, 10]]
    assert {item["id"] for item in simulation.task_sets()} == {old["id"], new["id"]}
    told = simulation.told("TASKSET_STEADY_STATE")[-1]
    assert told["resources"] == [simulation.describe()["serviceArn"]]


def test_the_service_takes_on_what_its_primary_task_set_has(simulation: Ecs) -> None:
    service = simulation.external(desired=1)
    assert (service["taskSets"], service.get("taskDefinition"), service.get("launchType")) == ([], None, None)
    first, second = simulation.task_set(), simulation.task_set(strategy=ON_DEMAND)
    for one, strategy in ((first, SPOT), (second, ON_DEMAND)):
        made = simulation.client.update_service_primary_task_set(
            cluster=CLUSTER, service="web", primaryTaskSet=one["taskSetArn"]
        )["taskSet"]
        assert made["status"] == "PRIMARY"
        service = simulation.describe()
        assert [item["capacityProvider"] for item in service["capacityProviderStrategy"]] == [
            strategy[0]["capacityProvider"]
        ]
        assert service["taskDefinition"] == one["taskDefinition"]
    assert [item["status"] for item in service["taskSets"]] == ["ACTIVE", "PRIMARY"]


def test_a_task_set_short_of_spot_waits_and_the_failure_is_told(simulation: Ecs) -> None:
    simulation.external(desired=4)
    simulation.spot(1)
    simulation.task_set()
    simulation.task_set(strategy=ON_DEMAND)
    simulation.advance(120)
    short, whole = simulation.task_sets()
    assert (short["runningCount"], short["stabilityStatus"]) == (1, "STABILIZING")
    assert (whole["runningCount"], whole["stabilityStatus"]) == (4, "STEADY_STATE")
    (told,) = simulation.told("SERVICE_TASK_PLACEMENT_FAILURE")
    assert told["detail"]["capacityProviderArns"][0].endswith("/FARGATE_SPOT")
    messages = [item["message"] for item in simulation.describe()["events"]]
    assert any(text.startswith(f"(service web, taskSet {short['id']}) was unable to place a task") for text in messages)
    simulation.spot(None)
    simulation.advance(120)
    assert [item["runningCount"] for item in simulation.task_sets()] == [4, 4]


def test_two_task_sets_wait_for_the_same_pool_and_both_get_room(simulation: Ecs) -> None:
    simulation.external(desired=2)
    simulation.spot(0)
    simulation.task_set()
    simulation.task_set()
    simulation.advance(60)
    simulation.spot(None)
    simulation.advance(120)
    assert [item["runningCount"] for item in simulation.task_sets()] == [2, 2]


def test_an_interrupted_task_gets_its_notice_and_is_replaced(simulation: Ecs) -> None:
    simulation.external(desired=2)
    made = simulation.task_set()
    simulation.advance(60)
    (arn,) = simulation.interrupt(1)
    (notice,) = [
        event["detail"]
        for event in simulation.events
        if event["detail"].get("stopCode") == "SpotInterruption" and event["detail"]["lastStatus"] == "RUNNING"
    ]
    assert (notice["taskArn"], notice["group"], notice["startedBy"]) == (arn, "service:web", made["id"])
    assert simulation.task_sets()[0]["stabilityStatus"] == "STABILIZING"
    simulation.advance(200)
    assert simulation.task_sets()[0]["stabilityStatus"] == "STEADY_STATE"
    (simple,) = simulation.tasks()[:1]
    simulation.client.stop_task(cluster=CLUSTER, task=simple["taskArn"])
    simulation.advance(100)
    assert simulation.task_sets()[0]["runningCount"] == 2


def test_targets_come_and_drain_in_the_task_sets_own_group(simulation: Ecs) -> None:
    blue, green = target_group("blue", delay=60), target_group("green", delay=60)
    simulation.external(desired=2)
    old = simulation.task_set(**behind(blue))
    simulation.task_set(**behind(green))
    simulation.advance(32)
    assert simulation.task_sets()[0]["runningCount"] == 2
    assert simulation.task_sets()[0]["stabilityStatus"] == "STABILIZING"  # not healthy yet
    simulation.advance(20)
    assert (_health(blue), _health(green)) == ({"healthy": 2}, {"healthy": 2})
    simulation.scale(old, 50)
    simulation.advance(30)
    assert (_health(blue), _health(green)) == ({"healthy": 1, "draining": 1}, {"healthy": 2})
    simulation.advance(60)
    assert _health(blue) == {"healthy": 1}


def test_a_deleted_task_set_drains_and_goes(simulation: Ecs) -> None:
    simulation.external(desired=2)
    made = simulation.task_set()
    simulation.advance(60)
    deleted = simulation.client.delete_task_set(cluster=CLUSTER, service="web", taskSet=made["id"], force=True)
    assert deleted["taskSet"]["status"] == "DRAINING"
    simulation.advance(30)
    assert simulation.task_sets() == []
    assert simulation.tasks() == []
    assert simulation.describe()["taskSets"] == []


def test_a_service_is_deleted_with_its_task_sets(simulation: Ecs) -> None:
    simulation.external(desired=2)
    simulation.task_set()
    simulation.advance(60)
    simulation.client.delete_service(cluster=CLUSTER, service="web", force=True)
    simulation.advance(30)
    service = simulation.describe()
    assert (service["status"], service["taskSets"], service["runningCount"]) == ("INACTIVE", [], 0)
    assert simulation.client.delete_cluster(cluster=CLUSTER)["cluster"]["status"] == "INACTIVE"


def test_the_course_of_task_sets_can_be_seen(simulation: Ecs) -> None:
    simulation.external(desired=2)
    made = simulation.task_set()
    simulation.advance(60)
    (service,) = simulation.control("GET", "services")
    (item,) = service["task_sets"]
    assert (item["id"], item["desired"], item["running"], item["status"]) == (
        made["id"], 2, {"FARGATE_SPOT": 2}, "ACTIVE",
    )  # fmt: skip
    assert simulation.running() == {"FARGATE_SPOT": 2}
    points = simulation.control("GET", "timeline")["services"][0]["points"]
    assert points[-1]["task_sets"] == [item | {"pending": 0}]
    updates = simulation.control("GET", "service-updates")
    assert [(update["api"], update.get("task_set")) for update in updates] == [
        ("CreateService", None),
        ("CreateTaskSet", made["id"]),
    ]
