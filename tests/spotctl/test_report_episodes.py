"""From log lines to the times on on-demand capacity, and from these to hours and costs."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from spot_failover.core.record import Phase, Record
from spot_failover.core.strategy import NO_STRATEGY
from spotctl.report_episodes import episodes, strategy_of
from spotctl.report_figures import Figures, History, Period, Prices, of_service, spot_tasks, total
from tests.doubles.builders import API, MIXED, SPOT, WEB
from tests.doubles.clock import START

NEVER = Record(WEB)
SPOT_ONLY = {"FARGATE_SPOT"}


def hour(number: float) -> datetime:
    return START + timedelta(hours=number)


def line(at: float, action: str, reason: str, **more: Any) -> dict[str, Any]:
    return {"timestamp": hour(at).isoformat(), "action": action, "reason": reason, **more}


def moved(at: float, reason: str = "FAILED_OVER", **more: Any) -> dict[str, Any]:
    told = {"before": str(SPOT), "desired": 4, "event_kind": "PlacementFailure"}
    return line(at, "fail_over", reason, **{**told, "event_time": hour(at - 0.05).isoformat(), **more})


RESTORED = replace(NEVER, version=9, phase=Phase.CLOSED, reason="RESTORED", phase_since=hour(3), baseline=SPOT)


def test_from_the_failover_to_the_proven_restore() -> None:
    lines = [moved(1), line(2, "restore", "RESTORE_STARTED"), line(3, "close", "RESTORED")]
    (one,) = episodes(reversed(lines), RESTORED)
    assert (one.begin, one.end, one.begin_known, one.end_known) == (hour(1), hour(3), True, True)
    assert (one.reason, one.baseline, one.tasks) == ("FAILED_OVER", SPOT, 4)
    assert one.shortfall == pytest.approx(180)


def test_a_restore_that_fails_goes_on_with_the_same() -> None:
    lines = [
        moved(1),
        line(2, "restore", "RESTORE_STARTED"),
        moved(3, "RESTORE_FAILED"),
        line(4, "restore", "RESTORE_STARTED"),
        line(5, "give_up", "RESTORE_DEPLOYMENT_FAILED"),
        line(6, "restore", "RESTORE_STARTED"),
        line(7, "close", "RESTORED"),
    ]
    (one,) = episodes(lines, RESTORED)
    assert (one.begin, one.end, one.failed_restores) == (hour(1), hour(7), 2)


def test_a_strategy_given_back_where_no_task_is_wanted_is_the_end() -> None:
    back = line(2, "restore", "RESTORED_AT_ZERO", after=str(SPOT))
    first, second = episodes([moved(1), back, moved(5), line(6, "close", "RESTORED")], RESTORED)
    assert (first.begin, first.end, first.end_known) == (hour(1), hour(2), True)
    assert (second.begin, second.end) == (hour(5), hour(6))
    (unheard,) = episodes([back], NEVER)
    assert (unheard.end, unheard.begin_known, unheard.baseline) == (hour(2), False, SPOT)


def test_a_failover_that_was_found_confirmed_or_rolled_back_is_no_other() -> None:
    lines = [
        line(1, "confirm", "FAILED_OVER"),
        moved(2, "FAILOVER_ROLLED_BACK"),
        line(2.1, "confirm", "FAILED_OVER"),
        line(3, "close", "SUPERSEDED"),
    ]
    (one,) = episodes(lines, RESTORED)
    assert (one.begin, one.end, one.failed_restores, one.baseline) == (hour(1), hour(3), 0, SPOT)


def test_what_lasts() -> None:
    record = replace(RESTORED, phase=Phase.FAILED_OVER, phase_since=hour(1))
    (one,) = episodes([moved(1)], record)
    assert (one.begin, one.end) == (hour(1), None)


def test_what_an_operator_moved_is_known_by_its_record_alone() -> None:
    event = {"time": hour(1).isoformat(), "kind": "OperatorFailover"}
    record = replace(RESTORED, phase=Phase.FAILED_OVER, phase_since=hour(1.1), event=event, desired_at_switch=7)
    (one,) = episodes([], record)
    assert (one.begin, one.begin_known, one.end, one.tasks) == (hour(1), True, None, 7)
    (one,) = episodes(
        [line(2, "restore", "RESTORE_STARTED"), line(3, "close", "RESTORED")], replace(RESTORED, event=event)
    )
    assert (one.begin, one.begin_known, one.end) == (hour(1), True, hour(3))


def test_a_begin_and_an_end_that_nothing_tells_are_at_least() -> None:
    lines = [line(2, "restore", "RESTORE_STARTED", after=str(SPOT)), line(3, "close", "RESTORED")]
    (one,) = episodes(lines, NEVER)
    assert (one.begin, one.begin_known, one.end, one.baseline) == (hour(2), False, hour(3), SPOT)
    # Somebody restored it by hand, and it failed over anew.
    first, second = episodes([moved(1), moved(5), line(6, "close", "RESTORED")], RESTORED)
    assert (first.end, first.end_known) == (hour(1), False)
    assert (second.begin, second.end) == (hour(5), hour(6))
    (closed,) = episodes([line(3, "close", "RESTORED")], replace(RESTORED, event={"time": "once"}))
    assert (closed.begin, closed.begin_known) == (hour(3), False)


def test_an_end_that_no_function_logged_is_in_the_record() -> None:
    (one,) = episodes([moved(1)], RESTORED)
    assert (one.end, one.end_known) == (hour(3), True)
    (one,) = episodes([moved(5)], RESTORED)
    assert (one.end, one.end_known) == (hour(5), False)


def test_strategies_are_read_as_logs_write_them() -> None:
    for each in (SPOT, MIXED):
        assert strategy_of(str(each)) == each
    assert strategy_of("(none)") == strategy_of("") == NO_STRATEGY


PERIOD = Period(hour(0), hour(10))
PRICES = Prices(on_demand=0.10, spot=0.03)


def figures(*lines: dict[str, Any], strategy: Any = SPOT, tasks: int | None = 4) -> Figures:
    found = tuple(episodes(lines, replace(RESTORED, baseline=strategy)))
    return of_service(History(WEB, found, strategy, tasks), PERIOD, SPOT_ONLY, PRICES)


def test_hours_shares_and_costs() -> None:
    one = figures(moved(2), line(4, "close", "RESTORED"))
    assert (one.fallback_hours, one.failovers, one.at_least) == (2, 1, False)
    assert (one.spot_task_hours, one.on_demand_task_hours, one.moved_task_hours) == (32, 8, 8)
    assert one.spot_share == pytest.approx(0.8)
    assert one.cost == pytest.approx(32 * 0.03 + 8 * 0.10)
    assert one.saving == pytest.approx(32 * 0.07)
    assert one.shortfall_minutes == pytest.approx(3)


def test_a_strategy_that_has_on_demand_of_its_own() -> None:
    assert spot_tasks(MIXED, 5, SPOT_ONLY) == 3  # one of base, then one to three
    one = figures(moved(2, before=str(MIXED), desired=5), line(4, "close", "RESTORED"), strategy=MIXED, tasks=5)
    assert (one.spot_task_hours, one.on_demand_task_hours, one.moved_task_hours) == (24, 26, 6)


def test_only_what_is_within_the_period_counts() -> None:
    one = figures(moved(-5), line(1, "close", "RESTORED"), moved(8), line(20, "close", "RESTORED"))
    assert (one.fallback_hours, one.failovers) == (3, 1)
    outside = figures(moved(-5), line(-1, "close", "RESTORED"))
    assert (outside.fallback_hours, outside.failovers, outside.spot_task_hours) == (0, 0, 40)


def test_the_count_at_the_failover_goes_before_today_s() -> None:
    one = figures(moved(2, desired=10), line(4, "close", "RESTORED"))
    assert (one.moved_task_hours, one.spot_task_hours) == (20, 32)
    gone = figures(moved(2, desired=10), line(4, "close", "RESTORED"), tasks=None)
    assert (gone.moved_task_hours, gone.spot_task_hours) == (20, 80)


def test_what_is_not_known_is_not_invented() -> None:
    one = figures(moved(2, desired=None, event_time=None), line(4, "close", "RESTORED"), tasks=None)
    assert (one.spot_task_hours, one.spot_share, one.cost, one.saving) == (None, None, None, None)
    assert (one.fallback_hours, one.failovers, one.shortfall_minutes, one.shortfalls_unknown) == (2, 1, 0, 1)
    whole = figures(moved(2), line(4, "close", "RESTORED"))
    both = total([(WEB, whole), (API, one)])
    assert (both.services, both.unknown, both.figures.failovers) == (2, [API], 2)
    assert (both.figures.spot_task_hours, both.figures.cost) == (32, whole.cost)
    assert total([(API, one)]).figures.spot_task_hours is None


def test_without_prices_there_is_no_cost() -> None:
    one = of_service(History(WEB, (), SPOT, 4), PERIOD, SPOT_ONLY, None)
    assert (one.cost, one.saving, one.spot_share) == (None, None, 1)
