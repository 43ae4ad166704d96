"""What a decision about a twin leaves behind for the next look, and what the rarer looks see."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from spot_failover.core.policy import InterruptionPolicy, InterruptionResponse, TwinPolicy
from spot_failover.core.reason import Action, Reason
from spot_failover.core.record import Lease, Record
from spot_failover.core.task import RUNNING, Task
from spot_failover.core.twin import TwinSituation, decide_twin
from spot_failover.core.twin_state import TwinState
from tests.doubles.builders import WEB, failure, interruption
from tests.doubles.clock import START
from tests.doubles.twin_story import twin
from tests.unit.test_twin_decision import AT_WORK, CHANGE, NAME, POLICY, comes, runs, situation, told

BEFORE = replace(
    AT_WORK, twin="", wanted=9, due_at=START - timedelta(minutes=5), stepped_at=START - timedelta(hours=1), step_from=9
)


def state_after(of: TwinSituation) -> TwinState:
    decision = decide_twin(of)
    assert decision.state is not None
    return decision.state


def test_a_lowering_forgets_the_steps_before_it() -> None:
    after = state_after(situation(*runs(4), state=BEFORE, has=3))
    assert after == replace(BEFORE, twin=NAME, wanted=1, due_at=START, stepped_at=None, step_from=0)


def test_a_step_remembers_when_and_from_where() -> None:
    after = state_after(situation(*runs(5), state=replace(BEFORE, step_from=0), has=3))
    assert after == replace(BEFORE, twin=NAME, wanted=2, due_at=START, stepped_at=START, step_from=3)


def test_a_raise_lets_no_item_expire() -> None:
    resting = TwinState(WEB, version=4, expires_at=START)
    assert state_after(situation(*runs(2), event=failure(), state=resting)).expires_at is None
    assert state_after(situation(*runs(2), *comes(3), event=failure(), state=resting)).expires_at is None


@pytest.mark.parametrize(
    "of",
    [situation(*runs(2)), situation(*runs(4), has=3), situation(*runs(5), has=3)],
    ids=["raise", "lower", "step down"],
)
def test_what_ecs_took_is_kept_for_the_same_twin_and_says_nothing_of_another(of: TwinSituation) -> None:
    state = replace(AT_WORK, called_at=START - timedelta(minutes=2), taken=8)
    assert state_after(replace(of, state=state)) == replace(
        state_after(replace(of, state=AT_WORK)), called_at=state.called_at, taken=8
    )
    other = state_after(replace(of, state=replace(state, twin="another")))
    assert (other.twin, other.called_at, other.taken) == (NAME, None, 0)


def test_what_a_twin_has_already_is_what_is_wanted() -> None:
    after = state_after(situation(*runs(2), event=failure(), has=6))
    assert (after.wanted, after.twin, after.active) == (6, NAME, True)


@pytest.mark.parametrize(("desired", "note"), [(5, "as many tasks of its primary run again"), (0, "wants no tasks")])
def test_why_it_was_lowered(desired: int, note: str) -> None:
    assert note in decide_twin(situation(*runs(4), state=AT_WORK, has=3, desired=desired)).note


def test_more_and_less_are_never_asked_for_at_once() -> None:
    over = situation(state=AT_WORK, has=9, desired=12, policy=POLICY)
    assert told(decide_twin(over)) == (Action.SCALE_TWIN, Reason.TWIN_LOWERED, 8)


def test_a_state_without_the_time_of_its_last_raise() -> None:
    bare = replace(AT_WORK, raised_at=None)
    assert told(decide_twin(situation(*runs(5), state=bare, has=3))) == (
        Action.SCALE_TWIN,
        Reason.TWIN_STEPPED_DOWN,
        2,
    )
    short = situation(*runs(2), state=bare, has=3)
    assert short.twin is not None
    assert decide_twin(replace(short, twin=replace(short.twin, running=0))).reason is Reason.TWIN_STEADY
    assert decide_twin(situation(*runs(4), *comes(1), state=bare)).reason is Reason.TWIN_STEADY


def test_a_twin_that_is_deleted_right_after_our_call_is_not_called_late() -> None:
    state = replace(AT_WORK, called_at=START, taken=3)
    gone = replace(situation(*runs(2), state=state), twin=None)
    assert told(decide_twin(gone)) == (Action.IGNORE, Reason.TWIN_STEADY, None)


def test_a_twin_that_gets_none_is_an_alert() -> None:
    late = situation(*runs(2), state=AT_WORK, has=3)
    assert late.twin is not None
    decision = decide_twin(replace(late, twin=replace(late.twin, running=2)))
    assert told(decision) == (Action.ALERT, Reason.FALLBACK_SHORT, None)
    assert "web-on-demand runs 2 of 3 tasks" in decision.note


def test_a_primary_and_a_twin_that_are_both_gone() -> None:
    state = replace(AT_WORK, called_at=START, taken=3)
    decision = decide_twin(TwinSituation(state, POLICY, START, None, name=NAME))
    assert told(decision) == (Action.ALERT, Reason.TWIN_UNUSABLE, None)


def test_a_lease_is_respected_when_the_primary_is_gone_too() -> None:
    state = replace(AT_WORK, lease=Lease("another", START + timedelta(seconds=1)))
    gone = TwinSituation(state, POLICY, START, None, name=NAME, twin=twin(desired=3))
    assert told(decide_twin(gone)) == (Action.RETRY, Reason.BUSY, None)


@pytest.mark.parametrize("event", [None, CHANGE])
def test_a_twin_at_rest_is_idle_whatever_its_primary_is(event: object) -> None:
    before = situation(event=event if event is CHANGE else None, desired=0)
    assert decide_twin(before).reason is Reason.TWIN_IDLE


def test_an_event_wakes_a_watched_twin_anew_and_a_task_does_not() -> None:
    old = replace(AT_WORK, wanted=0)
    assert decide_twin(situation(*runs(4), state=old, event=failure())).count == 1
    assert decide_twin(situation(*runs(4), state=old, event=CHANGE)).reason is Reason.TWIN_IDLE
    assert decide_twin(situation(*runs(4), state=old)).reason is Reason.TWIN_IDLE


def test_an_event_about_a_held_primary_leaves_a_watched_twin_alone() -> None:
    before = situation(*runs(4), state=replace(AT_WORK, wanted=0), event=failure())
    assert before.primary is not None
    held = replace(before.primary, record=Record(WEB, held_until=START + timedelta(hours=1)))
    assert decide_twin(replace(before, primary=held)).reason is Reason.HELD


def test_a_resting_twin_without_a_service_says_so_and_keeps_its_version() -> None:
    before = replace(situation(*runs(2), event=failure(), state=TwinState(WEB, version=4)), twin=None)
    assert state_after(before).version == 4


def test_a_task_whose_start_is_not_told_counts_from_when_it_was_made() -> None:
    untold = tuple(Task("ecs-svc/1", "FARGATE_SPOT", RUNNING, START - timedelta(hours=1)) for _ in range(2))
    assert decide_twin(situation(*runs(2), *untold, state=AT_WORK, has=3)).count == 1
    young = tuple(replace(task, created_at=START) for task in untold)
    assert decide_twin(situation(*runs(2), *young, state=AT_WORK, has=3)).reason is Reason.TWIN_STEADY


def test_a_start_counts_and_not_when_the_task_was_made() -> None:
    late = tuple(
        Task("ecs-svc/1", "FARGATE_SPOT", RUNNING, START - timedelta(hours=1), START - timedelta(seconds=59))
        for _ in range(2)
    )
    assert decide_twin(situation(*runs(2), *late, state=AT_WORK, has=3)).reason is Reason.TWIN_STEADY


def test_a_primary_of_one_task_is_whole_as_soon_as_that_runs() -> None:
    one = situation(*runs(1), state=AT_WORK, has=1, desired=1)
    assert told(decide_twin(one)) == (Action.SCALE_TWIN, Reason.TWIN_STEPPED_DOWN, 0)


def test_where_interruptions_ask_for_nothing_they_make_nobody_watch_either() -> None:
    policy = replace(POLICY, interruption=InterruptionPolicy(response=InterruptionResponse.NONE))
    decision = decide_twin(situation(*runs(2), *comes(3), event=interruption(), policy=policy))
    assert (told(decision), decision.state) == ((Action.IGNORE, Reason.RESPONSE_NONE, None), None)


def test_whole_is_since_the_last_of_those_it_wants_has_run() -> None:
    tasks = runs(4) + runs(1, since=timedelta(seconds=599)) + runs(1, since=timedelta(seconds=61))
    assert decide_twin(situation(*tasks, state=AT_WORK, has=3)).reason is Reason.TWIN_STEADY


def test_an_intent_of_one_task_is_as_good_as_one_of_many() -> None:
    state = replace(AT_WORK, wanted=1)
    assert decide_twin(situation(*runs(4), state=state)).count == 1


@pytest.mark.parametrize(("minutes", "closes"), [(10, True), (9.99, False)])
def test_an_intent_that_is_no_more_needed_is_watched_for_a_while(minutes: float, *, closes: bool) -> None:
    state = replace(AT_WORK, raised_at=START - timedelta(minutes=minutes))
    decision = decide_twin(situation(*runs(4), *comes(1), state=state))
    assert (decision.action is Action.CLOSE) is closes


def test_a_part_of_a_hundred_tasks() -> None:
    policy = replace(POLICY, twin=TwinPolicy(enabled=True, step_percent=25, max_tasks=200))
    assert decide_twin(situation(*runs(5), state=AT_WORK, has=104, policy=policy)).count == 78


def test_a_method_that_is_off_alerts_who_would_wake_it() -> None:
    off = replace(POLICY, twin=TwinPolicy())
    assert decide_twin(situation(*runs(2), event=failure(), policy=off)).reason is Reason.TWIN_UNUSABLE


def test_an_alert_that_was_told_of_a_resting_twin_changes_nothing_the_next_time() -> None:
    before = replace(situation(*runs(2), event=failure(), state=TwinState(WEB, version=4)), twin=None)
    again = decide_twin(replace(before, state=state_after(before)))
    assert (told(again), again.state) == ((Action.IGNORE, Reason.TWIN_UNUSABLE, None), None)


def test_a_new_state_has_nothing() -> None:
    assert (TwinState(WEB).wanted, TwinState(WEB).version, TwinState(WEB).active) == (0, 0, False)


def test_what_was_told_lately_stays_told() -> None:
    state = TwinState(WEB, told={"A": START - timedelta(minutes=59), "B": START - timedelta(hours=1)})
    assert state.telling(Reason.FALLBACK_SHORT, START).told.keys() == {"A", "FALLBACK_SHORT"}
