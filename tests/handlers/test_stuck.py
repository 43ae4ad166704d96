"""A record that does not end by itself is told once, counted at every tick that looks at it, and ends all the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from spot_failover.core.errors import RefusedError
from spot_failover.core.record import Phase
from spot_failover.flow.tick import Tick
from tests.doubles.builders import API, FALLBACK, MIXED, OTHER, SPOT, WEB, deployment, failure, service
from tests.doubles.fleet import A, B, fleet, restored
from tests.doubles.installation import Installation
from tests.doubles.shortage import rolled_back_too_often

STUCK = ("alert", "STUCK")


def ticks(installation: Installation, *, minutes: float, hours: float) -> list[Tick]:
    """Ticks that far apart, for that long."""
    done = []
    for _ in range(int(hours * 60 / minutes)):
        installation.clock.advance(minutes=minutes)
        done.append(installation.tick())
    return done


def unsafe_to_restore() -> Installation:
    installation = fleet(A)
    installation.services.add(replace(installation.services.live[A], minimum_healthy_percent=50))
    entered = installation.clock.now()
    installation.records.store(replace(installation.record(A), phase_since=entered))
    return installation


def test_a_service_that_waits_for_a_day_is_told_once_and_counted_at_every_look() -> None:
    installation = unsafe_to_restore()
    assert {tick.stuck for tick in ticks(installation, minutes=15, hours=24)} == {0}
    assert STUCK not in installation.told.lines
    assert {tick.stuck for tick in ticks(installation, minutes=15, hours=6)} == {1}
    assert installation.told.lines.count(STUCK) == 1
    assert installation.record(A).stuck


def test_a_service_that_somebody_holds_waits_for_as_long_as_they_say() -> None:
    installation = fleet(A)
    installation.services.add(replace(installation.services.live[A], tags={"spot-failover:hold-until": "2026-04-01"}))
    assert {tick.stuck for tick in ticks(installation, minutes=15, hours=48)} == {0}
    assert set(installation.told.lines) == {("wait", "HELD")}


def test_what_moves_it_on_ends_it() -> None:
    installation = unsafe_to_restore()
    ticks(installation, minutes=15, hours=25)
    installation.services.add(replace(installation.services.live[A], minimum_healthy_percent=100))
    ticks(installation, minutes=15, hours=0.25)
    assert installation.strategy(A) == SPOT
    assert (installation.record(A).phase, installation.record(A).stuck) == (Phase.PROVING, False)
    installation.services.settle()
    assert ticks(installation, minutes=15, hours=0.25)[0].stuck == 0
    assert installation.record(A).phase is Phase.CLOSED


def test_the_owner_s_strategy_ends_it() -> None:
    installation = unsafe_to_restore()
    ticks(installation, minutes=15, hours=25)
    installation.services.owner_sets(A, MIXED)
    assert ticks(installation, minutes=15, hours=0.25)[0].stuck == 0
    assert (installation.record(A).phase, installation.record(A).stuck) == (Phase.CLOSED, False)


def test_a_restore_that_somebody_overruled_is_told_at_once() -> None:
    installation = fleet(A)
    installation.tick()
    installation.clock.advance(minutes=5)
    installation.services.owner_sets(A, FALLBACK)
    assert installation.tick().stuck == 1
    assert installation.told.lines[-2:] == [("hold", "RESTORE_OVERRULED"), STUCK]
    installation.clock.advance(minutes=15)
    assert installation.tick().stuck == 1
    assert installation.told.lines.count(STUCK) == 1


def test_a_failover_that_ecs_rolled_back_too_often_is_told() -> None:
    installation = rolled_back_too_often()
    installation.clock.advance(hours=1)
    assert installation.tick().stuck == 1
    assert installation.told.lines.count(STUCK) == 1


def test_an_intent_that_meets_an_error_every_time_is_told_although_each_look_fails() -> None:
    installation = fleet(A, B)
    counted = []
    for _ in range(6):
        installation.services.faults.before("switch", RefusedError("its subnets are gone"))
        tick = installation.tick()
        assert set(tick.errors) == {A}
        counted.append(tick.stuck)
        installation.clock.advance(minutes=15)
    assert counted == [0, 0, 0, 1, 1, 1]
    assert installation.told.lines.count(STUCK) == 1
    installation.tick()
    assert A in restored(installation)
    assert not installation.record(A).stuck


def test_an_account_that_refuses_us_for_a_day_is_told() -> None:
    installation = fleet(A, OTHER)
    for key in (A, OTHER):
        installation.records.store(replace(installation.record(key), phase_since=installation.clock.now()))
    installation.services.denied = {A.account}
    installation.clock.advance(hours=24, minutes=1)
    tick = installation.tick()
    assert (tick.stuck, set(tick.errors)) == (1, {A})
    assert installation.told.lines.count(STUCK) == 1
    assert installation.record(A).stuck
    assert installation.strategy(OTHER) == SPOT


def test_a_record_that_its_worker_is_about_to_write_is_left_alone() -> None:
    installation = fleet(A)
    installation.records.store(
        replace(installation.record(A), phase_since=installation.clock.now() - timedelta(days=2))
    )

    def another_worker_comes() -> None:
        installation.services.denied = set()
        installation.tick()
        raise RefusedError("denied")

    installation.services.faults.before("describe", another_worker_comes)
    written = len(installation.records.history)
    tick = installation.tick()
    assert set(tick.errors) == {A}
    assert installation.record(A).phase is Phase.PROVING
    assert all(record.phase is not Phase.FAILED_OVER for record in installation.records.history[written:])


def test_what_is_only_observed_is_told_as_nothing() -> None:
    installation = unsafe_to_restore()
    live = installation.services.live[A]
    installation.services.add(replace(live, tags={**live.tags, "spot-failover:mode": "observe"}))
    written = len(installation.records.history)
    assert {tick.stuck for tick in ticks(installation, minutes=60, hours=30)} == {0}
    assert STUCK not in installation.told.lines
    assert all(not record.stuck for record in installation.records.history[written:])


def test_a_service_that_is_gone_is_not_stuck() -> None:
    installation = unsafe_to_restore()
    del installation.services.live[A]
    installation.clock.advance(hours=25)
    assert installation.tick().stuck == 0
    assert installation.record(A).phase is Phase.CLOSED


def test_several_are_counted_together() -> None:
    keys = (WEB, API, OTHER)
    installation = Installation().with_services(*(service(deployment(SPOT), key=key) for key in keys))
    installation.services.lose_spot()
    installation.deliver(*(failure(key) for key in keys))
    installation.services.settle()
    for key in keys:
        live = installation.services.live[key]
        installation.services.add(replace(live, minimum_healthy_percent=50))
    installation.clock.advance(hours=25)
    assert installation.tick(threads=8).stuck == 3
    assert installation.told.lines.count(STUCK) == 3
