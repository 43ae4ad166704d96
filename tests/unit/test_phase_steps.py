"""The steps of an open record at their edges: what ECS rolled back, what has not settled, and what a limit held up."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from spot_failover.core.decision import Decision, Situation
from spot_failover.core.phase_parts import SETTLE
from spot_failover.core.phase_table import resolve, rolled_back
from spot_failover.core.policy import Policy
from spot_failover.core.reason import Action, Reason
from spot_failover.core.record import Phase, Record
from spot_failover.core.service import LiveService
from tests.doubles.builders import FALLBACK, ON_DEMAND, SPOT, deployment, failure, service
from tests.doubles.clock import START
from tests.unit.records import AFTER, BEFORE, SWITCHED_AT, ours, record

SECOND = timedelta(seconds=1)
SHORT = service(deployment(SPOT, running=1))
FRESH = START - SETTLE + SECOND
"""Of a switch whose answers may still be old."""


def resolved(of: Record, live: LiveService) -> Decision | None:
    return resolve(Situation(live, of, Policy(), START))


def step(of: Record, live: LiveService) -> Decision:
    decision = resolved(of, live)
    assert decision is not None
    return decision


def told(decision: Decision) -> tuple[Action, Reason]:
    return decision.action, decision.reason


def bare(live: LiveService) -> LiveService:
    """The service, with no PRIMARY deployment."""
    return replace(live, deployments=())


def test_ecs_rolled_back_what_is_older_than_the_switch_or_says_so() -> None:
    older = deployment(SPOT, created_at=SWITCHED_AT - SECOND)
    assert rolled_back(service(older), SWITCHED_AT)
    assert not rolled_back(service(replace(older, created_at=SWITCHED_AT)), SWITCHED_AT)
    said = deployment(SPOT, created_at=AFTER, rollout_reason="ECS deployment circuit breaker: Rolling back to x.")
    assert rolled_back(service(said), SWITCHED_AT)
    assert not rolled_back(replace(service(older), deployments=()), SWITCHED_AT)


def test_an_old_answer_comes_before_what_it_seems_to_say() -> None:
    old = service(deployment(ON_DEMAND, created_at=BEFORE))
    assert told(step(replace(record(Phase.FAILED_OVER), switched_at=FRESH), old)) == (Action.RETRY, Reason.BUSY)


def test_the_switch_s_own_deployment_is_news_at_once() -> None:
    live = service(replace(ours(), created_at=FRESH))
    assert resolved(replace(record(Phase.FAILED_OVER), switched_at=FRESH), live) is None
    younger = service(deployment(ON_DEMAND, created_at=FRESH + SECOND))
    assert step(replace(record(Phase.FAILED_OVER), switched_at=FRESH), younger).reason is Reason.SUPERSEDED


@pytest.mark.parametrize("switched_at", [FRESH, None])
def test_an_intent_does_not_wait_for_answers_to_settle(switched_at: datetime | None) -> None:
    old = service(deployment(SPOT, created_at=BEFORE))
    assert step(replace(record(Phase.FAILING_OVER), switched_at=switched_at), old).action is Action.FAIL_OVER


def test_without_a_deployment_or_a_switch_there_is_nothing_to_settle() -> None:
    switched = replace(record(Phase.FAILED_OVER), switched_at=FRESH)
    assert step(switched, bare(service())).reason is Reason.SUPERSEDED
    never = replace(record(Phase.FAILED_OVER), switched_at=None)
    assert step(never, service(deployment(SPOT, created_at=BEFORE))).reason is Reason.SUPERSEDED
    assert resolved(replace(never, switched_at=None), bare(service(ours()))) is None


def test_a_record_that_was_superseded_says_so() -> None:
    closed = step(record(Phase.FAILED_OVER), service(deployment(ON_DEMAND, created_at=AFTER))).record
    assert closed is not None
    assert closed.reason == Reason.SUPERSEDED


@pytest.mark.parametrize(
    ("phase", "live", "reason"),
    [
        (Phase.FAILING_OVER, service(deployment(FALLBACK, created_at=AFTER)), Reason.FAILED_OVER),
        (Phase.RESTORING, service(deployment(SPOT, created_at=AFTER)), Reason.RESTORE_STARTED),
    ],
)
def test_a_confirmation_names_what_it_confirms(phase: Phase, live: LiveService, reason: Reason) -> None:
    assert told(step(record(phase), live)) == (Action.CONFIRM, reason)
    assert told(step(record(phase), bare(live))) == (Action.CLOSE, Reason.SUPERSEDED)


def held_up(**changes: object) -> Record:
    """The intent of a failover that waits for the account's next hour."""
    waiting = replace(record(Phase.FAILING_OVER), alerted=frozenset({Reason.FAILOVER_LIMIT}), not_before=START + SECOND)
    return replace(waiting, **changes)  # type: ignore[arg-type]


