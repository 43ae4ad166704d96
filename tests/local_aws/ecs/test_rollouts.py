"""Rolling deployments: in what order tasks come and go, and when a deployment is over."""

from __future__ import annotations

from typing import Any

import pytest

from tests.local_aws.ecs.simulation import ACCOUNT, ON_DEMAND, SPOT, Ecs

MIXED = [
    {"capacityProvider": "FARGATE", "weight": 1, "base": 1},
    {"capacityProvider": "FARGATE_SPOT", "weight": 3, "base": 0},
]


def test_a_task_is_pending_for_half_a_minute_and_its_deployment_completes_when_it_is_healthy(simulation: Ecs) -> None:
    simulation.create(desired=2)
    simulation.advance(20)
    assert [task["lastStatus"] for task in simulation.tasks()] == ["PENDING", "PENDING"]
    assert (simulation.describe()["pendingCount"], simulation.describe()["runningCount"]) == (2, 0)
    simulation.advance(15)
    assert (simulation.describe()["pendingCount"], simulation.describe()["runningCount"]) == (0, 2)
    assert simulation.describe()["deployments"][0]["rolloutState"] == "IN_PROGRESS"
    simulation.advance(10)
    (deployment,) = simulation.describe()["deployments"]
    assert deployment["rolloutState"] == "COMPLETED"
    assert deployment["rolloutStateReason"] == f"ECS deployment {deployment['id']} completed."


def test_tasks_are_spread_over_the_strategy(simulation: Ecs) -> None:
    simulation.create(desired=9, strategy=MIXED)
    simulation.advance(60)
    assert simulation.running() == {"FARGATE": 3, "FARGATE_SPOT": 6}
    tasks = simulation.tasks()
    assert {task["launchType"] for task in tasks} == {"FARGATE"}
    assert {task["capacityProviderName"] for task in tasks} == {"FARGATE", "FARGATE_SPOT"}
    assert {task["startedBy"] for task in tasks} == {simulation.describe()["deployments"][0]["id"]}
    assert {task["group"] for task in tasks} == {"service:web"}


def test_scaling_keeps_the_strategy_and_makes_no_deployment(simulation: Ecs) -> None:
    first = simulation.create(desired=9, strategy=MIXED)["deployments"][0]["id"]
    simulation.advance(60)
    simulation.update(desiredCount=5)
    simulation.advance(60)
    assert simulation.running() == {"FARGATE": 2, "FARGATE_SPOT": 3}
    simulation.update(desiredCount=13)
    simulation.advance(60)
    assert simulation.running() == {"FARGATE": 4, "FARGATE_SPOT": 9}
    simulation.update(desiredCount=0)
    simulation.advance(60)
    assert simulation.running() == {}
    (deployment,) = simulation.describe()["deployments"]
    assert (deployment["id"], deployment["desiredCount"], deployment["rolloutState"]) == (first, 0, "COMPLETED")


def test_old_tasks_are_stopped_only_when_new_ones_are_healthy(simulation: Ecs) -> None:
    """minimumHealthyPercent 100, maximumPercent 200: all new ones start at once beside the old."""
    simulation.create()
    simulation.advance(60)
    simulation.switch(ON_DEMAND)
    simulation.advance(35)
    assert simulation.running() == {"FARGATE_SPOT": 4, "FARGATE": 4}
    simulation.advance(10)
    assert simulation.running() == {"FARGATE": 4}
    assert {task["lastStatus"] for task in simulation.tasks(status="STOPPED")} == {"DEACTIVATING"}
    assert [item["status"] for item in simulation.describe()["deployments"]] == ["PRIMARY", "ACTIVE"]
    assert simulation.describe()["deployments"][0]["rolloutState"] == "IN_PROGRESS"
    simulation.advance(30)
    (deployment,) = simulation.describe()["deployments"]
    assert deployment["rolloutState"] == "COMPLETED"
    assert {task["stopCode"] for task in simulation.tasks(status="STOPPED")} == {"ServiceSchedulerInitiated"}


def test_never_fewer_healthy_than_the_minimum_nor_more_tasks_than_the_maximum(simulation: Ecs) -> None:
    simulation.create(desired=10, deploymentConfiguration={"minimumHealthyPercent": 100, "maximumPercent": 130})
    simulation.advance(60)
    simulation.switch(ON_DEMAND)
    for _ in range(60):
        simulation.advance(5)
        live = [task for task in simulation.tasks() if task["desiredStatus"] == "RUNNING"]
        assert len(live) <= 13
        assert sum(task["lastStatus"] == "RUNNING" for task in live) >= 10
    assert simulation.running() == {"FARGATE": 10}
    assert len(simulation.describe()["deployments"]) == 1


def test_a_minimum_under_100_stops_tasks_before_their_replacements_run(simulation: Ecs) -> None:
    simulation.create(deploymentConfiguration={"minimumHealthyPercent": 50, "maximumPercent": 100})
    simulation.advance(60)
    simulation.switch(ON_DEMAND)
    simulation.advance(2)
    assert simulation.running() == {"FARGATE_SPOT": 2}
    simulation.advance(200)
    assert simulation.running() == {"FARGATE": 4}


