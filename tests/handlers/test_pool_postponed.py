"""Spot pools with an open breaker: what postpones the canary, and what must not hold the others up."""

from __future__ import annotations

from dataclasses import replace

import pytest

from spot_failover.core.errors import RefusedError, TransientError
from spot_failover.core.policy import InterruptionPolicy, InterruptionResponse, Policy, RestorePolicy
from spot_failover.core.service_key import ServiceKey
from tests.doubles.builders import FALLBACK, SPOT, WEB, deployment, failure, interruption, service
from tests.doubles.fleet import ABROAD, POOL, A, B, C, fail, fleet, open_pool, pool, restored, waiting
from tests.doubles.installation import Installation

ONE_AT_A_TIME = Policy(restore=RestorePolicy(max_proving=1))


def shortage(installation: Installation, key: ServiceKey) -> None:
    time = installation.clock.now()
    assert installation.deliver(failure(key, time=time, event_id=f"{key.service} {time}")) == [None]


def minutes_to_canary(installation: Installation) -> float:
    next_canary_at = pool(installation).next_canary_at
    assert next_canary_at is not None
    return (next_canary_at - installation.clock.now()).total_seconds() / 60


def test_a_placement_failure_postpones_the_canary_a_service_at_most_once_an_hour() -> None:
    installation = fleet(A, B)
    open_pool(installation, minutes=5)
    installation.clock.advance(minutes=3)
    shortage(installation, A)
    assert minutes_to_canary(installation) == 5
    installation.clock.advance(minutes=3)
    shortage(installation, A)
    assert minutes_to_canary(installation) == 2
    shortage(installation, B)
    assert minutes_to_canary(installation) == 5
    installation.tick()
    assert restored(installation) == []
    installation.clock.advance(minutes=5)
    installation.tick()
    assert restored(installation) == [B]


def test_however_many_placement_failures_the_canary_goes_after_max_postpone() -> None:
    installation = fleet(A, B)
    open_pool(installation, minutes=5)
    for number in range(64):
        installation.clock.advance(minutes=1)
        other = replace(WEB, service=f"other-{number}")
        installation.services.add(service(deployment(FALLBACK), key=other))
        shortage(installation, other)
        installation.tick()
    assert restored(installation) == []
    installation.clock.advance(minutes=1)
    installation.tick()
    assert restored(installation) == [B]


@pytest.mark.parametrize("kind", ["synthetic", "too old", "on-demand"])
def test_what_is_no_fresh_failure_of_spot_postpones_nothing(kind: str) -> None:
    installation = fleet(A, B)
    open_pool(installation, minutes=1)
    now = installation.clock.now()
    event = {
        "synthetic": failure(A, time=now, synthetic=True),
        "too old": failure(A, time=now.replace(hour=1), arrived=now),
        "on-demand": failure(A, time=now, providers=("FARGATE",)),
    }[kind]
    installation.deliver(event)
    assert minutes_to_canary(installation) == 1


@pytest.mark.parametrize("operation", ["pool", "put_pool"])
@pytest.mark.parametrize("error", [RefusedError("the pool's item can't be read"), TransientError("throttled")])
def test_trouble_with_a_pool_does_not_hold_up_a_failover(operation: str, error: Exception) -> None:
    installation = fleet(A).with_services(service())
    open_pool(installation, minutes=1)
    installation.services.lose_spot()
    installation.shared.faults.before(operation, error)
    shortage(installation, WEB)
    assert installation.strategy(WEB) == FALLBACK


def test_a_canary_whose_record_cannot_be_read_does_not_keep_the_others_for_good() -> None:
    installation = fleet(A, B)
    open_pool(installation, last_failed=B)
    installation.tick()
    gone = []
    for minutes in (1, 15):
        installation.clock.advance(minutes=minutes)
        # Once when it is read itself, once when B asks what has become of it.
        installation.records.faults.before("get", RefusedError("its item can't be read"))
        installation.records.faults.before("get", RefusedError("its item can't be read"), skip=1)
        assert set(installation.tick().errors) == {A}
        gone.append(restored(installation))
    assert gone == [[A], [A, B]]


