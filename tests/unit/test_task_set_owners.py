"""Task sets and people: an owner's own change, a hold in the middle, and what nobody has mended for days."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from spot_failover.core import transitions
from spot_failover.core.execution_table import by_execution, others_deploy
from spot_failover.core.lifecycle import stuck
from spot_failover.core.phase_table import resolve
from spot_failover.core.reason import Action, Reason
from spot_failover.core.record import Phase
from tests.doubles.builders import FALLBACK, SPOT, deployment
from tests.doubles.clock import START
from tests.unit.executions import LEFT_BEHIND, NAME, POLICY, ended, intent, live, situation
from tests.unit.records import record


@pytest.mark.parametrize("alerted", [frozenset(), LEFT_BEHIND])
def test_an_owner_who_makes_the_old_task_set_primary_again_is_not_overruled(alerted: frozenset[str]) -> None:
    of = replace(
        record(Phase.FAILED_OVER),
        switched_at=START - timedelta(minutes=30),
        phase_since=START - timedelta(minutes=25),
        alerted=alerted,
    )
    found = resolve(situation(of, live(SPOT, running=4)))
    assert found is not None
    assert (found.action, found.reason) == (Action.CLOSE, Reason.SUPERSEDED)


@pytest.mark.parametrize("reason", [Reason.RESTORE_FAILED, Reason.RESTORE_DEPLOYMENT_FAILED])
@pytest.mark.parametrize("error", ["TakenError", "PutBack"])
@pytest.mark.parametrize("by_tag", [True, False])
def test_a_hold_does_not_keep_a_failed_restore_from_going_back(reason: Reason, error: str, *, by_tag: bool) -> None:
    going_back = transitions.fail_restore(record(Phase.PROVING), None, reason, START - timedelta(minutes=6))
    at, until = live(SPOT, running=0), START + timedelta(hours=4)
    if by_tag:
        at = replace(at, tags={"spot-failover:hold-until": until.isoformat()})
    else:
        going_back = replace(going_back, held_by="anna", held_until=until)
    named = replace(going_back, execution=NAME, execution_at=START - timedelta(minutes=5))
    met = by_execution(situation(named, at, ended(error=error)))
    assert met is not None
    assert met.record is not None
    found = resolve(replace(situation(met.record, at), now=START + timedelta(hours=1)))
    assert found is not None
    assert found.action is Action.FAIL_OVER


def test_a_failover_that_is_tried_again_after_it_was_put_back_says_so_and_remembers_why_it_began() -> None:
    again = resolve(situation(intent(Phase.FAILING_OVER, execution="", rollbacks=1), live(SPOT)))
    assert again is not None
    assert again.record is not None
    assert (again.action, again.reason, again.record.reason) == (
        Action.FAIL_OVER,
        Reason.FAILOVER_ROLLED_BACK,
        Reason.FAILED_OVER,
    )
    first = resolve(situation(intent(Phase.FAILING_OVER, execution=""), live(SPOT)))
    assert first is not None
    assert first.reason is Reason.FAILED_OVER


@pytest.mark.parametrize(
    ("alerted", "hours", "is_stuck"),
    [
        (frozenset(), 40, False),
        (frozenset({Reason.TASK_SET_REFUSED}), 24, False),
        (frozenset({Reason.TASK_SET_REFUSED}), 25, True),
    ],
)
def test_restores_that_are_refused_for_a_day_are_stuck_though_each_enters_the_phase_anew(
    alerted: frozenset[str], hours: int, *, is_stuck: bool
) -> None:
    of = replace(
        record(Phase.FAILED_OVER), phase_since=START, switched_at=START - timedelta(hours=hours), alerted=alerted
    )
    assert stuck(of, POLICY, START) is is_stuck


@pytest.mark.parametrize("phase", [Phase.FAILING_OVER, Phase.RESTORING])
@pytest.mark.parametrize(("minutes", "is_stuck"), [(30, False), (31, True)])
def test_an_intent_after_one_that_was_refused_is_stuck_by_its_own_time_alone(
    phase: Phase, minutes: int, *, is_stuck: bool
) -> None:
    of = replace(
        record(phase),
        phase_since=START - timedelta(minutes=minutes),
        switched_at=START - timedelta(hours=30),
        alerted=frozenset({Reason.TASK_SET_REFUSED}),
    )
    assert stuck(of, POLICY, START) is is_stuck


def test_an_intent_is_not_stuck_as_soon_as_its_execution_begins() -> None:
    waited = intent(Phase.FAILING_OVER, execution="", started=None, phase_since=START - timedelta(hours=5))
    assert stuck(waited, POLICY, START)
    begun = replace(waited, execution=NAME, execution_at=START)
    assert not stuck(begun, POLICY, START)
    assert stuck(begun, POLICY, START + timedelta(minutes=31))


@pytest.mark.parametrize(("ago", "waits"), [(20, False), (10, False), (9, True)])
def test_once_a_failover_that_left_something_is_confirmed_only_newer_task_sets_are_somebody_else_s(
    ago: int, *, waits: bool
) -> None:
    of = replace(record(Phase.FAILED_OVER), phase_since=START - timedelta(minutes=10), alerted=LEFT_BEHIND)
    theirs = deployment(
        FALLBACK, id="ecs-svc/theirs", status="ACTIVE", running=0, created_at=START - timedelta(minutes=ago)
    )
    assert (others_deploy(situation(of, live(FALLBACK, theirs))) is not None) is waits
