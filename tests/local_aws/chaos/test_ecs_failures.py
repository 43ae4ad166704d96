"""How ECS fails a failover, as scenarios steer it through the control API; each test names the fact that it shows."""

from __future__ import annotations

from typing import Any

import pytest

from tests.local_aws.chaos.conftest import CLUSTER, ON_DEMAND, SPOT, Unpleasant
from tests.local_aws.conftest import REGION, WORKLOAD

BREAKER: dict[str, Any] = {"deploymentConfiguration": {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}}


def _break_image(unpleasant: Unpleasant, *, broken: bool) -> None:
    unpleasant.post("broken-image", {"account": WORKLOAD, "image": "app:1", "broken": broken})


def _running(unpleasant: Unpleasant) -> dict[str, int]:
    (service,) = unpleasant.aws.control("services")
    return dict(service["running"])


def _events(unpleasant: Unpleasant, name: str) -> list[dict[str, Any]]:
    return [event for event in _heard(unpleasant) if event["detail"].get("eventName") == name]


def _heard(unpleasant: Unpleasant) -> list[dict[str, Any]]:
    return next(one.events for one in unpleasant.aws.world.listeners if isinstance(one, _Listener))


class _Listener:
    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []

    def __call__(self, event: dict[str, Any]) -> None:
        self.events.append(event)


@pytest.fixture(autouse=True)
def listener(unpleasant: Unpleasant) -> None:
    unpleasant.aws.world.listeners.append(_Listener())


def test_a_failovers_own_deployment_fails_and_the_circuit_breaker_takes_the_service_back_to_spot(
    unpleasant: Unpleasant,
) -> None:
    """The circuit breaker rolls a failover back to Spot: the last completed revision, its strategy included."""
    unpleasant.create(**BREAKER)
    unpleasant.aws.advance(120)
    before = unpleasant.describe()["services"][0]["deployments"][0]["id"]
    _break_image(unpleasant, broken=True)

    failover = unpleasant.switch(ON_DEMAND)["deployments"][0]["id"]
    unpleasant.aws.advance(900)

    assert unpleasant.provider() == "FARGATE_SPOT"
    (service,) = unpleasant.describe()["services"]
    assert [item["id"] for item in service["deployments"]] == [before]
    (failed,) = _events(unpleasant, "SERVICE_DEPLOYMENT_FAILED")
    assert failed["detail"]["deploymentId"] == failover
    assert _running(unpleasant) == {"FARGATE_SPOT": 2}


def test_a_restore_that_fails_is_rolled_back_to_on_demand(unpleasant: Unpleasant) -> None:
    """And a restore back to on-demand."""
    unpleasant.create(**BREAKER)
    unpleasant.aws.advance(120)
    unpleasant.switch(ON_DEMAND)
    unpleasant.aws.advance(300)
    _break_image(unpleasant, broken=True)
    unpleasant.switch(SPOT)
    unpleasant.aws.advance(900)
    assert unpleasant.provider() == "FARGATE"
    assert _running(unpleasant) == {"FARGATE": 2}


def test_a_failed_release_without_circuit_breaker_stays_in_progress(unpleasant: Unpleasant) -> None:
    """A deployment without capacity or a working image stays IN_PROGRESS unless the circuit breaker ends it."""
    unpleasant.create()
    unpleasant.aws.advance(120)
    _break_image(unpleasant, broken=True)
    unpleasant.switch(ON_DEMAND)
    unpleasant.aws.advance(1200)
    primary, old = unpleasant.describe()["services"][0]["deployments"]
    assert (primary["rolloutState"], primary["runningCount"], old["runningCount"]) == ("IN_PROGRESS", 0, 2)
    assert primary["failedTasks"] > 0
    _break_image(unpleasant, broken=False)
    unpleasant.aws.advance(1200)
    assert _running(unpleasant) == {"FARGATE": 2}


def test_on_demand_may_lack_too_and_its_placement_failure_names_fargate(unpleasant: Unpleasant) -> None:
    """`reason` is RESOURCE:FARGATE for both, so that only the provider's ARN tells them apart."""
    unpleasant.create()
    unpleasant.aws.advance(120)
    unpleasant.limit("FARGATE_SPOT", 0)
    unpleasant.limit("FARGATE", 1)
    unpleasant.switch(ON_DEMAND)
    unpleasant.aws.advance(300)
    named = [event["detail"]["capacityProviderArns"] for event in _events(unpleasant, "SERVICE_TASK_PLACEMENT_FAILURE")]
    prefix = f"arn:aws:ecs:{REGION}:{WORKLOAD}:capacity-provider"
    assert named[-1] == [f"{prefix}/FARGATE"]
    assert _running(unpleasant) == {"FARGATE": 1}
    unpleasant.limit("FARGATE", None)
    unpleasant.aws.advance(120)
    assert _running(unpleasant) == {"FARGATE": 2}


def test_on_demand_tasks_are_never_interrupted_however_little_room_is_left(unpleasant: Unpleasant) -> None:
    """AWS interrupts Fargate Spot tasks alone; a lack of on-demand capacity only keeps new tasks from starting."""
    unpleasant.create(capacityProviderStrategy=ON_DEMAND)
    unpleasant.aws.advance(120)
    unpleasant.limit("FARGATE", 0)
    unpleasant.aws.advance(600)
    assert _running(unpleasant) == {"FARGATE": 2}
    assert not [event for event in _heard(unpleasant) if event["detail"].get("stopCode") == "SpotInterruption"]
    unpleasant.ecs.update_service(cluster=CLUSTER, service="web", desiredCount=3)
    unpleasant.aws.advance(60)
    assert len(_events(unpleasant, "SERVICE_TASK_PLACEMENT_FAILURE")) == 1


def test_what_is_gone_is_told_by_the_errors_that_the_model_of_ecs_names(unpleasant: Unpleasant) -> None:
    """UpdateService: ServiceNotActiveException, ServiceNotFoundException, ClusterNotFoundException."""
    ecs = unpleasant.ecs
    unpleasant.create()
    ecs.delete_service(cluster=CLUSTER, service="web", force=True)
    unpleasant.aws.advance(120)
    with pytest.raises(ecs.exceptions.ServiceNotActiveException):
        unpleasant.switch(ON_DEMAND)
    with pytest.raises(ecs.exceptions.ServiceNotFoundException):
        unpleasant.switch(ON_DEMAND, "ghost")
    ecs.delete_cluster(cluster=CLUSTER)
    with pytest.raises(ecs.exceptions.ClusterNotFoundException):
        unpleasant.switch(ON_DEMAND)
    with pytest.raises(ecs.exceptions.ClusterNotFoundException):
        unpleasant.describe()


def test_lists_come_in_pages_of_the_size_that_ecs_gives(unpleasant: Unpleasant) -> None:
    """ListServices: ten to a page unless maxResults says otherwise, and DescribeServices takes ten at most."""
    for number in range(12):
        unpleasant.create(f"s{number}", desiredCount=0)
    first = unpleasant.ecs.list_services(cluster=CLUSTER)
    second = unpleasant.ecs.list_services(cluster=CLUSTER, nextToken=first["nextToken"])
    assert (len(first["serviceArns"]), len(second["serviceArns"])) == (10, 2)
    assert "nextToken" not in second
    names = [f"s{number}" for number in range(11)]
    with pytest.raises(unpleasant.ecs.exceptions.InvalidParameterException):
        unpleasant.ecs.describe_services(cluster=CLUSTER, services=names)
