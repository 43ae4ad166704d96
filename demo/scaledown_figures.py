"""How many connections had to be made anew, and when: the figures of two ways to replace the tasks of one service."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

WINDOW = 30.0
"""Seconds. Steps of the scale-down are further apart."""


@dataclass(frozen=True)
class Reconnects:
    """One replacement, from its begin: seconds since then, with how many clients connected anew in that second."""

    name: str
    clients: int
    seconds: tuple[tuple[float, int], ...]
    length: float
    """Seconds until the replacement was over."""
    refused: int
    """Tries that found no target."""
    swap: float | None = None
    """When the listeners were moved."""

    @property
    def total(self) -> int:
        """All of them; a client that meets an old task again counts again."""
        return sum(count for _, count in self.seconds)

    @property
    def peak(self) -> int:
        """The most within half a minute."""
        return max((self._within(since) for since, _ in self.seconds), default=0)

    @property
    def cut_by_swap(self) -> int:
        """Those within half a minute from the swap, before the first task of the old task set can have ended."""
        return 0 if self.swap is None else self._within(self.swap)

    def _within(self, since: float) -> int:
        return sum(count for at, count in self.seconds if since <= at < since + WINDOW)


def reconnects(
    name: str,
    clients: int,
    timeline: Iterable[Mapping[str, Any]],
    begin: float,
    end: float,
    swap: float | None = None,
) -> Reconnects:
    """From a listener's timeline; times are epoch seconds."""
    points = [point for point in timeline if begin <= point["t"] <= end + WINDOW]
    return Reconnects(
        name=name,
        clients=clients,
        seconds=tuple((point["t"] - begin, point["ended"]) for point in points if point["ended"]),
        length=end - begin,
        refused=sum(point["refused"] for point in points),
        swap=None if swap is None else swap - begin,
    )


def failures(scaledown: Reconnects, decrement: int) -> list[str]:
    """What is not as the controlled scale-down promises."""
    found = []
    step = scaledown.clients * decrement // 100
    if scaledown.cut_by_swap:
        found.append(f"the swap cut {scaledown.cut_by_swap} connections")
    if scaledown.peak > step:
        found.append(f"{scaledown.peak} connections were made anew within half a minute; a step is {step}")
    if scaledown.total != scaledown.clients:
        found.append(f"{scaledown.total} connections were made anew by {scaledown.clients} clients")
    if scaledown.refused:
        found.append(f"{scaledown.refused} times a client found no target")
    return found
