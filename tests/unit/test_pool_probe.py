"""A probe service shows whether its pool has capacity: how it is remembered, and what waits for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from spot_failover.core.decision import Decision, Situation
from spot_failover.core.policy import Policy, RestorePolicy
from spot_failover.core.pool import Pool, PoolKey
from spot_failover.core.reason import Action, Reason
from spot_failover.core.record import Phase
from spot_failover.core.restore_decision import decide_restore
from tests.doubles.builders import API, WEB, service
from tests.doubles.clock import START
from tests.unit.records import ours, record

KEY = PoolKey.of(WEB, "FARGATE_SPOT")
SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)
SEEN = Pool(KEY).probed(API, START)
LONG = START - 10 * MINUTE
RECHECK = START + 15 * MINUTE


def test_a_probe_that_is_seen_is_remembered_with_its_pool() -> None:
    assert replace(Pool(KEY), probe=API.record_id, probe_seen_at=START, expires_at=START + 30 * DAY) == SEEN
    assert SEEN.probe_at(START) == API


def test_it_is_written_down_again_each_half_hour() -> None:
    assert SEEN.probed(API, START + 30 * MINUTE - SECOND) is SEEN
    later = SEEN.probed(API, START + 30 * MINUTE)
    assert later.probe_seen_at == START + 30 * MINUTE
    assert later.expires_at == START + 30 * DAY + 30 * MINUTE


def test_another_probe_is_written_down_at_once() -> None:
    assert SEEN.probed(WEB, START + SECOND).probe_at(START + SECOND) == WEB


def test_one_that_no_sweep_has_seen_for_two_hours_is_gone() -> None:
    assert SEEN.probe_at(START + 120 * MINUTE - SECOND) == API
    assert SEEN.probe_at(START + 120 * MINUTE) is None
    assert Pool(KEY).probe_at(START) is None


def test_its_region_is_the_pool_s() -> None:
    elsewhere = replace(WEB, region="eu-west-1")
    pool = Pool(PoolKey.of(elsewhere, "FARGATE_SPOT")).probed(elsewhere, START)
    assert pool.probe_at(START) == elsewhere


def decide(pool: Pool, since: datetime | None, *others: Pool, minutes: int = 10) -> Decision:
    policy = Policy(restore=RestorePolicy(probe_time=minutes * MINUTE))
    live, of = service(ours()), record(Phase.FAILED_OVER)
    return decide_restore(Situation(live, of, policy, START, pools=(pool, *others), probes={pool.key: since}))


def waits(decision: Decision, reason: Reason, until: datetime) -> None:
    assert (decision.action, decision.reason) == (Action.WAIT, reason)
    assert decision.record is not None
    assert (decision.record.phase, decision.record.due_at) == (Phase.FAILED_OVER, until)


def test_a_restore_waits_until_the_probe_has_run_for_long_enough() -> None:
    assert decide(SEEN, LONG).action is Action.RESTORE
    waiting = decide(SEEN, LONG + SECOND)
    waits(waiting, Reason.PROBE_WAITING, START + SECOND)
    assert API.record_id in waiting.note
    waits(decide(SEEN, LONG, minutes=12), Reason.PROBE_WAITING, START + 2 * MINUTE)


def test_however_long_the_probe_has_to_run_its_services_are_looked_at() -> None:
    waits(decide(SEEN, START, minutes=1440), Reason.PROBE_WAITING, RECHECK)


def test_while_the_probe_does_not_run_it_is_looked_at_again() -> None:
    waits(decide(SEEN, None), Reason.PROBE_WAITING, RECHECK)


def test_a_probe_that_runs_overrules_no_breaker() -> None:
    opened = replace(SEEN, open=True, next_canary_at=START + 5 * MINUTE)
    waits(decide(opened, LONG), Reason.POOL_OPEN, START + 5 * MINUTE)
    waits(decide(opened, None), Reason.PROBE_WAITING, RECHECK)


@pytest.mark.parametrize("since", [LONG, None])
def test_only_the_probes_of_its_own_pools_are_waited_for(since: datetime | None) -> None:
    other = Pool(PoolKey.of(WEB, "spot-group"))
    expected = Action.RESTORE if since else Action.WAIT
    assert decide(SEEN, since, other).action is expected
    without = Situation(service(ours()), record(Phase.FAILED_OVER), Policy(), START, pools=(SEEN,), probes={})
    assert decide_restore(without).action is Action.RESTORE
