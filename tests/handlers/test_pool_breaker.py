"""After a failed restore one service tries for all the others of its Spot pool."""

from __future__ import annotations

import pytest

from spot_failover.core.policy import Policy, RestorePolicy
from spot_failover.core.record import Phase
from tests.doubles.builders import FALLBACK, MIXED, service
from tests.doubles.faults import Crash
from tests.doubles.fleet import A, B, C, D, E, fail, fleet, open_pool, pool, restored, waiting

ONE_AT_A_TIME = Policy(restore=RestorePolicy(max_proving=1))
TWO_AT_A_TIME = Policy(restore=RestorePolicy(max_proving=2))


def test_a_closed_pool_lets_max_proving_services_try_at_once() -> None:
    installation = fleet(A, B, C, policy=TWO_AT_A_TIME)
    installation.tick()
    assert restored(installation) == [A, B]
    assert waiting(installation) == [("c", "POOL_BUSY")]
    assert set(pool(installation).proving) == {A.record_id, B.record_id}


def test_a_failed_restore_opens_the_breaker_and_the_next_canary_is_another() -> None:
    installation = fleet(A, B, C, policy=ONE_AT_A_TIME)
    installation.tick()
    fail(installation, A)
    installation.clock.advance(minutes=5)
    installation.told.clear()
    installation.tick()
    assert installation.told.lines[0] == ("fail_over", "RESTORE_FAILED")
    assert waiting(installation) == [("b", "POOL_OPEN"), ("c", "POOL_OPEN")]
    assert pool(installation).open

    installation.clock.advance(minutes=4, seconds=59)
    installation.tick()
    assert restored(installation) == [A]
    installation.clock.advance(seconds=1)
    installation.tick()
    assert restored(installation) == [A, B]


def test_the_service_that_failed_last_goes_after_another_although_it_is_due_for_longer() -> None:
    installation = fleet(A, B)
    open_pool(installation, last_failed=A)
    installation.tick()
    assert restored(installation) == [B]
    assert waiting(installation) == [("a", "POOL_OPEN")]


def test_the_service_that_failed_last_goes_where_there_is_no_other() -> None:
    installation = fleet(A)
    open_pool(installation, last_failed=A)
    installation.tick()
    assert restored(installation) == [A]


def test_a_canary_that_fails_leaves_the_breaker_open_for_longer() -> None:
    installation = fleet(A, B, C)
    open_pool(installation, last_failed=C)
    installation.tick()
    installation.clock.advance(minutes=5)
    fail(installation, A)
    installation.tick()
    failed_at = installation.clock.now()
    assert pool(installation).failures == 2
    assert pool(installation).last_failed == A.record_id
    installation.clock.advance(minutes=9, seconds=59)
    installation.tick()
    assert restored(installation) == [A]
    installation.clock.advance(seconds=1)
    installation.tick()
    assert (installation.clock.now() - failed_at).total_seconds() == 600
    assert restored(installation) == [A, B]


def test_a_proven_canary_closes_the_breaker_and_up_to_max_proving_go_in_the_same_tick() -> None:
    installation = fleet(A, B, C, D, E, policy=TWO_AT_A_TIME)
    open_pool(installation, last_failed=E)
    installation.tick()
    installation.clock.advance(minutes=1)
    installation.tick()
    assert restored(installation) == [A]
    installation.services.settle()
    installation.clock.advance(minutes=1)
    installation.told.clear()
    installation.tick()
    assert installation.record(A).phase is Phase.CLOSED
    assert not pool(installation).open
    assert restored(installation) == [A, B, C]
    assert waiting(installation) == [("d", "POOL_BUSY"), ("e", "POOL_BUSY")]


