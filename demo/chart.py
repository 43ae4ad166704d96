"""One service over time, as SVG: tasks on Spot and on-demand, what is desired, what is missing, and what was done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from demo.evidence import Evidence, Outage, Point, ServiceId
from demo.outcome import Outcome
from demo.strategy import ON_DEMAND, SPOT
from spotctl.plot import BOTTOM, HEIGHT, TOP, WIDTH, Scale, area, columns, line, rows, svg

BEFORE = 150.0
TICKS = (60, 120, 300, 600, 900, 1800, 3600)
MARK = 17.0


@dataclass(frozen=True)
class Mark:
    """Something that happened to the service; ``label`` explains it below the chart."""

    at: float
    label: str


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


def _axes(scale: Scale, zero: float, name: str) -> list[str]:
    span = scale.end - zero
    step = next((tick for tick in TICKS if span / tick <= 8), TICKS[-1])
    numbers = range(int(span // step) + 1)
    ticks = [(zero + number * step, f"+{number * step // 60} min" if number else name) for number in numbers]
    return [*columns(scale, ticks), *rows(scale)]


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
