from __future__ import annotations

from demo.accounting import account
from demo.reading import read
from tests.demo import story


def test_every_event_is_counted_once_by_how_it_ended() -> None:
    accounts = account(read(story.raw()))

    assert accounts.total == 3
    assert accounts.acted == {"FAILED_OVER": 1}
    assert accounts.ignored == {"OUT_OF_SCOPE": 1, "STALE_EVENT": 1}
    assert accounts.unaccounted == ()


def test_an_event_delivered_twice_is_one_event() -> None:
    raw = story.raw()
    raw["deliveries"].append(story.delivery("e1", 50))
    raw["decisions"].append(story.decision(story.WEB, 51, "ignore", "STALE_EVENT", "e1"))

    accounts = account(read(raw))

    assert accounts.total == 3
    assert accounts.acted == {"FAILED_OVER": 1}


def test_what_observe_mode_would_have_done_is_neither_acted_on_nor_ignored() -> None:
    raw = story.raw()
    raw["decisions"][2] = story.decision(story.LEGACY, 42, "would_fail_over", "FAILED_OVER", "e3")

    accounts = account(read(raw))

    assert accounts.observed == {"FAILED_OVER": 1}
    assert accounts.ignored == {"STALE_EVENT": 1}


def test_events_without_a_final_decision_are_unaccounted() -> None:
    raw = story.raw()
    raw["deliveries"].append(story.delivery("e4", 50))
    raw["decisions"] = [decision for decision in raw["decisions"] if decision["reason"] != "STALE_EVENT"]

    assert account(read(raw)).unaccounted == ("e2", "e4")


def test_what_arrives_after_the_end_is_no_event_of_the_run() -> None:
    raw = story.raw()
    raw["deliveries"] += [story.delivery("e4", 2400), story.delivery("e5", 2401)]

    assert account(read(raw)).unaccounted == ("e4",)


def test_deliveries_elsewhere_are_no_events_of_the_automation_but_refused_ones_are_told() -> None:
    raw = story.raw()
    raw["deliveries"].append(story.delivery("e5", 10, "denied", "arn:aws:events:us-east-1:123456789012:event-bus/x"))

    accounts = account(read(raw))

    assert accounts.total == 3
    assert accounts.undelivered == 1


def test_dead_letters_of_all_queues_are_added_up() -> None:
    raw = story.raw()
    raw["dead_letters"] = {"one": 2, "other": 1}

    assert account(read(raw)).dead_letters == 3