def test_minimum_and_maximum_100_let_nothing_roll(simulation: Ecs) -> None:
    simulation.create(deploymentConfiguration={"minimumHealthyPercent": 100, "maximumPercent": 100})
    simulation.advance(60)
    simulation.switch(ON_DEMAND)
    simulation.advance(3600)
    assert simulation.running() == {"FARGATE_SPOT": 4}
    assert simulation.describe()["deployments"][0]["rolloutState"] == "IN_PROGRESS"


def test_without_spot_the_rollout_hangs_and_the_on_demand_tasks_stay(simulation: Ecs) -> None:
    """A capacity shortage does not trip the circuit breaker: the PRIMARY stays IN_PROGRESS until Spot is back."""
    simulation.create(
        strategy=ON_DEMAND, deploymentConfiguration={"deploymentCircuitBreaker": {"enable": True, "rollback": True}}
    )
    simulation.advance(60)
    simulation.spot(1)
    simulation.switch(SPOT)
    simulation.advance(2 * 3600)
    assert simulation.running() == {"FARGATE_SPOT": 1, "FARGATE": 3}
    primary, old = simulation.describe()["deployments"]
    assert (primary["rolloutState"], primary["runningCount"], primary["pendingCount"]) == ("IN_PROGRESS", 1, 0)
    assert (old["status"], old["runningCount"], old["desiredCount"]) == ("ACTIVE", 3, 3)
    assert simulation.describe()["runningCount"] == 4
    simulation.spot(None)
    simulation.advance(120)
    assert simulation.running() == {"FARGATE_SPOT": 4}
    assert simulation.describe()["deployments"][0]["rolloutState"] == "COMPLETED"


def test_a_hung_deployment_is_superseded_by_the_next(simulation: Ecs) -> None:
    simulation.create(strategy=ON_DEMAND)
    simulation.advance(60)
    simulation.spot(2)
    hung = simulation.switch(SPOT)["deployments"][0]["id"]
    simulation.advance(300)
    deployments = simulation.switch(ON_DEMAND)["deployments"]
    assert [item["status"] for item in deployments] == ["PRIMARY", "ACTIVE", "ACTIVE"]
    assert deployments[1]["id"] == hung
    simulation.advance(120)
    assert simulation.running() == {"FARGATE": 4}
    assert len(simulation.describe()["deployments"]) == 1


def test_scaled_out_while_spot_lacks_the_service_runs_short(simulation: Ecs) -> None:
    simulation.create(strategy=ON_DEMAND)
    simulation.advance(60)
    simulation.spot(0)
    simulation.switch(SPOT)
    simulation.advance(60)
    simulation.update(desiredCount=6)
    simulation.advance(600)
    service = simulation.describe()
    assert (service["desiredCount"], service["runningCount"], service["pendingCount"]) == (6, 4, 0)


def _broken(simulation: Ecs, broken: bool = True) -> None:
    simulation.control("POST", "broken-image", account=ACCOUNT, image="app:1", broken=broken)


def _breaker(rollback: bool) -> dict[str, Any]:
    return {"deploymentConfiguration": {"deploymentCircuitBreaker": {"enable": True, "rollback": rollback}}}


def test_the_circuit_breaker_rolls_back_to_the_last_completed_deployment_and_its_strategy(simulation: Ecs) -> None:
    """Three failed tasks are the least threshold. What comes back is the whole revision, the strategy included."""
    before = simulation.create(desired=3, **_breaker(rollback=True))["deployments"][0]["id"]
    simulation.advance(60)
    _broken(simulation)
    failed = simulation.switch(ON_DEMAND)["deployments"][0]["id"]
    simulation.advance(120)
    service = simulation.describe()
    assert service["capacityProviderStrategy"][0]["capacityProvider"] == "FARGATE_SPOT"
    assert [item["id"] for item in service["deployments"]] == [before]
    assert service["deployments"][0]["rolloutState"] == "COMPLETED"
    (told,) = simulation.told("SERVICE_DEPLOYMENT_FAILED")
    assert told["detail"]["deploymentId"] == failed
    assert told["detail"]["reason"] == "ECS deployment circuit breaker: tasks failed to start."
    going_back = simulation.told("SERVICE_DEPLOYMENT_IN_PROGRESS")[-1]["detail"]
    assert going_back["deploymentId"] == before
    assert going_back["reason"] == f"ECS deployment circuit breaker: rolling back to deploymentId {before}."
    assert simulation.running() == {"FARGATE_SPOT": 3}


