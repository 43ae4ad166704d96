"""A restore is proven, has failed, or waits."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from spot_failover.core.decision import Decision, Situation
from spot_failover.core.events import Event
from spot_failover.core.policy import Policy
from spot_failover.core.proving import decide_proving
from spot_failover.core.reason import Action, Reason
from spot_failover.core.record import Phase, Record
from spot_failover.core.service import Deployment, LiveService
from spot_failover.core.strategy import NO_STRATEGY
from tests.doubles.builders import FALLBACK, ON_DEMAND, SPOT, WEB, deployment, failure, service
from tests.doubles.clock import START

RESTORED_AT = START - timedelta(minutes=20)
RECORD = Record(
    WEB,
    phase=Phase.PROVING,
    baseline=SPOT,
    fallback=FALLBACK,
    version=4,
    deployment_id="ecs-svc/restore",
    switched_at=RESTORED_AT,
    desired_at_switch=4,
    due_at=RESTORED_AT,
    failures=1,
)


def restore(rollout_state: str | None = "IN_PROGRESS", *, running: int = 0, pending: int = 0) -> Deployment:
    """The deployment that the restore made."""
    return deployment(
        SPOT,
        id="ecs-svc/restore",
        rollout_state=rollout_state,
        created_at=RESTORED_AT,
        running=running,
        pending=pending,
    )


def old(running: int = 4) -> Deployment:
    """The on-demand deployment that the restore replaces."""
    return deployment(FALLBACK, id="ecs-svc/fallback", status="ACTIVE", running=running)


def decide(live: LiveService, record: Record = RECORD, event: Event | None = None, now: datetime = START) -> Decision:
    return decide_proving(Situation(live, record, Policy(), now, event=event))


def assert_fails(decision: Decision, reason: Reason) -> None:
    assert (decision.action, decision.reason, decision.target) == (Action.FAIL_OVER, reason, FALLBACK)
    assert decision.record is not None
    assert decision.record.phase is Phase.FAILING_OVER
    assert decision.record.failures == RECORD.failures + 1
    assert decision.record.baseline == SPOT


def assert_proven(decision: Decision) -> None:
    assert (decision.action, decision.reason, decision.again) == (Action.CLOSE, Reason.RESTORED, True)
    assert decision.record is not None
    assert (decision.record.phase, decision.record.proven_at) == (Phase.CLOSED, START)
    assert decision.record.failures == RECORD.failures


def assert_waits(decision: Decision) -> None:
    assert (decision.action, decision.reason) == (Action.WAIT, Reason.RESTORE_WAITING)


def test_a_completed_rollout_is_proof() -> None:
    assert_proven(decide(service(restore("COMPLETED", running=4))))


def test_a_rollout_that_completed_without_a_task_ends_the_restore_but_proves_nothing() -> None:
    """Scaled to zero while it was proving: ECS calls nothing of nothing COMPLETED, and Spot may lack as before."""
    empty = replace(restore("COMPLETED"), desired=0)
    decision = decide(service(empty, desired=0, capacity_messages=(RESTORED_AT + timedelta(minutes=1),)))
    assert (decision.action, decision.reason, decision.again) == (Action.CLOSE, Reason.RESTORED_AT_ZERO, True)
    assert decision.record is not None
    assert (decision.record.phase, decision.record.proven_at) == (Phase.CLOSED, None)
    assert decision.record.failures == RECORD.failures


def test_it_stays_proof_when_tasks_are_lost_later() -> None:
    assert_proven(decide(service(restore("COMPLETED", running=1)), event=failure()))


def test_the_owner_s_own_completed_release_on_the_baseline_is_proof() -> None:
    theirs = deployment(SPOT, id="ecs-svc/release", created_at=RESTORED_AT + timedelta(minutes=5))
    assert_proven(decide(service(theirs)))


def test_a_deployment_from_before_the_restore_proves_nothing() -> None:
    before = deployment(SPOT, created_at=RESTORED_AT - timedelta(seconds=1))
    assert decide(service(before)).reason is not Reason.RESTORED


def test_a_completed_deployment_of_another_strategy_proves_nothing() -> None:
    theirs = deployment(ON_DEMAND, id="ecs-svc/release", created_at=RESTORED_AT + timedelta(minutes=5))
    assert decide(service(theirs, strategy=SPOT)).reason is not Reason.RESTORED


def test_without_a_rollout_state_the_only_deployment_whole_once_is_proof() -> None:
    assert_proven(decide(service(restore(None, running=4))))


@pytest.mark.parametrize(
    "live",
    [
        service(restore(None, running=3, pending=1)),
        service(restore(None, running=4), old(1)),
        service(restore(None, running=0), old()),
    ],
)
def test_without_a_rollout_state_anything_else_waits(live: LiveService) -> None:
    assert_waits(decide(live))


def test_whole_on_old_tasks_waits_even_while_ecs_tells_of_lacking_capacity() -> None:
    live = service(restore(running=1), old(3), capacity_messages=(START,))
    assert_waits(decide(live, event=failure()))


def test_short_with_a_placement_failure_fails() -> None:
    assert_fails(decide(service(restore(), old(3)), event=failure()), Reason.RESTORE_FAILED)


def test_short_with_a_capacity_message_fails() -> None:
    live = service(restore(), old(3), capacity_messages=(RESTORED_AT + timedelta(seconds=1),))
    assert_fails(decide(live), Reason.RESTORE_FAILED)


def test_older_evidence_is_none() -> None:
    live = service(restore(), old(3), capacity_messages=(RESTORED_AT - timedelta(seconds=1),))
    assert_waits(decide(live, event=failure(time=RESTORED_AT - timedelta(seconds=6))))


def test_the_event_s_whole_seconds_and_clock_get_five_seconds() -> None:
    live = service(restore(), old(3))
    assert_fails(decide(live, event=failure(time=RESTORED_AT - timedelta(seconds=5))), Reason.RESTORE_FAILED)


def test_short_without_evidence_is_timed() -> None:
    live = service(restore(), old(3))
    first = decide(live)
    assert_waits(first)
    assert first.record is not None
    assert first.record.short_since == START
    later = START + timedelta(minutes=10)
    assert_waits(decide(live, first.record, now=later - timedelta(seconds=1)))
    assert_fails(decide(live, first.record, now=later), Reason.RESTORE_FAILED)


def test_whole_again_forgets_the_shortage() -> None:
    decision = decide(service(restore(running=1), old(3)), replace(RECORD, short_since=RESTORED_AT))
    assert_waits(decision)
    assert decision.record is not None
    assert decision.record.short_since is None


def test_autoscaling_that_wants_more_than_run_fails_it() -> None:
    live = replace(service(restore(), old()), desired=5)
    assert_fails(decide(live), Reason.RESTORE_FAILED)


def test_autoscaling_that_gets_what_it_wants_does_not() -> None:
    live = service(replace(restore(running=2), desired=6), old(4), desired=6)
    assert_waits(decide(live))


def test_the_owner_s_release_while_incomplete_fails_it() -> None:
    release = deployment(SPOT, id="ecs-svc/release", rollout_state="IN_PROGRESS", created_at=START, running=0)
    assert_fails(decide(service(release, old())), Reason.RESTORE_FAILED)


def test_patience_ends() -> None:
    live = service(restore(running=1), old(3))
    end = RESTORED_AT + timedelta(hours=2)
    assert_waits(decide(live, now=end - timedelta(seconds=1)))
    assert_fails(decide(live, now=end), Reason.RESTORE_FAILED)


def test_a_failed_deployment_without_a_capacity_message_is_not_spot_s_fault() -> None:
    assert_fails(decide(service(restore("FAILED"), old())), Reason.RESTORE_DEPLOYMENT_FAILED)


def test_a_failed_deployment_with_one_is() -> None:
    live = service(restore("FAILED"), old(), capacity_messages=(START,))
    assert_fails(decide(live), Reason.RESTORE_FAILED)


def test_a_shortage_that_goes_on_is_not_written_again() -> None:
    since = replace(RECORD, short_since=START - timedelta(minutes=1))
    decision = decide(service(restore(), old(3)), since)
    assert_waits(decision)
    assert decision.record is None
    assert decide(service(restore(running=1), old(3))).record is None


@pytest.mark.parametrize("of", [RECORD, replace(RECORD, switched_at=None)])
def test_without_a_deployment_it_has_failed(of: Record) -> None:
    gone = replace(service(restore("COMPLETED", running=4)), deployments=())
    assert_fails(decide(gone, of), Reason.RESTORE_DEPLOYMENT_FAILED)


def test_without_a_time_of_the_switch_nothing_proves_it() -> None:
    unknown = replace(RECORD, switched_at=None)
    assert_fails(decide(service(restore("COMPLETED", running=4)), unknown), Reason.RESTORE_DEPLOYMENT_FAILED)


def test_a_deployment_that_tells_no_strategy_is_taken_as_the_service_s() -> None:
    untold = replace(restore("COMPLETED", running=4), strategy=NO_STRATEGY)
    assert_proven(decide(service(untold, strategy=SPOT)))


def test_without_a_rollout_state_a_deployment_of_another_strategy_proves_nothing() -> None:
    theirs = replace(restore(None, running=4), strategy=ON_DEMAND)
    assert decide(service(theirs, strategy=SPOT)).reason is not Reason.RESTORED


def test_a_failed_deployment_is_told_before_the_shortage_it_leaves() -> None:
    live = service(restore("FAILED"), old(3), capacity_messages=(START,))
    decision = decide(live)
    assert_fails(decision, Reason.RESTORE_FAILED)
    assert decision.note == "its deployment failed"
