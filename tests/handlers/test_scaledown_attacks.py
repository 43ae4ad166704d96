"""Controlled scale-downs under attack: each ends done or exactly as before, and says which."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from spot_failover.core.errors import AccessDeniedError, UnclearError
from spot_failover.flow.scaledown_step import World
from tests.doubles.scaledown import KEY, MAIN, Stage
from tests.doubles.state_machine import End, Execution, Stopped
from tests.handlers.test_scaledown_stories import GIVEN, done

CALLS = ("service", "create", "scale", "make_primary", "delete", "groups", "in_front_of", "find", "listeners", "health")
MORE_CALLS = ("forward", "mark", "marks", "get", "put", "ended_at", "tell")
FORWARD = ("check_and_create", "wait_for_service", "swap", "scale_down", "loop_till_running", "clean_up")


class Faulty:
    """The stage, with a fault around the calls that `hits` names by their count and name."""

    def __init__(self, stage: Stage, hits: Callable[[int, str], bool], error: Exception, *, takes_effect: bool) -> None:
        self._stage = stage
        self._hits = hits
        self._error = error
        self._takes_effect = takes_effect
        self.made: list[str] = []

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._stage, name)

        def faulty(*args: Any) -> Any:
            self.made.append(name)
            hit = self._hits(len(self.made), name)
            if hit and not self._takes_effect:
                raise self._error
            answer = call(*args)
            if hit:
                raise self._error
            return answer

        return faulty

    def world(self) -> World:
        hands: Any = self
        return replace(
            self._stage.world(), task_sets=hands, balancers=hands, ledger=hands, executions=hands, audit=hands
        )


def fails_after_the_swap(stage: Stage) -> Callable[[str, int], None]:
    """Makes the way back the story."""

    def fail(step: str, number: int) -> None:
        if step == "scale_down" and number >= 2:
            stage.pods["ecs-svc/2"].unhealthy = 3

    return fail


def at_call(index: int) -> Callable[[int, str], bool]:
    return lambda count, _name: count == index


def calls_of(end_badly: bool) -> list[str]:
    """All calls of a whole execution, in order."""
    stage = Stage()
    faulty = Faulty(stage, lambda _count, _name: False, UnclearError(""), takes_effect=False)
    Execution(stage, GIVEN, world=faulty.world(), after=fails_after_the_swap(stage) if end_badly else quiet).run()
    return faulty.made


def quiet(step: str, number: int) -> None:
    """Nothing happens."""


def as_said(stage: Stage, before: dict[str, Any], end: End) -> None:
    """The world is what the end of the execution says."""
    if end.state == "Done":
        assert done(stage)
    elif end.state == "PutBack":
        assert stage.state() == before
        assert "as it was before" in end.cause or "nothing was touched" in end.cause
    else:
        assert end.state in {"PutBackIncomplete", "PutBackFailed"}, end
        assert end.cause


@pytest.mark.parametrize("takes_effect", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("end_badly", [False, True], ids=["forward", "back"])
def test_an_error_around_any_one_call_changes_nothing_about_the_end(end_badly: bool, takes_effect: bool) -> None:
    names = calls_of(end_badly)
    assert {"create", "put", "forward", "mark", "scale", "delete"} <= set(names)
    for index in range(1, len(names) + 1):
        stage = Stage()
        before = stage.state()
        faulty = Faulty(stage, at_call(index), UnclearError("?"), takes_effect=takes_effect)
        hook = fails_after_the_swap(stage) if end_badly else quiet
        end = Execution(stage, GIVEN, world=faulty.world(), after=hook).run()

        assert end.state == ("PutBack" if end_badly else "Done"), (index, names[index - 1], end.cause)
        as_said(stage, before, end)
        scales = [call[2] for call in stage.calls if call[0] == "scale"]
        expected = [75.0, 100.0] if end_badly else [75.0, 50.0, 25.0, 0.0]
        assert [scale for scale in dict.fromkeys(scales) if scale in expected] == expected


@pytest.mark.parametrize("name", CALLS + MORE_CALLS)
@pytest.mark.parametrize("end_badly", [False, True], ids=["forward", "back"])
def test_a_permission_that_is_missing_throughout_ends_as_the_execution_says(name: str, end_badly: bool) -> None:
    stage = Stage()
    before = stage.state()
    denied = AccessDeniedError(f"{name} is denied")
    faulty = Faulty(stage, lambda _count, called: called == name, denied, takes_effect=False)
    hook = fails_after_the_swap(stage) if end_badly else quiet
    end = Execution(stage, GIVEN, world=faulty.world(), after=hook).run()

    as_said(stage, before, end)
    if name not in {"delete", "get", "put"}:
        assert end.state in {"Done", "PutBack"}
    if end.state not in {"Done", "PutBack"}:
        # With the permission back, the next execution puts in order what was left, and does its own work.
        stage.clock.advance(minutes=2)
        stage.pods = {name: pod for name, pod in stage.pods.items() if not pod.unhealthy} or stage.pods
        assert Execution(stage, GIVEN, "next").run().state == "Done"
        assert len(stage.pods) == 1


def steps_of(end_badly: bool) -> list[tuple[str, int]]:
    taken: list[tuple[str, int]] = []
    stage = Stage()
    after = fails_after_the_swap(stage) if end_badly else quiet
    Execution(stage, GIVEN, before=lambda *step: taken.append(step), after=after).run()
    return taken


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("end_badly", [False, True], ids=["forward", "back"])
def test_an_execution_that_is_stopped_anywhere_is_put_in_order_by_the_next_one(end_badly: bool, when: str) -> None:
    steps = steps_of(end_badly)
    assert {step for step, _ in steps} >= set(FORWARD[:5])
    for taken in steps:
        stage = Stage()
        fail = fails_after_the_swap(stage) if end_badly else quiet

        def stop(step: str, number: int, at: tuple[str, int] = taken) -> None:
            if (step, number) == at:
                raise Stopped

        def last(step: str, number: int, fail: Callable[[str, int], None] = fail, stop: Any = stop) -> None:
            fail(step, number)
            stop(step, number)

        hooks: dict[str, Any] = {"before": stop, "after": fail} if when == "before" else {"after": last}
        with suppress(Stopped):  # a step that fails is not stopped after it
            Execution(stage, GIVEN, **hooks).run()
        stage.clock.advance(minutes=2)
        for pod in stage.pods.values():
            pod.unhealthy = 0
        end = Execution(stage, GIVEN, "next").run()

        assert end.state == "Done", (taken, end.cause)
        (pod,) = stage.pods.values()
        assert (pod.status, pod.scale) == ("PRIMARY", 100.0)
        assert stage.forwards[MAIN] == (pod.blueprint.target_group,)
        assert [group for group, mark in stage.tags.items() if mark == "true"] == [pod.blueprint.target_group]
        assert stage.get(KEY).owner == ""
        assert end_badly or stage.least_carried == 4


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("taken", steps_of(end_badly=False), ids=lambda taken: f"{taken[0]}-{taken[1]}")
def test_of_two_executions_one_is_refused_and_the_other_is_not_disturbed(taken: tuple[str, int], when: str) -> None:
    stage = Stage()
    ends: list[End] = []

    def intrude(step: str, number: int) -> None:
        if (step, number) == taken:
            ends.append(Execution(stage, GIVEN, "intruder").run())

    hooks: dict[str, Any] = {when: intrude}
    first = Execution(stage, GIVEN, **hooks).run()

    (intruder,) = ends
    if taken == ("check_and_create", 1) and when == "before":
        # The intruder was first after all.
        assert (intruder.state, first.state) == ("Done", "Done")
    elif taken[0] == "clean_up" and when == "after":
        assert (intruder.state, first.state) == ("Done", "Done")
    else:
        assert (intruder.state, intruder.error, first.state) == ("Refused", "TakenError", "Done")
        assert first.path[0] == "Begin"
        assert "works on it" in intruder.cause
        assert done(stage)


def test_two_that_take_the_service_at_the_same_moment_do_not_both_get_it() -> None:
    stage = Stage()
    ends: list[End] = []
    put = stage.put

    def put_second(record: Any) -> Any:
        stage.__dict__["put"] = put
        ends.append(Execution(stage, GIVEN, "quicker").run())
        return put(record)

    stage.__dict__["put"] = put_second
    end = Execution(stage, GIVEN).run()

    assert [one.state for one in ends] == ["Done"]
    assert end.state == "Done"
    assert len(stage.pods) == 1


def test_an_execution_that_was_taken_over_touches_nothing_any_more() -> None:
    stage = Stage()

    def take_over(step: str, number: int) -> None:
        if (step, number) == ("scale_down", 2):
            stage.items[KEY] = (replace(stage.get(KEY), owner="another"), stage.items[KEY][1])
            stage.calls.clear()

    end = Execution(stage, GIVEN, before=take_over).run()

    assert end.state == "PutBackIncomplete"
    assert "execution another has taken over" in end.cause
    assert not {call[0] for call in stage.calls} & {"scale", "forward", "mark", "delete", "create", "make_primary"}
