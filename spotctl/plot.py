"""Values over time as SVG, coloured by the page's CSS. The demo's report draws with it too."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Protocol, TypeVar

WIDTH, HEIGHT = 640, 190
LEFT, RIGHT, TOP, BOTTOM = 30, 8, 30, 22


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
    most: float

    def x(self, when: float) -> float:
        """Pixels from the left."""
        inside = min(max(when, self.begin), self.end)
        return LEFT + (inside - self.begin) / (self.end - self.begin) * (WIDTH - LEFT - RIGHT)

    def y(self, tasks: float) -> float:
        """Pixels from the top."""
        return HEIGHT - BOTTOM - tasks / self.most * (HEIGHT - TOP - BOTTOM)


def svg(parts: Sequence[str], title: str) -> str:
    """The whole element, with the line that follows the pointer."""
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}">'
        f"{''.join(part for part in parts if part)}"
        f'<line class="cursor" y1="{TOP}" y2="{HEIGHT - BOTTOM}" x1="0" x2="0"/></svg>'
    )


def columns(scale: Scale, ticks: Sequence[tuple[float, str]]) -> list[str]:
    """A line from top to bottom at each of these times, with what it is called below."""
    parts = []
    for at, label in ticks:
        x = scale.x(at)
        parts.append(f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}"/>')
        if x < WIDTH - 24:
            parts.append(f'<text x="{x:.1f}" y="{HEIGHT - 7}" text-anchor="middle">{escape(label)}</text>')
    return parts


def rows(scale: Scale) -> list[str]:
    """A line from left to right at a few whole numbers."""
    parts = []
    most = int(scale.most)
    stride = max(1, -(-most // 4))
    for tasks in range(0, most + 1, stride):
        y = scale.y(tasks)
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{y + 3.5:.1f}" text-anchor="end">{tasks}</text>')
    return parts


def area(name: str, scale: Scale, points: Sequence[P], low: Callable[[P], float], high: Callable[[P], float]) -> str:
    """What is between two values; nothing where they are the same all the time."""
    if all(low(point) == high(point) for point in points):
        return ""
    upper = _steps(scale, points, high)
    lower = _steps(scale, points, low)[::-1]
    return f'<path class="{name}" d="M{" L".join(f"{x:.1f},{y:.1f}" for x, y in [*upper, *lower])}Z"/>'


def line(name: str, scale: Scale, points: Sequence[P], value: Callable[[P], float]) -> str:
    """A value over time."""
    corners = _steps(scale, points, value)
    return f'<path class="{name}" d="M{" L".join(f"{x:.1f},{y:.1f}" for x, y in corners)}"/>'


def _steps(scale: Scale, points: Sequence[P], value: Callable[[P], float]) -> list[tuple[float, float]]:
    """Corners of a line that keeps each value until the next point."""
    ends = [*(point.at for point in points[1:]), scale.end]
    corners = []
    for point, end in zip(points, ends, strict=True):
        if end >= scale.begin and point.at <= scale.end:
            y = scale.y(value(point))
            corners += [(scale.x(point.at), y), (scale.x(end), y)]
    return corners
