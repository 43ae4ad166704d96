"""What is measured: the data points of every metric of every account and Region, in virtual time.

Parts of local_aws record what AWS's services publish; `cloudwatch` adds what functions and users publish.
"""

from __future__ import annotations

import threading
from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

KEPT_SECONDS = 15 * 86400.0
"""As long as CloudWatch keeps points of one minute (user guide, "Metrics concepts": metrics retention)."""


@dataclass(frozen=True)
class Series:
    """One metric: its dimensions, exactly these, belong to its name."""

    account: str
    region: str
    namespace: str
    name: str
    dimensions: frozenset[tuple[str, str]] = frozenset()

    @classmethod
    def of(cls, account: str, region: str, namespace: str, name: str, dimensions: Mapping[str, str]) -> Series:
        """The same with dimensions by name."""
        return cls(account, region, namespace, name, frozenset(dimensions.items()))


class Point(NamedTuple):
    """Values of one moment (epoch seconds), summed up as a statistic set."""

    time: float
    minimum: float
    maximum: float
    total: float
    samples: float

    @classmethod
    def single(cls, time: float, value: float) -> Point:
        """One value."""
        return cls(time, value, value, value, 1.0)


class Metrics:
    """Safe for threads."""

    def __init__(self) -> None:
        self._points: dict[Series, list[Point]] = {}
        self._lock = threading.Lock()

    def add(self, series: Series, point: Point) -> None:
        """Keep a point; points may come in any order."""
        with self._lock:
            points = self._points.setdefault(series, [])
            insort(points, point)
            if points[0].time < points[-1].time - 2 * KEPT_SECONDS:
                del points[: bisect_left(points, (points[-1].time - KEPT_SECONDS,))]

    def points(self, series: Series, start: float, end: float) -> list[Point]:
        """Those from ``start`` until before ``end``, in order."""
        with self._lock:
            points = self._points.get(series, [])
            return points[bisect_left(points, (start,)) : bisect_left(points, (end,))]

    def of(self, account: str, region: str) -> dict[Series, list[Point]]:
        """Every metric of a place, with what is kept of it."""
        with self._lock:
            here = [one for one in self._points if (one.account, one.region) == (account, region)]
            return {one: list(self._points[one]) for one in here}


STATISTICS = ("SampleCount", "Average", "Sum", "Minimum", "Maximum")


def statistic(name: str, points: Iterable[Point]) -> float | None:
    """One of `STATISTICS` of the points; None for no points."""
    points = list(points)
    if not points:
        return None
    count, total = sum(one.samples for one in points), sum(one.total for one in points)
    match name:
        case "SampleCount":
            return count
        case "Sum":
            return total
        case "Average":
            return total / count
        case "Minimum":
            return min(one.minimum for one in points)
        case "Maximum":
            return max(one.maximum for one in points)
        case _:
            raise NotImplementedError(f"the statistic {name} is not computed here; {', '.join(STATISTICS)} are")
