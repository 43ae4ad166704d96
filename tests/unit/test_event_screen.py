"""What an event and its record tell before the service is looked at."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from spot_failover.core.decision import Decision
from spot_failover.core.event_decision import screen, screen_record, service_gone
from spot_failover.core.events import Event, PlacementFailure
from spot_failover.core.policy import Policy, Scope
from spot_failover.core.reason import Action, Reason
from spot_failover.core.record import Phase, Record
from tests.doubles.builders import WEB, failure, interruption
from tests.doubles.clock import START
from tests.unit.records import SWITCHED_AT, record

OUT_OF_SCOPE = Policy(scope=Scope(exclude_services=("web",)))


def reason(decision: Decision | None) -> Reason | None:
    return None if decision is None else decision.reason


@pytest.mark.parametrize("event", [failure(), interruption(), interruption(providers=())])
def test_an_ordinary_event_has_to_be_looked_at(event: Event) -> None:
    assert screen(event, Policy()) is None


def test_the_kill_switch_comes_before_all_else() -> None:
    stale = failure(replayed=True, providers=())
    assert reason(screen(stale, Policy(enabled=False, scope=OUT_OF_SCOPE.scope))) is Reason.DISABLED


def test_age_is_the_time_until_the_event_reached_the_queue() -> None:
    just = failure(arrived=START + timedelta(minutes=15))
    assert screen(just, Policy()) is None
    late = failure(arrived=START + timedelta(minutes=15, seconds=1))
    assert reason(screen(late, Policy())) is Reason.EVENT_TOO_OLD


def test_a_replayed_event_is_too_old_however_fresh() -> None:
    assert reason(screen(failure(replayed=True), Policy())) is Reason.EVENT_TOO_OLD


def test_a_synthetic_event_has_no_age() -> None:
    event = failure(synthetic=True, arrived=START + timedelta(days=1))
    assert screen(event, Policy()) is None


def test_age_comes_before_providers_and_scope() -> None:
    late = failure(arrived=START + timedelta(hours=1), providers=("X",))
    assert reason(screen(late, OUT_OF_SCOPE)) is Reason.EVENT_TOO_OLD


@pytest.mark.parametrize("event", [failure(providers=()), failure(providers=("X",)), interruption(providers=("X",))])
def test_providers_of_no_pair_are_not_ours_in_scope_or_not(event: Event) -> None:
    assert reason(screen(event, Policy())) is Reason.NOT_SPOT
    assert reason(screen(event, OUT_OF_SCOPE)) is Reason.NOT_SPOT


def test_one_spot_provider_among_several_is_enough() -> None:
    assert screen(failure(providers=("X", "FARGATE_SPOT")), Policy()) is None


@pytest.mark.parametrize(
    "scope", [Scope(accounts=("2*",)), Scope(exclude_clusters=("shop",)), Scope(services=("api", "w?"))]
)
def test_out_of_scope_by_name(scope: Scope) -> None:
    assert reason(screen(failure(), Policy(scope=scope))) is Reason.OUT_OF_SCOPE


GROUPS = Policy(fallback_pairs={"FARGATE_SPOT": "FARGATE", "spot-group": "on-demand-group"})


def test_a_lack_of_room_on_instances_is_left_to_the_sweep() -> None:
    told = screen(failure(providers=("spot-group",)), GROUPS)
    assert told is not None
    assert (told.action, told.reason) == (Action.IGNORE, Reason.LEFT_TO_SWEEP)


@pytest.mark.parametrize(
    "event",
    [
        failure(providers=("spot-group",), synthetic=True),
        failure(providers=("spot-group", "FARGATE_SPOT")),
        interruption(providers=("spot-group",)),
    ],
    ids=["proves the path", "about Fargate too", "an instance goes"],
)
def test_what_tells_more_than_that_is_looked_at(event: Event) -> None:
    assert screen(event, GROUPS) is None


def test_scope_comes_before_what_is_left_to_the_sweep() -> None:
    outside = replace(GROUPS, scope=OUT_OF_SCOPE.scope)
    assert reason(screen(failure(providers=("spot-group",)), outside)) is Reason.OUT_OF_SCOPE


def from_record(event: Event, of: Record, policy: Policy | None = None) -> Decision | None:
    return screen_record(event, of, policy or Policy(), START)


@pytest.mark.parametrize("providers", [("FARGATE",), ("FARGATE", "FARGATE_SPOT")])
@pytest.mark.parametrize("policy", [Policy(), OUT_OF_SCOPE])
def test_lacking_on_demand_capacity_brings_the_restore_forward(providers: tuple[str, ...], policy: Policy) -> None:
    event = failure(providers=providers)
    assert screen(event, policy) is None
    decision = from_record(event, record(Phase.FAILED_OVER), policy)
    assert decision is not None
    assert (decision.action, decision.reason) == (Action.ALERT, Reason.FALLBACK_SHORT)
    assert decision.record is not None
    assert decision.record.due_at == START


@pytest.mark.parametrize(
    "event",
    [
        failure(time=SWITCHED_AT - timedelta(seconds=3), arrived=SWITCHED_AT + timedelta(seconds=1)),
        failure(time=SWITCHED_AT + timedelta(seconds=5), arrived=SWITCHED_AT + timedelta(seconds=6)),
    ],
    ids=["before it", "at the same time, as far as clocks tell"],
)
def test_an_event_of_before_the_failover_tells_nothing_of_its_fallback(event: PlacementFailure) -> None:
    both = replace(event, providers=("FARGATE", "FARGATE_SPOT"))
    assert from_record(both, record(Phase.FAILED_OVER)) is None
    only = replace(event, providers=("FARGATE",))
    assert reason(from_record(only, record(Phase.FAILED_OVER))) is Reason.NOT_SPOT


@pytest.mark.parametrize(
    "event",
    [
        failure(time=SWITCHED_AT + timedelta(seconds=6)),
        failure(time=SWITCHED_AT + timedelta(minutes=1)),
    ],
)
def test_an_event_of_after_the_failover_does(event: PlacementFailure) -> None:
    decision = from_record(replace(event, providers=("FARGATE",)), record(Phase.FAILED_OVER))
    assert reason(decision) is Reason.FALLBACK_SHORT


def test_where_nobody_knows_when_the_switch_was_the_event_counts() -> None:
    unknown = replace(record(Phase.FAILED_OVER), switched_at=None)
    assert reason(from_record(failure(providers=("FARGATE",)), unknown)) is Reason.FALLBACK_SHORT


@pytest.mark.parametrize("phase", [phase for phase in Phase if phase is not Phase.FAILED_OVER])
@pytest.mark.parametrize("policy", [Policy(), OUT_OF_SCOPE])
def test_on_demand_capacity_is_not_ours_otherwise(phase: Phase, policy: Policy) -> None:
    assert reason(from_record(failure(providers=("FARGATE",)), record(phase), policy)) is Reason.NOT_SPOT


def test_both_providers_out_of_scope_are_out_of_scope() -> None:
    event = failure(providers=("FARGATE", "FARGATE_SPOT"))
    assert reason(from_record(event, record(Phase.CLOSED), OUT_OF_SCOPE)) is Reason.OUT_OF_SCOPE
    assert from_record(event, record(Phase.CLOSED)) is None


def test_an_interruption_on_demand_is_not_ours() -> None:
    event = interruption(providers=("FARGATE",))
    assert reason(from_record(event, record(Phase.FAILED_OVER))) is Reason.NOT_SPOT


@pytest.mark.parametrize("phase", [phase for phase in Phase if phase.open])
def test_a_gone_service_closes_its_record(phase: Phase) -> None:
    decision = service_gone(record(phase), START)
    assert (decision.action, decision.reason) == (Action.CLOSE, Reason.SERVICE_GONE)
    assert decision.record is not None
    assert decision.record.phase is Phase.CLOSED


def test_a_gone_service_without_an_open_record_is_ignored() -> None:
    for of in (record(Phase.CLOSED), Record(WEB)):
        decision = service_gone(of, START)
        assert (decision.action, decision.reason, decision.record) == (Action.IGNORE, Reason.SERVICE_GONE, None)
