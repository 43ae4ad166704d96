"""ECS that does not tell everything: events off altogether, or told once and then not again."""

from __future__ import annotations

import pytest

from tests.local_aws.ecs.simulation import Ecs

CAPACITY = "Capacity is unavailable at this time"


def _messages(simulation: Ecs) -> int:
    return sum(CAPACITY in item["message"] for item in simulation.describe()["events"])


def test_with_events_off_everything_goes_on_and_only_the_service_tells(simulation: Ecs) -> None:
    simulation.create()
    simulation.advance(60)
    simulation.control("POST", "ecs-events", enabled=False)
    simulation.events.clear()
    simulation.spot(2)
    simulation.advance(600)
    assert simulation.events == []
    assert simulation.running() == {"FARGATE_SPOT": 2}
    assert _messages(simulation) == 1
    simulation.control("POST", "ecs-events")
    simulation.advance(900)
    assert simulation.told("SERVICE_TASK_PLACEMENT_FAILURE")


@pytest.mark.parametrize(("wanted", "events"), [("repeated", 24), ("once", 1), ("never", 0)])
def test_a_shortage_of_six_hours_is_told_again_and_again_or_once_or_never(
    simulation: Ecs, wanted: str, events: int
) -> None:
    simulation.control("POST", "ecs-events", placement_failures=wanted)
    simulation.spot(0)
    simulation.create()
    simulation.advance(6 * 3600 - 60)
    assert len(simulation.told("SERVICE_TASK_PLACEMENT_FAILURE")) == events
    assert simulation.told("SERVICE_DEPLOYMENT_IN_PROGRESS")


def test_the_message_of_one_shortage_comes_again_after_six_hours(simulation: Ecs) -> None:
    """Duplicate messages are left out until the cause is resolved or six hours have passed (developer guide)."""
    simulation.spot(0)
    simulation.create()
    simulation.advance(5.9 * 3600)
    assert _messages(simulation) == 1
    simulation.advance(900)
    assert _messages(simulation) == 2
    simulation.spot(None)
    simulation.advance(120)
    simulation.spot(0)
    simulation.advance(120)
    assert _messages(simulation) == 3


def test_the_message_can_be_missing_too(simulation: Ecs) -> None:
    simulation.control("POST", "ecs-events", messages=False)
    simulation.spot(0)
    simulation.create()
    simulation.advance(60)
    assert _messages(simulation) == 0
    assert len(simulation.told("SERVICE_TASK_PLACEMENT_FAILURE")) == 1


def test_a_choice_that_does_not_exist_is_refused(simulation: Ecs) -> None:
    for wrong in ({"placement_failures": "sometimes"}, {"enabled": "no"}, {"evnets": False}):
        with pytest.raises(ValueError, match=r"must be|knows"):
            simulation.control("POST", "ecs-events", **wrong)
