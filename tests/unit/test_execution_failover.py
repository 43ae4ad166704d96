"""A failover whose execution was refused, was put back, or has not begun."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from spot_failover.core.execution import Execution, ExecutionState
from spot_failover.core.execution_table import not_begun
from spot_failover.core.phase_table import resolve
from spot_failover.core.reason import Action, Reason
from spot_failover.core.record import Phase
from tests.doubles.builders import SPOT
from tests.doubles.clock import START
from tests.unit.executions import (
    LEFT_BEHIND,
    NAME,
    SECOND,
    decided,
    ended,
    intent,
    live,
    situation,
)


@pytest.mark.parametrize(
    ("error", "alerted", "action", "reason"),
    [
        ("TakenError", frozenset(), Action.WAIT, Reason.DEPLOYMENT_IN_PROGRESS),
        ("NotReplaceableError", frozenset(), Action.ALERT, Reason.TASK_SET_REFUSED),
        ("InputError", frozenset(), Action.ALERT, Reason.TASK_SET_REFUSED),
        ("InputError", frozenset({Reason.TASK_SET_REFUSED}), Action.WAIT, Reason.TASK_SET_REFUSED),
    ],
)
def test_a_failover_that_was_refused_is_begun_again_later(
    error: str, alerted: frozenset[str], action: Action, reason: Reason
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
def test_a_failover_that_failed_is_tried_again_after_a_growing_delay(error: str, reason: Reason) -> None:
    found = decided(Phase.FAILING_OVER, ended(error=error), rollbacks=1)
    assert (found.action, found.reason) == (Action.ALERT, reason)
    assert found.record is not None
    assert (found.record.reason, found.record.rollbacks) == (Reason.FAILED_OVER, 2)
    assert found.record.not_before == START + timedelta(minutes=10)
    assert (Reason.TASK_SET_LEFT in found.record.alerted) is (reason is Reason.TASK_SET_LEFT)


@pytest.mark.parametrize(
    ("reason", "closes"),
    [
        (Reason.FAILED_OVER, True),
        (Reason.INTERRUPTED_SHORT, True),
        (Reason.SILENT_SHORTAGE, True),
        (Reason.FAILOVER_ROLLED_BACK, False),
        (Reason.OPERATOR_REQUEST, False),
        (Reason.INTERRUPTION_STORM, False),
        (Reason.RESTORE_FAILED, False),
    ],
)
def test_a_failover_of_which_nothing_has_begun_is_not_needed_once_it_is_whole(reason: Reason, *, closes: bool) -> None:
    waiting = intent(Phase.FAILING_OVER, execution="", reason=reason)
    found = not_begun(situation(waiting, live(SPOT, running=4)))
    assert (found is not None) is closes
    if found is not None:
        assert found.record is not None
        assert (found.action, found.reason, found.record.phase) == (Action.CLOSE, Reason.NOT_SHORT, Phase.CLOSED)
        assert found.record.reason == found.reason
    assert not_begun(situation(replace(waiting, alerted=LEFT_BEHIND), live(SPOT, running=4))) is None
    assert not_begun(situation(waiting, live(SPOT, running=3))) is None
    assert not_begun(situation(replace(waiting, execution=NAME), live(SPOT, running=4))) is None
    assert not_begun(situation(waiting, replace(live(SPOT, running=4), controller="ECS"))) is None


def test_a_task_set_that_came_once_an_execution_was_announced_may_be_its_own() -> None:
    announced, both = intent(Phase.FAILING_OVER), live(SPOT, SECOND)
    assert not_begun(situation(announced, both)) is None
    found = not_begun(situation(replace(announced, execution=""), both))
    assert found is not None
    assert (found.action, found.reason) == (Action.WAIT, Reason.DEPLOYMENT_IN_PROGRESS)


def test_a_failover_that_waits_to_be_tried_again_closes_as_soon_as_the_service_is_whole() -> None:
    waiting = intent(Phase.FAILING_OVER, execution="", rollbacks=1, not_before=START + timedelta(minutes=1))
    found = resolve(situation(waiting, live(SPOT, running=4)))
    assert found is not None
    assert (found.action, found.reason) == (Action.CLOSE, Reason.NOT_SHORT)


def test_an_account_s_full_hour_is_why_a_failover_waits_even_while_others_deploy() -> None:
    until = START + timedelta(minutes=1)
    limited = intent(Phase.FAILING_OVER, execution="", alerted=frozenset({Reason.FAILOVER_LIMIT}), not_before=until)
    at = situation(limited, live(SPOT, SECOND))
    for now, reason in ((START, Reason.FAILOVER_LIMIT), (until, Reason.DEPLOYMENT_IN_PROGRESS)):
        found = resolve(replace(at, now=now))
        assert found is not None
        assert (found.action, found.reason) == (Action.WAIT, reason)


@pytest.mark.parametrize(("rollbacks", "told"), [(0, Reason.DEPLOYMENT_IN_PROGRESS), (1, Reason.FAILOVER_ROLLED_BACK)])
def test_a_failover_that_waits_says_why(rollbacks: int, told: Reason) -> None:
    waiting = intent(Phase.FAILING_OVER, execution="", rollbacks=rollbacks, not_before=START + timedelta(minutes=1))
    found = resolve(situation(waiting, live(SPOT)))
    assert found is not None
    assert (found.action, found.reason) == (Action.WAIT, told)


@pytest.mark.parametrize(
    ("changed", "begins"),
    [
        ({}, False),
        ({"rollbacks": 1}, False),
        ({"alerted": LEFT_BEHIND}, True),
        ({"execution": NAME, "started": None}, True),
    ],
)
@pytest.mark.parametrize("by_tag", [True, False])
def test_a_failover_is_held_before_it_begins_and_not_in_the_middle(
    changed: dict[str, Any], *, begins: bool, by_tag: bool
) -> None:
    of = intent(Phase.FAILING_OVER, **{"execution": "", **changed})
    at, until = live(SPOT), START + timedelta(minutes=1)
    if by_tag:
        at = replace(at, tags={"spot-failover:hold-until": until.isoformat()})
    else:
        of = replace(of, held_by="anna", held_until=until)
    here = situation(of, at, Execution(NAME, ExecutionState.UNKNOWN))
    for now, runs in ((START, begins), (until, True)):
        found = resolve(replace(here, now=now))
        assert found is not None
        assert found.action is (Action.FAIL_OVER if runs else Action.WAIT)
        assert runs or found.reason is Reason.HELD
