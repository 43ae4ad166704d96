"""Alerts of one reason, account and Region: told together, once per service and day, once an hour at most."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from spot_failover.core.alert_group import AlertGroup, AlertKey
from spot_failover.core.record import Lease
from tests.doubles.clock import START

GROUP = AlertGroup(AlertKey("111111111111", "us-east-1", "FALLBACK_SHORT"))
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
LEASE = Lease("tick-1", START + timedelta(minutes=2))


def named(first: int, many: int) -> dict[str, str]:
    """Alerts of so many services."""
    return {f"shop/s{number:03}": "" for number in range(first, first + many)}


def test_nothing_waits_at_first() -> None:
    assert GROUP.due_at is None
    assert GROUP.version == 0


def test_the_first_is_due_at_once() -> None:
    noted = GROUP.noted({"shop/web": "why"}, START)
    assert noted.waiting == {"shop/web": "why"}
    assert noted.due_at == datetime(1970, 1, 1, tzinfo=UTC)


def test_what_waits_is_not_noted_twice() -> None:
    noted = GROUP.noted({"shop/web": "why"}, START)
    assert noted.noted({"shop/web": "why"}, START) is noted


def test_what_was_told_is_told_again_after_a_day() -> None:
    sent = GROUP.noted({"shop/web": ""}, START).sent(["shop/web"], 0, START)
    assert (sent.waiting, sent.due_at) == ({}, None)
    assert sent.noted({"shop/web": ""}, START + DAY - SECOND) is sent
    again = sent.noted({"shop/web": ""}, START + DAY)
    assert again == replace(GROUP, waiting={"shop/web": ""}, sent_at=START)


def test_others_wait_for_an_hour() -> None:
    sent = GROUP.noted({"shop/web": ""}, START).sent(["shop/web"], 0, START)
    assert sent.noted({"shop/api": ""}, START + timedelta(minutes=1)).due_at == START + HOUR


def test_what_came_while_it_was_told_still_waits() -> None:
    noted = GROUP.noted({"shop/web": ""}, START).noted({"shop/api": ""}, START)
    sent = noted.sent(["shop/web"], 0, START)
    assert (sent.waiting, sent.expires_at) == ({"shop/api": ""}, None)


def test_what_was_told_is_forgotten_two_days_after_the_last_message() -> None:
    told = replace(GROUP, waiting={"shop/web": ""}, told={"shop/old": START - DAY}, lease=LEASE)
    assert told.sent(["shop/web"], 0, START) == replace(
        GROUP, told={"shop/web": START}, sent_at=START, expires_at=START + 2 * DAY
    )


def test_a_group_with_something_to_tell_is_not_forgotten() -> None:
    sent = replace(GROUP, told={"shop/web": START}, sent_at=START, expires_at=START + 2 * DAY)
    assert sent.noted({"shop/api": "why"}, START + HOUR) == replace(sent, waiting={"shop/api": "why"}, expires_at=None)


def test_who_tells_holds_the_group_until_it_was_told_or_could_not_be() -> None:
    noted = GROUP.noted({"shop/web": ""}, START)
    telling = noted.telling(LEASE)
    assert telling == replace(noted, lease=LEASE)
    assert telling.not_sent() == noted
    assert telling.sent(["shop/web"], 0, START).lease is None


def test_of_a_long_note_the_beginning_is_kept() -> None:
    assert GROUP.noted({"shop/web": "x" * 301}, START).waiting == {"shop/web": "x" * 300}


def test_of_very_many_only_the_number_is_kept() -> None:
    noted = GROUP.noted(named(0, 150), START).noted(named(150, 53), START)
    assert (noted.waiting, noted.more) == (named(0, 200), 3)
    further = noted.noted(named(300, 2), START)
    assert (further.waiting, further.more) == (named(0, 200), 5)


def test_the_number_is_told_with_the_names_and_what_came_meanwhile_an_hour_later() -> None:
    noted = GROUP.noted(named(0, 205), START)
    sent = noted.sent(list(noted.waiting), 3, START)
    assert (sent.waiting, sent.more, sent.due_at, sent.expires_at) == ({}, 2, START + HOUR, None)
    rest = sent.sent([], 2, START + HOUR)
    assert (rest.more, rest.due_at, rest.expires_at) == (0, None, START + HOUR + 2 * DAY)


def test_of_those_that_were_told_of_the_last_400_are_known() -> None:
    group, names = GROUP, list(named(0, 600))[::-1]
    for hour in range(3):
        group = group.noted(dict.fromkeys(names[200 * hour : 200 * (hour + 1)], ""), START + hour * HOUR)
        group = group.sent(list(group.waiting), 0, START + hour * HOUR)
    again = replace(group, told=dict(sorted(group.told.items()))).noted({"shop/x": ""}, START + 3 * HOUR)
    assert list(group.told) == names[200:]
    assert list(again.sent(["shop/x"], 0, START + 3 * HOUR).told)[-1] == "shop/x"
    assert again.sent(["shop/x"], 0, START + 3 * HOUR).told.keys() >= set(names[400:])
