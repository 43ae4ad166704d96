"""One service over time, as SVG: tasks on Spot and on-demand, what is desired, what is missing, and what was done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Protocol, TypeVar

from demo.evidence import Evidence, Outage, Point, ServiceId
from demo.outcome import Outcome
from demo.strategy import ON_DEMAND, SPOT

WIDTH, HEIGHT = 640, 190
LEFT, RIGHT, TOP, BOTTOM = 30, 8, 30, 22
BEFORE = 150.0
TICKS = (60, 120, 300, 600, 900, 1800, 3600)
MARK = 17.0


@dataclass(frozen=True)
class Mark:
    """Something that happened to the service; ``label`` explains it below the chart."""

    at: float
    label: str


class At(Protocol):
    """Something that holds from ``at`` until the next one of its kind."""

    @property
    def at(self) -> float:
        """Epoch seconds."""


P = TypeVar("P", bound=At)


@dataclass(frozen=True)
class Scale:
    """From time and tasks to pixels."""

    begin: float
    end: float
    most: int

    def x(self, when: float) -> float:
        """Pixels from the left."""
        inside = min(max(when, self.begin), self.end)
        return LEFT + (inside - self.begin) / (self.end - self.begin) * (WIDTH - LEFT - RIGHT)

    def y(self, tasks: float) -> float:
        """Pixels from the top."""
        return HEIGHT - BOTTOM - tasks / self.most * (HEIGHT - TOP - BOTTOM)


def chart(evidence: Evidence, outcome: Outcome, marks: Sequence[Mark], zero: str) -> str:
    """The SVG element, coloured by the page's CSS; ``zero`` names the moment that time counts from."""
    points = outcome.points
    scale = scale_of(evidence, max(max(point.total, point.desired) for point in points))
    parts = [
        *background(evidence, outcome.service, scale, zero),
        area("spot", scale, points, lambda _: 0, lambda point: point.on(SPOT)),
        area("on-demand", scale, points, lambda point: point.on(SPOT), _without_twin),
        area("twin", scale, points, _without_twin, lambda point: point.total),
        area("missing", scale, points, lambda point: point.total, lambda point: max(point.total, point.desired)),
        line("desired", scale, points, lambda point: point.desired),
        *outage_labels(evidence, outcome.service, scale),
        *_marks(scale, marks),
    ]
    return svg(parts, f"{outcome.service}: running tasks over time, on Spot and on-demand")


def _without_twin(point: Point) -> int:
    return point.on(SPOT) + point.on(ON_DEMAND)


def scale_of(evidence: Evidence, most: int) -> Scale:
    """From a while before the loss to the end of the run, and one more than ``most`` upwards."""
    return Scale(evidence.loss_at - BEFORE, evidence.ended_at, 1 + most)


def background(evidence: Evidence, service: ServiceId, scale: Scale, zero: str) -> list[str]:
    """The times without Spot, and the grid."""
    rectangles = []
    for outage in _outages(evidence, service, scale):
        left, right = _sides(scale, outage)
        size = f'width="{right - left:.1f}" height="{HEIGHT - TOP - BOTTOM}"'
        rectangles.append(f'<rect class="outage" x="{left:.1f}" y="{TOP}" {size}/>')
    return [*rectangles, *_axes(scale, evidence.loss_at, zero)]


def outage_labels(evidence: Evidence, service: ServiceId, scale: Scale) -> list[str]:
    """What lacked, each in a line of its own: the times may be shorter than their labels."""
    labels = []
    for row, outage in enumerate(_outages(evidence, service, scale)):
        what = "no Spot" if outage.capacity == 0 else f"Spot for {outage.capacity} only"
        place = f'x="{_sides(scale, outage)[1] - 5:.1f}" y="{TOP + 12 + 13 * row}"'
        labels.append(f'<text class="outage-label" {place} text-anchor="end">{what}</text>')
    return labels


def _outages(evidence: Evidence, service: ServiceId, scale: Scale) -> list[Outage]:
    mine = [o for o in evidence.outages if (o.account, o.region) == (service.account, service.region)]
    return [o for o in mine if o.begin < scale.end and (o.end is None or o.end > scale.begin)]


def _sides(scale: Scale, outage: Outage) -> tuple[float, float]:
    return scale.x(outage.begin), scale.x(scale.end if outage.end is None else outage.end)


def svg(parts: Sequence[str], title: str) -> str:
    """The whole element, with the line that follows the pointer."""
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}">'
        f"{''.join(part for part in parts if part)}"
        f'<line class="cursor" y1="{TOP}" y2="{HEIGHT - BOTTOM}" x1="0" x2="0"/></svg>'
    )


def _axes(scale: Scale, zero: float, name: str) -> list[str]:
    span = scale.end - zero
    step = next((tick for tick in TICKS if span / tick <= 8), TICKS[-1])
    parts = []
    for number in range(int(span // step) + 1):
        x = scale.x(zero + number * step)
        label = name if number == 0 else f"+{number * step // 60} min"
        parts.append(f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}"/>')
        if x < WIDTH - 24:
            parts.append(f'<text x="{x:.1f}" y="{HEIGHT - 7}" text-anchor="middle">{label}</text>')
    stride = max(1, -(-scale.most // 4))
    for tasks in range(0, scale.most + 1, stride):
        y = scale.y(tasks)
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{y + 3.5:.1f}" text-anchor="end">{tasks}</text>')
    return parts


def area(name: str, scale: Scale, points: Sequence[P], low: Callable[[P], int], high: Callable[[P], int]) -> str:
    """What is between two values; nothing where they are the same all the time."""
    if all(low(point) == high(point) for point in points):
        return ""
    upper = _steps(scale, points, high)
    lower = _steps(scale, points, low)[::-1]
    return f'<path class="{name}" d="M{" L".join(f"{x:.1f},{y:.1f}" for x, y in [*upper, *lower])}Z"/>'


def line(name: str, scale: Scale, points: Sequence[P], value: Callable[[P], int]) -> str:
    """A value over time."""
    corners = _steps(scale, points, value)
    return f'<path class="{name}" d="M{" L".join(f"{x:.1f},{y:.1f}" for x, y in corners)}"/>'


def _steps(scale: Scale, points: Sequence[P], value: Callable[[P], int]) -> list[tuple[float, float]]:
    """Corners of a line that keeps each value until the next point."""
    ends = [*(point.at for point in points[1:]), scale.end]
    corners = []
    for point, end in zip(points, ends, strict=True):
        if end >= scale.begin and point.at <= scale.end:
            y = scale.y(value(point))
            corners += [(scale.x(point.at), y), (scale.x(end), y)]
    return corners


def _marks(scale: Scale, marks: Sequence[Mark]) -> list[str]:
    """A numbered disc above the chart per mark; close ones stand side by side, each with a line to its moment."""
    parts, free = [], 0.0
    for number, mark in enumerate(marks, start=1):
        x = scale.x(mark.at)
        disc = min(max(x, free), WIDTH - MARK / 2)
        free = disc + MARK
        parts.append(
            f'<path class="mark" d="M{disc:.1f},20 L{x:.1f},{TOP} V{HEIGHT - BOTTOM}"/>'
            f'<circle class="mark" cx="{disc:.1f}" cy="12" r="7.5"/>'
            f'<text class="mark" x="{disc:.1f}" y="15.5" text-anchor="middle">{number}'
            f"<title>{escape(mark.label)}</title></text>"
        )
    return parts
