"""Controlled scale-downs from the first state to the last, by the state machine that Terraform deploys."""

from __future__ import annotations

from typing import Any

import pytest

from spot_failover.core.strategy import Strategy
from tests.doubles.scaledown import BLUE, GREEN, KEY, MAIN, NLB, TEST, Stage
from tests.doubles.state_machine import Execution

GIVEN: dict[str, Any] = {
    "cluster": "shop",
    "serviceName": "stream",
    "nlb": NLB,
    "waitForService": 300,
    "scaledown_decrement": 25,
    "scaledown_wait": 60,
}
DONE = {"ecs-svc/2": ("PRIMARY", 100.0, GREEN)}


def done(stage: Stage) -> bool:
    state = stage.state()
    return bool(
        state["task sets"] == DONE
        and state["forwards"] == {MAIN: (GREEN,), TEST: (BLUE,)}
        and state["marks"] == {GREEN: "true", BLUE: "false"}
        and state["worked on by"] == ""
    )


def test_a_task_set_is_replaced_step_by_step_and_the_service_is_carried_throughout() -> None:
    stage = Stage()
    end = Execution(stage, GIVEN).run()

    assert (end.state, end.output["next"]) == ("Done", "done")
    assert done(stage)
    scales = [call[2] for call in stage.calls if call[0] == "scale"]
    assert scales == [75.0, 50.0, 25.0, 0.0]
    assert stage.least_carried == 4
    assert [event["stage"] for event in stage.events] == ["start", "swap", "end"]
    assert stage.events[-1]["result"] == "done"


def test_nothing_but_the_names_is_needed_and_the_new_tasks_are_like_the_old_ones() -> None:
    stage = Stage()
    end = Execution(stage, {"cluster": "shop", "serviceName": "stream"}).run()

    assert end.state == "Done"
    assert ("in_front_of", BLUE) in stage.calls
    (pod,) = stage.pods.values()
    assert pod.blueprint.strategy == Strategy.of(("FARGATE_SPOT", 1, 0))
    assert pod.blueprint.task_definition.endswith("stream:7")
    assert pod.blueprint.target_group == GREEN


def test_what_the_input_says_goes_before_what_the_service_has() -> None:
    stage = Stage()
    more = {
        "taskDefinition": "stream:8",
        "subnets": ["subnet-0c"],
        "task_sg": "sg-0f",
        "capacityProviderStrategy": [{"capacityProvider": "FARGATE", "weight": 1}],
        "assignPublicIp": "ENABLED",
    }
    Execution(stage, GIVEN | more).run()

    (pod,) = stage.pods.values()
    made = pod.blueprint
    assert (made.task_definition, made.subnets, made.security_groups) == ("stream:8", ("subnet-0c",), ("sg-0f",))
    assert (made.strategy, made.assign_public_ip) == (Strategy.of(("FARGATE", 1, 0)), True)


def test_back_and_forth_the_next_execution_finds_two_groups_again() -> None:
    stage = Stage()
    Execution(stage, GIVEN, "one").run()
    end = Execution(stage, GIVEN, "two").run()

    assert end.state == "Done"
    assert stage.state()["task sets"] == {"ecs-svc/3": ("PRIMARY", 100.0, BLUE)}
    assert (stage.forwards, stage.tags) == ({MAIN: (BLUE,), TEST: (GREEN,)}, {BLUE: "true", GREEN: "false"})


def test_new_tasks_that_never_become_healthy_are_taken_away_and_the_old_ones_were_never_touched() -> None:
    stage = Stage()
    before = stage.state()
    stage.starts = False
    end = Execution(stage, GIVEN).run()

    assert (end.state, end.error) == ("PutBack", "PutBack")
    assert "waitForService = 300 s 0 of 4 tasks" in end.cause
    assert "all is as it was before" in end.cause
    assert stage.state() == before
    assert not [call for call in stage.calls if call[0] in {"scale", "forward", "mark", "make_primary"}]
    assert stage.events[-1]["result"] == "rolled_back"


@pytest.mark.parametrize("after", range(1, 4))
def test_new_targets_that_fail_after_the_swap_give_the_traffic_back(after: int) -> None:
    stage = Stage()
    before = stage.state()

    def fail(step: str, number: int) -> None:
        if (step, number) == ("scale_down", after):
            stage.pods["ecs-svc/2"].unhealthy = 3

    end = Execution(stage, GIVEN, after=fail).run()

    assert end.state == "PutBack"
    assert "1 of 4 targets of the new task set are healthy" in end.cause
    assert stage.state() == before
    (old,) = stage.pods.values()
    assert old.running == 4


