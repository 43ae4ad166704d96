"""What the live strategy says about a record's phase: every cell of the table."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from spot_failover.core.decision import Decision, Situation
from spot_failover.core.events import Event
from spot_failover.core.phase_table import resolve
from spot_failover.core.policy import Policy
from spot_failover.core.reason import Action, Reason
from spot_failover.core.record import Lease, Phase, Record
from spot_failover.core.service import LiveService, ServiceEvent
from spot_failover.core.transitions import MAX_ROLLBACKS
from tests.doubles.builders import (
    FALLBACK,
    ON_DEMAND,
    SPOT,
    deployment,
    failure,
    service,
)
from tests.doubles.clock import START
from tests.unit.records import AFTER, BEFORE, SWITCHED_AT, ours, record

ON_BASELINE = service(deployment(SPOT, created_at=AFTER))
ON_FALLBACK = service(deployment(FALLBACK, id="ecs-svc/live", created_at=AFTER))
ON_OTHER = service(deployment(ON_DEMAND, created_at=AFTER))


def step(of: Record, live: LiveService, event: Event | None = None) -> Decision:
    decision = resolve(Situation(live, of, Policy(), START, event=event))
    assert decision is not None
    return decision


def told(decision: Decision) -> tuple[Action, Reason]:
    return decision.action, decision.reason


def after(decision: Decision) -> Record:
    assert decision.record is not None
    return decision.record


@pytest.mark.parametrize("live", [ON_BASELINE, ON_FALLBACK, ON_OTHER])
def test_a_closed_record_says_nothing(live: LiveService) -> None:
    assert resolve(Situation(live, record(Phase.CLOSED), Policy(), START)) is None


def test_failing_over_on_the_baseline_calls_again() -> None:
    decision = step(record(Phase.FAILING_OVER), ON_BASELINE)
    assert (decision.action, decision.target) == (Action.FAIL_OVER, FALLBACK)
    assert after(decision).phase is Phase.FAILING_OVER


@pytest.mark.parametrize("by_tag", [True, False])
def test_a_failover_that_its_account_s_hour_has_no_room_for_can_still_be_held(*, by_tag: bool) -> None:
    room, free = START + timedelta(minutes=30), START + timedelta(hours=2)
    limited = replace(record(Phase.FAILING_OVER), alerted=frozenset({Reason.FAILOVER_LIMIT}), not_before=room)
    live = service(deployment(SPOT, created_at=AFTER, running=1))
    if by_tag:
        live = replace(live, tags={"spot-failover:hold-until": free.isoformat()})
    else:
        limited = replace(limited, held_by="anna", held_until=free)
    steps = [resolve(Situation(live, limited, Policy(), now)) for now in (START, room, free)]
    assert [told(each) for each in steps if each is not None] == [
        (Action.WAIT, Reason.HELD),
        (Action.WAIT, Reason.HELD),
        (Action.FAIL_OVER, Reason.FAILED_OVER),
    ]


def test_failing_over_on_the_fallback_is_confirmed_with_the_live_deployment() -> None:
    decision = step(record(Phase.FAILING_OVER), ON_FALLBACK)
    assert (decision.action, decision.again) == (Action.CONFIRM, True)
    confirmed = after(decision)
    assert (confirmed.phase, confirmed.deployment_id, confirmed.switched_at) == (
        Phase.FAILED_OVER,
        "ecs-svc/live",
        AFTER,
    )
    assert confirmed.due_at == START + timedelta(minutes=5)


def test_failed_over_on_the_fallback_is_as_it_is() -> None:
    assert resolve(Situation(service(ours()), record(Phase.FAILED_OVER), Policy(), START)) is None


def test_failed_over_and_put_back_by_ecs_is_tried_again_later() -> None:
    decision = step(record(Phase.FAILED_OVER), service(deployment(SPOT, created_at=BEFORE)))
    assert told(decision) == (Action.ALERT, Reason.FAILOVER_ROLLED_BACK)
    again = after(decision)
    assert (again.phase, again.rollbacks, again.held_until) == (Phase.FAILING_OVER, 1, None)
    assert again.not_before == again.due_at == START + timedelta(minutes=5)
    waiting = step(again, service(deployment(SPOT, created_at=BEFORE)))
    assert told(waiting) == (Action.WAIT, Reason.FAILOVER_ROLLED_BACK)


ROLLED_BACK = "(service web) rolling back to deployment ecs-svc/before."
LOST = Lease("a worker whose answer got lost", START)


@pytest.mark.parametrize(
    ("lease", "not_before", "told_at", "unseen"),
    [
        (LOST, None, SWITCHED_AT, True),
        (LOST, None, SWITCHED_AT - timedelta(seconds=1), False),
        (LOST, AFTER, AFTER, True),
        (LOST, AFTER, AFTER - timedelta(seconds=1), False),
        (LOST, BEFORE, BEFORE, False),
        (None, None, SWITCHED_AT, False),
    ],
)
def test_a_failover_that_ecs_rolled_back_before_anybody_saw_its_effect_counts(
    lease: Lease | None, not_before: datetime | None, told_at: datetime, unseen: bool
) -> None:
    intent = replace(record(Phase.FAILING_OVER), phase_since=SWITCHED_AT, lease=lease, not_before=not_before)
    long_ago = ServiceEvent(BEFORE - timedelta(hours=1), ROLLED_BACK)
    back = replace(ON_BASELINE, events=(ServiceEvent(told_at, ROLLED_BACK), long_ago))
    decision = step(replace(intent, rollbacks=2), back)
    assert step(replace(intent, phase_since=None), back).action is Action.FAIL_OVER
    if not unseen:
        assert decision.action is Action.FAIL_OVER
        return
    assert told(decision) == (Action.ALERT, Reason.FAILOVER_ROLLED_BACK)
    again = after(decision)
    assert (again.phase, again.rollbacks, again.lease) == (Phase.FAILING_OVER, 3, None)
    assert again.not_before == again.due_at
    assert step(intent, replace(back, controller="EXTERNAL")).reason is not Reason.FAILOVER_ROLLED_BACK


def test_a_rollback_that_made_a_new_deployment_is_told_by_its_reason() -> None:
    back = deployment(SPOT, created_at=AFTER, rollout_reason="ECS deployment circuit breaker: rolling back to x")
    assert step(record(Phase.FAILED_OVER), service(back)).reason is Reason.FAILOVER_ROLLED_BACK


@pytest.mark.parametrize(
    ("told_at", "reason"),
    [
        (AFTER, Reason.FAILOVER_ROLLED_BACK),
        (AFTER - timedelta(seconds=5), Reason.FAILOVER_ROLLED_BACK),
        (AFTER - timedelta(seconds=6), Reason.SUPERSEDED),
        (BEFORE, Reason.SUPERSEDED),
    ],
)
def test_a_complete_rollback_that_made_a_new_deployment_is_told_by_an_event(told_at: datetime, reason: Reason) -> None:
    """What is deployed after a roll-back is somebody's will."""
    back = replace(ON_BASELINE, events=(ServiceEvent(told_at, ROLLED_BACK),))
    assert step(record(Phase.FAILED_OVER), back).reason is reason


