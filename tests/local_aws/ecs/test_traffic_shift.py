"""Native blue/green, linear and canary deployments: all new tasks beside the old ones, and then the bake time."""

from __future__ import annotations

from typing import Any

import pytest

from tests.local_aws.ecs.simulation import CLUSTER, ON_DEMAND, Ecs

START = 60
"""Seconds in which a task is started and healthy, with some to spare."""
STRATEGIES: list[tuple[dict[str, Any], int]] = [
    ({"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 30}, 30),
    ({"strategy": "CANARY", "bakeTimeInMinutes": 5, "canaryConfiguration": {"canaryBakeTimeInMinutes": 20}}, 25),
    ({"strategy": "CANARY"}, 10),
    ({"strategy": "LINEAR", "linearConfiguration": {"stepPercent": 30.0, "stepBakeTimeInMinutes": 7}}, 21),
    ({"strategy": "LINEAR", "bakeTimeInMinutes": 1}, 55),
]


@pytest.mark.parametrize(("configuration", "minutes"), STRATEGIES)
def test_old_tasks_serve_until_the_traffic_has_shifted_and_baked(
    simulation: Ecs, configuration: dict[str, Any], minutes: int
) -> None:
    simulation.create(desired=2, deploymentConfiguration=configuration)
    simulation.advance(START)
    assert simulation.describe()["deployments"][0]["rolloutState"] == "COMPLETED"
    simulation.switch(ON_DEMAND)
    simulation.advance(minutes * 60)
    assert simulation.running() == {"FARGATE": 2, "FARGATE_SPOT": 2}
    assert [item["rolloutState"] for item in simulation.describe()["deployments"]] == ["IN_PROGRESS", "COMPLETED"]
    simulation.advance(2 * START)
    assert simulation.running() == {"FARGATE": 2}
    assert [item["rolloutState"] for item in simulation.describe()["deployments"]] == ["COMPLETED"]


def test_the_settings_are_told_as_they_were_given(simulation: Ecs) -> None:
    configuration = STRATEGIES[1][0]
    simulation.create(deploymentConfiguration=configuration)
    told = simulation.describe()["deploymentConfiguration"]
    assert {name: told[name] for name in configuration} == configuration
    simulation.update(deploymentConfiguration={"strategy": "ROLLING"})
    assert simulation.describe()["deploymentConfiguration"]["strategy"] == "ROLLING"


def test_all_new_tasks_start_at_once_whatever_the_most_of_a_rolling_deployment(simulation: Ecs) -> None:
    simulation.create(
        desired=4, deploymentConfiguration={"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 1, "maximumPercent": 125}
    )
    simulation.advance(START)
    simulation.switch(ON_DEMAND)
    simulation.advance(40)
    assert simulation.running() == {"FARGATE": 4, "FARGATE_SPOT": 4}


def test_while_new_tasks_find_no_place_nothing_shifts(simulation: Ecs) -> None:
    simulation.create(desired=2, strategy=ON_DEMAND, deploymentConfiguration=STRATEGIES[0][0])
    simulation.advance(START)
    simulation.spot(1)
    simulation.switch([{"capacityProvider": "FARGATE_SPOT", "weight": 1, "base": 0}])
    simulation.advance(3 * 3600)
    assert simulation.running() == {"FARGATE": 2, "FARGATE_SPOT": 1}
    simulation.spot(None)
    simulation.advance(30 * 60)
    assert simulation.running() == {"FARGATE": 2, "FARGATE_SPOT": 2}
    simulation.advance(2 * START)
    assert simulation.running() == {"FARGATE_SPOT": 2}


def test_a_service_on_its_way_out_waits_for_no_bake_time(simulation: Ecs) -> None:
    simulation.create(desired=2, deploymentConfiguration=STRATEGIES[0][0])
    simulation.advance(START)
    simulation.switch(ON_DEMAND)
    simulation.advance(START)
    simulation.client.delete_service(cluster=CLUSTER, service="web", force=True)
    simulation.advance(START)
    assert simulation.running() == {}
