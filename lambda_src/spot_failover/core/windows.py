"""When a service may be restored: `Mon-Fri 22:00-06:00 +01:00`, days and offset optional."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WINDOW = re.compile(
    r"(?:(?P<first>[a-z]{3})(?:-(?P<last>[a-z]{3}))? )?"
    r"(?P<from>[01]\d:[0-5]\d|2[0-3]:[0-5]\d)-(?P<to>[01]\d:[0-5]\d|2[0-3]:[0-5]\d|24:00)"
    r"(?: (?P<offset>[+-](?:0\d|1[0-4]):[0-5]\d))?"
)


@dataclass(frozen=True)
class Window:
    """A span of the day on some days of the week. One that ends before it begins reaches into the next day."""

    days: frozenset[int]
    """Days on which it begins, 0 for Monday."""
    begin: int
    """Minutes after midnight."""
    end: int
    offset: timezone

    @classmethod
    def parse(cls, text: str) -> Window:
        """Read a window.

        Raises
        ------
        ValueError
            Says what a window looks like.
        """
        match = _WINDOW.fullmatch(text.strip().lower())
        if match is None:
            raise ValueError(f"{text!r} is no window; one looks like 22:00-06:00, or Mon-Fri 22:00-06:00 +01:00")
        first, last = match["first"], match["last"] or match["first"]
        if first is not None and (first not in _DAYS or last not in _DAYS):
            raise ValueError(f"{text!r} is no window: a day is one of {', '.join(day.title() for day in _DAYS)}")
        begin, end = _minutes(match["from"]), _minutes(match["to"])
        if begin == end:
            raise ValueError(f"{text!r} is no window: it ends when it begins")
        return cls(_span(first, last), begin, end, _offset(match["offset"]))

    def holds(self, now: datetime) -> bool:
        """Whether a moment lies within."""
        local = now.astimezone(self.offset)
        minute = local.hour * 60 + local.minute
        if self.begin < self.end:
            return local.weekday() in self.days and self.begin <= minute < self.end
        yesterday = (local.weekday() - 1) % 7
        return (local.weekday() in self.days and minute >= self.begin) or (yesterday in self.days and minute < self.end)

    def next_begin(self, now: datetime) -> datetime:
        """When it begins next, after now."""
        local = now.astimezone(self.offset)
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
        begins = (midnight + timedelta(days=day, minutes=self.begin) for day in range(9))
        return next(begin for begin in begins if begin > local and begin.weekday() in self.days)


def _span(first: str | None, last: str | None) -> frozenset[int]:
    if first is None or last is None:
        return frozenset(range(7))
    begin, length = _DAYS.index(first), (_DAYS.index(last) - _DAYS.index(first)) % 7
    return frozenset((begin + day) % 7 for day in range(length + 1))


def _minutes(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def _offset(text: str | None) -> timezone:
    if text is None:
        return timezone(timedelta())
    sign = -1 if text[0] == "-" else 1
    return timezone(sign * timedelta(minutes=_minutes(text[1:])))
