"""An interruption about a service that was looked at: one test per response."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from spot_failover.core.decision import Decision, Situation
from spot_failover.core.event_decision import Counting, counting, decide_event
from spot_failover.core.events import Interruption
from spot_failover.core.policy import InterruptionPolicy, InterruptionResponse, Policy
from spot_failover.core.reason import Action, Reason
from spot_failover.core.record import Phase, Record
from spot_failover.core.service import LiveService
from tests.doubles.builders import FALLBACK, ON_DEMAND, SPOT, WEB, deployment, interruption, service
from tests.doubles.clock import START
from tests.unit.records import AFTER, record

REDEPLOY = Policy(interruption=InterruptionPolicy(response=InterruptionResponse.REDEPLOY))
NONE = Policy(interruption=InterruptionPolicy(response=InterruptionResponse.NONE))
SHORT = service(deployment(SPOT, running=3))


def situation(
    live: LiveService,
    of: Record | None = None,
    policy: Policy | None = None,
    event: Interruption | None = None,
    intended: int | None = None,
    primary_intended: int | None = None,
) -> Situation:
    return Situation(
        live,
        of or Record(WEB),
        policy or Policy(),
        START + timedelta(seconds=30),
        event=event or interruption(),
        intended=intended,
        primary_intended=primary_intended,
    )


def decide(of: Situation) -> Decision:
    assert of.event is not None
    return decide_event(of, of.event)


def told(of: Situation) -> tuple[Action, Reason]:
    decision = decide(of)
    return decision.action, decision.reason


def test_auto_and_short_fails_over() -> None:
    decision = decide(situation(SHORT))
    assert (decision.action, decision.reason) == (Action.FAIL_OVER, Reason.INTERRUPTED_SHORT)
    assert decision.target == FALLBACK


def test_auto_and_whole_is_only_counted() -> None:
    assert told(situation(service())) == (Action.IGNORE, Reason.NOT_SHORT)


def test_a_task_that_still_counts_but_was_told_to_go_counts_as_gone() -> None:
    assert told(situation(service(), intended=3)) == (Action.FAIL_OVER, Reason.INTERRUPTED_SHORT)


def test_a_count_that_has_left_it_out_already_does_not_take_it_off_twice() -> None:
    replaced = service(deployment(SPOT, running=3, pending=1))
    assert told(situation(replaced, intended=4)) == (Action.IGNORE, Reason.NOT_SHORT)


def test_with_a_capacity_message_the_primary_counts_and_old_tasks_do_not_hide_it() -> None:
    stuck = deployment(SPOT, id="ecs-svc/2", rollout_state="IN_PROGRESS", running=1)
    old = deployment(SPOT, status="ACTIVE", running=4)
    live = service(stuck, old)
    assert told(situation(live, intended=5)) == (Action.IGNORE, Reason.NOT_SHORT)
    told_so = service(stuck, old, capacity_messages=(START + timedelta(seconds=5),))
    assert told(situation(told_so, primary_intended=1)) == (Action.FAIL_OVER, Reason.INTERRUPTED_SHORT)


def test_none_is_only_counted_however_short() -> None:
    assert told(situation(SHORT, policy=NONE)) == (Action.IGNORE, Reason.RESPONSE_NONE)


def test_the_tag_of_the_service_chooses_the_response() -> None:
    tagged = replace(SHORT, tags={"spot-failover:interruption-response": "none"})
    assert told(situation(tagged)) == (Action.IGNORE, Reason.RESPONSE_NONE)


def test_redeploy_forces_a_deployment_on_the_same_strategy() -> None:
    decision = decide(situation(service(), policy=REDEPLOY))
    assert (decision.action, decision.reason, decision.target) == (Action.REDEPLOY, Reason.REDEPLOYED, None)
    assert decision.record is not None
    assert decision.record.phase is Phase.CLOSED


@pytest.mark.parametrize(("minutes", "again"), [(0, False), (9.99, False), (10, True)])
def test_redeploy_at_most_once_in_the_interval(minutes: float, *, again: bool) -> None:
    now = START + timedelta(seconds=30)
    redeployed = replace(Record(WEB), redeployed_at=now - timedelta(minutes=minutes))
    decision = decide(situation(service(), redeployed, REDEPLOY))
    assert decision.reason is (Reason.REDEPLOYED if again else Reason.REDEPLOY_TOO_SOON)


def test_no_redeploy_where_a_younger_deployment_replaces_tasks_already() -> None:
    younger = deployment(SPOT, created_at=START + timedelta(seconds=1), rollout_state="IN_PROGRESS")
    assert told(situation(service(younger), policy=REDEPLOY)) == (Action.IGNORE, Reason.ALREADY_REPLACING)
    older = replace(younger, created_at=START - timedelta(seconds=1))
    assert decide(situation(service(older), policy=REDEPLOY)).action is Action.REDEPLOY


def test_a_redeployment_that_was_asked_for_is_finished_or_confirmed() -> None:
    asked = replace(Record(WEB), redeploy_requested_at=START)
    assert decide(situation(service(), asked, REDEPLOY)).action is Action.REDEPLOY
    made = service(deployment(SPOT, created_at=START + timedelta(seconds=1)))
    decision = decide(situation(made, asked, REDEPLOY))
    assert (decision.action, decision.again) == (Action.CONFIRM, True)
    assert decision.record is not None
    assert told(situation(made, decision.record, REDEPLOY)) == (Action.IGNORE, Reason.REDEPLOY_TOO_SOON)


def test_redeploy_never_with_an_open_record() -> None:
    proving = replace(record(Phase.PROVING), deployment_id="ecs-svc/1")
    live = service(deployment(SPOT, created_at=AFTER, rollout_state="IN_PROGRESS"))
    assert told(situation(live, proving, REDEPLOY)) == (Action.WAIT, Reason.RESTORE_WAITING)
    failed_over = service(deployment(FALLBACK, created_at=AFTER))
    assert told(situation(failed_over, record(Phase.FAILED_OVER), REDEPLOY)) == (Action.IGNORE, Reason.NO_ACTIVE_SPOT)


@pytest.mark.parametrize("policy", [Policy(), REDEPLOY, NONE])
def test_the_checks_of_a_placement_failure_come_first(policy: Policy) -> None:
    closed = replace(record(Phase.CLOSED), switched_at=START + timedelta(seconds=6))
    for live, of, reason in (
        (replace(SHORT, tags={"spot-failover:enabled": "false"}), None, Reason.OUT_OF_SCOPE),
        (replace(SHORT, scheduling="DAEMON"), None, Reason.UNSUPPORTED_CONTROLLER),
        (SHORT, closed, Reason.STALE_EVENT),
        (replace(SHORT, desired=0), None, Reason.SCALED_TO_ZERO),
        (replace(SHORT, strategy=ON_DEMAND), None, Reason.NO_ACTIVE_SPOT),
    ):
        assert decide(situation(live, of, policy)).reason is reason


def test_a_synthetic_interruption_skips_the_look() -> None:
    event = interruption(synthetic=True)
    assert told(situation(service(), event=event)) == (Action.FAIL_OVER, Reason.INTERRUPTED_SHORT)
    assert counting(situation(service(), event=event), event) is None


def test_tasks_are_counted_only_where_the_decision_hangs_on_it() -> None:
    event = interruption()
    assert counting(situation(service()), event) == Counting(None)
    told_so = service(capacity_messages=(START,))
    assert counting(situation(told_so), event) == Counting("ecs-svc/1")
    assert counting(situation(service(), record(Phase.PROVING), NONE), event) == Counting(None)
    for of in (
        situation(service(), policy=REDEPLOY),
        situation(service(), policy=NONE),
        situation(replace(service(), desired=0)),
        situation(replace(service(), strategy=ON_DEMAND)),
    ):
        assert counting(of, event) is None
