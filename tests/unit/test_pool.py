"""The pool breaker: who may try, what opens and closes it, and what postpones its next canary."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from spot_failover.core.policy import RestorePolicy
from spot_failover.core.pool import KEEP, WANTED_FOR, Pool, PoolKey
from spot_failover.core.reason import Reason
from spot_failover.core.service_key import ServiceKey
from tests.doubles.builders import API, OTHER, WEB
from tests.doubles.clock import START

POLICY = RestorePolicy()
KEY = PoolKey.of(WEB, "FARGATE_SPOT")
CLOSED = Pool(KEY)
MINUTE = timedelta(minutes=1)


def opened(*, at: datetime = START) -> Pool:
    """A breaker that a failure of WEB has opened: the next canary goes 5 minutes later."""
    return CLOSED.started(WEB, at - 2 * MINUTE).failed(WEB.record_id, POLICY, 0.0, at)


def test_all_fargate_services_of_an_account_and_region_share_a_pool() -> None:
    elsewhere = replace(WEB, cluster="store", service="cart")
    assert PoolKey.of(elsewhere, "FARGATE_SPOT") == KEY
    assert PoolKey.of(replace(WEB, region="eu-west-1"), "FARGATE_SPOT") != KEY
    assert PoolKey.of(replace(WEB, account="222222222222"), "FARGATE_SPOT") != KEY


def test_an_auto_scaling_group_s_pool_belongs_to_its_cluster() -> None:
    elsewhere = replace(WEB, cluster="store")
    assert PoolKey.of(WEB, "asg-spot") == PoolKey("111111111111", "us-east-1", "asg-spot", "shop")
    assert PoolKey.of(elsewhere, "asg-spot") != PoolKey.of(WEB, "asg-spot")
    assert PoolKey.of(API, "asg-spot") == PoolKey.of(WEB, "asg-spot")


@pytest.mark.parametrize("provider", ["FARGATE_SPOT", "asg-spot"])
def test_no_service_can_have_a_pool_s_id(provider: str) -> None:
    record_id = PoolKey.of(WEB, provider).record_id
    assert record_id.startswith("pool::111111111111::")
    with pytest.raises(ValueError, match="unpack"):
        ServiceKey.from_record_id(record_id, WEB.region)


def test_a_pool_is_named_with_all_that_tells_it_from_others() -> None:
    assert str(KEY) == "Spot pool FARGATE_SPOT in account 111111111111, Region us-east-1"
    assert "asg-spot of cluster shop" in str(PoolKey.of(WEB, "asg-spot"))


def test_a_closed_breaker_lets_max_proving_services_try_at_once() -> None:
    two = replace(POLICY, max_proving=2)
    one = CLOSED.started(WEB, START)
    assert one.refusal(API, two, START) is None
    full = one.started(API, START)
    assert full.refusal(OTHER, two, START) is Reason.POOL_BUSY
    assert full.refusal(API, two, START) is None
    assert full.dropped(WEB.record_id).refusal(OTHER, two, START) is None


def test_a_failure_opens_the_breaker_for_a_while() -> None:
    pool = opened()
    assert (pool.open, pool.failures, pool.last_failed) == (True, 1, WEB.record_id)
    assert (pool.opened_at, pool.next_canary_at) == (START, START + 5 * MINUTE)
    assert pool.proving == {}
    assert pool.refusal(API, POLICY, START + 5 * MINUTE - timedelta(seconds=1)) is Reason.POOL_OPEN
    assert pool.refusal(API, POLICY, START + 5 * MINUTE) is None


def test_an_open_breaker_lets_one_canary_try_at_a_time() -> None:
    later = START + 5 * MINUTE
    canary = opened().started(API, later)
    assert canary.refusal(WEB, POLICY, later + 60 * MINUTE) is Reason.POOL_OPEN
    assert canary.refusal(API, POLICY, later) is None


def test_failed_canaries_wait_longer_and_longer_up_to_the_maximum() -> None:
    pool, now, waits = opened(), START, []
    for _ in range(5):
        assert pool.next_canary_at is not None
        waits.append((pool.next_canary_at - now) / MINUTE)
        pool = pool.started(API, pool.next_canary_at)
        now = pool.proving[API.record_id] + 10 * MINUTE
        pool = pool.failed(API.record_id, POLICY, 0.0, now)
    assert waits == [5, 10, 20, 40, 60]
    assert (pool.opened_at, pool.last_failed) == (START, API.record_id)


def test_chance_spreads_canaries() -> None:
    pool = CLOSED.started(WEB, START).failed(WEB.record_id, POLICY, 1.0, START)
    assert pool.next_canary_at == START + 4 * MINUTE


def test_services_that_failed_together_count_once() -> None:
    pool = CLOSED.started(WEB, START - MINUTE).started(API, START - MINUTE)
    once = pool.failed(WEB.record_id, POLICY, 0.0, START)
    twice = once.failed(API.record_id, POLICY, 0.0, START + MINUTE)
    assert (twice.failures, twice.next_canary_at, twice.latest_canary_at) == (
        once.failures,
        once.next_canary_at,
        once.latest_canary_at,
    )
    assert (twice.last_failed, twice.proving) == (API.record_id, {})


def test_a_proven_canary_closes_the_breaker_and_nothing_of_it_stays() -> None:
    canary = opened().started(API, START + 5 * MINUTE)
    proven = canary.proven(API.record_id, START + 15 * MINUTE)
    assert proven == replace(CLOSED, expires_at=START + 15 * MINUTE + KEEP)


def test_others_that_try_meanwhile_go_on_trying() -> None:
    pool = CLOSED.started(WEB, START).started(API, START)
    assert set(pool.failed(WEB.record_id, POLICY, 0.0, START).proving) == {API.record_id}
    assert set(pool.proven(WEB.record_id, START).proving) == {API.record_id}


def test_a_service_that_tries_no_more_leaves_the_breaker_as_it_is() -> None:
    canary = opened().started(API, START + 5 * MINUTE)
    assert replace(canary.dropped(API.record_id), expires_at=opened().expires_at) == opened()
    assert canary.dropped(WEB.record_id) == canary


def test_a_shortage_postpones_the_next_canary() -> None:
    now = START + 4 * MINUTE
    told = opened().shortage_told(API, POLICY, now)
    assert told.next_canary_at == now + POLICY.initial_delay


def test_a_shortage_never_brings_the_canary_forward() -> None:
    pool = replace(opened(), next_canary_at=START + 40 * MINUTE)
    told = pool.shortage_told(API, POLICY, START)
    assert told.next_canary_at == pool.next_canary_at


def test_a_service_postpones_it_at_most_once_an_hour() -> None:
    patient = replace(POLICY, max_postpone=timedelta(hours=5))
    pool = replace(opened(), latest_canary_at=START + timedelta(hours=5))
    once = pool.shortage_told(API, patient, START + MINUTE)
    assert once.shortage_told(API, patient, START + 60 * MINUTE) is once
    again = once.shortage_told(API, patient, START + 61 * MINUTE)
    assert again.next_canary_at == START + 66 * MINUTE
    other = once.shortage_told(WEB, patient, START + 2 * MINUTE)
    assert other.next_canary_at == START + 7 * MINUTE
    assert set(other.told) == {API.record_id, WEB.record_id}
    assert set(other.shortage_told(OTHER, patient, START + 62 * MINUTE).told) == {OTHER.record_id}


def test_all_services_together_postpone_it_by_no_more_than_max_postpone() -> None:
    pool, now = opened(), START
    for number in range(100):
        now += MINUTE
        pool = pool.shortage_told(replace(WEB, service=f"web-{number}"), POLICY, now)
    assert pool.next_canary_at == START + 5 * MINUTE + POLICY.max_postpone
    assert pool.refusal(API, POLICY, START + 65 * MINUTE) is None


def test_with_max_postpone_zero_nothing_is_postponed() -> None:
    strict = replace(POLICY, max_postpone=timedelta())
    pool = CLOSED.failed(WEB.record_id, strict, 0.0, START)
    assert pool.shortage_told(API, strict, START + 4 * MINUTE).next_canary_at == START + 5 * MINUTE


def test_a_closed_breaker_has_no_canary_to_postpone() -> None:
    pool = CLOSED.started(WEB, START)
    assert pool.shortage_told(API, POLICY, START) is pool


def test_what_has_expired_is_forgotten_although_the_item_is_still_there() -> None:
    pool = replace(CLOSED.started(WEB, START), version=7)
    assert pool.at(START + KEEP - timedelta(seconds=1)) == pool
    assert pool.at(START + KEEP) == Pool(KEY, version=7)
    assert CLOSED.at(START) == CLOSED


def test_an_open_breaker_that_nobody_wants_any_more_is_closed() -> None:
    pool = replace(opened(), version=7, probe=API.record_id, probe_seen_at=START)
    until = START + POLICY.max_delay + WANTED_FOR
    assert pool.wanted_until == until
    assert pool.at(until - timedelta(seconds=1)) == pool
    probed = replace(CLOSED, version=7, probe=API.record_id, probe_seen_at=START, expires_at=pool.expires_at)
    assert pool.at(until) == replace(probed, last_failed=WEB.record_id)


def test_a_shortage_told_to_a_pool_is_forgotten_with_it() -> None:
    told = opened().shortage_told(API, POLICY, START + MINUTE)
    assert told.told
    assert told.at(START + KEEP / 2).told == {}


def test_while_a_service_waits_or_tries_the_breaker_stays_open() -> None:
    later = START + timedelta(days=3)
    wanted = opened().wanted(later)
    assert wanted == replace(opened(), wanted_until=later + WANTED_FOR)
    assert wanted.at(later + WANTED_FOR - timedelta(seconds=1)) == wanted
    assert not wanted.at(later + WANTED_FOR).open


def test_what_an_earlier_version_wrote_counts_until_its_canary_would_have_gone() -> None:
    pool = replace(opened(), wanted_until=None)
    assert pool.latest_canary_at is not None
    assert pool.at(pool.latest_canary_at - timedelta(seconds=1)) == pool
    assert not pool.at(pool.latest_canary_at).open
    assert replace(pool, latest_canary_at=None).at(START + KEEP / 2).open


def test_after_a_forgotten_breaker_services_try_one_at_a_time_until_one_is_proven() -> None:
    now = START + KEEP / 2
    pool = opened().at(now)
    assert pool.refusal(API, POLICY, now) is None
    trying = pool.started(API, now)
    assert trying.refusal(WEB, POLICY, now) is Reason.POOL_BUSY
    assert trying.refusal(API, POLICY, now) is None
    assert trying.dropped(API.record_id).started(WEB, now).refusal(API, POLICY, now) is Reason.POOL_BUSY
    proven = trying.proven(API.record_id, now).started(API, now)
    assert proven.refusal(WEB, POLICY, now) is None


def test_a_failure_after_a_forgotten_breaker_is_the_first() -> None:
    now = START + KEEP / 2
    pool = opened().at(now).started(API, now).failed(API.record_id, POLICY, 0.0, now + MINUTE)
    assert (pool.open, pool.failures, pool.opened_at) == (True, 1, now + MINUTE)
    assert pool.next_canary_at == now + 6 * MINUTE