def test_a_failover_held_up_by_the_limit_waits_for_its_hour() -> None:
    assert told(step(held_up(), SHORT)) == (Action.WAIT, Reason.FAILOVER_LIMIT)
    assert step(held_up(not_before=START), SHORT).action is Action.FAIL_OVER
    assert step(held_up(not_before=None), SHORT).action is Action.FAIL_OVER


def test_one_that_is_whole_by_then_needs_no_failover() -> None:
    for of in (held_up(), held_up(not_before=START)):
        decision = step(of, service())
        assert told(decision) == (Action.CLOSE, Reason.NOT_SHORT)
        assert decision.record is not None
        assert (decision.record.phase, decision.record.reason) == (Phase.CLOSED, Reason.NOT_SHORT)


def test_being_whole_stops_no_other_failover() -> None:
    for alerted in (frozenset[str](), frozenset({Reason.FALLBACK_SHORT, Reason.STUCK})):
        assert step(held_up(alerted=alerted, not_before=None), service()).action is Action.FAIL_OVER


def test_a_failover_that_was_rolled_back_waits_for_its_delay() -> None:
    rolled = held_up(alerted=frozenset())
    assert told(step(rolled, SHORT)) == (Action.WAIT, Reason.FAILOVER_ROLLED_BACK)
    assert step(replace(rolled, not_before=START), SHORT).action is Action.FAIL_OVER


def test_a_failover_left_to_a_person_waits_until_released() -> None:
    assert told(step(held_up(held_until=START + SECOND), service())) == (Action.WAIT, Reason.HELD)
    assert step(held_up(held_until=START, not_before=None), SHORT).action is Action.FAIL_OVER


def test_a_failover_is_called_again_for_the_reason_it_began_with() -> None:
    began = replace(record(Phase.FAILING_OVER), reason=Reason.INTERRUPTED_SHORT)
    decision = step(began, SHORT)
    assert (told(decision), decision.record) == ((Action.FAIL_OVER, Reason.INTERRUPTED_SHORT), began)


def test_a_restore_is_called_again_with_the_record_as_it_is() -> None:
    decision = step(record(Phase.RESTORING), service(ours()))
    assert told(decision) == (Action.RESTORE, Reason.RESTORE_STARTED)
    assert decision.record == record(Phase.RESTORING)


def test_a_restore_that_an_event_stops_has_failed() -> None:
    decision = resolve(Situation(service(ours()), record(Phase.RESTORING), Policy(), START, event=failure()))
    assert decision is not None
    assert told(decision) == (Action.GIVE_UP, Reason.RESTORE_FAILED)


def test_a_restore_that_ecs_rolled_back_is_decided_on_again() -> None:
    back = service(deployment(FALLBACK, created_at=BEFORE))
    assert step(record(Phase.PROVING), back).again


def test_the_baseline_with_nothing_to_compare_was_set_by_somebody() -> None:
    back = service(deployment(SPOT, created_at=BEFORE))
    for of, live in (
        (record(Phase.FAILED_OVER), bare(back)),
        (replace(record(Phase.FAILED_OVER), switched_at=None), back),
        (replace(record(Phase.FAILED_OVER), switched_at=None), bare(back)),
    ):
        assert told(step(of, live)) == (Action.CLOSE, Reason.SUPERSEDED)


def test_the_fallback_with_nothing_to_compare_was_set_by_somebody() -> None:
    back = service(deployment(FALLBACK, created_at=BEFORE))
    for of, live in (
        (record(Phase.PROVING), bare(back)),
        (replace(record(Phase.PROVING), switched_at=None), back),
        (replace(record(Phase.PROVING), switched_at=None), bare(back)),
    ):
        assert told(step(of, live)) == (Action.HOLD, Reason.RESTORE_OVERRULED)
