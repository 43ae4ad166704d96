"""Somebody else at work during a controlled scale-down: what they set is left, and nothing is cut because of it."""

from __future__ import annotations

import pytest

from tests.doubles.scaledown import BLUE, GREEN, KEY, MAIN, TEST, Stage
from tests.doubles.state_machine import STEPS, Execution
from tests.handlers.test_scaledown_attacks import FORWARD, fails_after_the_swap
from tests.handlers.test_scaledown_stories import GIVEN, done

OTHER = f"{GREEN[:-1]}9"


@pytest.mark.parametrize("step", FORWARD)
def test_a_listener_that_somebody_moves_elsewhere_is_left_there(step: str) -> None:
    stage = Stage()
    before = stage.state()

    def meddle(at: str, number: int) -> None:
        if (at, number) == (step, 1):
            stage.forwards[MAIN] = (OTHER,)

    end = Execution(stage, GIVEN, before=meddle).run()

    assert stage.forwards[MAIN] == (OTHER,)
    if step == "check_and_create":
        assert end.state == "Refused"
        assert stage.state()["task sets"] == before["task sets"]
    elif step == "clean_up":
        assert end.state == "Done"
    else:
        assert end.state == "PutBack"
        assert stage.state() == {**before, "forwards": {**before["forwards"], MAIN: (OTHER,)}}
        if step not in {"wait_for_service", "swap"}:
            assert "443, which somebody else changed" in end.cause


@pytest.mark.parametrize("step", ["scale_down", "loop_till_running"])
def test_a_listener_that_somebody_moves_back_ends_the_scale_down(step: str) -> None:
    stage = Stage()
    before = stage.state()

    def meddle(at: str, number: int) -> None:
        if (at, number) == (step, 2):
            stage.forwards[MAIN] = (BLUE,)

    end = Execution(stage, GIVEN, before=meddle).run()

    assert end.state == "PutBack"
    assert "changed the listeners on port 443" in end.cause
    assert stage.state() == before
    assert stage.forwards[TEST] == (GREEN,)


@pytest.mark.parametrize("step", FORWARD[1:])
def test_without_the_new_task_set_all_is_put_back(step: str) -> None:
    stage = Stage()
    before = stage.state()

    def meddle(at: str, number: int) -> None:
        if (at, number) == (step, 1):
            del stage.pods["ecs-svc/2"]

    end = Execution(stage, GIVEN, before=meddle).run()

    assert end.state == "PutBack"
    assert stage.state() == before


@pytest.mark.parametrize("step", FORWARD[1:])
def test_without_the_old_task_set_the_new_one_carries_on(step: str) -> None:
    stage = Stage()

    def meddle(at: str, number: int) -> None:
        if (at, number) == (step, 1):
            del stage.pods["ecs-svc/1"]

    assert Execution(stage, GIVEN, before=meddle).run().state == "Done"
    assert done(stage)


def test_without_the_old_task_set_there_is_no_way_back_and_the_new_one_is_kept() -> None:
    stage = Stage()

    def meddle(at: str, number: int) -> None:
        if (at, number) == ("loop_till_running", 2):
            del stage.pods["ecs-svc/1"]
            stage.pods["ecs-svc/2"].unhealthy = 3

    end = Execution(stage, GIVEN, before=meddle).run()

    assert end.state == "PutBackIncomplete"
    assert "somebody deleted the old task set ecs-svc/1; the new one, ecs-svc/2, is kept" in end.cause
    assert list(stage.pods) == ["ecs-svc/2"]
    assert stage.get(KEY).owner == ""


@pytest.mark.parametrize("step", [*FORWARD[1:], *[name for name in STEPS if name not in FORWARD]])
def test_a_service_that_is_deleted_leaves_nothing_to_be_done(step: str) -> None:
    stage = Stage()

    def meddle(at: str, number: int) -> None:
        if (at, number) == (step, 1):
            stage.exists = False

    end = Execution(stage, GIVEN, before=meddle, after=fails_after_the_swap(stage)).run()

    assert end.state == "PutBack"
    assert stage.get(KEY).owner == ""
