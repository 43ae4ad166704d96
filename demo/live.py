"""The demo on a terminal: a progress bar through the apply, then a table that moves."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from demo import terraform
from demo.screen import LEFT_ALONE, Frame, Row, phase_words
from demo.strategy import ON_DEMAND, SPOT, text
from demo.words import clock

SPOT_STYLE = "green"
ON_DEMAND_STYLE = "dark_orange"
PHASE_STYLES = {
    "failing_over": "bold dark_orange",
    "failed_over": "dark_orange",
    "restoring": "bold cyan",
    "proving": "cyan",
    "closed": "green",
}
LINES_OF_HAPPENINGS = 8
SECONDS_TO_SEE = 0.25


class LiveScreen:
    """Draws on a terminal."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("terraform apply"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("[dim]{task.description}"),
            console=console,
            transient=True,
        )
        self._apply = self._progress.add_task("", total=None)
        self._live = Live(console=console, refresh_per_second=8, transient=False)
        self._shown: Progress | Live | None = None
        self._seen_from = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.rest()

    def say(self, text: str) -> None:
        """Print ``text`` above what moves."""
        self._console.print(f"[bold]>[/bold] {text}", highlight=False)

    def applying(self, progress: terraform.Progress) -> None:
        """Move the bar."""
        self._put_up(self._progress)
        total = progress.planned or None
        name = progress.last[: max(10, self._console.width - 75)]
        self._progress.update(self._apply, completed=progress.done, total=total, description=name)
        if total and progress.done >= total:
            self.rest()

    def show(self, frame: Frame) -> None:
        """Draw the services anew, slowly enough for eyes."""
        self._put_up(self._live)
        time.sleep(max(0.0, self._seen_from + SECONDS_TO_SEE - time.monotonic()))
        self._seen_from = time.monotonic()
        self._live.update(_picture(frame), refresh=True)

    def rest(self) -> None:
        """Stop moving."""
        if self._shown is not None:
            self._shown.stop()
            self._shown = None

    def _put_up(self, wanted: Progress | Live) -> None:
        if self._shown is not wanted:
            self.rest()
            wanted.start()
            self._shown = wanted


def _picture(frame: Frame) -> RenderableType:
    table = Table(expand=True, box=None, padding=(0, 1), header_style="bold")
    table.add_column("account and Region", no_wrap=True)
    table.add_column("service", no_wrap=True)
    table.add_column("tasks", no_wrap=True, min_width=10)
    table.add_column("run", justify="right", no_wrap=True)
    table.add_column("strategy (provider weight)", ratio=1)
    table.add_column("automation", no_wrap=True, min_width=15)
    place = ""
    for row in frame.rows:
        here = f"{row.service.account} {row.service.region}"
        table.add_row(
            Text("" if here == place else here, style="dim"),
            row.service.label,
            _bar(row),
            f"{sum(row.running.values())}/{row.desired}",
            text(row.strategy),
            _phase(row),
        )
        place = here
    legend = Text.assemble(
        ("■", SPOT_STYLE), " on Spot  ", ("■", ON_DEMAND_STYLE), " on-demand  ", ("▫", "dim"), " starting  ",
        ("·", "bold red"), " missing",
    )  # fmt: skip
    latest = frame.happenings[-LINES_OF_HAPPENINGS:]
    told = [Text(f"{clock(h.since_loss)}  {h.text}", no_wrap=True, overflow="ellipsis") for h in latest]
    told += [Text()] * (LINES_OF_HAPPENINGS - len(told))
    return Panel(
        Group(table, Text(), legend, Text(), *told),
        title=f"[bold]{clock(frame.since_loss).strip()}[/bold] {frame.spot}".replace("[bold][/bold] ", ""),
        title_align="left",
        border_style="red" if "gone" in frame.spot else "green",
    )


def _phase(row: Row) -> Text:
    words = phase_words(row)
    return Text(words, style="dim" if words == LEFT_ALONE else PHASE_STYLES.get(row.phase, ""))


def _bar(row: Row) -> Text:
    running, starting = sum(row.running.values()), sum(row.pending.values())
    return Text.assemble(
        ("■" * row.running.get(SPOT, 0), SPOT_STYLE),
        ("■" * row.running.get(ON_DEMAND, 0), ON_DEMAND_STYLE),
        ("▫" * min(starting, max(0, 2 * row.desired - running)), "dim"),
        ("·" * max(0, row.desired - running - starting), "bold red"),
    )
