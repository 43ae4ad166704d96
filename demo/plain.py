"""The demo where there is no terminal: a line whenever something changes."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from demo.evidence import ServiceId
from demo.screen import Frame, Row, phase_words
from demo.strategy import ON_DEMAND, SPOT, text
from demo.terraform import Progress
from demo.words import clock


class PlainScreen:
    """Prints lines. Running tasks are told when a service has settled on a count, not at every step between."""

    def __init__(self) -> None:
        self._told: dict[ServiceId, Row] = {}
        self._moving: dict[ServiceId, Row] = {}
        self._happenings = 0
        self._percent = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing to put away."""

    def say(self, text: str) -> None:
        """Print ``text``."""
        print(text, flush=True)

    def applying(self, progress: Progress) -> None:
        """Print at each quarter."""
        percent = 100 * progress.done // progress.planned if progress.planned else 0
        if percent // 25 > self._percent // 25:
            print(f"  {progress.done} of {progress.planned} resources", flush=True)
        self._percent = percent

    def show(self, frame: Frame) -> None:
        """Print what is new since the last frame."""
        for happening in frame.happenings[self._happenings :]:
            print(f"{clock(happening.since_loss)}  {happening.text}", flush=True)
        self._happenings = len(frame.happenings)
        for row in frame.rows:
            settled = self._moving.get(row.service) == row and self._told.get(row.service) != row
            starting = frame.since_loss is None and sum(row.running.values()) < row.desired
            if settled and not starting:
                print(f"{clock(frame.since_loss)}  {_line(row)}", flush=True)
                self._told[row.service] = row
            self._moving[row.service] = row

    def rest(self) -> None:
        """Nothing stands on a screen."""


def _line(row: Row) -> str:
    spot, on_demand = row.running.get(SPOT, 0), row.running.get(ON_DEMAND, 0)
    running = f"{spot + on_demand} run ({spot} on Spot, {on_demand} on-demand), {row.desired} wanted"
    phase = f"; {phase_words(row)}" if row.phase else ""
    return f"{row.service}: {running}, strategy {text(row.strategy)}{phase}"
