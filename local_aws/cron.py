"""Cron expressions of EventBridge and EventBridge Scheduler: six fields.

``cron(minutes hours day-of-month month day-of-week year)``, as the user guides of both have them. Rules are in UTC,
schedules in a time zone of their own.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

_MONTH_NAMES = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAY_NAMES = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES, 1)}
DAYS = {name: number for number, name in enumerate(_DAY_NAMES, 1)}

_FIELDS = re.compile(r"cron\((\S+) (\S+) (\S+) (\S+) (\S+) (\S+)\)")
_ITEM = re.compile(r"(?P<from>\*|\d+)(?:-(?P<to>\d+))?(?:/(?P<step>\d+))?")
_LAST_YEAR = 2199


@dataclass(frozen=True)
class Cron:
    """A parsed expression."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: str
    months: frozenset[int]
    weekdays: str
    years: frozenset[int]

    @classmethod
    def parse(cls, expression: str) -> Cron:
        """Read ``cron(...)``; ``ValueError`` for what EventBridge would refuse."""
        match = _FIELDS.fullmatch(expression)
        if match is None:
            raise ValueError(f"{expression!r} has not the six fields of a cron expression")
        minutes, hours, days, months, weekdays, years = match.groups()
        if (days == "?") == (weekdays == "?"):
            raise ValueError(f"{expression!r} needs ? as either its day of month or its day of week")
        cron = cls(
            _numbers(minutes, 0, 59),
            _numbers(hours, 0, 23),
            days,
            _numbers(_named(months, MONTHS), 1, 12),
            _named(weekdays, DAYS),
            _numbers(years, 1970, _LAST_YEAR),
        )
        cron._days_of(2000, 1)  # refuses what is wrong in the two fields of days
        return cron

    def next_after(self, when: float, zone: tzinfo = UTC) -> float | None:
        """The first whole minute after ``when`` (epoch seconds) that the expression names in ``zone``, or None.

        A time that the clocks leave out in spring is skipped, and one that they pass twice in autumn counts once
        (EventBridge Scheduler user guide, "Daylight savings time on EventBridge Scheduler").
        """
        start = datetime.fromtimestamp(when, zone).replace(second=0, microsecond=0)
        for year in sorted(year for year in self.years if year >= start.year):
            for month in sorted(self.months):
                if (year, month) < (start.year, start.month):
                    continue
                for day in sorted(self._days_of(year, month)):
                    found = self._first_in_day(datetime(year, month, day, tzinfo=zone), start, when)
                    if found is not None:
                        return found
        return None

    def _first_in_day(self, day: datetime, start: datetime, when: float) -> float | None:
        if day.date() < start.date():
            return None
        for hour in sorted(self.hours):
            for minute in sorted(self.minutes):
                wall = day.replace(hour=hour, minute=minute)
                found = first_time(wall) if wall >= start else None
                if found is not None and found > when:
                    return found
        return None

    def _days_of(self, year: int, month: int) -> frozenset[int]:
        last = calendar.monthrange(year, month)[1]
        if self.days == "L":
            return frozenset({last})
        if self.days.endswith("W"):
            return frozenset({_nearest_weekday(year, month, last, self.days[:-1])})
        if self.days != "?":
            return frozenset(day for day in _numbers(self.days, 1, 31) if day <= last)
        of_weekday: dict[int, list[int]] = {number: [] for number in range(1, 8)}
        for day in range(1, last + 1):
            of_weekday[(calendar.weekday(year, month, day) + 1) % 7 + 1].append(day)
        if "#" in self.weekdays:
            weekday, nth = self.weekdays.split("#", 1)
            (number,), (position,) = _numbers(weekday, 1, 7), _numbers(nth, 1, 5)
            return frozenset(of_weekday[number][position - 1 : position])
        if self.weekdays.endswith("L"):
            (number,) = _numbers(self.weekdays[:-1] or "7", 1, 7)
            return frozenset({of_weekday[number][-1]})
        return frozenset(day for number in _numbers(self.weekdays, 1, 7) for day in of_weekday[number])


def first_time(wall: datetime) -> float | None:
    """Epoch seconds at which the clocks of a time zone show ``wall`` first; None when they never do."""
    moment = wall.timestamp()
    shown = datetime.fromtimestamp(moment, wall.tzinfo)
    return moment if shown.replace(fold=0) == wall else None  # of one time zone: compared as the clocks show them


def _nearest_weekday(year: int, month: int, last: int, day: str) -> int:
    """The weekday closest to a day of the month, without leaving the month; ``LW`` is the month's last weekday."""
    (wanted,) = (last,) if day == "L" else _numbers(day, 1, 31)
    wanted = min(wanted, last)
    weekday = calendar.weekday(year, month, wanted)
    if weekday == calendar.SATURDAY:
        return wanted - 1 if wanted > 1 else wanted + 2
    if weekday == calendar.SUNDAY:
        return wanted + 1 if wanted < last else wanted - 2
    return wanted


def _named(field: str, names: dict[str, int]) -> str:
    return re.sub(r"[A-Za-z]{3}", lambda match: str(names.get(match[0].upper(), match[0])), field)


def _numbers(field: str, lowest: int, highest: int) -> frozenset[int]:
    found: set[int] = set()
    for item in field.split(","):
        match = _ITEM.fullmatch(item)
        if match is None:
            raise ValueError(f"{item!r} is not a value, a range or a step")
        first = lowest if match["from"] == "*" else int(match["from"])
        single = match["to"] is None and match["step"] is None and match["from"] != "*"
        last = first if single else int(match["to"] or highest)
        step = int(match["step"] or 1)
        if not lowest <= first <= last <= highest or step < 1:
            raise ValueError(f"{item!r} is not within {lowest} to {highest}")
        found.update(range(first, last + 1, step))
    return frozenset(found)
