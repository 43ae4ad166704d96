"""Which row of the table decides an event where several fit: the one that stands first."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from spot_failover.core.decision import Decision, Situation
from spot_failover.core.event_decision import decide_event, gate, observes, screen, screen_record, service_gone
from spot_failover.core.events import PlacementFailure, SilentShortage
from spot_failover.core.policy import Policy
from spot_failover.core.reason import Action, Reason
from spot_failover.core.record import Lease, Phase, Record
from spot_failover.core.service import LiveService
from tests.doubles.builders import FALLBACK, ON_DEMAND, SPOT, WEB, deployment, failure, interruption, service
from tests.doubles.clock import START
from tests.unit.records import AFTER, record

SHORT = service(deployment(SPOT, running=1))
OUT = {"spot-failover:enabled": "false"}
PROBE = {"spot-failover:probe": "true"}
HELD = {"spot-failover:hold-until": "2026-03-02"}
STALE = replace(record(Phase.CLOSED), switched_at=START + timedelta(minutes=1))


def decide(live: LiveService, of: Record | None = None, event: PlacementFailure | None = None) -> Decision:
    event = event or failure()
    return decide_event(Situation(live, of or Record(WEB), Policy(), START, event=event), event)


@pytest.mark.parametrize(
    ("live", "of", "reason"),
    [
        (replace(SHORT, tags=PROBE | OUT | HELD, scheduling="DAEMON"), STALE, Reason.PROBE),
        (replace(SHORT, tags=OUT | HELD, scheduling="DAEMON"), STALE, Reason.OUT_OF_SCOPE),
        (replace(SHORT, tags=HELD, scheduling="DAEMON"), STALE, Reason.HELD),
        (replace(SHORT, scheduling="DAEMON", desired=0), STALE, Reason.UNSUPPORTED_CONTROLLER),
        (replace(SHORT, desired=0, strategy=ON_DEMAND), STALE, Reason.STALE_EVENT),
        (replace(SHORT, desired=0, strategy=ON_DEMAND), None, Reason.SCALED_TO_ZERO),
        (service(strategy=ON_DEMAND), None, Reason.NO_ACTIVE_SPOT),
        (service(), None, Reason.NOT_SHORT),
    ],
)
def test_the_first_row_that_fits_decides(live: LiveService, of: Record | None, reason: Reason) -> None:
    assert decide(live, of).reason is reason


def test_a_lease_comes_before_the_phase_table() -> None:
    superseded = replace(record(Phase.FAILED_OVER), lease=Lease("other", START + timedelta(seconds=1)))
    assert decide(service(strategy=ON_DEMAND), superseded).reason is Reason.BUSY


def test_the_phase_table_comes_before_what_the_owner_asks() -> None:
    live = service(deployment(ON_DEMAND, created_at=AFTER), tags=OUT | HELD)
    assert decide(live, record(Phase.FAILED_OVER)).reason is Reason.SUPERSEDED


def test_the_phase_table_comes_before_what_the_sweep_sees_of_the_fallback() -> None:
    look = SilentShortage("sweep-1/shop/web", WEB, "sweep", START, START)
    superseded = service(deployment(ON_DEMAND, running=1, created_at=AFTER))
    of = Situation(superseded, record(Phase.FAILED_OVER), Policy(), START, event=look)
    assert decide_event(of, look).reason is Reason.SUPERSEDED


def test_without_an_event_nothing_is_stale() -> None:
    of = Situation(SHORT, STALE, Policy(), START)
    assert gate(of, None) is None
    stale = gate(of, failure())
    assert stale is not None
    assert stale.reason is Reason.STALE_EVENT


def test_an_operator_s_hold_holds_whatever_the_tag_says() -> None:
    held = replace(record(Phase.CLOSED), held_until=START + timedelta(seconds=1))
    over = replace(SHORT, tags={"spot-failover:hold-until": "2026-02-01"})
    assert decide(over, held).reason is Reason.HELD


def test_age_comes_before_what_a_lack_of_on_demand_capacity_means() -> None:
    event = failure(providers=("FARGATE",), arrived=START + timedelta(hours=1))
    decision = screen(event, Policy())
    assert decision is not None
    assert decision.reason is Reason.EVENT_TOO_OLD


def test_only_a_lack_of_on_demand_capacity_brings_the_restore_forward() -> None:
    assert screen_record(failure(), record(Phase.FAILED_OVER), Policy(), START) is None
    assert screen_record(interruption(), record(Phase.FAILED_OVER), Policy(), START) is None


def test_an_alert_about_on_demand_capacity_is_remembered() -> None:
    waiting = replace(record(Phase.FAILED_OVER), due_at=START + timedelta(hours=1))
    decision = screen_record(failure(providers=("FARGATE",)), waiting, Policy(), START)
    assert decision is not None
    assert decision.record is not None
    assert (decision.record.alerted, decision.record.restore_at) == (frozenset({Reason.FALLBACK_SHORT}), START)


def test_the_record_of_a_service_that_is_gone_says_so() -> None:
    decision = service_gone(record(Phase.FAILED_OVER), START)
    assert decision.record is not None
    assert decision.record.reason == Reason.SERVICE_GONE


def test_a_tick_in_act_mode_acts() -> None:
    assert not observes(Policy(), None)
    assert not observes(Policy(), None, SHORT)


def test_a_failover_keeps_the_reason_for_which_it_began() -> None:
    decision = decide(SHORT)
    assert decision.record is not None
    assert (decision.action, decision.record.reason) == (Action.FAIL_OVER, Reason.FAILED_OVER)
    assert decision.record.fallback == FALLBACK
