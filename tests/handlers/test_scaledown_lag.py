"""ECS reads are eventually consistent: for a while a task set that was made is not listed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from spot_failover.core.errors import AccessDeniedError, UnhealthyError
from tests.doubles.scaledown import KEY, Stage
from tests.doubles.state_machine import Execution
from tests.handlers.test_scaledown_attacks import Faulty
from tests.handlers.test_scaledown_stories import GIVEN, done

LAG = timedelta(seconds=40)


def test_a_new_task_set_that_is_not_listed_yet_is_waited_for() -> None:
    stage = Stage(lag=LAG)
    end = Execution(stage, GIVEN).run()

    assert end.state == "Done", end.cause
    assert done(stage)
    assert [call[0] for call in stage.calls].count("create") == 1


def test_one_that_is_never_listed_was_deleted() -> None:
    stage = Stage(lag=timedelta(days=1))
    end = Execution(stage, GIVEN).run()

    assert (end.state, stage.get(KEY).owner) == ("PutBack", "")
    assert "not there any more" in end.cause


def test_the_way_back_deletes_a_task_set_that_is_not_listed_yet() -> None:
    stage = Stage(lag=LAG)
    before = stage.state()

    def fail(step: str, _number: int) -> None:
        if step == "wait_for_service":
            raise UnhealthyError("made up")

    end = Execution(stage, GIVEN, before=fail).run()

    assert end.state == "PutBack"
    assert stage.state() == before


@pytest.mark.parametrize("lost", ["create", "put"])
def test_a_task_set_whose_id_got_lost_is_not_left_behind(lost: str) -> None:
    stage = Stage(lag=LAG, starts=False)
    before = stage.state()
    going_back: list[str] = []

    def hits(_count: int, called: str) -> bool:
        made = lost == "create" or "create" in {call[0] for call in stage.calls}
        return called == lost and made and not going_back

    def note(step: str, _number: int) -> None:
        if step == "scale_up":
            going_back.append(step)

    faulty = Faulty(stage, hits, AccessDeniedError("?"), takes_effect=lost == "create")
    end = Execution(stage, GIVEN, world=faulty.world(), before=note).run()

    assert end.state == "PutBack", end.cause
    assert ("delete", "ecs-svc/2") in stage.calls
    assert stage.state() == before
