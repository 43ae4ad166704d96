"""Services behind a load balancer: targets that come, turn healthy, drain and go, of one service or of two."""

from __future__ import annotations

from collections import Counter
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.local_aws.ecs.balancers import behind, target_group
from tests.local_aws.ecs.simulation import ACCOUNT, CLUSTER, ON_DEMAND, REGION, Ecs


def _health(group: str, **targets: Any) -> list[dict[str, Any]]:
    elb: Any = boto3.client("elbv2", region_name=REGION)
    return list(elb.describe_target_health(TargetGroupArn=group, **targets)["TargetHealthDescriptions"])


def _states(group: str) -> dict[str, int]:
    return dict(Counter(item["TargetHealth"]["State"] for item in _health(group)))


def test_a_task_is_registered_when_it_runs_and_healthy_a_while_later(simulation: Ecs) -> None:
    """States and reasons of the API's TargetHealth."""
    group = target_group()
    simulation.create(desired=2, **behind(group))
    simulation.advance(25)
    assert _states(group) == {}
    simulation.advance(7)
    (first, second) = _health(group)
    assert first["TargetHealth"]["Reason"] == "Elb.InitialHealthChecking"
    addresses = {
        detail["value"]
        for task in simulation.tasks()
        for attachment in task["attachments"]
        for detail in attachment["details"]
        if detail["name"] == "privateIPv4Address"
    }
    assert {first["Target"]["Id"], second["Target"]["Id"]} == addresses
    assert first["Target"]["Port"] == 8080
    simulation.advance(10)
    assert _states(group) == {"healthy": 2}
    messages = [item["message"] for item in simulation.describe()["events"]]
    assert messages.count(f"(service web) registered 1 targets in (target-group {group})") == 2


def test_a_stopped_task_drains_for_the_deregistration_delay_and_goes_on_meanwhile(simulation: Ecs) -> None:
    group = target_group(delay=60)
    simulation.create(desired=2, **behind(group))
    simulation.advance(60)
    simulation.update(desiredCount=1)
    simulation.advance(50)
    assert _states(group) == {"healthy": 1, "draining": 1}
    (draining,) = [item for item in _health(group) if item["TargetHealth"]["State"] == "draining"]
    assert draining["TargetHealth"]["Reason"] == "Target.DeregistrationInProgress"
    assert _health(group, Targets=[{"Id": draining["Target"]["Id"]}]) == [draining]
    assert [task["lastStatus"] for task in simulation.tasks(status="STOPPED")] == ["DEACTIVATING"]
    simulation.advance(20)
    assert _states(group) == {"healthy": 1}
    simulation.advance(30)
    assert [task["lastStatus"] for task in simulation.tasks(status="STOPPED")] == ["STOPPED"]


def test_a_notice_takes_a_target_out_at_once(simulation: Ecs) -> None:
    group = target_group()
    simulation.create(desired=3, **behind(group))
    simulation.advance(60)
    simulation.interrupt(1)
    assert _states(group) == {"healthy": 2, "draining": 1}


def test_two_services_share_a_target_group(simulation: Ecs) -> None:
    group = target_group()
    simulation.create("web", desired=2, **behind(group))
    simulation.create("twin", desired=0, strategy=ON_DEMAND, **behind(group))
    simulation.advance(60)
    simulation.update("twin", desiredCount=3)
    simulation.advance(60)
    assert _states(group) == {"healthy": 5}
    simulation.update("twin", desiredCount=1)
    simulation.advance(30)
    assert _states(group) == {"healthy": 3, "draining": 2}
    simulation.client.delete_service(cluster=CLUSTER, service="twin", force=True)
    simulation.advance(400)
    assert _states(group) == {"healthy": 2}


def test_a_rolling_deployment_never_has_fewer_healthy_targets_than_tasks_desired(simulation: Ecs) -> None:
    group = target_group()
    simulation.create(desired=4, **behind(group))
    simulation.advance(60)
    before = simulation.clock.now()
    simulation.switch(ON_DEMAND)
    simulation.advance(900)
    assert simulation.running() == {"FARGATE": 4}
    assert len(simulation.describe()["deployments"]) == 1
    (course,) = simulation.control("GET", "timeline")["target_groups"]
    assert (course["target_group"], course["account"], course["region"]) == (group, ACCOUNT, REGION)
    points = [point for point in course["points"] if point["t"] > before]
    assert min(point["healthy"] for point in points) == 4
    assert max(point["healthy"] + point["initial"] for point in points) == 8


def test_the_course_of_a_group_tells_when_a_target_has_drained(simulation: Ecs) -> None:
    group = target_group(delay=60)
    simulation.create(desired=2, **behind(group))
    simulation.advance(60)
    simulation.interrupt(1)
    simulation.advance(300)
    timeline = simulation.control("GET", "timeline")
    (notice,), (course,) = timeline["interruptions"], timeline["target_groups"]
    after = [point for point in course["points"] if point["t"] >= notice["t"]]
    assert [(point["healthy"], point["initial"], point["draining"]) for point in after] == [
        (1, 0, 1),
        (1, 1, 1),
        (2, 0, 1),
        (2, 0, 0),
    ]
    assert after[-1]["t"] - after[0]["t"] == pytest.approx(60)


def test_the_course_of_a_service_tells_how_many_tasks_got_a_notice(simulation: Ecs) -> None:
    simulation.create(desired=4)
    simulation.advance(60)
    simulation.interrupt(3)
    simulation.advance(60)
    simulation.interrupt(1)
    first, second = simulation.control("GET", "timeline")["interruptions"]
    assert (first["service"], first["tasks"], second["tasks"]) == ("web", 3, 1)
    assert second["t"] - first["t"] == pytest.approx(60, abs=1)


def test_unhealthy_targets_are_told_and_their_tasks_replaced(simulation: Ecs) -> None:
    group = target_group(delay=30)
    simulation.create(desired=1, **behind(group))
    simulation.advance(60)
    where = {"account": ACCOUNT, "region": REGION, "cluster": CLUSTER, "service": "web"}
    simulation.control("POST", "fail-application", **where, how="elb-health-check")
    assert [item["TargetHealth"]["Reason"] for item in _health(group)] == ["Target.FailedHealthChecks"]
    simulation.advance(70)
    assert _states(group) == {"draining": 1}
    simulation.control("POST", "fail-application", **where, how=None)
    simulation.advance(300)
    assert _states(group) == {"healthy": 1}


def test_a_group_without_load_balancer_is_refused(simulation: Ecs) -> None:
    lonely = target_group("lonely", listener=False)
    for arn, message in ((lonely, "does not have an associated load balancer"), (lonely + "0", "does not exist")):
        with pytest.raises(ClientError, match=message) as refused:
            simulation.create(**behind(arn))
        assert refused.value.response["Error"]["Code"] == "InvalidParameterException"


def test_targets_that_ecs_does_not_know_stay_with_moto(simulation: Ecs) -> None:
    group = target_group()
    elb = boto3.client("elbv2", region_name=REGION)
    elb.register_targets(TargetGroupArn=group, Targets=[{"Id": "10.1.2.3", "Port": 80}])
    simulation.create(desired=1, **behind(group))
    simulation.advance(60)
    assert _states(group) == {"healthy": 2}
    (one,) = _health(group, Targets=[{"Id": "10.1.2.3", "Port": 80}])
    assert one["Target"]["Id"] == "10.1.2.3"
