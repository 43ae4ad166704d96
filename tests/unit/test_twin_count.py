"""Whether a twin's count is what was announced, what ECS took, or what it answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from spot_failover.core.reason import Action, Reason
from spot_failover.core.twin import decide_twin
from tests.doubles.builders import failure
from tests.doubles.clock import START
from tests.unit.test_twin_decision import AT_WORK, runs, situation, told


def test_an_intent_whose_call_was_never_made_is_made() -> None:
    assert decide_twin(situation(*runs(2), state=AT_WORK)).count == 3


def test_right_after_our_call_our_count_holds() -> None:
    called_at = START - timedelta(seconds=59)
    state = replace(AT_WORK, called_at=called_at, taken=3, raised_at=START - timedelta(seconds=60))
    assert told(decide_twin(situation(*runs(2), state=state, has=0))) == (Action.IGNORE, Reason.TWIN_STEADY, None)
    late = replace(state, called_at=START - timedelta(seconds=60))
    assert decide_twin(situation(*runs(2), state=late, has=0)).count == 3
    other = replace(state, twin="another")
    assert decide_twin(situation(*runs(2), state=other, has=0)).count == 3


def test_a_count_that_was_announced_and_never_taken_is_not_believed() -> None:
    state = replace(AT_WORK, called_at=START - timedelta(seconds=15))
    lowering = replace(state, wanted=0, taken=3)
    for has in (3, 0):
        decision = decide_twin(situation(state=lowering, has=has, desired=0))
        assert told(decision) == (Action.SCALE_TWIN, Reason.TWIN_LOWERED, 0)
    raising = replace(state, wanted=3, taken=0)
    assert told(decide_twin(situation(*runs(2), state=raising))) == (Action.SCALE_TWIN, Reason.TWIN_RAISED, 3)


def test_a_twin_that_ecs_still_answers_has_tasks_does_not_rest() -> None:
    state = replace(AT_WORK, wanted=0, taken=0, called_at=START - timedelta(seconds=59))
    waits = decide_twin(situation(state=state, has=3, desired=0))
    assert (told(waits), waits.state) == ((Action.IGNORE, Reason.TWIN_STEADY, None), None)
    assert "still answers" in waits.note
    assert decide_twin(situation(state=state, has=0, desired=0)).action is Action.CLOSE
    assert decide_twin(replace(situation(state=state, desired=0), twin=None)).action is Action.CLOSE
    late = replace(state, called_at=START - timedelta(seconds=60))
    assert decide_twin(situation(state=late, has=3, desired=0)).count == 0


def test_a_twin_that_cannot_be_scaled_does_not_rest_either_while_ecs_answers_that_it_has_tasks() -> None:
    state = replace(AT_WORK, wanted=0, called_at=START)
    for has, active in ((3, True), (0, False)):
        decision = decide_twin(replace(situation(*runs(2), state=state, event=failure(), has=has), autoscaled=True))
        assert decision.reason is Reason.TWIN_UNUSABLE
        assert decision.state is not None
        assert decision.state.active is active
