"""The comparison as a picture: deployments against cost, and what `balanced` hangs on."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

from spot_failover.core.profiles import Profile
from spotctl.simulation.figures import Figures
from spotctl.simulation.goals import verdict
from spotctl.simulation.study import Study
from spotctl.simulation.tables import percent

WIDTH, HEIGHT = 860, 470
LEFT, RIGHT, TOP, BOTTOM = 64, 24, 22, 50
FEWEST, MOST = 0.05, 2000.0
"""Ends of the axis of deployments a day, which is logarithmic; the first stands for none."""
CHEAPEST, DEAREST = 0.95, 1.0
TICKS = (0.0, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0)
HOW_TO_READ = (
    "<p>Down and to the left is better. Policies that leave work undone are left out: their cost says nothing. "
    "Rings: other settings of the product, on the histories that tune.</p>"
)
STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; color: #1f2933; max-width: 900px; margin: 2em auto; padding: 0 1em }
svg { width: 100%; height: auto; font: 12px system-ui, sans-serif; fill: #1f2933 }
.grid { stroke: #e4e7eb } .axis { fill: #52606d }
text { paint-order: stroke; stroke: #fff; stroke-width: 3px }
.title { font-weight: 600 }
.ours { fill: #0b7a75 } .other { fill: #9aa5b1 } .tried { fill: none; stroke: #d9822b }
.bound { stroke: #c81e1e; stroke-dasharray: 5 4 } .bar { fill: #0b7a75 } .over { fill: #c81e1e }
table { border-collapse: collapse } td, th { padding: .2em .7em; text-align: left; border-bottom: 1px solid #e4e7eb }
"""


def page(done: Study) -> str:
    """An HTML page that needs no network."""
    claims = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in goal.row)}</tr>" for goal in done.goals)
    parts = [
        "<h1>Failover and restore on real Spot history</h1>",
        f"<p>Judged on {escape(', '.join(done.histories))}. {escape(verdict(done.goals))}</p>",
        "<h2>Deployments against cost</h2>",
        HOW_TO_READ,
        pareto(done),
        f"<h2>Claims</h2><table><tr><th>claim<th>figure<th>bound<th>holds</tr>{claims}</table>",
    ]
    if done.worlds:
        parts += ["<h2>What <code>balanced</code> hangs on</h2>", worlds(done.worlds)]
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Policies on real Spot history</title>'
        f"<style>{STYLE}</style>{''.join(parts)}</html>\n"
    )


def pareto(done: Study) -> str:
    """Every policy that did its work: deployments a day of one service, and cost over the optimum's."""
    shown = [one for one in done.plain.values() if one.all_work_done]
    most = max(one.over_bound for one in [*shown, *done.tried]) + 0.05
    parts = [_grid(most), *(_point(one, most, "tried", 4) for one in done.tried if one.policy not in list(Profile))]
    taken: list[tuple[float, float]] = []
    ours = {*Profile, "on-demand twin"}
    for one in sorted(shown, key=lambda one: (one.policy not in ours, one.over_bound)):
        kind = "ours" if one.policy in ours else "other"
        parts += [_point(one, most, kind, 7), _label(one, most, taken)]
    return _svg(HEIGHT, "Deployments a day against cost over the optimum, for each policy", parts)


def _x(deployments: float) -> float:
    inside = min(max(deployments, FEWEST), MOST)
    return LEFT + math.log(inside / FEWEST) / math.log(MOST / FEWEST) * (WIDTH - LEFT - RIGHT)


def _y(over: float, most: float) -> float:
    return TOP + (most - over) / (most - CHEAPEST) * (HEIGHT - TOP - BOTTOM)


def _grid(most: float) -> str:
    parts = []
    for tick in TICKS:
        x = _x(tick)
        parts.append(f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}"/>')
        parts.append(f'<text class="axis" x="{x:.1f}" y="{HEIGHT - 32}" text-anchor="middle">{tick:g}</text>')
    step = 0.1 if most < 2 else 0.25
    for number in range(math.floor((most - DEAREST) / step) + 1):
        y = _y(DEAREST + number * step, most)
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        text = f"{DEAREST + number * step:.2f}"
        parts.append(f'<text class="axis" x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{text}</text>')
    y = _y(1.10, most)
    parts.append(f'<line class="bound" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
    parts.append(f'<text class="axis" x="{WIDTH - RIGHT}" y="{y - 5:.1f}" text-anchor="end">the goal: 1.10</text>')
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts.append(
        f'<text class="title" x="{middle}" y="{HEIGHT - 10}" text-anchor="middle">'
        "deployments a day of one service (logarithmic)</text>"
        f'<text class="title" transform="translate(16 {HEIGHT / 2}) rotate(-90)" text-anchor="middle">'
        "cost / clairvoyant optimum</text>"
    )
    return "".join(parts)


def _point(one: Figures, most: float, kind: str, radius: int) -> str:
    told = (
        f"{one.policy}: {one.over_bound:.3f} of the optimum (worst {one.over_bound_worst:.3f}), "
        f"{one.deployments_a_day:.1f} deployments a day, {percent(one.missing)} of task time missing"
    )
    x, y = _x(one.deployments_a_day), _y(one.over_bound, most)
    return f'<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="{radius}"><title>{escape(told)}</title></circle>'


def _label(one: Figures, most: float, taken: list[tuple[float, float]]) -> str:
    """Beside its point, on the side that has room, and not over another."""
    x, y = _x(one.deployments_a_day), _y(one.over_bound, most) + 4
    while any(abs(x - other) < 190 and abs(y - height) < 14 for other, height in taken):
        y += 14
    taken.append((x, y))
    right = x < WIDTH - 220
    anchor = "start" if right else "end"
    return f'<text x="{x + (11 if right else -11):.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(one.policy)}</text>'


def worlds(found: Sequence[Figures]) -> str:
    """One line for each world: three bars, each with its bound."""
    panels = (
        ("missing, of doing nothing's", [one.of_nothing for one in found], 0.02, percent),
        ("cost over the optimum", [one.over_bound - 1 for one in found], 0.1, lambda value: f"{1 + value:.3f}"),
        ("deployments per shortage", [one.per_shortage for one in found], 2.5, lambda value: f"{value:.2f}"),
    )
    line, names, width = 26, 250, 195
    height = 40 + line * len(found)
    parts = [f'<text x="0" y="{48 + number * line}">{escape(one.scenario)}</text>' for number, one in enumerate(found)]
    for panel, (title, values, bound, text) in enumerate(panels):
        left = names + panel * (width + 10)
        scale = (width - 50) / max([bound * 1.1, *values])
        parts.append(f'<text class="title" x="{left}" y="18">{escape(title)}</text>')
        x = left + bound * scale
        parts.append(f'<line class="bound" x1="{x:.1f}" x2="{x:.1f}" y1="28" y2="{height - 4}"/>')
        for number, value in enumerate(values):
            kind = "over" if value > bound else "bar"
            length = max(value * scale, 0.5)
            y = 36 + number * line
            parts.append(f'<rect class="{kind}" x="{left}" y="{y}" width="{length:.1f}" height="16"/>')
            parts.append(f'<text class="axis" x="{left + length + 4:.1f}" y="{y + 12}">{text(value)}</text>')
    return _svg(height, "What the profile balanced hangs on", parts)


def _svg(height: float, title: str, parts: Sequence[str]) -> str:
    return (
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(title)}" '
        f'xmlns="http://www.w3.org/2000/svg">{"".join(parts)}</svg>'
    )
