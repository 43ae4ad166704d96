"""What the changes of a record that are about executions set, clear and leave."""

from __future__ import annotations

from dataclasses import replace
from datetime import MAXYEAR, timedelta

from spot_failover.core import execution_transitions, transitions
from spot_failover.core.reason import Reason
from spot_failover.core.record import Phase
from tests.doubles.clock import START
from tests.unit.records import TOLD, full

LATER = START + timedelta(hours=1)
DELAY = timedelta(minutes=7)


def test_a_failover_that_the_state_machine_put_back_or_refused() -> None:
    before = full(Phase.FAILING_OVER)
    none = replace(before, execution="", execution_at=None)
    back = transitions.failover_rolled_back(before, DELAY, START)
    assert back == replace(none, rollbacks=2, due_at=START + DELAY, not_before=START + DELAY, lease=None)
    third = transitions.failover_rolled_back(replace(before, rollbacks=2), DELAY, START)
    assert (third.reason, third.held_until, third.rollbacks) == (before.reason, before.held_until, 3)
    last = transitions.failover_rolled_back(replace(before, rollbacks=3), DELAY, START)
    assert (last.reason, last.held_by, last.rollbacks) == (Reason.FAILOVER_ROLLED_BACK, "", 4)
    assert last.held_until is not None
    assert last.held_until.year == MAXYEAR
    assert execution_transitions.failover_refused(before, LATER) == replace(none, due_at=LATER, not_before=LATER)
    told = execution_transitions.failover_refused(before, LATER, alerted=Reason.TASK_SET_REFUSED)
    assert told.alerted == TOLD | {Reason.TASK_SET_REFUSED}


def test_an_execution_that_is_announced_and_started() -> None:
    before = replace(full(Phase.FAILING_OVER), execution="")
    named = execution_transitions.name_execution(before, "spot-failover-api", DELAY)
    assert named == replace(before, execution="spot-failover-api", execution_at=None, shift_takes=DELAY)
    assert execution_transitions.name_execution(named, "another", timedelta()) is named
    started = execution_transitions.execution_started(named, START)
    assert started == replace(named, execution_at=START, not_before=None, lease=None)


def test_an_alert_that_counts_as_told() -> None:
    before = full(Phase.FAILED_OVER)
    assert execution_transitions.told(before, Reason.TASK_SET_LEFT) == replace(
        before, alerted=TOLD | {Reason.TASK_SET_LEFT}
    )


def test_what_is_left_behind_outlives_a_restore_and_ends_once_it_is_in_order() -> None:
    left = frozenset({Reason.TASK_SET_LEFT, Reason.TASK_SET_REFUSED})
    before = replace(full(Phase.FAILED_OVER), alerted=TOLD | left)
    begun = transitions.begin_restore(before, START)
    assert begun.alerted == left
    assert execution_transitions.in_order(begun) == replace(begun, alerted=frozenset())


def test_a_restore_of_which_nothing_was_touched_is_not_counted() -> None:
    before = full(Phase.FAILED_OVER)
    assert execution_transitions.untried(before) == replace(before, restores_that_day=2)
    assert execution_transitions.untried(replace(before, restores_that_day=0)).restores_that_day == 0
