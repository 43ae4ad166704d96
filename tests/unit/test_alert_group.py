"""Alerts of one reason, account and Region: told together, once per service and day, once an hour at most."""

from __future__ import annotations

from datetime import timedelta

from spot_failover.core.alert_group import MOST_WAITING, PAUSE, TOLD_AGAIN_AFTER, AlertGroup, AlertKey
from tests.doubles.clock import START

GROUP = AlertGroup(AlertKey("111111111111", "us-east-1", "FALLBACK_SHORT"))


def test_nothing_waits_at_first() -> None:
    assert GROUP.due_at is None


def test_the_first_is_due_at_once() -> None:
    noted = GROUP.noted({"shop/web": "why"}, START)
    assert noted.waiting == {"shop/web": "why"}
    assert noted.due_at is not None
    assert noted.due_at < START


def test_what_waits_is_not_noted_twice() -> None:
    noted = GROUP.noted({"shop/web": "why"}, START)
    assert noted.noted({"shop/web": "why"}, START) is noted


def test_what_was_told_is_told_again_after_a_day() -> None:
    sent = GROUP.noted({"shop/web": ""}, START).sent(["shop/web"], 0, START)
    assert (sent.waiting, sent.due_at) == ({}, None)
    assert sent.noted({"shop/web": ""}, START + TOLD_AGAIN_AFTER - timedelta(seconds=1)) is sent
    assert sent.noted({"shop/web": ""}, START + TOLD_AGAIN_AFTER).waiting == {"shop/web": ""}


def test_others_wait_for_an_hour() -> None:
    sent = GROUP.noted({"shop/web": ""}, START).sent(["shop/web"], 0, START)
    assert sent.noted({"shop/api": ""}, START + timedelta(minutes=1)).due_at == START + PAUSE


def test_what_came_while_it_was_told_still_waits() -> None:
    noted = GROUP.noted({"shop/web": ""}, START).noted({"shop/api": ""}, START)
    sent = noted.sent(["shop/web"], 0, START)
    assert (sent.waiting, sent.expires_at) == ({"shop/api": ""}, None)


def test_of_very_many_only_the_number_is_kept() -> None:
    noted = GROUP.noted({f"shop/s{number}": "" for number in range(MOST_WAITING + 3)}, START)
    assert (len(noted.waiting), noted.more) == (MOST_WAITING, 3)
    sent = noted.sent(list(noted.waiting), 3, START)
    assert (sent.more, sent.due_at) == (0, None)
