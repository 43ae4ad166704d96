"""Restore windows: days, midnight, offsets, and what can't be read."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from spot_failover.core.windows import Window


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("window", "within", "without"),
    [
        # 2026-03-01 is a Sunday.
        ("09:00-17:00", "2026-03-01T09:00:00Z", "2026-03-01T08:59:59Z"),
        ("09:00-17:00", "2026-03-01T16:59:59Z", "2026-03-01T17:00:00Z"),
        ("22:00-06:00", "2026-03-01T22:00:00Z", "2026-03-01T21:59:59Z"),
        ("22:00-06:00", "2026-03-01T05:59:59Z", "2026-03-01T06:00:00Z"),
        ("22:00-24:00", "2026-03-01T23:59:59Z", "2026-03-02T00:00:00Z"),
        ("Mon-Fri 09:00-17:00", "2026-03-02T12:00:00Z", "2026-03-01T12:00:00Z"),
        ("Mon-Fri 09:00-17:00", "2026-03-06T12:00:00Z", "2026-03-07T12:00:00Z"),
        ("Sat 09:00-17:00", "2026-03-07T12:00:00Z", "2026-03-08T12:00:00Z"),
        ("Sat-Mon 09:00-17:00", "2026-03-02T12:00:00Z", "2026-03-03T12:00:00Z"),
        ("Sat-Mon 09:00-17:00", "2026-03-07T12:00:00Z", "2026-03-06T12:00:00Z"),
        # It reaches into the day after the last, and not into the first day from the day before.
        ("Mon-Fri 22:00-06:00", "2026-03-07T05:59:59Z", "2026-03-07T22:00:00Z"),
        ("Mon-Fri 22:00-06:00", "2026-03-02T22:00:00Z", "2026-03-02T05:59:59Z"),
        ("Sun 22:00-06:00", "2026-03-02T03:00:00Z", "2026-03-01T03:00:00Z"),
        ("09:00-17:00 +01:00", "2026-03-01T08:00:00Z", "2026-03-01T16:00:00Z"),
        ("09:00-17:00 -05:30", "2026-03-01T14:30:00Z", "2026-03-01T14:29:59Z"),
        ("09:00-17:00 +10:00", "2026-02-28T23:00:00Z", "2026-03-01T07:00:00Z"),
        # Where the window is, it is Monday already.
        ("Mon 00:00-02:00 +09:00", "2026-03-01T15:30:00Z", "2026-03-02T00:30:00Z"),
        (" mon-FRI 09:00-17:00 ", "2026-03-02T12:00:00+00:00", "2026-03-01T12:00:00+00:00"),
        ("09:00-17:00", "2026-03-01T10:00:00+01:00", "2026-03-01T09:30:00+01:00"),
    ],
)
def test_what_lies_within(window: str, within: str, without: str) -> None:
    assert Window.parse(window).holds(at(within))
    assert not Window.parse(window).holds(at(without))


def test_a_whole_day_holds_always() -> None:
    window = Window.parse("00:00-24:00")
    assert all(window.holds(at("2026-03-01T00:00:00Z") + timedelta(minutes=minute)) for minute in range(0, 11520, 7))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "always",
        "09:00",
        "9:00-17:00",
        "09:00-17:60",
        "09:00-25:00",
        "09:00-24:01",
        "24:00-06:00",
        "09:00-09:00",
        "Mon-Fri",
        "Mon-Fri09:00-17:00",
        "Mon- 09:00-17:00",
        "Mo-Fr 09:00-17:00",
        "Mon-Day 09:00-17:00",
        "Abc 09:00-17:00",
        "Abc-Fri 09:00-17:00",
        "Mon,Tue 09:00-17:00",
        "09:00-17:00 01:00",
        "09:00-17:00 +1:00",
        "09:00-17:00 +15:00",
        "09:00-17:00 Europe/Berlin",
        "09:00-17:00 +01:00 extra",
        "09:00-17:00\n10:00-12:00",
    ],
)
def test_what_cannot_be_read_is_quoted(text: str) -> None:
    with pytest.raises(ValueError, match="is no window") as caught:
        Window.parse(text)
    assert repr(text) in str(caught.value)


@pytest.mark.parametrize(
    ("window", "now", "begin"),
    [
        ("09:00-17:00", "2026-03-01T08:59:59Z", "2026-03-01T09:00:00Z"),
        ("09:00-17:00", "2026-03-01T09:00:00Z", "2026-03-02T09:00:00Z"),
        ("22:00-06:00", "2026-03-01T07:00:00.000001Z", "2026-03-01T22:00:00Z"),
        ("Mon-Fri 09:00-17:00", "2026-03-06T18:00:00Z", "2026-03-09T09:00:00Z"),
        ("Sun 02:00-04:00", "2026-03-01T02:00:00Z", "2026-03-08T02:00:00Z"),
        ("Mon 00:00-02:00 +09:00", "2026-03-01T12:00:00Z", "2026-03-01T15:00:00Z"),
        ("Mon 23:00-24:00 -05:00", "2026-03-03T03:00:00Z", "2026-03-03T04:00:00Z"),
    ],
)
def test_when_it_begins_next(window: str, now: str, begin: str) -> None:
    assert Window.parse(window).next_begin(at(now)) == at(begin)


@pytest.mark.parametrize("text", ["09:00-17:00", "Mon-Fri 22:00-06:00 +01:00", "Wed 00:00-00:30 -11:30"])
def test_at_its_next_begin_it_holds_and_just_before_it_does_not(text: str) -> None:
    window, now = Window.parse(text), at("2026-03-01T00:00:00Z")
    for hours in range(0, 400, 5):
        begin = window.next_begin(now + timedelta(hours=hours))
        assert begin > now + timedelta(hours=hours)
        assert window.holds(begin)
        assert not window.holds(begin - timedelta(seconds=1))


def test_without_days_it_begins_on_every_day_of_the_week() -> None:
    assert Window.parse("09:00-17:00").days == Window.parse("Mon-Sun 09:00-17:00").days == set(range(7))
