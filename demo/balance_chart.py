"""A target group over time, as SVG: targets registered, healthy and deregistered, and the least that may be healthy."""

from __future__ import annotations

from dataclasses import replace

from demo.balance import Balance, BalancePoint
from demo.chart import background, outage_labels, scale_of
from demo.evidence import Evidence, ServiceId
from spotctl.plot import Scale, area, line, svg

LEGEND = (
    '<div class="legend"><span><i style="background:var(--healthy)"></i>healthy targets</span>'
    '<span><i style="background:var(--starting)"></i>registered, not yet healthy</span>'
    '<span><i style="background:var(--draining)"></i>deregistered, draining</span>'
    '<span><i class="line"></i>desired</span>'
    '<span><i class="line least"></i>the fewest healthy ones allowed: desired, less the tasks that an interruption '
    "took in the two minutes before</span></div>"
)
LABELS = ("healthy", "registered", "draining", "at least allowed")


FIRST = 300.0
"""Seconds after the loss that have a chart of their own: what matters most is thin in the chart of the whole run."""


def balance_chart(evidence: Evidence, service: ServiceId, balance: Balance, scale: Scale, zero: str) -> str:
    """The SVG element, on the axis of time that ``scale`` has."""
    points = (replace(balance.before, at=scale.begin), *balance.points)
    parts = [
        *background(evidence, service, scale, zero),
        area("healthy", scale, points, lambda _: 0, lambda point: point.healthy),
        area("starting", scale, points, lambda point: point.healthy, _registered),
        area("draining", scale, points, _registered, _all),
        line("desired", scale, points, lambda point: point.desired),
        line("least", scale, points, lambda point: point.least),
        *outage_labels(evidence, service, scale),
    ]
    return svg(parts, f"{service}: targets of its target group over time, by state")


def scales(evidence: Evidence, balance: Balance) -> tuple[Scale, Scale]:
    """The whole run, and its first minutes after the loss."""
    whole = scale_of(evidence, max(max(_all(point), point.desired) for point in balance.points))
    loss = evidence.loss_at
    return whole, Scale(loss - FIRST / 10, min(loss + FIRST, evidence.ended_at), whole.most)


def values(point: BalancePoint) -> list[float]:
    """What the page tells under the pointer, in the order of `LABELS`, after the time and the desired count."""
    return [point.at, point.desired, point.healthy, point.starting, point.draining, point.least]


def _registered(point: BalancePoint) -> int:
    return point.healthy + point.starting


def _all(point: BalancePoint) -> int:
    return _registered(point) + point.draining