def test_any_other_event_of_the_moment_says_nothing_of_a_rollback() -> None:
    own = replace(ON_BASELINE, events=(ServiceEvent(AFTER, "(service web) has reached a steady state."),))
    assert step(record(Phase.FAILED_OVER), own).reason is Reason.SUPERSEDED


def test_after_three_retries_a_person_has_to_look() -> None:
    tried = replace(record(Phase.FAILED_OVER), rollbacks=MAX_ROLLBACKS - 1)
    back = service(deployment(SPOT, created_at=BEFORE))
    assert after(step(tried, back)).held_until is None
    held = after(step(replace(tried, rollbacks=MAX_ROLLBACKS), back))
    assert held.held_until is not None
    later = resolve(Situation(back, held, Policy(), START + timedelta(days=365)))
    assert later is not None
    assert told(later) == (Action.WAIT, Reason.HELD)


def test_failed_over_and_put_back_by_the_owner_is_superseded() -> None:
    assert told(step(record(Phase.FAILED_OVER), ON_BASELINE)) == (Action.CLOSE, Reason.SUPERSEDED)


def test_restoring_on_the_baseline_is_proving() -> None:
    decision = step(record(Phase.RESTORING), ON_BASELINE)
    assert (decision.action, decision.again) == (Action.CONFIRM, True)
    assert (after(decision).phase, after(decision).switched_at) == (Phase.PROVING, AFTER)