def test_the_end_waits_for_connections_that_drain() -> None:
    stage = Stage()
    stage.draining = 2

    def drain(step: str, number: int) -> None:
        if step == "loop_till_running" and number == 6:
            stage.draining = 0

    end = Execution(stage, GIVEN, before=drain).run()
    assert (end.state, end.path.count("LoopTillRunning")) == ("Done", 6)


def test_a_target_group_that_has_targets_already_is_refused() -> None:
    stage = Stage()
    before = stage.state()
    stage.strangers[GREEN] = 3
    end = Execution(stage, GIVEN).run()
    assert (end.state, end.error) == ("Refused", "NotReplaceableError")
    assert "has 3 targets already" in end.cause
    assert stage.state() == before


def test_a_wrong_input_and_a_service_that_is_not_there_are_refused() -> None:
    stage = Stage()
    assert Execution(stage, {**GIVEN, "waitForService": -1}).run().error == "InputError"
    stage.exists = False
    end = Execution(stage, GIVEN).run()
    assert (end.error, stage.get(KEY).owner) == ("NotReplaceableError", "")


def test_one_unhealthy_target_only_halts_the_scale_down_until_it_is_back() -> None:
    stage = Stage()

    def fail(step: str, number: int) -> None:
        if step == "loop_till_running" and number in {2, 4}:
            stage.pods["ecs-svc/2"].unhealthy = 1 if number == 2 else 0

    end = Execution(stage, GIVEN, before=fail).run()

    assert end.state == "Done"
    assert done(stage)
    path = [state for state in end.path if state in {"ScaleDown", "LoopTillRunning"}]
    assert path[2:6] == ["ScaleDown", "LoopTillRunning", "LoopTillRunning", "LoopTillRunning"]


@pytest.mark.parametrize("step", ["swap", "scale_down", "loop_till_running"])
def test_autoscaling_may_triple_the_desired_count_meanwhile(step: str) -> None:
    stage = Stage()

    def scale_out(at: str, number: int) -> None:
        if (at, number) == (step, 1):
            stage.desired = 12
            stage.settle()

    end = Execution(stage, GIVEN | {"scaledown_wait": 3}, before=scale_out).run()

    assert end.state == "Done", end.cause
    assert done(stage)
    assert end.path.count("LoopTillRunning") > 4
    (new,) = stage.pods.values()
    assert (new.running, stage.least_carried) == (12, 4)


def test_targets_lost_one_by_one_give_the_traffic_back_as_those_lost_at_once() -> None:
    stage = Stage()
    before = stage.state()

    def fail(step: str, number: int) -> None:
        if step == "loop_till_running":
            stage.pods["ecs-svc/2"].unhealthy = number

    end = Execution(stage, GIVEN, before=fail).run()

    assert (end.state, end.path.count("LoopTillRunning")) == ("PutBack", 3)
    assert "1 of 4 targets of the new task set are healthy" in end.cause
    assert stage.state() == before


def test_an_unhealthy_target_that_does_not_come_back_gives_the_traffic_back() -> None:
    stage = Stage()
    before = stage.state()

    def fail(step: str, number: int) -> None:
        if step == "loop_till_running" and number == 2:
            stage.pods["ecs-svc/2"].unhealthy = 1

    end = Execution(stage, GIVEN, before=fail).run()

    assert end.state == "PutBack"
    assert "have been no more for 300 s" in end.cause
    assert stage.state() == before


def test_where_no_old_task_comes_back_traffic_stays_on_what_there_is() -> None:
    stage = Stage()

    def fail(step: str, number: int) -> None:
        if step == "loop_till_running" and number == 4:
            stage.starts = False
            stage.pods["ecs-svc/2"].unhealthy = 3

    end = Execution(stage, GIVEN, before=fail).run()

    assert end.state == "PutBackIncomplete"
    assert "traffic is left on" in end.cause
    assert stage.forwards[MAIN] == (GREEN,)

    stage.starts, stage.pods["ecs-svc/2"].unhealthy = True, 0
    stage.clock.advance(minutes=2)
    assert Execution(stage, GIVEN, "two").run().state == "Done"
    assert stage.state()["task sets"] == {"ecs-svc/3": ("PRIMARY", 100.0, GREEN)}


def test_without_an_event_of_the_start_nothing_is_begun() -> None:
    stage = Stage()
    before = stage.state()
    stage.refuse_events = True
    end = Execution(stage, GIVEN).run()

    assert end.state == "PutBack"
    assert stage.state() == before
    assert not [call for call in stage.calls if call[0] == "create"]


def test_later_events_that_cannot_be_sent_undo_nothing_and_are_told() -> None:
    stage = Stage()

    def refuse(step: str, number: int) -> None:
        stage.refuse_events = step == "swap"

    assert Execution(stage, GIVEN, before=refuse).run().state == "Done"
    assert [line.split(":")[0] for line in stage.untold] == ["swap"]
