"""An open breaker counts for as long as somebody wants Spot: what nobody waits for any more is forgotten."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from spot_failover.core.errors import ConflictError, TransientError
from spot_failover.core.policy import InterruptionPolicy, InterruptionResponse, Policy, RestorePolicy
from spot_failover.core.record import Phase
from spot_failover.core.windows import Window
from spot_failover.flow.incident_flow import IncidentFlow
from tests.doubles.builders import MIXED, SPOT, deployment, failure, interruption, service
from tests.doubles.fleet import A, B, C, D, E, fail, fleet, open_pool, pool, restored, waiting
from tests.doubles.incidents import InMemoryIncidents
from tests.doubles.installation import Installation

REDEPLOY = Policy(interruption=InterruptionPolicy(response=InterruptionResponse.REDEPLOY))


def with_open_pool(policy: Policy | None = None) -> Installation:
    """Another service's restore has failed, and the only one that is left waits for its turn."""
    installation = fleet(A, policy=policy)
    open_pool(installation, last_failed=E, minutes=20)
    installation.tick()
    assert waiting(installation) == [("a", "POOL_OPEN")]
    return installation


def ticks(installation: Installation, *, minutes: float = 0, hours: float = 0, days: float = 0) -> None:
    """Time passes, with a tick every 15 minutes."""
    end = installation.clock.now() + timedelta(minutes=minutes, hours=hours, days=days)
    while installation.clock.now() < end:
        installation.clock.advance(minutes=min(15.0, (end - installation.clock.now()) / timedelta(minutes=1)))
        installation.tick()


def abandoned(policy: Policy | None = None) -> Installation:
    """Its owner has set another strategy, and ten days have passed."""
    installation = with_open_pool(policy)
    installation.services.owner_sets(A, MIXED)
    ticks(installation, minutes=30)
    assert (installation.record(A).phase, restored(installation)) == (Phase.CLOSED, [])
    assert pool(installation).open
    installation.clock.advance(hours=240)
    return installation


def pool_open(installation: Installation) -> timedelta:
    """As the metric tells it."""
    until = installation.clock.now() + timedelta(seconds=30)
    flow = IncidentFlow(installation.worker(), installation.policy, InMemoryIncidents(), None, until)
    return flow.run().pool_open


def fail_over(installation: Installation) -> None:
    """Three services of the pool, and then Spot is there again."""
    for key in (B, C, D):
        installation.services.add(service(deployment(SPOT, running=0), key=key))
    installation.services.spot = False
    now = installation.clock.now()
    assert installation.deliver(*(failure(key, time=now) for key in (B, C, D))) == [None] * 3
    installation.services.settle()
    installation.services.spot = True


def test_a_service_on_spot_is_redeployed_although_the_pool_s_last_restore_failed_long_ago() -> None:
    installation = abandoned(REDEPLOY)
    installation.services.add(service(key=B))
    assert installation.deliver(interruption(B, time=installation.clock.now())) == [None]
    assert installation.told.last == ("redeploy", "REDEPLOYED")


def test_the_time_without_spot_begins_anew_with_the_next_failed_restore() -> None:
    installation = abandoned()
    fail_over(installation)
    assert pool_open(installation) == timedelta()
    ticks(installation, minutes=15)
    [canary] = pool(installation).proving
    fail(installation, B)
    ticks(installation, minutes=20)
    assert (canary, pool(installation).failures) == (B.record_id, 1)
    assert timedelta() < pool_open(installation) <= timedelta(minutes=20)


def test_who_restores_next_tries_alone_and_the_others_once_it_is_proven() -> None:
    installation = abandoned()
    fail_over(installation)
    installation.told.clear()
    ticks(installation, minutes=15)
    assert restored(installation) == [B]
    assert waiting(installation) == [("c", "POOL_BUSY"), ("d", "POOL_BUSY")]
    installation.services.settle()
    ticks(installation, minutes=15)
    assert restored(installation) == [B, C, D]


def test_while_a_service_waits_for_its_window_the_breaker_stays_open() -> None:
    installation = with_open_pool(Policy(restore=RestorePolicy(window=Window.parse("Sun 02:00-02:20"))))
    opened_at, failures = pool(installation).opened_at, pool(installation).failures
    ticks(installation, days=6)
    assert installation.told.last == ("wait", "RESTORE_WINDOW")
    assert opened_at is not None
    assert pool_open(installation) == installation.clock.now() - opened_at == timedelta(days=6)
    ticks(installation, days=1)
    assert (pool(installation).failures, pool(installation).opened_at) == (failures, opened_at)
    assert set(pool(installation).proving) == {A.record_id}


def test_while_a_service_has_used_up_its_day_the_breaker_stays_open() -> None:
    installation = with_open_pool(Policy(restore=RestorePolicy(max_per_day=1)))
    opened_at = pool(installation).opened_at
    installation.records.store(replace(installation.record(A), restore_day="2026-03-01", restores_that_day=1))
    ticks(installation, hours=21)
    assert installation.told.last == ("wait", "RESTORE_LIMIT")
    assert opened_at is not None
    assert pool_open(installation) == installation.clock.now() - opened_at


def test_a_canary_that_tries_for_long_keeps_it_open() -> None:
    installation = with_open_pool(Policy(restore=RestorePolicy(patience=timedelta(hours=12))))
    opened_at = pool(installation).opened_at
    installation.services.spot = False
    ticks(installation, minutes=30)
    assert set(pool(installation).proving) == {A.record_id}
    installation.clock.advance(hours=11)
    assert opened_at is not None
    assert pool_open(installation) == installation.clock.now() - opened_at


def test_a_canary_whose_end_nobody_settled_keeps_it_open_for_no_longer_than_it_could_have_tried() -> None:
    installation = with_open_pool()
    installation.services.spot = False
    ticks(installation, minutes=30)
    installation.services.owner_sets(A, MIXED)
    ticks(installation, minutes=15)
    assert installation.record(A).phase is Phase.CLOSED
    assert set(pool(installation).proving) == {A.record_id}
    installation.clock.advance(hours=3)
    fail_over(installation)
    assert pool_open(installation) == timedelta()


def test_a_service_that_is_held_wants_no_canary() -> None:
    installation = with_open_pool()
    live = installation.services.live[A]
    installation.services.add(replace(live, tags={"spot-failover:hold-until": "2027-01-01"}))
    ticks(installation, hours=3)
    assert installation.told.last == ("wait", "HELD")
    assert pool_open(installation) == timedelta()


@pytest.mark.parametrize("error", [ConflictError("written by another"), TransientError("throttled")])
def test_a_wait_that_could_not_be_noted_is_noted_at_the_next_look(error: Exception) -> None:
    installation = with_open_pool(Policy(restore=RestorePolicy(window=Window.parse("Sun 02:00-02:20"))))
    known = pool(installation).wanted_until
    assert known is not None
    installation.shared.faults.before("put_pool", error)
    installation.clock.advance(minutes=30)
    assert installation.tick().errors == {}
    assert pool(installation).wanted_until == known
    ticks(installation, minutes=30)
    noted = pool(installation).wanted_until
    assert noted is not None
    assert noted > known


def test_in_observe_mode_nothing_is_noted() -> None:
    installation = with_open_pool()
    installation.services.add(
        replace(installation.services.live[A], tags={"spot-failover:mode": "observe"}),
    )
    before = pool(installation)
    ticks(installation, hours=1)
    assert pool(installation) == before