def test_of_services_that_fail_together_all_go_back_and_the_pool_counts_one_failure() -> None:
    installation = fleet(A, B, C)
    installation.tick()
    for key in (A, B, C):
        fail(installation, key)
    installation.services.spot = False
    installation.clock.advance(minutes=1)
    installation.tick()
    assert {installation.strategy(key) for key in (A, B, C)} == {FALLBACK}
    installation.services.settle()
    installation.clock.advance(minutes=10)
    installation.tick()
    assert pool(installation).failures == 1
    assert len(restored(installation)) == 4
    assert len(pool(installation).proving) == 1


def test_a_deployment_that_fails_without_a_word_about_capacity_is_no_failure_of_the_pool() -> None:
    installation = fleet(A, B, policy=ONE_AT_A_TIME)
    installation.tick()
    fail(installation, A, "(service a) task failed ELB health checks")
    installation.clock.advance(minutes=1)
    installation.tick()
    assert ("fail_over", "RESTORE_DEPLOYMENT_FAILED") in installation.told.lines
    assert not pool(installation).open
    assert restored(installation) == [A, B]


@pytest.mark.parametrize(
    "point", ["pool, after", "intent, before", "intent, after", "switch, before", "switch, after", "confirmation"]
)
def test_a_crash_between_the_pool_and_the_confirmation_is_finished_by_the_next_tick(point: str) -> None:
    installation = fleet(A, B, C)
    open_pool(installation, last_failed=C)
    records, services = installation.records.faults, installation.services.faults
    match point:
        case "pool, after":
            installation.shared.faults.after("put_pool", Crash())
        case "intent, before":
            records.before("put", Crash())
        case "intent, after":
            records.after("put", Crash())
        case "switch, before":
            services.before("switch", Crash())
        case "switch, after":
            services.after("switch", Crash())
        case _:
            records.before("put", Crash(), skip=1)
    with pytest.raises(Crash):
        installation.tick()
    installation.clock.advance(minutes=2)
    installation.tick()
    assert restored(installation) == [A]
    assert set(pool(installation).proving) == {A.record_id}
    assert installation.record(A).phase is Phase.PROVING
    installation.services.settle()
    installation.clock.advance(minutes=1)
    installation.tick()
    assert restored(installation) == [A, B, C]
    assert pool(installation).proving.keys() == {B.record_id, C.record_id}


def test_a_canary_that_crashed_and_whose_owner_set_another_strategy_makes_way() -> None:
    installation = fleet(A, B)
    open_pool(installation, last_failed=B)
    installation.shared.faults.after("put_pool", Crash())
    with pytest.raises(Crash):
        installation.tick()
    installation.services.owner_sets(A, MIXED)
    for _ in range(2):
        installation.clock.advance(minutes=1)
        installation.tick()
    assert restored(installation) == [B]


def test_a_canary_that_was_never_begun_makes_way_after_a_while() -> None:
    installation = fleet(A, B)
    open_pool(installation, last_failed=B)
    installation.shared.faults.after("put_pool", Crash())
    with pytest.raises(Crash):
        installation.tick()
    held = service(*installation.services.live[A].deployments, key=A, tags={"spot-failover:hold-until": "2027-01-01"})
    installation.services.add(held)
    installation.clock.advance(minutes=15)
    installation.tick()
    assert restored(installation) == []
    installation.clock.advance(minutes=1)
    installation.tick()
    assert restored(installation) == [B]


def test_of_two_ticks_at_once_one_gets_to_send_the_canary() -> None:
    installation = fleet(A, B, C)
    open_pool(installation, last_failed=C)
    installation.shared.faults.before("put_pool", installation.tick)
    tick = installation.tick()
    assert restored(installation) == [A]
    assert tick.left == 1
    assert tick.errors == {}


def test_of_two_ticks_at_once_both_learn_of_the_same_failure() -> None:
    installation = fleet(A, B, policy=ONE_AT_A_TIME)
    installation.tick()
    fail(installation, A)
    installation.clock.advance(minutes=1)
    installation.shared.faults.before("put_pool", installation.tick)
    tick = installation.tick()
    assert tick.errors == {}
    assert (pool(installation).failures, pool(installation).proving) == (1, {})
    assert restored(installation) == [A]
