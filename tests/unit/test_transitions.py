"""Every change of a record."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from spot_failover.core import transitions
from spot_failover.core.policy import Policy
from spot_failover.core.reason import Reason
from spot_failover.core.record import Lease, Phase, Record
from spot_failover.core.strategy import Strategy
from tests.doubles.builders import FALLBACK, MIXED, MIXED_FALLBACK, ON_DEMAND, SPOT, WEB, deployment, failure
from tests.doubles.clock import START
from tests.unit.records import record

POLICY = Policy()
DELAYS = transitions.Delays(restore=timedelta(minutes=5), look=timedelta(minutes=15))


def begun(of: Record, baseline: Strategy = MIXED, policy: Policy = POLICY) -> Record:
    return transitions.begin_failover(of, baseline, MIXED_FALLBACK, failure(), Reason.FAILED_OVER, policy, START)


@pytest.mark.parametrize("strategy", [Strategy(), ON_DEMAND, FALLBACK, Strategy.of(("X_SPOT", 1, 0))])
def test_a_strategy_without_active_spot_never_becomes_the_baseline(strategy: Strategy) -> None:
    with pytest.raises(ValueError, match=r"service web of cluster shop .* never saved"):
        begun(record(Phase.CLOSED), strategy)


def test_an_intent_holds_all_that_the_restore_needs() -> None:
    intent = begun(Record(WEB))
    assert (intent.phase, intent.baseline, intent.fallback) == (Phase.FAILING_OVER, MIXED, MIXED_FALLBACK)
    assert (intent.event["id"], intent.reason, intent.due_at) == ("failure-1", "FAILED_OVER", START)


def test_it_does_not_expire_while_open() -> None:
    assert begun(replace(record(Phase.CLOSED), expires_at=START)).expires_at is None


def test_failures_are_remembered_until_spot_has_held() -> None:
    failed = replace(record(Phase.CLOSED), failures=3, proven_at=START - timedelta(minutes=59))
    assert begun(failed).failures == 3
    assert begun(replace(failed, proven_at=START - timedelta(minutes=60))).failures == 0
    assert begun(replace(failed, proven_at=None)).failures == 3


def test_a_failover_ends_the_time_that_spot_has_held() -> None:
    proven = replace(record(Phase.CLOSED), failures=3, proven_at=START - timedelta(minutes=30))
    later = START + timedelta(hours=3)
    assert begun(proven).failures_now(later, POLICY.restore.stable_for) == 3


def test_confirming_a_failover_schedules_the_restore() -> None:
    made = deployment(FALLBACK, id="ecs-svc/9", created_at=START)
    intent = replace(begun(Record(WEB)), lease=Lease("me", START))
    confirmed = transitions.confirm_failover(intent, made, 4, DELAYS, START + timedelta(seconds=2))
    assert (confirmed.phase, confirmed.deployment_id, confirmed.switched_at) == (Phase.FAILED_OVER, "ecs-svc/9", START)
    assert confirmed.due_at == confirmed.restore_at == START + timedelta(minutes=5, seconds=2)
    assert confirmed.lease is None


def test_a_failed_over_service_is_looked_at_before_a_late_restore() -> None:
    late = replace(DELAYS, restore=timedelta(hours=1))
    confirmed = transitions.confirm_failover(begun(Record(WEB)), deployment(FALLBACK), 4, late, START)
    assert (confirmed.due_at, confirmed.restore_at) == (START + timedelta(minutes=15), START + timedelta(hours=1))


def test_restores_are_counted_by_the_day() -> None:
    first = transitions.begin_restore(record(Phase.FAILED_OVER), START)
    second = transitions.begin_restore(first, START + timedelta(hours=1))
    next_day = transitions.begin_restore(second, START + timedelta(days=1))
    assert [one.restores_that_day for one in (first, second, next_day)] == [1, 2, 1]


def test_a_restore_is_a_new_setting_of_the_baseline_for_the_count_of_rollbacks() -> None:
    rolled_back = replace(record(Phase.RESTORING), rollbacks=2)
    proving = transitions.confirm_restore(rolled_back, deployment(SPOT, created_at=START), 4, START)
    assert (proving.phase, proving.rollbacks) == (Phase.PROVING, 0)


def test_closing_keeps_what_outlives_a_record() -> None:
    open_record = replace(
        record(Phase.PROVING),
        failures=2,
        restore_day="2026-03-01",
        restores_that_day=5,
        lease=Lease("me", START),
        held_until=START,
        short_since=START,
    )
    closed = transitions.close(open_record, Reason.RESTORED, START)
    assert (closed.phase, closed.due_at, closed.lease, closed.held_until) == (Phase.CLOSED, None, None, None)
    assert (closed.failures, closed.restores_that_day, closed.switched_at) == (2, 5, open_record.switched_at)
    assert closed.proven_at == START
    assert closed.expires_at is not None
    assert closed.expires_at - START > POLICY.restore.stable_for


def test_only_a_proven_restore_counts_as_proven() -> None:
    for reason in (Reason.SUPERSEDED, Reason.RESTORED_AT_ZERO, Reason.SERVICE_GONE):
        assert transitions.close(record(Phase.PROVING), reason, START).proven_at is None


def test_a_failed_restore_goes_back_with_one_failure_more() -> None:
    failed = transitions.fail_restore(record(Phase.PROVING), failure(), Reason.RESTORE_FAILED, START)
    assert (failed.phase, failed.failures, failed.due_at) == (Phase.FAILING_OVER, 1, START)
    assert (failed.baseline, failed.event["id"]) == (SPOT, "failure-1")


def test_bringing_forward_never_postpones() -> None:
    earlier = replace(record(Phase.FAILED_OVER), due_at=START - timedelta(minutes=1))
    assert transitions.bring_forward(earlier, START, alerted="x").due_at == earlier.due_at
    later = replace(earlier, due_at=START + timedelta(hours=1))
    assert transitions.bring_forward(later, START, alerted="x").due_at == START


@pytest.mark.parametrize("phase", [phase for phase in Phase if phase.open])
def test_an_open_record_keeps_its_baseline(phase: Phase) -> None:
    with pytest.raises(ValueError, match=f"no record goes from {phase} to another baseline: service web"):
        begun(Record(WEB, phase=phase))


def test_every_open_phase_has_a_due_time() -> None:
    made = deployment(FALLBACK, created_at=START)
    intent = begun(Record(WEB))
    failed_over = transitions.confirm_failover(intent, made, 4, DELAYS, START)
    restoring = transitions.begin_restore(failed_over, START)
    proving = transitions.confirm_restore(restoring, made, 4, START)
    for one in (
        intent,
        failed_over,
        restoring,
        proving,
        transitions.give_up_restore(restoring, timedelta(minutes=5), START),
        transitions.fail_restore(proving, None, Reason.RESTORE_FAILED, START),
        transitions.failover_rolled_back(failed_over, timedelta(minutes=5), START),
        transitions.hold(proving, START),
        transitions.postpone(failed_over, START),
    ):
        assert one.phase.open
        assert one.due_at is not None
