"""What an intent's execution says about a record's phase, and what waits for others."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from spot_failover.core.decision import Decision, Situation
from spot_failover.core.events import Event
from spot_failover.core.execution import Execution, ExecutionState
from spot_failover.core.execution_table import by_execution, not_begun, others_deploy
from spot_failover.core.fallback_watch import fallback_in_the_way
from spot_failover.core.phase_parts import delays, shift_takes
from spot_failover.core.phase_table import confirmed, resolve
from spot_failover.core.policy import Policy, TaskSetPolicy
from spot_failover.core.reason import Action, Reason
from spot_failover.core.record import Phase, Record
from spot_failover.core.service import Deployment, LiveService
from spot_failover.core.strategy import Strategy
from spot_failover.core.traffic_shift import TrafficShift
from tests.doubles.builders import FALLBACK, ON_DEMAND, SPOT, deployment, failure, service
from tests.doubles.clock import START
from tests.unit.records import record

NAME = "spot-failover-web"
POLICY = Policy(task_set=TaskSetPolicy(enabled=True))
PHASES = (Phase.FAILING_OVER, Phase.RESTORING)
SOURCE = {Phase.FAILING_OVER: SPOT, Phase.RESTORING: FALLBACK}
TARGET = {Phase.FAILING_OVER: FALLBACK, Phase.RESTORING: SPOT}
SECOND = deployment(FALLBACK, id="ecs-svc/second", status="ACTIVE", running=0, created_at=START - timedelta(minutes=5))
REPLACED = replace(SECOND, id="ecs-svc/replaced", created_at=START - timedelta(hours=2))
"""Older than the primary: only its end is missing."""
LEFT_BEHIND = frozenset({Reason.TASK_SET_LEFT})


def intent(phase: Phase, *, started: datetime | None = START, **changed: Any) -> Record:
    found = replace(record(phase), execution=NAME, execution_at=started, phase_since=START - timedelta(minutes=9))
    return replace(found, **changed)


def live(strategy: Strategy, *more: Deployment, running: int = 2, told: tuple[datetime, ...] = ()) -> LiveService:
    current = deployment(strategy, id="ecs-svc/current", running=running, created_at=START - timedelta(hours=1))
    return service(current, *more, controller="EXTERNAL", capacity_messages=told)


def ended(state: ExecutionState = ExecutionState.FAILED, error: str = "", *, ago: float = 120) -> Execution:
    return Execution(NAME, state, START - timedelta(seconds=ago), error, "because")


def situation(of: Record, at: LiveService, execution: Execution | None = None, event: Event | None = None) -> Situation:
    return Situation(at, of, POLICY, START, execution=execution, event=event)


def decided(phase: Phase, execution: Execution, **changed: Any) -> Decision:
    found = by_execution(situation(intent(phase, **changed), live(SOURCE[phase]), execution))
    assert found is not None
    assert found.note
    return found


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


def test_an_event_gives_up_no_restore_that_may_have_begun() -> None:
    unknown = Execution(NAME, ExecutionState.UNKNOWN)
    restore = resolve(situation(intent(Phase.RESTORING, started=None), live(FALLBACK), unknown, failure()))
    assert restore is not None
    assert (restore.action, restore.reason) == (Action.WAIT, Reason.RESTORE_WAITING)
    failover = resolve(situation(intent(Phase.FAILING_OVER, started=None), live(SPOT), unknown, failure()))
    assert failover is not None
    assert failover.action is Action.FAIL_OVER


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("execution", [ended(ExecutionState.SUCCEEDED), ended(), ended(error="PutBack")])
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
def test_a_success_that_does_not_show_is_an_old_answer_at_first_and_somebody_s_change_later(phase: Phase) -> None:
    soon = decided(phase, ended(ExecutionState.SUCCEEDED, ago=59))
    assert (soon.action, soon.reason) == (Action.RETRY, Reason.BUSY)
    later = decided(phase, ended(ExecutionState.SUCCEEDED, ago=60))
    assert (later.action, later.reason, later.again) == (Action.CLOSE, Reason.SUPERSEDED, True)
    unknown_end = decided(phase, replace(ended(ExecutionState.SUCCEEDED), ended_at=None))
    assert unknown_end.reason is Reason.SUPERSEDED


class TestAFailover:
    @pytest.mark.parametrize(
        ("error", "alerted", "action", "reason"),
        [
            ("TakenError", frozenset(), Action.WAIT, Reason.DEPLOYMENT_IN_PROGRESS),
            ("NotReplaceableError", frozenset(), Action.ALERT, Reason.TASK_SET_REFUSED),
            ("InputError", frozenset(), Action.ALERT, Reason.TASK_SET_REFUSED),
            ("InputError", frozenset({Reason.TASK_SET_REFUSED}), Action.WAIT, Reason.TASK_SET_REFUSED),
        ],
    )
    def test_that_was_refused_is_begun_again_later(
        self, error: str, alerted: frozenset[str], action: Action, reason: Reason
    ) -> None:
        found = decided(Phase.FAILING_OVER, ended(error=error), alerted=alerted)
        assert (found.action, found.reason) == (action, reason)
        assert found.record is not None
        until = START + timedelta(minutes=5)
        assert (found.record.phase, found.record.execution) == (Phase.FAILING_OVER, "")
        assert (found.record.not_before, found.record.due_at) == (until, until)
        assert (Reason.TASK_SET_REFUSED in found.record.alerted) is (error != "TakenError")
        assert found.record.rollbacks == 0

    @pytest.mark.parametrize(
        ("error", "reason"),
        [("PutBack", Reason.FAILOVER_ROLLED_BACK), ("PutBackFailed", Reason.TASK_SET_LEFT), ("", Reason.TASK_SET_LEFT)],
    )
    def test_that_failed_is_tried_again_after_a_growing_delay(self, error: str, reason: Reason) -> None:
        found = decided(Phase.FAILING_OVER, ended(error=error), rollbacks=1)
        assert (found.action, found.reason) == (Action.ALERT, reason)
        assert found.record is not None
        assert (found.record.reason, found.record.rollbacks) == (Reason.FAILOVER_ROLLED_BACK, 2)
        assert found.record.not_before == START + timedelta(minutes=10)
        assert (Reason.TASK_SET_LEFT in found.record.alerted) is (reason is Reason.TASK_SET_LEFT)

    @pytest.mark.parametrize(
        ("reason", "closes"),
        [
            (Reason.FAILED_OVER, True),
            (Reason.INTERRUPTED_SHORT, True),
            (Reason.SILENT_SHORTAGE, True),
            (Reason.FAILOVER_ROLLED_BACK, True),
            (Reason.OPERATOR_REQUEST, False),
            (Reason.INTERRUPTION_STORM, False),
            (Reason.RESTORE_FAILED, False),
        ],
    )
    def test_of_which_nothing_has_begun_is_not_needed_once_it_is_whole(self, reason: Reason, *, closes: bool) -> None:
        waiting = intent(Phase.FAILING_OVER, execution="", reason=reason)
        found = not_begun(situation(waiting, live(SPOT, running=4)))
        assert (found is not None) is closes
        if found is not None:
            assert found.record is not None
            assert (found.action, found.reason, found.record.phase) == (Action.CLOSE, Reason.NOT_SHORT, Phase.CLOSED)
        assert not_begun(situation(replace(waiting, alerted=LEFT_BEHIND), live(SPOT, running=4))) is None
        assert not_begun(situation(waiting, live(SPOT, running=3))) is None
        assert not_begun(situation(replace(waiting, execution=NAME), live(SPOT, running=4))) is None
        assert not_begun(situation(waiting, replace(live(SPOT, running=4), controller="ECS"))) is None

    @pytest.mark.parametrize(
        ("reason", "told"),
        [(Reason.FAILED_OVER, Reason.DEPLOYMENT_IN_PROGRESS), (Reason.FAILOVER_ROLLED_BACK,) * 2],
    )
    def test_that_waits_says_why(self, reason: Reason, told: Reason) -> None:
        waiting = intent(Phase.FAILING_OVER, execution="", reason=reason, not_before=START + timedelta(minutes=1))
        found = resolve(situation(waiting, live(SPOT)))
        assert found is not None
        assert (found.action, found.reason) == (Action.WAIT, told)


class TestARestore:
    @pytest.mark.parametrize(
        ("error", "action", "reason"),
        [
            ("TakenError", Action.GIVE_UP, Reason.DEPLOYMENT_IN_PROGRESS),
            ("NotReplaceableError", Action.ALERT, Reason.TASK_SET_REFUSED),
        ],
    )
    def test_that_was_refused_is_no_failure(self, error: str, action: Action, reason: Reason) -> None:
        found = decided(Phase.RESTORING, ended(error=error))
        assert (found.action, found.reason) == (action, reason)
        assert found.record is not None
        assert (found.record.phase, found.record.failures) == (Phase.FAILED_OVER, 0)
        assert found.record.restore_at == START + timedelta(minutes=5)

    @pytest.mark.parametrize(
        ("told", "reason"),
        [
            ((START - timedelta(minutes=9),), Reason.RESTORE_FAILED),
            ((START - timedelta(minutes=9, seconds=1),), Reason.RESTORE_DEPLOYMENT_FAILED),
            ((), Reason.RESTORE_DEPLOYMENT_FAILED),
        ],
    )
    @pytest.mark.parametrize(("error", "left"), [("PutBack", False), ("PutBackIncomplete", True)])
    def test_that_failed_counts_and_waits_for_longer(
        self, told: tuple[datetime, ...], reason: Reason, error: str, *, left: bool
    ) -> None:
        at = live(FALLBACK, told=told)
        found = by_execution(situation(intent(Phase.RESTORING), at, ended(error=error)))
        assert found is not None
        assert found.record is not None
        action, first = (Action.ALERT, Reason.TASK_SET_LEFT) if left else (Action.GIVE_UP, reason)
        assert (found.action, found.reason) == (action, first)
        assert (found.record.reason, found.record.failures) == (reason, 1)
        assert (found.record.phase, found.record.deployment_id) == (Phase.FAILED_OVER, "ecs-svc/current")
        assert found.record.restore_at == START + timedelta(minutes=10)
        assert (Reason.TASK_SET_LEFT in found.record.alerted) is left

    def test_of_a_service_without_a_task_set_is_somebody_s_change(self) -> None:
        at = replace(live(FALLBACK), deployments=())
        found = by_execution(situation(intent(Phase.RESTORING), at, ended(error="PutBack")))
        assert found is not None
        assert found.reason is Reason.SUPERSEDED


@pytest.mark.parametrize(
    ("at", "alerted", "waits"),
    [
        (live(SPOT, SECOND), frozenset(), True),
        (live(SPOT), frozenset(), False),
        (live(SPOT, SECOND), frozenset({Reason.TASK_SET_LEFT}), False),
        (replace(live(SPOT, SECOND), controller="ECS"), frozenset(), False),
        (live(SPOT, REPLACED), frozenset(), False),
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