def test_restoring_on_the_fallback_calls_again_at_a_tick() -> None:
    decision = step(record(Phase.RESTORING), service(ours()))
    assert (decision.action, decision.target) == (Action.RESTORE, SPOT)


def test_restoring_on_the_fallback_gives_up_when_capacity_is_told_to_lack() -> None:
    decision = step(record(Phase.RESTORING), service(ours()), failure())
    assert (decision.action, decision.again) == (Action.GIVE_UP, True)
    assert after(decision).phase is Phase.FAILED_OVER
    assert after(decision).due_at == START + timedelta(minutes=5)


def test_proving_on_the_baseline_asks_whether_it_is_proven() -> None:
    assert told(step(record(Phase.PROVING), ON_BASELINE)) == (Action.CLOSE, Reason.RESTORED)


@pytest.mark.parametrize("capacity", [True, False])
def test_proving_put_back_to_the_fallback_by_ecs(*, capacity: bool) -> None:
    back = deployment(FALLBACK, id="ecs-svc/fallback", created_at=BEFORE)
    live = service(back, capacity_messages=(AFTER,) if capacity else ())
    decision = step(record(Phase.PROVING), live)
    reason = Reason.RESTORE_FAILED if capacity else Reason.RESTORE_DEPLOYMENT_FAILED
    assert told(decision) == (Action.GIVE_UP, reason)
    failed = after(decision)
    assert (failed.phase, failed.failures, failed.deployment_id) == (Phase.FAILED_OVER, 1, "ecs-svc/fallback")
    assert failed.due_at == START + timedelta(minutes=10)
    settled = Situation(live, failed, Policy(), START)
    assert resolve(settled) is None


def test_proving_put_back_to_the_fallback_by_the_owner_is_held_and_told() -> None:
    decision = step(record(Phase.PROVING), ON_FALLBACK)
    assert told(decision) == (Action.HOLD, Reason.RESTORE_OVERRULED)
    held = after(decision)
    assert held.phase is Phase.FAILED_OVER
    assert held.held_until is not None
    assert held.held_until > START + timedelta(days=10_000)


def test_a_restore_that_ecs_rolled_back_into_a_new_deployment_is_nobodys_will() -> None:
    back = replace(ON_FALLBACK, events=(ServiceEvent(AFTER, ROLLED_BACK),))
    decision = step(record(Phase.PROVING), back)
    assert told(decision) == (Action.GIVE_UP, Reason.RESTORE_DEPLOYMENT_FAILED)
    assert (after(decision).phase, after(decision).held_until) == (Phase.FAILED_OVER, None)


@pytest.mark.parametrize("phase", [Phase.FAILED_OVER, Phase.PROVING])
def test_right_after_a_switch_an_older_deployment_is_an_old_answer(phase: Phase) -> None:
    old = service(deployment(SPOT if phase is Phase.FAILED_OVER else FALLBACK, created_at=BEFORE))
    fresh = replace(record(phase), switched_at=START - timedelta(seconds=59))
    assert told(step(fresh, old)) == (Action.RETRY, Reason.BUSY)
    settled = replace(record(phase), switched_at=START - timedelta(seconds=60))
    assert step(settled, old).action is not Action.RETRY


def test_a_restore_that_reaches_a_service_at_zero_is_over_at_once() -> None:
    live = service(deployment(SPOT, created_at=AFTER, desired=0, running=0), desired=0)
    closed = after(step(replace(record(Phase.RESTORING), failures=3), live))
    assert (closed.phase, closed.reason, closed.failures) == (Phase.CLOSED, Reason.RESTORED_AT_ZERO, 3)
    assert closed.switched_at == AFTER
    assert SWITCHED_AT < AFTER
