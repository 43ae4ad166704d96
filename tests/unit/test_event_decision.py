"""A placement failure about a service that was looked at: one test per row, and the order of the rows."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from spot_failover.core.decision import Decision, Situation
from spot_failover.core.event_decision import decide_event, new_providers, observes, provider_missing
from spot_failover.core.events import PlacementFailure
from spot_failover.core.policy import Enrollment, Mode, Policy
from spot_failover.core.reason import Action, Reason
from spot_failover.core.record import Lease, Phase, Record
from spot_failover.core.service import LiveService
from spot_failover.core.strategy import Strategy
from tests.doubles.builders import FALLBACK, ON_DEMAND, SPOT, WEB, deployment, failure, service
from tests.doubles.clock import START
from tests.unit.records import AFTER, record

SHORT = service(deployment(SPOT, running=1))
HELD = {"spot-failover:hold-until": "2026-03-02"}
OUT = {"spot-failover:enabled": "false"}


def decide(
    live: LiveService = SHORT,
    of: Record | None = None,
    event: PlacementFailure | None = None,
    policy: Policy | None = None,
) -> Decision:
    event = event or failure()
    return decide_event(Situation(live, of or Record(WEB), policy or Policy(), START, event=event), event)


def told(decision: Decision) -> tuple[Action, Reason]:
    return decision.action, decision.reason


def test_a_short_service_fails_over() -> None:
    decision = decide()
    assert told(decision) == (Action.FAIL_OVER, Reason.FAILED_OVER)
    assert decision.target == FALLBACK
    assert decision.record is not None
    assert (decision.record.phase, decision.record.baseline) == (Phase.FAILING_OVER, SPOT)
    assert decision.record.event["id"] == "failure-1"


@pytest.mark.parametrize("owner", ["other", "me"])
def test_a_lease_is_respected_before_anything_is_done(owner: str) -> None:
    leased = replace(record(Phase.FAILING_OVER), lease=Lease(owner, START + timedelta(seconds=1)))
    assert told(decide(of=leased)) == (Action.RETRY, Reason.BUSY)
    over = replace(leased, lease=Lease(owner, START))
    assert decide(of=over).action is Action.FAIL_OVER


@pytest.mark.parametrize("tags", [{}, OUT, HELD])
def test_an_open_intent_is_finished_first_whatever_the_owner_asks(tags: dict[str, str]) -> None:
    live = replace(SHORT, tags=tags)
    decision = decide(live, record(Phase.FAILING_OVER))
    assert (decision.action, decision.target) == (Action.FAIL_OVER, FALLBACK)


@pytest.mark.parametrize("tags", [{}, OUT, HELD])
def test_a_proven_restore_is_closed_first_and_then_again_from_the_top(tags: dict[str, str]) -> None:
    live = service(deployment(SPOT, created_at=AFTER, running=1), tags=tags)
    decision = decide(live, record(Phase.PROVING))
    assert told(decision) == (Action.CLOSE, Reason.RESTORED)
    assert decision.again
    top = decide(live, decision.record)
    assert (
        top.reason is {(): Reason.FAILED_OVER, tuple(OUT): Reason.OUT_OF_SCOPE, tuple(HELD): Reason.HELD}[tuple(tags)]
    )


def test_a_proving_restore_is_decided_by_what_proves_it() -> None:
    proving = replace(record(Phase.PROVING), deployment_id="ecs-svc/1")
    live = service(deployment(SPOT, created_at=AFTER, rollout_state="IN_PROGRESS", running=1))
    assert told(decide(live, proving)) == (Action.FAIL_OVER, Reason.RESTORE_FAILED)
    whole = service(deployment(SPOT, created_at=AFTER, rollout_state="IN_PROGRESS"))
    assert told(decide(whole, proving)) == (Action.WAIT, Reason.RESTORE_WAITING)


def test_out_of_scope_by_tag() -> None:
    assert told(decide(replace(SHORT, tags=OUT))) == (Action.IGNORE, Reason.OUT_OF_SCOPE)


def test_opt_in_without_the_tag_is_out_of_scope() -> None:
    opt_in = Policy(enrollment=Enrollment.OPT_IN)
    assert told(decide(policy=opt_in)) == (Action.IGNORE, Reason.OUT_OF_SCOPE)
    assert decide(replace(SHORT, tags={"spot-failover:enabled": "true"}), policy=opt_in).action is Action.FAIL_OVER


def test_held_by_tag_or_operator() -> None:
    assert told(decide(replace(SHORT, tags=HELD))) == (Action.IGNORE, Reason.HELD)
    held = replace(record(Phase.CLOSED), held_until=START + timedelta(seconds=1))
    assert told(decide(of=held)) == (Action.IGNORE, Reason.HELD)
    assert decide(of=replace(held, held_until=START, switched_at=None)).action is Action.FAIL_OVER


@pytest.mark.parametrize(
    "live",
    [replace(SHORT, scheduling="DAEMON"), replace(SHORT, controller="CODE_DEPLOY"), replace(SHORT, controller="X")],
)
def test_unsupported(live: LiveService) -> None:
    assert told(decide(live)) == (Action.ALERT, Reason.UNSUPPORTED_CONTROLLER)
    assert told(decide(replace(live, tags=OUT))) == (Action.IGNORE, Reason.OUT_OF_SCOPE)


def test_older_than_the_last_switch_by_more_than_five_seconds() -> None:
    switched = replace(record(Phase.CLOSED), switched_at=START + timedelta(seconds=5))
    assert decide(of=switched).action is Action.FAIL_OVER
    later = replace(switched, switched_at=START + timedelta(seconds=5, microseconds=1))
    assert told(decide(of=later)) == (Action.IGNORE, Reason.STALE_EVENT)
    assert decide(replace(SHORT, desired=0), later).reason is Reason.STALE_EVENT


def test_scaled_to_zero() -> None:
    assert told(decide(replace(SHORT, desired=0))) == (Action.IGNORE, Reason.SCALED_TO_ZERO)
    assert decide(replace(SHORT, desired=0, strategy=ON_DEMAND)).reason is Reason.SCALED_TO_ZERO


@pytest.mark.parametrize("strategy", [ON_DEMAND, Strategy(), FALLBACK, Strategy.of(("MY_SPOT", 1, 0))])
def test_no_active_spot(strategy: Strategy) -> None:
    assert told(decide(replace(SHORT, strategy=strategy))) == (Action.IGNORE, Reason.NO_ACTIVE_SPOT)


def test_a_service_that_failed_over_already() -> None:
    live = service(deployment(FALLBACK, created_at=AFTER, running=1))
    assert told(decide(live, record(Phase.FAILED_OVER))) == (Action.IGNORE, Reason.NO_ACTIVE_SPOT)
    since_then = Policy(fallback_pairs={"FARGATE": "on-demand"})
    asked = failure(synthetic=True, providers=("FARGATE",))
    assert told(decide(live, record(Phase.FAILED_OVER), asked, since_then)) == (Action.IGNORE, Reason.NO_ACTIVE_SPOT)


def test_not_short() -> None:
    assert told(decide(service())) == (Action.IGNORE, Reason.NOT_SHORT)
    coming = service(deployment(SPOT, running=1, pending=3))
    assert told(decide(coming)) == (Action.IGNORE, Reason.NOT_SHORT)


def test_old_tasks_do_not_hide_that_the_primary_is_short() -> None:
    stuck = deployment(SPOT, id="ecs-svc/2", rollout_state="IN_PROGRESS", running=0)
    live = service(stuck, deployment(SPOT, status="ACTIVE"))
    assert live.whole
    assert told(decide(live)) == (Action.FAIL_OVER, Reason.FAILED_OVER)


def test_a_synthetic_event_stands_for_the_evidence() -> None:
    event = failure(synthetic=True)
    assert told(decide(service(), event=event)) == (Action.FAIL_OVER, Reason.FAILED_OVER)
    assert decide(replace(SHORT, desired=0), event=event).reason is Reason.SCALED_TO_ZERO
    assert decide(replace(SHORT, strategy=ON_DEMAND), event=event).reason is Reason.NO_ACTIVE_SPOT


def test_no_room_for_the_on_demand_provider() -> None:
    full = Strategy.of(("FARGATE_SPOT", 1, 0), *((f"group-{number}", 1, 0) for number in range(19)))
    decision = decide(service(deployment(full, running=1)))
    assert told(decision) == (Action.ALERT, Reason.FALLBACK_IMPOSSIBLE)
    assert decision.record is None


def test_a_provider_that_the_cluster_lacks() -> None:
    assert new_providers(SHORT, FALLBACK) == {"FARGATE"}
    assert new_providers(SHORT, None) == frozenset()
    decision = provider_missing(frozenset({"FARGATE"}), "shop")
    assert told(decision) == (Action.ALERT, Reason.FALLBACK_PROVIDER_MISSING)
    assert decision.record is None
    assert "attach FARGATE to cluster shop" in decision.note


def test_what_is_only_observed() -> None:
    act, observe = Policy(), Policy(mode=Mode.OBSERVE)
    assert not observes(act, failure(), SHORT)
    assert observes(observe, failure(), SHORT)
    assert observes(observe, None)
    reports = failure(synthetic=True, report_only=True)
    assert observes(act, reports, SHORT)
    assert observes(act, reports)
    assert observes(act, failure(), replace(SHORT, tags={"spot-failover:mode": "observe"}))
    assert not observes(observe, failure(), replace(SHORT, tags={"spot-failover:mode": "act"}))
