"""The time limit of a controlled scale-down: it undoes what can't be done in time, and nothing that is done."""

from __future__ import annotations

from datetime import timedelta

from tests.doubles.scaledown import Stage
from tests.doubles.state_machine import Execution
from tests.handlers.test_scaledown_stories import GIVEN, done


def test_the_time_limit_puts_all_back() -> None:
    stage = Stage()
    before = stage.state()

    def dawdle(step: str, number: int) -> None:
        if (step, number) == ("scale_down", 2):
            stage.clock.advance(hours=12)

    end = Execution(stage, GIVEN, before=dawdle).run()

    assert end.state == "PutBack"
    assert "time limit" in end.cause
    assert stage.state() == before


def test_the_time_limit_undoes_nothing_that_is_done() -> None:
    stage = Stage()

    def dawdle(step: str, number: int) -> None:
        if (step, number) == ("loop_till_running", 4):
            stage.clock.advance(hours=12)

    end = Execution(stage, GIVEN, before=dawdle).run()

    assert end.state == "Done", end.cause
    assert done(stage)


def test_work_that_is_done_is_put_back_at_the_time_limit_where_the_new_targets_are_not_whole() -> None:
    stage = Stage()
    before = stage.state()

    def dawdle(step: str, number: int) -> None:
        if (step, number) == ("loop_till_running", 4):
            stage.clock.advance(hours=12)
            stage.pods["ecs-svc/2"].unhealthy = 1

    end = Execution(stage, GIVEN, before=dawdle).run()

    assert (end.state, "time limit" in end.cause) == ("PutBack", True)
    assert stage.state() == before


def test_no_step_is_begun_whose_wait_would_outlast_the_time_limit() -> None:
    stage = Stage()
    before = stage.state()
    started = stage.clock.now()

    def dawdle(step: str, number: int) -> None:
        if (step, number) == ("scale_down", 2):
            stage.clock.advance(hours=5)

    end = Execution(stage, GIVEN | {"scaledown_wait": 10000}, before=dawdle).run()

    assert "time limit of 43200 s would be over within the next 10000 s" in end.cause
    assert (end.state, stage.state()) == ("PutBack", before)
    assert [call[2] for call in stage.calls if call[0] == "scale"] == [75.0, 50.0, 100.0]
    assert stage.clock.now() - started < timedelta(hours=12)
