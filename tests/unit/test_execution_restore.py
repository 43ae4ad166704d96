"""A restore whose execution was refused or was put back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from spot_failover.core.execution_table import by_execution
from spot_failover.core.reason import Action, Reason
from spot_failover.core.record import Phase
from tests.doubles.builders import FALLBACK
from tests.doubles.clock import START
from tests.unit.executions import (
    decided,
    ended,
    intent,
    live,
    situation,
)


def test_a_restore_that_met_another_execution_is_no_failure_and_not_counted() -> None:
    found = decided(Phase.RESTORING, ended(error="TakenError"), restores_that_day=2)
    assert (found.action, found.reason) == (Action.GIVE_UP, Reason.DEPLOYMENT_IN_PROGRESS)
    assert found.record is not None
    assert (found.record.phase, found.record.failures) == (Phase.FAILED_OVER, 0)
    assert found.record.restores_that_day == 1
    assert found.record.restore_at == START + timedelta(minutes=15)


@pytest.mark.parametrize("error", ["NotReplaceableError", "InputError"])
def test_a_restore_that_was_refused_waits_for_longer_each_time_and_is_not_counted(error: str) -> None:
    delays_told = []
    for failures in (0, 1, 2):
        found = decided(Phase.RESTORING, ended(error=error), restores_that_day=1, failures=failures)
        assert (found.action, found.reason) == (Action.ALERT, Reason.TASK_SET_REFUSED)
        assert found.record is not None
        assert (found.record.phase, found.record.reason) == (Phase.FAILED_OVER, Reason.TASK_SET_REFUSED)
        assert (found.record.failures, found.record.restores_that_day) == (failures + 1, 0)
        delays_told.append(found.record.restore_at)
    assert delays_told == [START + timedelta(minutes=minutes) for minutes in (10, 20, 40)]


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ((START - timedelta(minutes=9),), Reason.RESTORE_FAILED),
        ((START - timedelta(minutes=9, seconds=1),), Reason.RESTORE_DEPLOYMENT_FAILED),
        ((), Reason.RESTORE_DEPLOYMENT_FAILED),
    ],
)
@pytest.mark.parametrize(("error", "left"), [("PutBack", False), ("PutBackIncomplete", True)])
def test_a_restore_that_failed_counts_and_waits_for_longer(
    told: tuple[datetime, ...], reason: Reason, error: str, *, left: bool
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


def test_where_a_restore_s_begin_is_not_known_no_message_from_before_blames_spot() -> None:
    at = live(FALLBACK, told=(START - timedelta(seconds=1),))
    found = by_execution(situation(intent(Phase.RESTORING, phase_since=None), at, ended(error="PutBack")))
    assert found is not None
    assert (found.action, found.reason) == (Action.GIVE_UP, Reason.RESTORE_DEPLOYMENT_FAILED)


@pytest.mark.parametrize("error", ["PutBack", "NotReplaceableError"])
def test_a_restore_of_a_service_without_a_task_set_is_somebody_s_change(error: str) -> None:
    at = replace(live(FALLBACK), deployments=())
    found = by_execution(situation(intent(Phase.RESTORING), at, ended(error=error)))
    assert found is not None
    assert found.reason is Reason.SUPERSEDED
