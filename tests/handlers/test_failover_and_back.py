"""From a shortage to on-demand capacity, and back to exactly what the owner had."""

from __future__ import annotations

import pytest

from spot_failover.core.record import Phase
from spot_failover.core.strategy import Strategy
from tests.doubles.builders import (
    FALLBACK,
    MIXED,
    MIXED_FALLBACK,
    ON_DEMAND,
    SPOT,
    WEB,
    deployment,
    failure,
    interruption,
    service,
)
from tests.doubles.installation import Installation


def shortage(strategy: Strategy = SPOT) -> Installation:
    """A service whose Spot tasks have just gone."""
    installation = Installation().with_services(service(deployment(strategy)))
    installation.services.lose_spot()
    return installation


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


def test_a_failover_that_ecs_rolls_back_is_tried_again_three_times_and_then_held() -> None:
    installation = shortage()
    before = installation.services.live[WEB].deployments[0]
    installation.deliver(failure())
    for _ in range(8):
        installation.clock.advance(minutes=2)
        if installation.strategy() == FALLBACK:
            installation.services.roll_back(WEB, before)
        installation.tick()
        installation.deliver(failure(time=installation.clock.now()))
        installation.clock.advance(hours=1)
        installation.tick()
    assert installation.switches == [FALLBACK] * 4
    assert installation.told.last == ("wait", "HELD")
    assert installation.told.lines.count(("alert", "FAILOVER_ROLLED_BACK")) == 4


def test_a_gone_service_closes_its_record() -> None:
    installation = shortage()
    installation.deliver(failure())
    del installation.services.live[WEB]
    installation.clock.advance(minutes=5)
    installation.tick()
    assert installation.told.last == ("close", "SERVICE_GONE")
    assert installation.record().phase is Phase.CLOSED


@pytest.mark.parametrize("status", ["INACTIVE", "DRAINING"])
def test_a_service_that_is_not_active_is_gone_although_somebody_works_on_it(status: str) -> None:
    installation = Installation().with_services(service(status=status))
    installation.deliver(failure())
    assert installation.told.lines == [("ignore", "SERVICE_GONE")]
    assert installation.records.history == []


def test_a_cluster_without_the_on_demand_provider_is_told_and_nothing_is_written() -> None:
    installation = shortage()
    installation.services.attached = frozenset({"FARGATE_SPOT"})
    assert installation.deliver(failure()) == [None]
    assert installation.told.lines == [("alert", "FALLBACK_PROVIDER_MISSING")]
    assert installation.records.history == []
    assert installation.switches == []


def test_the_owner_s_own_strategy_supersedes_the_record_and_is_the_new_baseline() -> None:
    installation = shortage()
    installation.deliver(failure())
    installation.services.settle()
    installation.clock.advance(minutes=5)
    installation.services.owner_sets(WEB, MIXED)
    installation.services.lose_spot()
    installation.told.clear()
    installation.deliver(failure(time=installation.clock.now()))
    assert installation.told.lines == [("close", "SUPERSEDED"), ("fail_over", "FAILED_OVER")]
    assert installation.record().baseline == MIXED
    assert installation.strategy() == MIXED_FALLBACK


@pytest.mark.parametrize("strategy", [ON_DEMAND, SPOT])
def test_a_tick_leaves_the_owner_s_strategy_alone(strategy: Strategy) -> None:
    installation = shortage()
    installation.deliver(failure())
    installation.clock.advance(minutes=5)
    installation.services.owner_sets(WEB, strategy)
    installation.tick()
    assert ("close", "SUPERSEDED") in installation.told.lines
    assert installation.strategy() == strategy
    assert installation.switches == [FALLBACK]
    assert installation.record().phase is Phase.CLOSED


def test_the_owner_who_sets_the_fallback_while_proving_is_not_overruled() -> None:
    installation = shortage()
    installation.deliver(failure())
    installation.services.settle()
    installation.clock.advance(minutes=5)
    installation.tick()
    installation.clock.advance(minutes=5)
    installation.services.owner_sets(WEB, FALLBACK)
    for _ in range(10):
        installation.tick()
        installation.clock.advance(hours=5)
    assert ("hold", "RESTORE_OVERRULED") in installation.told.lines
    assert installation.switches == [FALLBACK, SPOT]
