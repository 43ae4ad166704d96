"""The figures as pictures, in a page that needs no network."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

from benchmarks.claim import Claim
from benchmarks.report import Report
from spotctl.simulation.plot import STYLE

WIDTH, HEIGHT, EDGE = 860, 300, 50


def page(report: Report, claims: Sequence[Claim]) -> str:
    """An HTML page."""
    storms = report.storms
    table = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in claim.row)}</tr>" for claim in claims)
    sizes = [(math.log10(size.known), size.restore.read_units) for size in report.tables if not size.waiting]
    scans = [(math.log10(size.known), size.scan.read_units) for size in report.tables if not size.waiting]
    parts = [
        "<h1>Fast and cheap</h1>",
        f"<table><tr><th>claim<th>figure<th>bound<th>holds</tr>{table}</table>",
        "<h2>Services switched in the storm, over seconds; the dashed line is what the quota allows</h2>",
        _steps(storms.full.switch_times, storms.least.seconds),
        "<h2>Read units of a restore tick (green) and a full scan (grey), over known services, both logarithmic</h2>",
        _lines([("ours", sizes), ("other", scans)]),
    ]
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Fast and cheap</title>'
        f"<style>{STYLE} polyline {{ fill: none; stroke-width: 2 }} polyline.ours {{ stroke: #0b7a75 }} "
        f"polyline.other {{ stroke: #9aa5b1 }}</style>{''.join(parts)}</html>\n"
    )


def _steps(times: Sequence[float], quota: float) -> str:
    most = max(1.0, *times, quota) * 1.05
    points = [(_x(time / most), _y((nth + 1) / max(1, len(times)))) for nth, time in enumerate(times)]
    x = _x(quota / most)
    return _svg(
        f'<line class="bound" x1="{x:.1f}" x2="{x:.1f}" y1="{_y(0):.1f}" y2="{_y(1):.1f}"/>'
        f'<text class="axis" x="{x + 5:.1f}" y="{_y(1) + 10:.1f}">{quota:g} s</text>{_line("ours", points)}'
        f'<text class="axis" x="{_x(1):.1f}" y="{_y(0) + 20:.1f}" text-anchor="end">{most:.0f} s</text>'
    )


def _lines(lines: Sequence[tuple[str, Sequence[tuple[float, float]]]]) -> str:
    most = max(math.log10(max(1.0, y)) for _, points in lines for _, y in points)
    right = max(x for _, points in lines for x, _ in points)
    parts = []
    for kind, points in lines:
        parts.append(_line(kind, [(_x(x / right), _y(math.log10(max(1.0, y)) / most)) for x, y in points]))
        parts += [
            f'<text x="{_x(x / right):.1f}" y="{_y(math.log10(max(1.0, y)) / most) - 8:.1f}" '
            f'text-anchor="end">{y:,.0f}</text>'
            for x, y in points
        ]
    return _svg("".join(parts))


def _line(kind: str, points: Sequence[tuple[float, float]]) -> str:
    return f'<polyline class="{kind}" points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in points)}"/>'


def _x(share: float) -> float:
    return EDGE + share * (WIDTH - 2 * EDGE)


def _y(share: float) -> float:
    return HEIGHT - EDGE - share * (HEIGHT - 2 * EDGE)


def _svg(inner: str) -> str:
    return f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img">{inner}</svg>'
