from __future__ import annotations

from typing import Any

from demo.expectations import ALL_ON_DEMAND
from demo.outcome import Outcome, outcome
from demo.reading import read
from demo.services import PURE_SPOT
from tests.demo import story


def of_web(raw: dict[str, Any] | None = None) -> Outcome:
    return outcome(read(raw or story.raw()), story.WEB)


def test_a_service_that_fails_over_and_comes_back() -> None:
    web = of_web()

    assert (web.before, web.during, web.after) == (PURE_SPOT, ALL_ON_DEMAND, PURE_SPOT)
    assert web.to_failover == 40
    assert web.restore_at == story.LOSS + 420
    assert web.to_restore == 1620 - 1500
    assert web.steady_at == story.LOSS + 1530
    assert web.phase == "closed"


def test_lowest_running_and_missing_time_count_all_capacity_since_the_loss() -> None:
    web = of_web()

    assert web.lowest == 3  # between 120 s, when the last Spot task ends, and 130 s; the start from 0 is not counted
    assert web.missing == 10.0


def test_a_service_that_stays_short_misses_tasks_for_the_whole_time() -> None:
    legacy = outcome(read(story.raw()), story.LEGACY)

    assert legacy.lowest == 0
    assert legacy.missing == 2 * (1530 - 120)
    assert (legacy.updates, legacy.during, legacy.to_restore) == ((), None, None)


def test_changes_by_others_are_not_the_automations() -> None:
    raw = story.raw()
    for update in raw["service_updates"]:
        update["principal_arn"] = story.TEAM

    web = of_web(raw)

    assert web.updates == ()
    assert web.to_failover is None


def test_a_restore_before_the_failover_proves_nothing() -> None:
    raw = story.raw()
    raw["decisions"] = [story.decision(story.WEB, 30, "close", "RESTORED")]

    assert of_web(raw).proven_at is None


def test_a_service_that_is_short_at_the_end_is_not_steady() -> None:
    raw = story.raw()
    raw["timeline"]["services"][0]["points"][-1]["running"] = {"FARGATE_SPOT": 3}

    assert of_web(raw).steady_at is None


def test_forced_deployments_on_an_unchanged_strategy_are_redeployments() -> None:
    raw = story.raw()
    forced = raw["service_updates"][2]
    raw["service_updates"][2:] = [{**forced, "strategy": story.SPOT}, {**forced, "strategy": None}]

    web = of_web(raw)

    assert web.redeployments == 2
    assert web.during is None


def test_a_failover_and_its_restore_are_no_redeployments() -> None:
    assert of_web().redeployments == 0
