"""report.html of the controlled scale-down: reconnects over time, next to an ordinary rolling update."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from demo.scaledown_figures import Reconnects
from demo.words import clock, duration, plural
from spotctl.page import badge, page, tiles

WIDTH, HEIGHT = 1280, 200
LEFT, RIGHT, TOP, BOTTOM = 46, 10, 24, 22
BUCKET = 10.0
"""Seconds of a bar."""
FOOTER = (
    "Both replacements were observed on one simulated AWS, with the same load balancer, task definition and number of "
    "tasks and clients. A client holds one connection, which ends when its task does, and connects anew at once. "
    "Terraform, its provider, the state machine's definition and the packaged functions are the real ones; AWS and its "
    "time are simulated, so times show the order and size of things. Raw data: timeline.json."
)


def report(scaledown: Reconnects, rolling: Reconnects, decrement: int, failed: Sequence[str]) -> str:
    """The whole page."""
    most = max(max(_bars(each).values(), default=1) for each in (scaledown, rolling))
    length = max(scaledown.length, rolling.length)
    verdict = badge(not failed, "no connection was cut by the swap", plural(len(failed), "failure"))
    lead = (
        f"{scaledown.clients} clients with a connection each. The swap moved new connections and cut "
        f"{scaledown.cut_by_swap} of those that stood. Then {decrement} percent of the old tasks ended at a time: at "
        f"most {scaledown.peak} clients connected anew within half a minute. An ordinary rolling update made "
        f"{rolling.peak} do so, and {rolling.total} reconnects in all: who meets an old task again comes again."
    )
    cards = "".join(_card(each, most, length) for each in (scaledown, rolling))
    wrong = "".join(f"<li>{escape(failure)}</li>" for failure in failed)
    return page(
        "A controlled scale-down",
        f'<h1>A controlled scale-down</h1><p>{verdict}</p><p class="lead">{escape(lead)}</p>'
        + (f'<ul class="failures">{wrong}</ul>' if wrong else "")
        + _tiles(scaledown, rolling)
        + f"<h2>Reconnects over time</h2>{cards}<footer>{escape(FOOTER)}</footer>",
    )


def _tiles(scaledown: Reconnects, rolling: Reconnects) -> str:
    shown = (
        (scaledown.cut_by_swap, "connections cut by the swap"),
        (scaledown.peak, "most reconnects within half a minute, controlled"),
        (rolling.peak, "most reconnects within half a minute, rolling update"),
        (scaledown.total, "reconnects in all, controlled"),
        (rolling.total, "reconnects in all, rolling update"),
    )
    return tiles(shown)


def _bars(each: Reconnects) -> dict[int, int]:
    """Reconnects by bar."""
    bars: dict[int, int] = {}
    for at, count in each.seconds:
        bars[int(at // BUCKET)] = bars.get(int(at // BUCKET), 0) + count
    return bars


def _card(each: Reconnects, most: int, length: float) -> str:
    label = f"{each.name}: clients that connected anew, in bars of {BUCKET:g} seconds"
    return (
        f'<section class="card" style="margin-bottom:14px"><header><h3>{escape(each.name)}</h3></header>'
        f"<p>{duration(each.length)}; {each.total} reconnects, at most {each.peak} within half a minute</p>"
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(label)}">'
        f"{_axes(most, length)}{_swap(each, length)}{_columns(each, most, length)}</svg></section>"
    )


def _x(at: float, length: float) -> float:
    return LEFT + at / length * (WIDTH - LEFT - RIGHT)


def _y(count: float, most: int) -> float:
    return HEIGHT - BOTTOM - count / most * (HEIGHT - TOP - BOTTOM)


def _axes(most: int, length: float) -> str:
    lines = "".join(
        f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{_y(count, most):.1f}" y2="{_y(count, most):.1f}"/>'
        f'<text x="{LEFT - 5}" y="{_y(count, most) + 4:.1f}" text-anchor="end">{count}</text>'
        for count in sorted({0, most // 2, most})
    )
    times = "".join(
        f'<text x="{_x(length * part / 6, length):.1f}" y="{HEIGHT - 6}" text-anchor="middle">'
        f"{clock(length * part / 6)}</text>"
        for part in range(6)
    )
    return lines + times


def _swap(each: Reconnects, length: float) -> str:
    if each.swap is None:
        return ""
    x = _x(each.swap, length)
    return (
        f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP - 6}" y2="{HEIGHT - BOTTOM}"/>'
        f'<text x="{x + 4:.1f}" y="{TOP - 8}">swap</text>'
    )


def _columns(each: Reconnects, most: int, length: float) -> str:
    width = max(1.5, BUCKET / length * (WIDTH - LEFT - RIGHT) - 1)
    return "".join(
        f'<rect class="on-demand" x="{_x(bar * BUCKET, length):.1f}" y="{_y(count, most):.1f}" width="{width:.1f}" '
        f'height="{count / most * (HEIGHT - TOP - BOTTOM):.1f}"/>'
        for bar, count in sorted(_bars(each).items())
    )
