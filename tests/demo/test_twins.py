from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from demo.accounting import account
from demo.outcome import Outcome, outcome
from demo.reading import read
from demo.verdict import judge
from tests.demo import story, twin_story
from tests.demo.twin_story import LOSS, TWIN, WEB


def of_web(raw: dict[str, Any] | None = None) -> Outcome:
    return outcome(read(raw or twin_story.raw()), WEB, TWIN)


def failures(raw: dict[str, Any]) -> str:
    return " ".join(judge(twin_story.EXPECTED, of_web(raw)).failures)


def test_the_story_as_it_should_be() -> None:
    raw = twin_story.raw()

    assert failures(raw) == ""
    assert account(read(raw)).acted == {"TWIN_RAISED": 1}


def test_times_and_counts_of_a_twin() -> None:
    web = of_web()

    assert web.twin is not None
    assert (web.twin.peak, web.twin.to_raise, web.twin.left) == (3, 5, 0)
    assert web.to_failover == 5
    assert web.to_restore == web.twin.to_zero == 2800 - 1500
    assert [(each.at - LOSS, each.lacking, each.carried) for each in web.twin.carried] == [(1500, 3, 3)]


def test_tasks_of_both_count_together() -> None:
    web = of_web()

    assert web.lowest == 5
    assert web.missing == 0
    assert max(point.total for point in web.points) == 8
    assert outcome(read(twin_story.raw()), WEB).lowest == 2


def test_the_load_balancer_lacks_what_the_interruption_took_until_the_twin_is_healthy() -> None:
    balance = of_web().balance

    assert balance is not None
    assert balance.broken == ()
    assert (balance.lowest, balance.healthy_in) == (2, 45)
    assert balance.missing == pytest.approx(3 * 45, abs=0.1)
    assert {(point.at - LOSS, point.lost) for point in balance.points if point.at - LOSS in {0, 60, 120}} == {
        (0, 3),
        (60, 3),
        (120, 0),
    }


def test_a_service_behind_no_load_balancer_has_no_balance() -> None:
    assert outcome(read(story.raw()), story.WEB).balance is None


def targets(after: float, healthy: int) -> Callable[[dict[str, Any]], None]:
    """From then on, and until the next change, so many targets are healthy."""

    def spoil(raw: dict[str, Any]) -> None:
        (group,) = raw["timeline"]["target_groups"]
        group["points"] = sorted(
            [*group["points"], {"t": LOSS + after, "healthy": healthy, "initial": 0, "unhealthy": 0, "draining": 0}],
            key=lambda point: float(point["t"]),
        )

    return spoil


def never_raised(raw: dict[str, Any]) -> None:
    raw["service_updates"] = []


def late(raw: dict[str, Any]) -> None:
    raw["service_updates"][0]["time"] = LOSS + 61


def too_many(raw: dict[str, Any]) -> None:
    raw["service_updates"][0]["desired"] = 4


def too_few_at_the_end_of_the_shortage(raw: dict[str, Any]) -> None:
    raw["timeline"]["services"][1]["points"][2]["desired"] = 2


def redeployed(raw: dict[str, Any]) -> None:
    raw["service_updates"][1]["force_new_deployment"] = True


def never_back(raw: dict[str, Any]) -> None:
    del raw["service_updates"][-1]


def still_running(raw: dict[str, Any]) -> None:
    raw["timeline"]["services"][1]["points"][-1]["running"] = {"FARGATE": 1}


def at_once(raw: dict[str, Any]) -> None:
    del raw["service_updates"][1:3]


def primary_changed(raw: dict[str, Any]) -> None:
    raw["service_updates"].append({**raw["service_updates"][-1], "service": "web", "desired": 5})


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (targets(20, 1), "had 1 healthy target at +0:00:20, less than the least allowed, 2: 5 desired, 3 lost"),
        (targets(119, 4), "had 4 healthy targets at +0:02:00, less than the least allowed, 5: 5 desired, 0 lost"),
        (targets(2000, 4), "had 4 healthy targets at +0:33:20, less than the least allowed, 5"),
        (never_raised, "should have been carried by web-twin, but the automation never gave it a task"),
        (late, "was carried by web-twin 1 min 01 s after the loss, not within 1 min 00 s"),
        (too_many, "has a twin web-twin that was asked for 4 tasks, not for 3"),
        (too_few_at_the_end_of_the_shortage, "lacked 3 tasks of Spot at the end of a shortage; web-twin had 2"),
        (redeployed, "has a twin web-twin that the automation redeployed"),
        (never_back, "has a twin web-twin that was not brought back to 0"),
        (still_running, "has a twin web-twin that was not brought back to 0: 1 task left"),
        (at_once, "has a twin web-twin that went to 0 at once, not in steps"),
        (primary_changed, "(a twin) was to be left alone, but the automation updated it"),
    ],
)
def test_what_goes_wrong_is_told(spoil: Callable[[dict[str, Any]], None], said: str) -> None:
    raw = twin_story.raw()
    spoil(raw)

    assert said in failures(raw)


def test_a_load_balancer_that_never_had_a_target_is_told() -> None:
    raw = twin_story.raw()
    raw["timeline"]["target_groups"] = []

    assert "had 0 healthy targets at +0:00:00, less than the least allowed, 2" in failures(raw)
