"""What must never happen to a strategy is noticed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.soak.courses import Courses
from tests.soak.plan import ON_DEMAND, SPOT, Wire, items

FALLBACK = items(("FARGATE_SPOT", 0, 0), ("FARGATE", 10, 0))
OWN = items(("FARGATE", 1, 1), ("FARGATE_SPOT", 3, 0))
SERVICE = {"account": "111111111111", "region": "us-east-1", "cluster": "shop", "service": "web"}
OWNER = "arn:aws:iam::111111111111:user/terraform"
AUTOMATION = "arn:aws:sts::111111111111:assumed-role/CentralSpotAutomationRole/handler"
Step = tuple[float, Wire, str]
"""Time, strategy, and who set it; nobody: ECS."""


def read(*steps: Step) -> Courses:
    points: list[dict[str, Any]] = [{"t": time, "strategy": strategy} for time, strategy, _ in steps]
    updates = [
        SERVICE | {"time": time, "strategy": wire, "principal_arn": who, "force_new_deployment": True}
        for time, wire, who in steps
        if who
    ]
    courses = Courses()
    courses.read({"services": [SERVICE | {"points": points}]}, updates)
    return courses


def test_there_and_back_is_as_promised() -> None:
    courses = read((0, SPOT, OWNER), (100, FALLBACK, AUTOMATION), (900, SPOT, AUTOMATION), (1800, FALLBACK, AUTOMATION))

    assert courses.broken == []
    assert (courses.switches["failover"], courses.switches["restore"]) == (2, 1)


def test_a_failover_that_ecs_rolled_back_is_tried_again_three_times() -> None:
    again: list[Step] = []
    for number in range(4):
        again += [(1000 * number + 100, FALLBACK, AUTOMATION), (1000 * number + 600, SPOT, "")]

    assert read((0, SPOT, OWNER), *again).broken == []
    assert len(read((0, SPOT, OWNER), *again, (9000, FALLBACK, AUTOMATION)).broken) == 1


def test_a_failover_that_ecs_rolled_back_beyond_what_the_owner_set_last_is_tried_again() -> None:
    fallback = items(("FARGATE", 10, 1), ("FARGATE_SPOT", 0, 0))
    begun: list[Step] = [(0, SPOT, OWNER), (100, OWN, OWNER), (200, fallback, AUTOMATION), (300, SPOT, "")]
    courses = read(*begun, (900, fallback, AUTOMATION), (2000, OWN, AUTOMATION))

    assert courses.broken == []
    assert (courses.switches["failover"], courses.switches["restore"]) == (2, 1)
    (broken,) = read(*begun, (900, fallback, AUTOMATION), (2000, SPOT, AUTOMATION)).broken
    assert "neither a failover nor a restore" in broken


def test_who_releases_what_ecs_brought_back_sets_it_anew() -> None:
    fallback = items(("FARGATE", 10, 1), ("FARGATE_SPOT", 0, 0))
    begun: list[Step] = [(0, SPOT, OWNER), (100, OWN, OWNER), (200, fallback, AUTOMATION), (300, SPOT, "")]
    after: list[Step] = [(900, FALLBACK, AUTOMATION), (2000, SPOT, AUTOMATION)]

    released = read(*begun, (400, SPOT, OWNER), *after)

    assert released.broken == []
    assert [place.service for place in released.raced] == ["web"]
    assert read(*begun, *after).raced == set()


def test_who_releases_the_fallback_sets_nothing() -> None:
    begun: list[Step] = [(0, SPOT, OWNER), (100, FALLBACK, AUTOMATION), (600, SPOT, AUTOMATION), (900, FALLBACK, "")]

    released = read(*begun, (950, FALLBACK, OWNER), (1500, SPOT, AUTOMATION))

    assert released.broken == []
    assert released.raced == set()


def test_the_same_fallback_again_is_a_failover_too() -> None:
    courses = read((0, SPOT, OWNER), (100, FALLBACK, AUTOMATION), (160, FALLBACK, AUTOMATION))

    assert courses.switches["failover"] == 2
    (broken,) = courses.broken
    assert "failover 2 since the baseline was set" in broken


def test_a_redeployment_of_what_the_owner_set_is_none() -> None:
    courses = read((0, SPOT, OWNER), (100, SPOT, AUTOMATION), (200, SPOT, OWNER), (300, FALLBACK, AUTOMATION))

    assert courses.broken == []
    assert courses.switches == {"owner: set another strategy": 1, "redeploy": 1, "failover": 1}


def test_an_owner_who_is_overruled_later_than_within_seconds_is_told() -> None:
    course: list[Step] = [(0, SPOT, OWNER), (100, FALLBACK, AUTOMATION), (500, OWN, OWNER)]

    late, at_once = read(*course, (600, SPOT, AUTOMATION)), read(*course, (505, SPOT, AUTOMATION))

    assert len(late.broken) == 1
    assert at_once.broken == []
    assert len(at_once.raced) == 1


def test_an_owner_whose_own_deployment_ecs_rolled_back_sees_it_in_a_plan() -> None:
    course: list[Step] = [(0, SPOT, OWNER), (100, FALLBACK, AUTOMATION), (500, SPOT, AUTOMATION)]

    ours, owners = read(*course, (600, FALLBACK, "")), read(*course, (550, OWN, OWNER), (600, FALLBACK, ""))

    assert (len(ours.raced), len(owners.raced)) == (0, 1)
    assert ours.broken == owners.broken == []


def test_a_strategy_that_nobody_announced_is_told() -> None:
    assert len(read((0, SPOT, OWNER), (100, ON_DEMAND, AUTOMATION)).broken) == 1


@pytest.mark.parametrize("baseline", [SPOT, OWN])
def test_the_owners_own_way_is_nobodys_business(baseline: Wire) -> None:
    courses = read((0, baseline, OWNER), (100, ON_DEMAND, OWNER), (200, baseline, OWNER))

    assert courses.broken == []
    assert courses.switches == {"owner: set another strategy": 3}
