"""`max_failovers_per_hour`: a brake for an account, that loses no failover."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from spot_failover.core.errors import BusyError, TransientError
from spot_failover.core.policy import Policy
from spot_failover.core.record import Phase
from spot_failover.core.strategy import Strategy
from spot_failover.core.transitions import hold_by_operator
from tests.doubles.builders import (
    FALLBACK,
    MIXED,
    ON_DEMAND,
    OTHER,
    SPOT,
    WEB,
    deployment,
    failure,
    interruption,
    service,
)
from tests.doubles.faults import Crash
from tests.doubles.fleet import A, B, C, fail, fleet
from tests.doubles.installation import Installation

LIMITED = Policy(max_failovers_per_hour=1)


def shortage(policy: Policy = LIMITED) -> Installation:
    installation = Installation(policy).with_services(*(service(key=key) for key in (A, B, C, OTHER)))
    installation.services.lose_spot()
    return installation


def test_without_a_limit_all_fail_over() -> None:
    installation = shortage(Policy())
    installation.deliver(failure(A), failure(B), failure(C))
    assert installation.switches == [FALLBACK] * 3
    assert installation.shared.budgets == {}


def test_over_the_limit_the_alert_is_told_once_and_the_intent_stays() -> None:
    installation = shortage()
    installation.deliver(failure(A), failure(B), failure(B, event_id="again"))
    assert installation.told.lines == [
        ("fail_over", "FAILED_OVER"),
        ("alert", "FAILOVER_LIMIT"),
        ("wait", "FAILOVER_LIMIT"),
    ]
    assert installation.switches == [FALLBACK]
    record = installation.record(B)
    assert (record.phase, record.baseline, record.fallback) == (Phase.FAILING_OVER, SPOT, FALLBACK)
    assert record.due_at == installation.clock.now().replace(hour=3, minute=0, second=0)


def test_the_next_hour_s_first_tick_makes_the_call() -> None:
    installation = shortage()
    installation.deliver(failure(A), failure(B), failure(C))
    installation.clock.advance(minutes=48)
    installation.tick()
    assert installation.record(B).phase is Phase.FAILING_OVER
    installation.clock.advance(minutes=1)
    installation.told.clear()
    installation.tick()
    told = [(one.key, one.action, str(one.decision.reason)) for one in installation.told.outcomes]
    assert (B, "fail_over", "FAILED_OVER") in told
    assert (C, "wait", "FAILOVER_LIMIT") in told
    assert (C, "alert", "FAILOVER_LIMIT") not in told
    assert installation.record(B).phase is Phase.FAILED_OVER
    assert installation.record(B).alerted == frozenset()
    installation.clock.advance(hours=1)
    installation.tick()
    assert installation.strategy(C) == FALLBACK


def test_an_event_of_the_next_hour_makes_the_call_too() -> None:
    installation = shortage()
    installation.deliver(failure(A), failure(B))
    installation.deliver(failure(B, time=installation.clock.advance(minutes=49)))
    assert installation.switches == [FALLBACK] * 2


def test_a_service_that_is_whole_again_is_left_where_it_is() -> None:
    installation = shortage()
    installation.deliver(failure(A), failure(B))
    installation.services.spot = True
    installation.services.settle()
    installation.clock.advance(minutes=49)
    installation.told.clear()
    installation.tick()
    assert ("close", "NOT_SHORT") in installation.told.lines
    assert installation.record(B).phase is Phase.CLOSED
    assert installation.strategy(B) == SPOT
    assert installation.shared.budgets[B.account].used == 1


@pytest.mark.parametrize("by", ["tick", "event"])
@pytest.mark.parametrize("pending_for", [60, 5])
def test_tasks_that_wait_for_capacity_all_along_do_not_make_it_whole_again(pending_for: int, by: str) -> None:
    installation = shortage()
    installation.deliver(failure(A), failure(B))
    one = deployment(SPOT, running=2, pending=2)
    installation.services.add(service(one, key=B))
    installation.clock.advance(minutes=49)
    installation.services.pending_since[B] = installation.clock.now() - timedelta(minutes=pending_for)
    if by == "tick":
        installation.tick()
    else:
        installation.deliver(failure(B, time=installation.clock.now()))
    waits = pending_for == 60
    assert installation.strategy(B) == (FALLBACK if waits else SPOT)
    assert installation.record(B).phase is (Phase.FAILED_OVER if waits else Phase.CLOSED)


def test_a_hold_stops_a_failover_that_waits_for_its_hour() -> None:
    installation = shortage()
    installation.deliver(failure(A), failure(B))
    now = installation.clock.now()
    installation.records.put(hold_by_operator(installation.record(B), "anna", now + timedelta(hours=2), now))
    installation.clock.advance(minutes=49)
    installation.tick()
    assert ("wait", "HELD") in installation.told.lines
    assert installation.strategy(B) == SPOT
    installation.clock.advance(hours=2)
    installation.tick()
    assert installation.strategy(B) == FALLBACK


@pytest.mark.parametrize("strategy", [ON_DEMAND, MIXED])
def test_the_owner_s_strategy_ends_the_wait(strategy: Strategy) -> None:
    installation = shortage()
    installation.deliver(failure(A), failure(B))
    installation.services.add(service(deployment(strategy), key=B))
    installation.clock.advance(minutes=49)
    installation.tick()
    assert installation.record(B).phase is Phase.CLOSED
    assert installation.strategy(B) == strategy


def test_another_account_has_an_hour_of_its_own() -> None:
    installation = shortage()
    installation.deliver(failure(A), failure(OTHER))
    assert installation.switches == [FALLBACK] * 2


def test_all_regions_of_an_account_share_the_hour() -> None:
    elsewhere = replace(A, region="eu-west-1")
    installation = shortage().with_services(service(deployment(running=0), key=elsewhere))
    installation.deliver(failure(A), failure(elsewhere))  # side by side: either may be the first
    assert sorted(installation.told.lines) == [("alert", "FAILOVER_LIMIT"), ("fail_over", "FAILED_OVER")]
    assert installation.switches == [FALLBACK]


def test_going_back_after_a_failed_restore_is_no_new_failover() -> None:
    installation = fleet(A, policy=LIMITED).with_services(service(key=WEB))
    installation.tick()
    installation.services.interrupt(WEB, 4)
    installation.deliver(failure(WEB))
    assert installation.strategy(WEB) == FALLBACK
    fail(installation, A)
    installation.clock.advance(minutes=1)
    installation.tick()
    assert installation.strategy(A) == FALLBACK


@pytest.mark.parametrize("error", [TransientError("throttled"), Crash()], ids=["throttled", "crash"])
def test_a_call_that_has_to_be_made_again_counts_once(error: BaseException) -> None:
    installation = shortage()
    installation.services.faults.before("switch", error)
    if isinstance(error, Crash):
        with pytest.raises(Crash):
            installation.deliver(failure(A))
    else:
        assert installation.deliver(failure(A)) == [error]
    installation.clock.advance(minutes=2)
    assert installation.deliver(failure(A)) == [None]
    assert installation.strategy(A) == FALLBACK
    assert installation.shared.budgets[A.account].used == 1


def test_a_call_that_has_to_be_made_again_after_the_wait_counts_once() -> None:
    installation = shortage()
    installation.deliver(failure(A), failure(B))
    installation.clock.advance(minutes=49)
    installation.services.faults.before("switch", TransientError("throttled"))
    assert set(installation.tick().errors) == {B}
    installation.clock.advance(minutes=1)
    installation.tick()
    assert installation.strategy(B) == FALLBACK
    assert installation.shared.budgets[B.account].used == 1


def test_a_crash_between_the_count_and_the_intent_loses_no_failover_and_counts_it_once() -> None:
    installation = shortage()
    installation.records.faults.before("put", Crash())
    with pytest.raises(Crash):
        installation.deliver(failure(A))
    installation.deliver(failure(B))
    assert installation.told.last == ("alert", "FAILOVER_LIMIT")
    installation.deliver(failure(A))
    assert installation.switches == [FALLBACK]
    assert installation.strategy(A) == FALLBACK
    assert installation.shared.budgets[A.account].used == 1


def test_a_failover_that_crashed_and_comes_again_in_the_next_hour_counts_in_that_too() -> None:
    installation = shortage()
    installation.records.faults.before("put", Crash())
    with pytest.raises(Crash):
        installation.deliver(failure(A))
    installation.clock.advance(minutes=49)
    installation.deliver(failure(A, time=installation.clock.now()), failure(B, time=installation.clock.now()))
    assert installation.switches == [FALLBACK]
    assert installation.told.last == ("alert", "FAILOVER_LIMIT")


def test_two_functions_that_decide_about_one_service_at_once_count_it_once() -> None:
    """Half a minute after a notice the interruption comes, and by then the placement failure has."""
    installation = shortage(Policy(max_failovers_per_hour=2))
    installation.records.faults.before("put", lambda: installation.deliver(interruption(A)))
    assert installation.deliver(failure(A)) == [None]
    assert installation.switches == [FALLBACK]
    assert installation.shared.budgets[A.account].used == 1
    installation.deliver(failure(B), failure(C))
    assert installation.switches == [FALLBACK] * 2
    assert installation.told.last == ("alert", "FAILOVER_LIMIT")


def test_what_there_is_no_time_to_begin_is_not_counted() -> None:
    installation = shortage()
    for _ in range(3):
        installation.services.faults.before("attached_providers", lambda: installation.clock.advance(seconds=51))
        [error] = installation.deliver(failure(A, time=installation.clock.now()))
        assert isinstance(error, BusyError)
    assert installation.shared.budgets == {}
    installation.deliver(failure(A, time=installation.clock.now()))
    assert installation.strategy(A) == FALLBACK


def test_what_was_counted_when_the_time_was_over_counts_once() -> None:
    installation = shortage()
    installation.shared.faults.after("put_budget", lambda: installation.clock.advance(seconds=51))
    [error] = installation.deliver(failure(A))
    assert isinstance(error, BusyError)
    installation.deliver(failure(A))
    assert installation.strategy(A) == FALLBACK
    assert installation.shared.budgets[A.account].used == 1


def test_the_same_service_s_next_failover_is_another() -> None:
    installation = shortage()
    installation.deliver(failure(A))
    installation.clock.advance(minutes=5)
    installation.services.owner_sets(A, SPOT)
    installation.clock.advance(minutes=5)
    installation.deliver(failure(A, time=installation.clock.now()))
    assert installation.told.lines[-2:] == [("close", "SUPERSEDED"), ("alert", "FAILOVER_LIMIT")]
    assert installation.switches == [FALLBACK]


def test_of_two_workers_at_once_only_one_gets_the_last_failover_of_the_hour() -> None:
    installation = shortage()
    installation.shared.faults.before("put_budget", lambda: installation.deliver(failure(B)))
    assert installation.deliver(failure(A)) == [None]
    assert installation.switches == [FALLBACK]
    assert installation.strategy(B) == FALLBACK
    assert installation.record(A).phase is Phase.FAILING_OVER


def test_observe_mode_uses_nothing_up() -> None:
    installation = shortage()
    observed = [
        replace(live, tags={"spot-failover:mode": "observe"}) for key, live in installation.services.live.items()
    ]
    installation.services.add(*observed)
    installation.deliver(failure(A), failure(B))
    assert installation.told.lines == [("would_fail_over", "FAILED_OVER")] * 2
    assert installation.shared.budgets == {}