def test_a_roll_back_to_a_deployment_without_tasks_makes_a_new_one_that_its_events_explain(simulation: Ecs) -> None:
    before = simulation.create(desired=3, **_breaker(rollback=True))["deployments"][0]["id"]
    simulation.advance(60)
    simulation.spot(0)
    simulation.advance(180)
    _broken(simulation)
    failed = simulation.switch(ON_DEMAND)["deployments"][0]["id"]
    simulation.advance(120)
    service = simulation.describe()
    primary = service["deployments"][0]
    assert primary["id"] not in {before, failed}
    assert primary["rolloutStateReason"] == f"ECS deployment circuit breaker: rolling back to deploymentId {before}."
    told = [event["message"] for event in service["events"]]
    back = f"(service {service['serviceName']}) rolling back to deployment {before}."
    assert told.index(back) < told.index(
        f"(service {service['serviceName']}) (deployment {failed}) deployment failed: tasks failed to start."
    )
    simulation.spot(3)
    simulation.advance(900)
    assert [event["message"] for event in simulation.describe()["events"]].count(back) == 1
    assert simulation.describe()["deployments"][0]["id"] == primary["id"]
    _broken(simulation, broken=False)
    simulation.advance(600)
    (primary,) = simulation.describe()["deployments"]
    assert primary["rolloutStateReason"] == f"ECS deployment {primary['id']} completed."


def test_the_circuit_breaker_without_rollback_leaves_the_failed_deployment(simulation: Ecs) -> None:
    simulation.create(desired=3, **_breaker(rollback=False))
    simulation.advance(60)
    _broken(simulation)
    simulation.switch(ON_DEMAND)
    simulation.advance(1800)
    primary, old = simulation.describe()["deployments"]
    assert (primary["rolloutState"], primary["failedTasks"], primary["runningCount"]) == ("FAILED", 3, 0)
    assert old["runningCount"] == 3


def test_without_circuit_breaker_ecs_tries_again_ever_more_slowly(simulation: Ecs) -> None:
    _broken(simulation)
    simulation.create(desired=2)
    simulation.advance(2 * 3600)
    service = simulation.describe()
    assert service["deployments"][0]["rolloutState"] == "IN_PROGRESS"
    assert 8 <= service["deployments"][0]["failedTasks"] <= 40
    (impaired,) = simulation.told("SERVICE_TASK_START_IMPAIRED")
    assert impaired["detail"]["eventType"] == "WARN"
    stopped = simulation.tasks(status="STOPPED")[-1]
    assert stopped["stopCode"] == "TaskFailedToStart"
    assert stopped["stoppedReason"].startswith("CannotPullContainerError")
    _broken(simulation, broken=False)
    simulation.advance(1200)
    assert simulation.describe()["deployments"][0]["rolloutState"] == "COMPLETED"


def test_a_task_that_a_user_stops_is_replaced(simulation: Ecs) -> None:
    simulation.create(desired=2)
    simulation.advance(60)
    victim = simulation.tasks()[0]["taskArn"]
    stopped = simulation.client.stop_task(cluster="shop", task=victim, reason="drill")["task"]
    assert (stopped["desiredStatus"], stopped["stopCode"]) == ("STOPPED", "UserInitiated")
    simulation.advance(60)
    assert simulation.running() == {"FARGATE_SPOT": 2}
    assert victim not in {task["taskArn"] for task in simulation.tasks()}


def test_stopped_tasks_can_be_described_for_an_hour(simulation: Ecs) -> None:
    simulation.create(desired=1)
    simulation.advance(60)
    (arn,) = simulation.interrupt(1)
    simulation.advance(130)
    assert simulation.client.describe_tasks(cluster="shop", tasks=[arn])["tasks"][0]["lastStatus"] == "STOPPED"
    simulation.advance(7 * 3600)
    assert simulation.client.describe_tasks(cluster="shop", tasks=[arn])["failures"] == [
        {"arn": arn, "reason": "MISSING"}
    ]


def test_fifty_services_through_a_day_of_shortage_cost_few_timers(simulation: Ecs) -> None:
    """Nothing polls: what is steady, and what waits for capacity, is looked at only when something is to be told."""
    for number in range(50):
        simulation.create(f"s{number}", desired=3)
    simulation.advance(60)
    simulation.clock.ran = 0
    simulation.advance(24 * 3600)
    assert simulation.clock.ran <= 50 * 4
    simulation.spot(0)
    simulation.clock.ran = 0
    simulation.advance(24 * 3600)
    assert simulation.clock.ran <= 50 * (24 * 4 + 10)


@pytest.mark.parametrize("count_interrupted", [True, False])
def test_the_timeline_has_a_point_for_every_change_and_none_in_between(
    simulation: Ecs, count_interrupted: bool
) -> None:
    simulation.control("POST", "count-interrupted", counted=count_interrupted)
    simulation.create(desired=2)
    start = simulation.clock.now()
    simulation.advance(3600)
    simulation.spot(1)
    simulation.advance(3600)
    timeline = simulation.control("GET", "timeline")
    (service,) = timeline["services"]
    course = [(point["t"] - start, point["desired"], point["running"]) for point in service["points"]]
    assert course == [
        (0, 2, {}),
        (31, 2, {"FARGATE_SPOT": 2}),
        (3720, 2, {"FARGATE_SPOT": 1}),
    ]
    assert [(point["t"] - start, point["capacity"]) for point in timeline["spot"][0]["points"]] == [(3600, 1)]
