"""After a failed restore one service tries for all the others of its Spot pool."""

from __future__ import annotations

from dataclasses import replace

import pytest

from spot_failover.core.errors import RefusedError, TransientError
from spot_failover.core.policy import InterruptionPolicy, InterruptionResponse, Policy, RestorePolicy
from spot_failover.core.record import Phase
from spot_failover.core.service_key import ServiceKey
from tests.doubles.builders import FALLBACK, MIXED, SPOT, WEB, deployment, failure, interruption, service
from tests.doubles.faults import Crash
from tests.doubles.fleet import ABROAD, POOL, A, B, C, D, E, fail, fleet, open_pool, pool, restored
from tests.doubles.installation import Installation

ONE_AT_A_TIME = Policy(restore=RestorePolicy(max_proving=1))
TWO_AT_A_TIME = Policy(restore=RestorePolicy(max_proving=2))


def waiting(installation: Installation) -> list[tuple[str, str]]:
    """Who waits, and why, of what was told since the last look."""
    lines = [
        (outcome.key.service, str(outcome.decision.reason))
        for outcome in installation.told.outcomes
        if outcome.action == "wait"
    ]
    installation.told.clear()
    return lines


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
