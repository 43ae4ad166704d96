"""What each change of a record sets, clears and leaves: all other fields stay as they are."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from spot_failover.core import transitions
from spot_failover.core.policy import Policy
from spot_failover.core.reason import Reason
from spot_failover.core.record import Phase, Record
from tests.doubles.builders import FALLBACK, MIXED, MIXED_FALLBACK, SPOT, deployment, failure
from tests.doubles.clock import START
from tests.unit.records import EARLIER, TOLD, full

LATER = START + timedelta(hours=1)
DELAY = timedelta(minutes=7)
DELAYS = transitions.Delays(restore=timedelta(minutes=40), look=timedelta(minutes=15))
MADE = deployment(FALLBACK, id="ecs-svc/made", created_at=START - timedelta(seconds=3))
FOREVER = datetime.max.replace(tzinfo=UTC)


def entered(before: Record, phase: Phase) -> Record:
    """The record in a new phase, nothing else told yet."""
    return replace(before, phase=phase, phase_since=START, stuck=False, execution="", execution_at=None)


def switched(before: Record, phase: Phase) -> Record:
    """What every confirmed switch sets."""
    return replace(
        entered(before, phase),
        deployment_id="ecs-svc/made",
        switched_at=MADE.created_at,
        desired_at_switch=9,
        lease=None,
        short_since=None,
    )


def test_an_intent_to_fail_over() -> None:
    before = replace(full(Phase.CLOSED), proven_at=START - timedelta(minutes=1))
    event = failure()
    after = transitions.begin_failover(before, MIXED, MIXED_FALLBACK, event, Reason.INTERRUPTED_SHORT, Policy(), START)
    assert after == replace(
        entered(before, Phase.FAILING_OVER),
        baseline=MIXED,
        fallback=MIXED_FALLBACK,
        event=event.to_record(),
        reason=Reason.INTERRUPTED_SHORT,
        proven_at=None,
        due_at=START,
        not_before=None,
        alerted=frozenset(),
        short_since=None,
        interrupted={},
        redeploy_requested_at=None,
        expires_at=None,
    )


def test_without_an_event_the_record_keeps_the_one_it_has() -> None:
    before = full(Phase.CLOSED)
    after = transitions.begin_failover(before, SPOT, FALLBACK, None, Reason.FAILED_OVER, Policy(), START)
    assert after.event == before.event
    assert transitions.fail_restore(full(Phase.PROVING), None, Reason.RESTORE_FAILED, START).event == before.event


def test_a_confirmed_failover() -> None:
    before = full(Phase.FAILING_OVER)
    assert transitions.confirm_failover(before, MADE, 9, DELAYS, START) == replace(
        switched(before, Phase.FAILED_OVER),
        due_at=START + DELAYS.look,
        restore_at=START + DELAYS.restore,
        not_before=None,
    )


def test_a_record_that_is_opened_again() -> None:
    before = full(Phase.CLOSED)
    assert transitions.reopen(before, MADE, 9, DELAYS, START) == replace(
        switched(before, Phase.FAILED_OVER),
        reason=Reason.CHANGE_ROLLED_BACK,
        due_at=START + DELAYS.look,
        restore_at=START + DELAYS.restore,
        not_before=None,
        expires_at=None,
    )


@pytest.mark.parametrize(("day", "count"), [(START.date().isoformat(), 4), ("2026-02-28", 1)])
def test_an_intent_to_restore(day: str, count: int) -> None:
    before = replace(full(Phase.FAILED_OVER), restore_day=day)
    assert transitions.begin_restore(before, START) == replace(
        entered(before, Phase.RESTORING),
        reason=Reason.RESTORE_STARTED,
        due_at=START,
        restore_day=START.date().isoformat(),
        restores_that_day=count,
        alerted=frozenset(),
    )


def test_a_confirmed_restore() -> None:
    before = full(Phase.RESTORING)
    assert transitions.confirm_restore(before, MADE, 9, START) == replace(
        switched(before, Phase.PROVING), due_at=START, rollbacks=0, alerted=frozenset()
    )


def test_a_restore_given_up() -> None:
    before = full(Phase.RESTORING)
    assert transitions.give_up_restore(before, DELAY, START) == replace(
        entered(before, Phase.FAILED_OVER), due_at=START + DELAY, restore_at=START + DELAY, lease=None, short_since=None
    )


def test_a_restore_given_up_for_long_is_looked_at_before() -> None:
    after = transitions.give_up_restore(full(Phase.RESTORING), timedelta(hours=4), START)
    assert (after.due_at, after.restore_at) == (START + transitions.RECHECK, START + timedelta(hours=4))


def test_a_failed_restore() -> None:
    before = full(Phase.PROVING)
    assert transitions.fail_restore(before, failure(), Reason.RESTORE_FAILED, START) == replace(
        entered(before, Phase.FAILING_OVER),
        reason=Reason.RESTORE_FAILED,
        event=failure().to_record(),
        failures=3,
        due_at=START,
        not_before=None,
        short_since=None,
    )


def test_a_restore_that_ecs_rolled_back() -> None:
    before = full(Phase.PROVING)
    after = transitions.restore_rolled_back(before, MADE, 9, Reason.RESTORE_DEPLOYMENT_FAILED, DELAYS, START)
    assert after == replace(
        switched(before, Phase.FAILED_OVER),
        reason=Reason.RESTORE_DEPLOYMENT_FAILED,
        failures=3,
        due_at=START + DELAYS.look,
        restore_at=START + DELAYS.restore,
        not_before=None,
    )


@pytest.mark.parametrize(("before", "held_until"), [(0, EARLIER), (2, EARLIER), (3, FOREVER), (4, FOREVER)])
def test_a_failover_that_ecs_rolled_back(before: int, held_until: datetime) -> None:
    of = replace(full(Phase.FAILED_OVER), rollbacks=before)
    assert transitions.failover_rolled_back(of, DELAY, START) == replace(
        entered(of, Phase.FAILING_OVER),
        reason=Reason.FAILOVER_ROLLED_BACK,
        rollbacks=before + 1,
        held_until=held_until,
        due_at=START + DELAY,
        not_before=START + DELAY,
        lease=None,
    )


@pytest.mark.parametrize(("reason", "proven_at"), [(Reason.RESTORED, START), (Reason.SUPERSEDED, EARLIER)])
def test_a_closed_record(reason: Reason, proven_at: datetime) -> None:
    before = full(Phase.PROVING)
    assert transitions.close(before, reason, START) == replace(
        entered(before, Phase.CLOSED),
        reason=reason,
        due_at=None,
        not_before=None,
        lease=None,
        held_until=None,
        alerted=frozenset(),
        short_since=None,
        rollbacks=0,
        proven_at=proven_at,
        expires_at=START + timedelta(days=30),
    )


def test_a_record_left_to_a_person() -> None:
    before = full(Phase.PROVING)
    assert transitions.hold(before, START) == replace(
        entered(before, Phase.FAILED_OVER),
        reason=Reason.RESTORE_OVERRULED,
        held_until=FOREVER,
        due_at=START + timedelta(minutes=15),
        lease=None,
    )


@pytest.mark.parametrize("phase", [phase for phase in Phase if phase.open])
def test_an_operator_s_hold_and_its_end(phase: Phase) -> None:
    before = replace(full(phase), due_at=LATER)
    held = transitions.hold_by_operator(before, "anna", FOREVER, START)
    assert held == replace(before, held_until=FOREVER, held_by="anna")
    assert transitions.release(held, START) == replace(before, held_until=None, due_at=START)


def test_a_hold_of_the_automation_stays_its_own() -> None:
    left = replace(full(Phase.FAILING_OVER), held_until=FOREVER)
    assert transitions.hold_by_operator(left, "anna", LATER, START) is left
    assert transitions.hold_by_operator(left, "anna", FOREVER, START) is left
    shorter = replace(left, held_until=LATER)
    assert transitions.hold_by_operator(shorter, "anna", FOREVER, START) == left


@pytest.mark.parametrize(
    ("until", "expires_at"),
    [
        (LATER, START + timedelta(days=30)),
        (START + timedelta(days=90), START + timedelta(days=90)),
        (FOREVER, None),
    ],
)
def test_a_closed_record_is_kept_for_as_long_as_it_is_held(until: datetime, expires_at: datetime | None) -> None:
    held = transitions.hold_by_operator(full(Phase.CLOSED), "anna", until, START)
    assert (held.held_until, held.held_by, held.expires_at) == (until, "anna", expires_at)
    assert transitions.request_redeploy(held, START).expires_at == expires_at
    free = transitions.release(held, START)
    assert (free.held_until, free.held_by, free.due_at) == (None, "", held.due_at)
    assert free.expires_at == START + timedelta(days=30)


def test_an_operator_s_hold_outlives_the_record_s_work() -> None:
    closed = transitions.close(replace(full(Phase.PROVING), held_until=LATER, held_by="anna"), Reason.RESTORED, START)
    assert (closed.held_until, closed.held_by) == (LATER, "anna")


@pytest.mark.parametrize("rollbacks", [2, 3])
def test_what_is_left_to_a_person_is_no_operator_s_hold(rollbacks: int) -> None:
    held = replace(full(Phase.FAILED_OVER), held_until=LATER, held_by="anna", rollbacks=rollbacks)
    again = transitions.failover_rolled_back(held, DELAY, START)
    expected = (LATER, "anna") if rollbacks == 2 else (FOREVER, "")
    assert (again.held_until, again.held_by) == expected
    overruled = transitions.hold(replace(held, phase=Phase.PROVING), START)
    assert (overruled.held_until, overruled.held_by) == (FOREVER, "")


def test_a_redeployment_asked_for_and_made() -> None:
    before = full(Phase.CLOSED)
    asked = transitions.request_redeploy(before, START)
    assert asked == replace(before, redeploy_requested_at=START, expires_at=START + timedelta(days=30))
    assert transitions.confirm_redeploy(asked, MADE) == replace(
        asked, redeployed_at=MADE.created_at, redeploy_requested_at=None, lease=None
    )


def test_a_record_looked_at_later_keeps_what_was_told_unless_more_is() -> None:
    before = full(Phase.FAILED_OVER)
    assert transitions.postpone(before, LATER) == replace(before, due_at=LATER)
    told = transitions.postpone(before, LATER, alerted=Reason.UNSAFE_TO_RESTORE)
    assert told == replace(before, due_at=LATER, alerted=TOLD | {Reason.UNSAFE_TO_RESTORE})
    assert transitions.postpone(told, LATER, alerted=Reason.UNSAFE_TO_RESTORE) == told


@pytest.mark.parametrize(("due_at", "then"), [(EARLIER, EARLIER), (LATER, START), (None, START)])
def test_a_restore_brought_forward(due_at: datetime | None, then: datetime) -> None:
    before = replace(full(Phase.FAILED_OVER), due_at=due_at)
    after = transitions.bring_forward(before, START, alerted="x")
    assert after == replace(before, due_at=then, restore_at=START, alerted=TOLD | {"x"})
    assert transitions.bring_forward(before, START) == replace(after, alerted=TOLD)


def test_a_failover_that_waits_for_the_hour_and_one_that_need_not_any_more() -> None:
    before = full(Phase.FAILING_OVER)
    waiting = transitions.limit_failover(before, LATER)
    assert waiting == replace(before, due_at=LATER, not_before=LATER, alerted=TOLD | {Reason.FAILOVER_LIMIT})
    assert transitions.allow_failover(waiting) == replace(waiting, not_before=None, alerted=TOLD)
    deploying = replace(waiting, alerted=TOLD | {Reason.DEPLOYMENT_IN_PROGRESS})
    assert transitions.allow_failover(deploying) == replace(waiting, not_before=None, alerted=TOLD)


def test_how_long_a_traffic_shift_takes_is_kept() -> None:
    before = full(Phase.FAILING_OVER)
    assert transitions.shifting(before, DELAY) == replace(before, shift_takes=DELAY)


def test_a_stuck_record_says_that_it_was_told() -> None:
    before = replace(full(Phase.FAILED_OVER), stuck=False)
    assert transitions.mark_stuck(before) == replace(before, stuck=True)
