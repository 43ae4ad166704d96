"""The response `redeploy`: asked for, made, confirmed; not too often, and not where Spot is known to lack."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from spot_failover.core.decision import Decision, Situation
from spot_failover.core.event_decision import decide_event
from spot_failover.core.events import CLOCK_SKEW
from spot_failover.core.policy import InterruptionPolicy, InterruptionResponse, Policy
from spot_failover.core.pool import Pool, PoolKey
from spot_failover.core.reason import Action, Reason
from spot_failover.core.record import Record
from spot_failover.core.service import LiveService
from tests.doubles.builders import SPOT, WEB, deployment, interruption, service
from tests.doubles.clock import START

POLICY = Policy(interruption=InterruptionPolicy(response=InterruptionResponse.REDEPLOY))
NOW = START + timedelta(seconds=30)
SECOND = timedelta(seconds=1)
ASKED = Record(WEB, redeploy_requested_at=START)
JUST_DONE = Record(WEB, redeployed_at=NOW - timedelta(minutes=1))
NO_DEPLOYMENT = replace(service(), deployments=())
POOL = PoolKey.of(WEB, "FARGATE_SPOT")


def decide(live: LiveService, of: Record | None = None, *pools: Pool) -> Decision:
    event = interruption()
    return decide_event(Situation(live, of or Record(WEB), POLICY, NOW, event=event, pools=pools), event)


def told(decision: Decision) -> tuple[Action, Reason]:
    return decision.action, decision.reason


def test_it_is_asked_for_by_a_record_first() -> None:
    decision = decide(service())
    assert told(decision) == (Action.REDEPLOY, Reason.REDEPLOYED)
    assert decision.record is not None
    assert decision.record.redeploy_requested_at == NOW


def test_one_that_was_asked_for_is_made_with_the_record_as_it_is() -> None:
    decision = decide(service(), ASKED)
    assert (told(decision), decision.record) == ((Action.REDEPLOY, Reason.REDEPLOYED), ASKED)


def test_a_deployment_from_the_time_of_asking_confirms_it() -> None:
    made = deployment(SPOT, created_at=START - CLOCK_SKEW)
    decision = decide(service(made), ASKED)
    assert told(decision) == (Action.CONFIRM, Reason.REDEPLOYED)
    assert decision.record is not None
    assert (decision.record.redeployed_at, decision.record.redeploy_requested_at) == (made.created_at, None)
    older = replace(made, created_at=made.created_at - SECOND)
    assert decide(service(older), ASKED).action is Action.REDEPLOY


def test_one_that_was_asked_for_is_finished_before_the_interval_counts() -> None:
    assert decide(service(), replace(ASKED, redeployed_at=JUST_DONE.redeployed_at)).action is Action.REDEPLOY


def test_the_interval_counts_before_a_deployment_under_way() -> None:
    under_way = deployment(SPOT, created_at=START + SECOND, rollout_state="IN_PROGRESS")
    assert decide(service(under_way), JUST_DONE).reason is Reason.REDEPLOY_TOO_SOON


def test_only_a_younger_deployment_under_way_replaces_the_task_already() -> None:
    younger = deployment(SPOT, created_at=START + SECOND, rollout_state="IN_PROGRESS")
    assert decide(service(younger)).reason is Reason.ALREADY_REPLACING
    assert decide(service(replace(younger, rollout_state="COMPLETED"))).action is Action.REDEPLOY
    assert decide(service(replace(younger, created_at=START))).action is Action.REDEPLOY


def test_without_a_deployment_it_is_asked_for_anew() -> None:
    assert decide(NO_DEPLOYMENT).action is Action.REDEPLOY
    again = decide(NO_DEPLOYMENT, ASKED)
    assert again.action is Action.REDEPLOY
    assert again.record is not None
    assert again.record.redeploy_requested_at == NOW


def test_while_spot_is_known_to_lack_it_is_as_auto() -> None:
    short = service(deployment(SPOT, running=3))
    assert told(decide(short, None, Pool(POOL, open=True))) == (Action.FAIL_OVER, Reason.INTERRUPTED_SHORT)
    assert told(decide(service(), None, Pool(POOL, open=True))) == (Action.IGNORE, Reason.NOT_SHORT)
    assert decide(short, None, Pool(POOL)).action is Action.REDEPLOY


def test_one_open_pool_of_several_is_enough() -> None:
    other = Pool(replace(POOL, provider="asg-spot"))
    assert decide(service(), None, other, Pool(POOL, open=True)).reason is Reason.NOT_SHORT
