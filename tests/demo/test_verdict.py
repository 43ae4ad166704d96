from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from demo import expectations, services
from demo.accounting import account
from demo.expectations import ALL_ON_DEMAND, MOVED, Expectation
from demo.outcome import outcome
from demo.reading import read
from demo.strategy import Item
from demo.verdict import judge, judge_events
from tests.demo import story

MOVES = Expectation(story.WEB, "all on Spot", ALL_ON_DEMAND, reasons=MOVED)
STAYS = Expectation(story.LEGACY, "opted out", reasons=(frozenset({"OUT_OF_SCOPE"}),))


def failures(expected: Expectation, raw: dict[str, Any]) -> str:
    return " ".join(judge(expected, outcome(read(raw), expected.service)).failures)


def test_the_story_as_it_should_be() -> None:
    assert failures(MOVES, story.raw()) == ""
    assert failures(STAYS, story.raw()) == ""
    assert judge_events(account(read(story.raw()))) == []


def no_permission(raw: dict[str, Any]) -> None:
    raw["service_updates"] = raw["service_updates"][:2]


def wrong_fallback(raw: dict[str, Any]) -> None:
    raw["service_updates"][2]["strategy"] = [{"capacityProvider": "FARGATE", "weight": 10}]


def late(raw: dict[str, Any]) -> None:
    raw["service_updates"][2]["time"] = story.LOSS + 400


def no_restore(raw: dict[str, Any]) -> None:
    del raw["service_updates"][3]


def not_proven(raw: dict[str, Any]) -> None:
    del raw["decisions"][-1]


def other_strategy_in_the_end(raw: dict[str, Any]) -> None:
    raw["timeline"]["services"][0]["points"][-1]["strategy"] = story.FALLBACK


def record_left_open(raw: dict[str, Any]) -> None:
    raw["records"][0]["phase"] = "proving"


def switched_twice(raw: dict[str, Any]) -> None:
    raw["service_updates"].insert(3, dict(raw["service_updates"][2], time=story.LOSS + 100))


def short_in_the_end(raw: dict[str, Any]) -> None:
    raw["timeline"]["services"][0]["points"][-1]["running"] = {"FARGATE_SPOT": 3}


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (no_permission, "should have failed over to FARGATE_SPOT 0, FARGATE 10"),
        (wrong_fallback, "failed over to FARGATE 10, not to FARGATE_SPOT 0, FARGATE 10"),
        (late, "failed over 6 min 40 s after the loss, not within 5 min 00 s"),
        (no_restore, "was never restored to FARGATE_SPOT 1"),
        (not_proven, "the restore was never proven"),
        (other_strategy_in_the_end, "ended on FARGATE_SPOT 0, FARGATE 10, not on its own FARGATE_SPOT 1"),
        (record_left_open, "has a record in phase proving at the end"),
        (switched_twice, "was set to FARGATE_SPOT 0, FARGATE 10 twice in a row"),
        (short_in_the_end, "does not run its desired tasks"),
    ],
)
def test_each_thing_that_goes_wrong_has_a_sentence_that_names_the_service(
    spoil: Callable[[dict[str, Any]], None], sentence: str
) -> None:
    raw = story.raw()
    spoil(raw)

    told = failures(MOVES, raw)

    assert sentence in told
    assert "shop/web (111111111111, us-east-1)" in told


def test_a_service_that_was_to_be_left_alone_must_not_be_updated() -> None:
    told = failures(Expectation(story.WEB, "opted out"), story.raw())

    assert "was to be left alone, but the automation updated it: FARGATE_SPOT 0, FARGATE 10; FARGATE_SPOT 1" in told


def test_the_number_of_redeployments_is_exact() -> None:
    assert "was redeployed 0 times" in failures(replace(STAYS, redeployments=1), story.raw())


def test_a_missing_reason_is_told_with_those_that_there_are() -> None:
    told = failures(replace(STAYS, reasons=(frozenset({"HELD", "DISABLED"}),)), story.raw())

    assert "no decision with the reason DISABLED or HELD" in told
    assert "OUT_OF_SCOPE" in told


def test_dead_letters_lost_deliveries_and_silence_fail_the_run() -> None:
    accounts = account(read(story.raw()))

    assert "2 messages" in judge_events(replace(accounts, dead_letters=2))[0]
    assert "refused or dropped" in judge_events(replace(accounts, undelivered=1))[0]
    assert "e9" in judge_events(replace(accounts, unaccounted=("e9",)))[0]
    assert "No event reached" in judge_events(replace(accounts, arrived={}))[0]


@pytest.mark.parametrize(
    ("created", "expected"),
    [
        (services.FAILOVER, expectations.FAILOVER),
        (services.INTERRUPTION, expectations.INTERRUPTION),
    ],
)
def test_every_service_has_an_expectation(
    created: tuple[services.Service, ...], expected: tuple[Expectation, ...]
) -> None:
    assert [service.id for service in created] == [expectation.service for expectation in expected]


def test_the_mixed_service_keeps_its_base_on_the_fallback() -> None:
    assert Item("FARGATE", 10, base=1) in expectations.MIXED_ON_DEMAND
