"""Policies on a day that was made up: Spot for four hours, none for two, and again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from spotctl.simulation import contenders, others
from spotctl.simulation.contenders import Contender
from spotctl.simulation.owners import Owners
from spotctl.simulation.product import Installation
from spotctl.simulation.run import Result, Scenario, run
from spotctl.simulation.traces import Step, Trace

HOUR = 3600.0
DAY = Trace("1node_made_up", 1, (Step(1, 4 * HOUR), Step(0, 2 * HOUR), Step(1, 6 * HOUR)))
PARTLY = Trace("4node_made_up", 4, (Step(4, 4 * HOUR), Step(2, 4 * HOUR), Step(4, 4 * HOUR)))
STILL = Scenario(owners=Owners(releases=0, swing=0))
TASKS = sum(STILL.sizes)


def on(trace: Trace, contender: Contender, scenario: Scenario = STILL) -> Result:
    return run(trace, contender, scenario)


def failovers(result: Result) -> dict[str, int]:
    """Those that began, by their reasons."""
    told = {
        reason.removeprefix("fail_over "): count for reason, count in result.reasons.items() if "fail_over" in reason
    }
    return {reason: count for reason, count in told.items() if not reason.startswith("RESTORE")}


def never_back() -> Contender:
    return contenders.switcher("one way", others.never)


def test_doing_nothing_lacks_every_task_until_spot_is_back() -> None:
    result = on(DAY, contenders.NOTHING)
    assert result.missing == pytest.approx(TASKS * 2 * HOUR, rel=0.02)
    assert result.zero == pytest.approx(4 * 2 * HOUR, rel=0.02)
    assert (result.shortages, result.deployments) == (4, 0)


def test_doing_nothing_lacks_what_half_a_pool_can_t_carry() -> None:
    result = on(PARTLY, contenders.NOTHING)
    assert result.missing == pytest.approx(TASKS / 2 * 4 * HOUR, rel=0.02)


def test_always_on_demand_costs_one_a_task_and_lacks_nothing() -> None:
    result = on(DAY, contenders.ALWAYS_ON_DEMAND)
    assert (result.missing, result.spot) == (0, 0)
    assert result.cost == result.desired == TASKS * 12 * HOUR


def test_the_optimum_pays_for_on_demand_while_spot_lacks_and_no_longer() -> None:
    assert on(DAY, contenders.NOTHING).bound == pytest.approx(TASKS * HOUR * (10 * 0.3 + 2))
    assert on(PARTLY, contenders.NOTHING).bound == pytest.approx(TASKS * HOUR * (10 * 0.3 + 2))


def test_one_way_stays_on_demand() -> None:
    result = on(DAY, never_back())
    assert result.deployments == 4
    assert result.on_demand == pytest.approx(TASKS * 8 * HOUR, rel=0.02)


@pytest.mark.parametrize("contender", [contenders.BALANCED, contenders.CHEAPEST, contenders.CALM])
def test_the_product_fails_over_in_time_and_comes_back(contender: Contender) -> None:
    result = on(DAY, contender)
    assert result.missing == 0
    assert result.reasons["fail_over FAILED_OVER"] == 4
    assert result.reasons["close RESTORED"] == 4
    assert result.undone == 0
    assert result.bound < result.cost < on(DAY, never_back()).cost


def test_a_restore_in_half_a_pool_waits_with_a_part_of_its_tasks_on_spot() -> None:
    result = on(PARTLY, contenders.BALANCED)
    assert result.missing == 0
    assert result.over_bound < 1.25
    assert result.reasons["wait RESTORE_WAITING"] > 20


def test_the_twin_carries_what_lacks_without_a_deployment() -> None:
    result = on(PARTLY, contenders.TWIN)
    assert (result.deployments, result.undone) == (0, 0)
    assert result.missing < 0.01 * on(PARTLY, contenders.NOTHING).missing
    assert result.over_bound < 1.25


def test_where_no_placement_failure_is_told_the_look_after_a_notice_does_it() -> None:
    result = on(DAY, contenders.BALANCED, replace(STILL, installation=Installation(lost_failures=1.0)))
    assert failovers(result) == {"INTERRUPTED_SHORT": 2, "INTERRUPTION_STORM": 2}
    assert result.missing < 0.01 * on(DAY, contenders.NOTHING).missing


def test_where_nothing_at_all_is_told_the_sweep_does_it() -> None:
    result = on(DAY, contenders.BALANCED, replace(STILL, installation=Installation(lost=1.0)))
    assert result.reasons["fail_over SILENT_SHORTAGE"] == 4
    assert result.missing == pytest.approx(TASKS * 14 * 60, rel=0.35)


def test_a_restore_at_every_minute_never_gets_a_service_whole() -> None:
    eager = contenders.switcher("eager", others.EVERY_MINUTE)
    assert on(DAY, eager).missing > 0.9 * on(DAY, contenders.NOTHING).missing


def test_more_services_than_the_quota_serves_at_once_are_switched_all_the_same() -> None:
    crowd = replace(STILL, sizes=(1,) * 60)
    result = on(DAY, contenders.BALANCED, crowd)
    assert result.throttled > 0
    assert sum(failovers(result).values()) == 60
    assert result.undone == 0
    assert result.missing < 0.02 * on(DAY, contenders.NOTHING, crowd).missing


def test_the_same_run_gives_the_same_figures_whoever_the_owners_are() -> None:
    busy = Scenario(owners=Owners(releases=8))
    first, second = (on(PARTLY, contenders.BALANCED, busy) for _ in range(2))
    assert first == second
    assert first != on(PARTLY, contenders.BALANCED, replace(busy, seed=2))
