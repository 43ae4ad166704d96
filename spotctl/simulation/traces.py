"""Spot capacity over time, read from CSV."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

TUNED_ON = frozenset({"16node_2023-08-27_us-east-2b", "1node_2023-02-15_us-east-1c", "1node_2023-02-15_us-east-2a"})
"""Histories on which the profiles' numbers were chosen: all others judge them. Settled before the tuning."""
_NODES = re.compile(r"^(\d+)node_")


class TraceError(ValueError):
    """A file is no history of a pool; the message tells where and what would be right."""


@dataclass(frozen=True)
class Step:
    """A stretch of time, in seconds, in which a pool would have given so many instances."""

    capacity: int
    seconds: float


@dataclass(frozen=True)
class Trace:
    """The history of one pool; `nodes` is how many instances were asked for."""

    name: str
    nodes: int
    steps: tuple[Step, ...]

    @property
    def days(self) -> float:
        """How long it is."""
        return sum(step.seconds for step in self.steps) / 86400

    @property
    def tuned_on(self) -> bool:
        """Whether the profiles' numbers were chosen by it."""
        return self.name in TUNED_ON

    def limit(self, capacity: int, tasks: int) -> int | None:
        """Spot tasks that the pool carries where its services want `tasks` in all; None: as many as they like.

        The pool is scaled to its services. That it gave all that was asked for tells no upper limit.
        """
        return None if capacity >= self.nodes else capacity * tasks // self.nodes

    @property
    def short(self) -> bool:
        """Whether it ever gave less than was asked for."""
        return any(step.capacity < self.nodes for step in self.steps)

    def shortened(self, days: float) -> Trace:
        """Its first days."""
        left, steps = days * 86400, []
        for step in self.steps:
            if left <= 0:
                break
            steps.append(Step(step.capacity, min(step.seconds, left)))
            left -= step.seconds
        return Trace(self.name, self.nodes, tuple(steps))


def read(path: Path) -> Trace:
    """Read one file: CSV, its first line `capacity,seconds`, then one line for each stretch of time, oldest first.

    Raises
    ------
    TraceError
        It is not of that form, or can't be read.
    """
    try:
        # With a byte order mark or without: spreadsheets write one.
        with path.open(newline="", encoding="utf-8-sig") as lines:
            rows = csv.DictReader(lines)
            if not {"capacity", "seconds"} <= set(rows.fieldnames or ()):
                raise TraceError(f"{path}: its first line must be `capacity,seconds`, and is {rows.fieldnames}")
            steps = tuple(_step(path, number, row) for number, row in enumerate(rows, start=2))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise TraceError(f"{path}: it can't be read as a CSV file in UTF-8: {error}") from error
    most = max((step.capacity for step in steps), default=0)
    if most == 0:
        raise TraceError(f"{path}: it never had capacity, so nothing can be learned from it")
    named = _NODES.match(path.name)
    return Trace(path.stem, int(named[1]) if named else most, steps)


def read_all(folder: Path) -> list[Trace]:
    """Read every CSV file of a folder, in the order of their names.

    Raises
    ------
    TraceError
        There is none, or one is no history.
    """
    found = [read(path) for path in sorted(folder.glob("*.csv"))]
    if not found:
        raise TraceError(f"{folder}: no *.csv there. Each must hold lines `capacity,seconds`, oldest first")
    return found


def tuning(traces: Iterable[Trace]) -> list[Trace]:
    """Those by which numbers are chosen."""
    return [trace for trace in traces if trace.tuned_on]


def judging(traces: Iterable[Trace]) -> list[Trace]:
    """Those that were not used for tuning; all of a user's own."""
    return [trace for trace in traces if not trace.tuned_on]


def _step(path: Path, number: int, row: dict[str, str]) -> Step:
    try:
        step = Step(int(row["capacity"]), float(row["seconds"]))
    except (TypeError, ValueError):
        step = Step(-1, -1)
    if step.capacity < 0 or not 0 < step.seconds < float("inf"):
        raise TraceError(f"{path}, line {number}: {row} must be a count from 0 and a number of seconds above 0")
    return step
