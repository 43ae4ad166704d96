"""What an intent's execution says about a record's phase, and what waits for others."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from spot_failover.core.execution import Execution, ExecutionState
from spot_failover.core.execution_table import by_execution, others_deploy
from spot_failover.core.fallback_watch import fallback_in_the_way
from spot_failover.core.phase_parts import delays, shift_takes
from spot_failover.core.phase_table import confirmed, resolve
from spot_failover.core.reason import Action, Reason
from spot_failover.core.record import Phase
from spot_failover.core.service import LiveService
from spot_failover.core.traffic_shift import TrafficShift
from tests.doubles.builders import FALLBACK, ON_DEMAND, SPOT, failure
from tests.doubles.clock import START
from tests.unit.executions import (
    LEFT_BEHIND,
    NAME,
    PHASES,
    REPLACED,
    SECOND,
    SOURCE,
    TARGET,
    decided,
    ended,
    intent,
    live,
    situation,
)
from tests.unit.records import record


@pytest.mark.parametrize(
    ("phase", "reason"), [(Phase.FAILING_OVER, Reason.FALLBACK_STARTING), (Phase.RESTORING, Reason.RESTORE_WAITING)]
)
def test_an_intent_waits_for_its_execution(phase: Phase, reason: Reason) -> None:
    running = decided(phase, Execution(NAME, ExecutionState.RUNNING))
    assert (running.action, running.reason, running.record) == (Action.WAIT, reason, None)
    for unseen in (None, Execution("another", ExecutionState.FAILED)):
        found = by_execution(situation(intent(phase), live(SOURCE[phase]), unseen))
        assert found is not None
        assert (found.action, found.reason, found.record) == (Action.WAIT, reason, None)


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize(
    ("started", "waits"),
    [(None, False), (START - timedelta(seconds=60), False), (START - timedelta(seconds=59), True)],
)
def test_an_unknown_execution_is_started_again_once_it_would_be_known(
    phase: Phase, started: datetime | None, *, waits: bool
) -> None:
    unknown = Execution(NAME, ExecutionState.UNKNOWN)
    found = by_execution(situation(intent(phase, started=started), live(SOURCE[phase]), unknown))
    assert (found is not None and found.action is Action.WAIT) is waits
    step = resolve(situation(intent(phase, started=started), live(SOURCE[phase]), unknown))
    again = {Phase.FAILING_OVER: Action.FAIL_OVER, Phase.RESTORING: Action.RESTORE}[phase]
    assert step is not None
    assert step.action is (Action.WAIT if waits else again)


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize(("ago", "action"), [(59, Action.WAIT), (60, Action.CONFIRM)])
def test_an_execution_that_nobody_knows_is_not_said_to_have_left_anything(
    phase: Phase, ago: int, action: Action
) -> None:
    of = intent(phase, started=START - timedelta(seconds=ago))
    step = resolve(situation(of, live(TARGET[phase]), Execution(NAME, ExecutionState.UNKNOWN)))
    assert step is not None
    assert step.action is action


def test_an_event_gives_up_no_restore_that_may_have_begun() -> None:
    unknown = Execution(NAME, ExecutionState.UNKNOWN)
    restore = resolve(situation(intent(Phase.RESTORING, started=None), live(FALLBACK), unknown, failure()))
    assert restore is not None
    assert (restore.action, restore.reason) == (Action.WAIT, Reason.RESTORE_WAITING)
    failover = resolve(situation(intent(Phase.FAILING_OVER, started=None), live(SPOT), unknown, failure()))
    assert failover is not None
    assert failover.action is Action.FAIL_OVER


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize(
    "execution", [ended(ExecutionState.SUCCEEDED), ended(error="TakenError"), ended(error="PutBack")]
)
def test_once_it_has_ended_the_live_strategy_tells_whether_it_took_effect(phase: Phase, execution: Execution) -> None:
    assert by_execution(situation(intent(phase), live(TARGET[phase]), execution)) is None
    step = resolve(situation(intent(phase), live(TARGET[phase]), execution))
    assert step is not None
    assert step.record is not None
    assert (step.action, step.record.execution) == (Action.CONFIRM, "")
    assert by_execution(situation(intent(phase), live(ON_DEMAND), execution)) is None
    other = resolve(situation(intent(phase), live(ON_DEMAND), execution))
    assert other is not None
    assert other.reason is Reason.SUPERSEDED


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("error", ["", "PutBackFailed"])
def test_what_is_left_behind_the_new_task_set_is_told_once_and_then_it_is_confirmed(phase: Phase, error: str) -> None:
    at = situation(intent(phase), live(TARGET[phase]), ended(error=error))
    first = resolve(at)
    assert first is not None
    assert first.record is not None
    assert (first.action, first.reason, first.again) == (Action.ALERT, Reason.TASK_SET_LEFT, True)
    assert (first.record.phase, first.record.execution) == (phase, NAME)
    assert "because" in first.note
    then = resolve(replace(at, record=first.record))
    assert then is not None
    assert then.record is not None
    assert (then.action, then.record.alerted) == (Action.CONFIRM, LEFT_BEHIND)


@pytest.mark.parametrize("phase", PHASES)
def test_a_good_end_has_put_in_order_what_was_left_behind(phase: Phase) -> None:
    of = intent(phase, alerted=LEFT_BEHIND)
    good = resolve(situation(of, live(TARGET[phase]), ended(ExecutionState.SUCCEEDED)))
    assert good is not None
    assert good.record is not None
    assert (good.action, good.record.alerted) == (Action.CONFIRM, frozenset())


@pytest.mark.parametrize("phase", PHASES)
def test_a_success_that_does_not_show_is_an_old_answer_at_first_and_somebody_s_change_later(phase: Phase) -> None:
    soon = decided(phase, ended(ExecutionState.SUCCEEDED, ago=59))
    assert (soon.action, soon.reason) == (Action.RETRY, Reason.BUSY)
    later = decided(phase, ended(ExecutionState.SUCCEEDED, ago=60))
    assert (later.action, later.reason, later.again) == (Action.CLOSE, Reason.SUPERSEDED, True)
    unknown_end = decided(phase, replace(ended(ExecutionState.SUCCEEDED), ended_at=None))
    assert unknown_end.reason is Reason.SUPERSEDED


@pytest.mark.parametrize(
    ("at", "alerted", "waits"),
    [
        (live(SPOT, SECOND), frozenset(), True),
        (live(SPOT), frozenset(), False),
        (live(SPOT, SECOND), frozenset({Reason.TASK_SET_LEFT}), False),
        (replace(live(SPOT, SECOND), controller="ECS"), frozenset(), False),
        (live(SPOT, REPLACED), frozenset(), False),
        (live(SPOT, replace(SECOND, created_at=START - timedelta(hours=1))), frozenset(), True),
        (replace(live(SPOT), deployments=(SECOND,)), frozenset(), True),
    ],
)
def test_another_s_task_set_is_waited_for(at: LiveService, alerted: frozenset[str], *, waits: bool) -> None:
    found = others_deploy(situation(intent(Phase.FAILING_OVER, alerted=alerted), at))
    assert (found is not None) is waits
    if found is not None:
        assert (found.action, found.reason) == (Action.WAIT, Reason.DEPLOYMENT_IN_PROGRESS)
        assert "ecs-svc/second" in found.note
        assert "ecs-svc/current" not in found.note
    settled = fallback_in_the_way(situation(replace(record(Phase.FAILED_OVER), alerted=alerted), at))
    assert (settled is not None and settled.reason is Reason.DEPLOYMENT_IN_PROGRESS) is waits


def test_a_whole_fallback_waits_for_another_s_task_set_too_before_its_restore() -> None:
    of = record(Phase.FAILED_OVER)
    found = fallback_in_the_way(situation(of, live(FALLBACK, SECOND, running=4)))
    assert found is not None
    assert (found.action, found.reason) == (Action.WAIT, Reason.DEPLOYMENT_IN_PROGRESS)
    assert fallback_in_the_way(situation(of, live(FALLBACK, REPLACED, running=4))) is None


def test_the_waits_of_an_execution_are_added_to_deadlines_but_to_no_delay() -> None:
    at = situation(intent(Phase.FAILING_OVER), live(FALLBACK, running=4))
    assert shift_takes(at) == timedelta(minutes=20)
    assert delays(at, 0).restore == timedelta(minutes=5)
    assert delays(at, 0).look == timedelta(minutes=15)
    primary = at.live.primary
    assert primary is not None
    after = confirmed(at.record, primary, at)
    assert (after.shift_takes, after.restore_at) == (timedelta(minutes=20), START + timedelta(minutes=5))
    slow = replace(at.live, controller="ECS", traffic_shift=TrafficShift("BLUE_GREEN", bake=timedelta(minutes=7)))
    assert shift_takes(replace(at, live=slow)) == slow.traffic_shift.takes > timedelta()
    assert delays(replace(at, live=slow), 0).restore == timedelta(minutes=5) + slow.traffic_shift.takes


@pytest.mark.parametrize("phase", [Phase.FAILED_OVER, Phase.PROVING])
@pytest.mark.parametrize(("ago", "settled"), [(59, False), (60, True)])
def test_the_old_task_set_is_an_old_answer_for_a_minute_after_the_confirmation(
    phase: Phase, ago: float, *, settled: bool
) -> None:
    of = replace(record(phase), phase_since=START - timedelta(seconds=ago), switched_at=START - timedelta(minutes=9))
    old = live(SPOT if phase is Phase.FAILED_OVER else FALLBACK)
    found = resolve(situation(of, old))
    assert found is not None
    assert (found.action is Action.RETRY) is not settled
    without = resolve(situation(replace(of, phase_since=None), old))
    assert without is not None
    assert without.action is not Action.RETRY


def test_a_service_that_was_made_anew_with_another_controller_is_not_waited_for() -> None:
    anew = replace(live(ON_DEMAND), controller="ECS")
    found = resolve(situation(intent(Phase.FAILING_OVER), anew))
    assert found is not None
    assert found.reason is Reason.SUPERSEDED
