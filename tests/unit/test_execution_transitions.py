"""What the changes of a record that are about executions set, clear and leave."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from spot_failover.core import transitions
from spot_failover.core.reason import Reason
from spot_failover.core.record import Phase
from tests.doubles.clock import START
from tests.unit.records import TOLD, full

LATER = START + timedelta(hours=1)
DELAY = timedelta(minutes=7)


def test_a_failover_that_the_state_machine_put_back_or_refused() -> None:
    before = full(Phase.FAILING_OVER)
    none = replace(before, execution="", execution_at=None)
    assert transitions.failover_rolled_back(before, DELAY, START) == replace(
        none,
        reason=Reason.FAILOVER_ROLLED_BACK,
        rollbacks=2,
        due_at=START + DELAY,
        not_before=START + DELAY,
    )
    assert transitions.failover_refused(before, LATER) == replace(none, due_at=LATER, not_before=LATER)
    told = transitions.failover_refused(before, LATER, alerted=Reason.TASK_SET_REFUSED)
    assert told.alerted == TOLD | {Reason.TASK_SET_REFUSED}


def test_an_execution_that_is_announced_and_started() -> None:
    before = replace(full(Phase.FAILING_OVER), execution="", execution_at=None)
    named = transitions.name_execution(before, "spot-failover-api", DELAY)
    assert named == replace(before, execution="spot-failover-api", shift_takes=DELAY)
    assert transitions.name_execution(named, "another", timedelta()) is named
    started = transitions.execution_started(named, START)
    assert started == replace(named, execution_at=START, not_before=None, lease=None)


def test_an_alert_that_counts_as_told() -> None:
    before = full(Phase.FAILED_OVER)
    assert transitions.told(before, Reason.TASK_SET_LEFT) == replace(before, alerted=TOLD | {Reason.TASK_SET_LEFT})
