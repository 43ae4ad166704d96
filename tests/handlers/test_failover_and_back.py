"""From a shortage to on-demand capacity, and back to exactly what the owner had."""

from __future__ import annotations

import pytest

from spot_failover.core.record import Phase
from spot_failover.core.strategy import Strategy
from tests.doubles.builders import (
    FALLBACK,
    MIXED,
    MIXED_FALLBACK,
    SPOT,
    WEB,
    deployment,
    failure,
    interruption,
    service,
)
from tests.doubles.installation import Installation
from tests.doubles.shortage import shortage


@pytest.mark.parametrize(("baseline", "fallback"), [(SPOT, FALLBACK), (MIXED, MIXED_FALLBACK)])
def test_a_service_fails_over_and_is_restored_exactly(baseline: Strategy, fallback: Strategy) -> None:
    installation = shortage(baseline)

    assert installation.deliver(failure()) == [None]
    assert installation.strategy() == fallback
    assert installation.record().phase is Phase.FAILED_OVER
    assert installation.record().baseline == baseline

    installation.services.settle()
    installation.services.spot = True
    installation.clock.advance(minutes=5)
    installation.tick()
    assert installation.strategy() == baseline
    assert installation.record().phase is Phase.PROVING

    installation.services.settle()
    installation.clock.advance(minutes=1)
    installation.tick()
    assert installation.record().phase is Phase.CLOSED
    assert installation.record().due_at is None
    assert installation.switches == [fallback, baseline]
    reasons = [reason for _, reason in installation.told.lines]
    assert reasons == ["FAILED_OVER", "RESTORE_STARTED", "RESTORED"]


def test_nothing_is_restored_before_it_is_due() -> None:
    installation = shortage()
    installation.deliver(failure())
    installation.services.settle()
    installation.clock.advance(minutes=4, seconds=59)
    assert installation.tick().handled == 0
    assert installation.switches == [FALLBACK]


def test_spot_that_is_still_out_brings_the_service_back_to_on_demand_for_longer() -> None:
    installation = shortage()
    installation.deliver(failure())
    installation.services.settle()
    installation.clock.advance(minutes=5)
    installation.tick()
    installation.clock.advance(minutes=1)
    # A rolling deployment keeps the on-demand tasks: the service is whole, so the evidence alone is no failure.
    installation.deliver(failure(event_id="failure-2", time=installation.clock.now()))
    assert installation.told.last == ("wait", "RESTORE_WAITING")
    assert installation.record().phase is Phase.PROVING

    live = installation.services.live[WEB]
    fewer = tuple(
        one if one.status == "PRIMARY" else deployment(FALLBACK, status="ACTIVE", running=3) for one in live.deployments
    )
    installation.services.live[WEB] = service(*fewer)
    installation.deliver(failure(event_id="failure-3", time=installation.clock.now()))
    assert installation.told.last == ("fail_over", "RESTORE_FAILED")
    assert installation.strategy() == FALLBACK
    record = installation.record()
    assert (record.phase, record.failures, record.baseline) == (Phase.FAILED_OVER, 1, SPOT)
    assert record.due_at is not None
    assert (record.due_at - installation.clock.now()).total_seconds() == 600


def test_a_service_scaled_to_zero_gets_its_baseline_back_and_is_done() -> None:
    installation = shortage()
    installation.deliver(failure())
    installation.services.live[WEB] = service(deployment(FALLBACK, desired=0, running=0), desired=0)
    installation.clock.advance(minutes=5)
    installation.tick()
    assert installation.told.last == ("restore", "RESTORED_AT_ZERO")
    assert installation.strategy() == SPOT
    assert installation.record().phase is Phase.CLOSED


def test_a_proven_restore_and_a_new_shortage_in_one_event() -> None:
    installation = shortage()
    installation.deliver(failure())
    installation.services.settle()
    installation.services.spot = True
    installation.clock.advance(minutes=5)
    installation.tick()
    installation.services.settle()
    installation.services.lose_spot()
    installation.told.clear()
    installation.deliver(failure(time=installation.clock.advance(minutes=1)))
    assert installation.told.lines == [("close", "RESTORED"), ("fail_over", "FAILED_OVER")]
    assert installation.switches == [FALLBACK, SPOT, FALLBACK]


def test_an_interrupted_service_that_ecs_keeps_whole_is_left_alone() -> None:
    installation = Installation().with_services(service())
    installation.deliver(interruption())
    assert installation.told.lines == [("ignore", "NOT_SHORT")]
    assert installation.switches == []


def test_an_interrupted_service_that_stays_short_fails_over() -> None:
    installation = Installation().with_services(service())
    installation.services.interrupt(WEB, 1)
    installation.deliver(interruption())
    assert installation.told.lines == [("fail_over", "INTERRUPTED_SHORT")]
    assert installation.switches == [FALLBACK]


def test_a_placement_failure_sees_tasks_that_were_told_to_go() -> None:
    installation = Installation().with_services(service())
    installation.services.interrupt(WEB, 4)
    installation.deliver(failure())
    assert installation.told.lines == [("fail_over", "FAILED_OVER")]


def test_on_demand_capacity_that_lacks_too_brings_the_next_restore_forward() -> None:
    installation = shortage()
    installation.deliver(failure())
    installation.clock.advance(seconds=30)
    event = failure(providers=("FARGATE",), event_id="failure-2", time=installation.clock.now())
    installation.deliver(event)
    assert installation.told.last == ("alert", "FALLBACK_SHORT")
    installation.clock.advance(seconds=30)
    installation.tick()
    assert installation.told.last == ("restore", "RESTORE_STARTED")
    assert installation.switches == [FALLBACK, SPOT]