def test_a_service_whose_restore_ecs_refuses_does_not_keep_the_others_for_good() -> None:
    installation = fleet(A, B)
    open_pool(installation, last_failed=B)
    for _ in range(4):
        installation.services.faults.before("switch", RefusedError("its target group is gone"))
        assert set(installation.tick().errors) == {A}
        installation.clock.advance(minutes=15)
    assert restored(installation) == [B]
    assert installation.record(A).stuck


def at_zero(installation: Installation, key: ServiceKey) -> None:
    installation.services.add(service(deployment(FALLBACK, desired=0, running=0), desired=0, key=key))


def test_a_service_at_zero_waits_for_an_open_breaker_and_is_no_canary() -> None:
    installation = fleet(A, B)
    open_pool(installation, last_failed=B)
    at_zero(installation, A)
    installation.tick()
    assert waiting(installation) == [("a", "POOL_OPEN")]
    assert restored(installation) == [B]
    installation.services.settle()
    for _ in range(2):
        installation.clock.advance(minutes=15)
        installation.tick()
    assert restored(installation) == [B, A]
    assert ("restore", "RESTORED_AT_ZERO") in installation.told.lines


def test_services_at_zero_take_no_place_of_those_that_try() -> None:
    installation = fleet(A, B, C, policy=ONE_AT_A_TIME)
    at_zero(installation, A)
    at_zero(installation, B)
    installation.tick()
    assert restored(installation) == [A, B, C]
    assert set(pool(installation).proving) == {C.record_id}


REDEPLOY = Policy(interruption=InterruptionPolicy(response=InterruptionResponse.REDEPLOY))


def test_while_the_breaker_is_open_an_interruption_is_answered_as_auto() -> None:
    installation = fleet(A, policy=REDEPLOY).with_services(service())
    open_pool(installation, last_failed=A, minutes=30)
    installation.deliver(interruption())
    assert installation.told.last == ("ignore", "NOT_SHORT")
    installation.services.interrupt(WEB, 1)
    installation.deliver(interruption(event_id="interruption-2"))
    assert installation.told.last == ("fail_over", "INTERRUPTED_SHORT")
    assert installation.strategy(WEB) == FALLBACK


def test_with_the_breaker_closed_again_it_is_answered_by_a_redeployment() -> None:
    installation = fleet(A, policy=REDEPLOY).with_services(service())
    open_pool(installation, last_failed=A)
    installation.tick()
    installation.services.settle()
    installation.deliver(interruption())
    assert installation.told.last == ("ignore", "NOT_SHORT")
    installation.clock.advance(minutes=1)
    installation.tick()
    installation.deliver(interruption(event_id="interruption-2"))
    assert installation.told.last == ("redeploy", "REDEPLOYED")


def test_the_pool_of_one_account_never_touches_another_s() -> None:
    installation = fleet(A, B, ABROAD)
    open_pool(installation, minutes=30)
    installation.tick()
    assert restored(installation) == [ABROAD]
    fail(installation, ABROAD)
    before = pool(installation)
    installation.clock.advance(minutes=1)
    installation.tick()
    shortage(installation, ABROAD)
    assert pool(installation) == before


def test_one_account_s_region_is_not_another_s() -> None:
    elsewhere = replace(A, region="eu-central-1")
    installation = fleet(A, elsewhere)
    open_pool(installation, minutes=30)
    installation.tick()
    assert restored(installation) == [elsewhere]


def test_a_pool_that_nobody_has_used_for_long_is_taken_as_closed() -> None:
    installation = fleet(A, B)
    open_pool(installation, minutes=60 * 24 * 60)
    installation.clock.advance(hours=24 * 30)
    installation.tick()
    assert restored(installation) == [A, B]


def test_a_service_of_two_pools_waits_for_both() -> None:
    both = SPOT.of(("FARGATE_SPOT", 1, 0), ("asg-spot", 1, 0))
    policy = Policy(fallback_pairs={"FARGATE_SPOT": "FARGATE", "asg-spot": "asg"})
    installation = fleet(A, policy=policy)
    installation.records.store(replace(installation.record(A), baseline=both))
    installation.services.attached |= {"asg-spot", "asg"}
    open_pool(installation, minutes=5)
    installation.tick()
    assert restored(installation) == []
    installation.clock.advance(minutes=5)
    installation.tick()
    assert installation.strategy(A) == both
    assert {key.provider for key, one in installation.shared.pools.items() if one.proving} == {
        POOL.provider,
        "asg-spot",
    }
