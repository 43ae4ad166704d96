"""The pool breaker at its edges: whose failure counts, what is worth postponing, how long a pool is remembered."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from spot_failover.core.policy import RestorePolicy
from spot_failover.core.pool import Pool, PoolKey
from tests.doubles.builders import API, OTHER, WEB
from tests.doubles.clock import START

POLICY = RestorePolicy()
KEY = PoolKey.of(WEB, "FARGATE_SPOT")
SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)
OPEN = Pool(KEY).failed(WEB.record_id, POLICY, 0.0, START)


def test_a_pool_that_was_never_written_has_version_zero() -> None:
    assert Pool(KEY).version == 0


def test_an_unused_pool_is_remembered_for_thirty_days() -> None:
    for used in (Pool(KEY).started(WEB, START), OPEN, OPEN.proven(WEB.record_id, START)):
        assert used.expires_at == START + 30 * DAY


def test_a_service_that_tries_says_since_when() -> None:
    pool = Pool(KEY).started(WEB, START).started(API, START + MINUTE)
    assert pool.proving == {WEB.record_id: START, API.record_id: START + MINUTE}


def test_an_open_breaker_without_a_time_lets_a_canary_go() -> None:
    assert replace(OPEN, next_canary_at=None).refusal(API, POLICY, START) is None


def test_a_service_at_zero_waits_for_nobody_while_the_breaker_is_closed() -> None:
    assert not Pool(KEY).holds_up_at_zero(START)
    trying = Pool(KEY).started(API, START)
    assert not trying.holds_up_at_zero(START)
    assert replace(trying, open=True).holds_up_at_zero(START)


@pytest.mark.parametrize(("began", "failures"), [(START - SECOND, 1), (START, 2), (START + SECOND, 2)])
def test_only_what_began_before_the_breaker_opened_is_no_canary(began: datetime, failures: int) -> None:
    pool = replace(OPEN, proving={API.record_id: began})
    assert pool.failed(API.record_id, POLICY, 0.0, START + MINUTE).failures == failures


def test_a_failure_that_nobody_saw_begin_counts() -> None:
    failed = OPEN.failed(API.record_id, POLICY, 0.0, START + MINUTE)
    assert (failed.failures, failed.last_failed, failed.opened_at) == (2, API.record_id, START)


def test_a_failure_opens_a_breaker_that_is_not_open_whatever_else_it_holds() -> None:
    trying = {API.record_id: START - MINUTE}
    for pool in (replace(OPEN, open=False, proving=trying), replace(OPEN, opened_at=None, proving=trying)):
        failed = pool.failed(API.record_id, POLICY, 0.0, START)
        assert (failed.open, failed.failures, failed.opened_at) == (True, 2, START)


@pytest.mark.parametrize(
    "pool",
    [
        Pool(KEY),
        Pool(KEY, open=True),
        replace(OPEN, open=False),
        replace(OPEN, next_canary_at=None),
        replace(OPEN, latest_canary_at=None),
    ],
)
def test_without_a_canary_to_come_there_is_none_to_postpone(pool: Pool) -> None:
    assert pool.shortage_told(API, POLICY, START + 4 * MINUTE) is pool


def test_less_than_a_minute_is_not_worth_writing() -> None:
    assert OPEN.shortage_told(API, POLICY, START + 59 * SECOND) is OPEN
    assert OPEN.shortage_told(API, POLICY, START + 60 * SECOND).next_canary_at == START + 6 * MINUTE


def test_who_told_more_than_an_hour_ago_is_forgotten() -> None:
    patient = replace(OPEN, latest_canary_at=START + DAY)
    first = patient.shortage_told(API, POLICY, START + MINUTE)
    just = first.shortage_told(OTHER, POLICY, START + 61 * MINUTE - SECOND)
    assert set(just.told) == {API.record_id, OTHER.record_id}
    over = first.shortage_told(OTHER, POLICY, START + 61 * MINUTE)
    assert set(over.told) == {OTHER.record_id}


def test_a_proven_canary_forgets_who_told_of_a_shortage() -> None:
    told = OPEN.shortage_told(API, POLICY, START + MINUTE)
    assert told.told
    assert not told.proven(WEB.record_id, START + 10 * MINUTE).told


def test_a_closed_breaker_is_not_wanted() -> None:
    closed = Pool(KEY).started(WEB, START)
    assert closed.wanted(START + DAY) is closed
    assert replace(closed, wanted_until=START).at(START + DAY) == replace(closed, wanted_until=START)


def test_less_than_a_quarter_of_an_hour_more_is_not_worth_writing() -> None:
    wanted = OPEN.wanted(START + DAY)
    assert wanted.wanted(START) is wanted
    assert wanted.wanted(START + DAY + 15 * MINUTE - SECOND) is wanted
    assert wanted.wanted(START + DAY + 15 * MINUTE).wanted_until == START + DAY + 75 * MINUTE


def test_an_open_breaker_is_wanted_for_an_hour_longer_than_somebody_waits() -> None:
    assert OPEN.wanted_until == START + POLICY.max_delay + 60 * MINUTE
    assert replace(OPEN, wanted_until=None).wanted(START).wanted_until == START + 60 * MINUTE
