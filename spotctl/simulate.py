"""`spotctl simulate`: what the restore profiles would have done on Spot histories of your own. Needs no AWS."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING

import click

from spotctl.exits import Exit, Failure

if TYPE_CHECKING:
    from spotctl.simulation.study import Study
    from spotctl.simulation.traces import Trace

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command()
@click.argument("traces", type=_FOLDER)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default="spot-simulation",
    show_default=True,
    help="Where figures and picture go.",
)
@click.option("--days", type=click.FloatRange(min=0, min_open=True), help="No more than so many days of each history.")
@click.option("--processes", type=click.IntRange(min=1), default=1, show_default=True, help="Runs at a time.")
@click.option("--worlds", is_flag=True, help="Also in other worlds: slow starts, busy owners, other drain times.")
def simulate(traces: Path, out: Path, days: float | None, processes: int, *, worlds: bool) -> None:
    """Compare the restore profiles with other policies on the Spot histories in the folder TRACES.

    Each history is a CSV file: the line `capacity,seconds`, then one line for each stretch of time, oldest first.
    The decisions are those of the functions. Ends with 1 where a goal that the defaults were chosen by does not hold.
    """
    # Not needed by any other command.
    from spotctl.simulation import results, tables  # noqa: PLC0415

    found = _read(traces, days)
    # Before all the runs, which may take hours.
    _make(out)
    done = _compared(found, processes, worlds=worlds)
    results.write(done, out)
    click.echo(f"Raw figures in {out / 'policy.json'}, the picture in {out / 'policy.html'}.\n")
    click.echo(tables.as_text(done))
    if not all(goal.holds for goal in done.goals):
        raise SystemExit(Exit.FINDINGS)


def _read(folder: Path, days: float | None) -> list[Trace]:
    from spotctl.simulation.study import judges_of  # noqa: PLC0415
    from spotctl.simulation.traces import TraceError, read_all  # noqa: PLC0415

    try:
        found = [trace.shortened(days) if days else trace for trace in read_all(folder)]
        judges_of(found)
    except TraceError as error:
        raise Failure(str(error), Exit.USAGE) from error
    return found


def _make(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=out):
            pass
    except OSError as error:
        raise Failure(f"--out {out}: no file can be written there: {error.strerror}.", Exit.USAGE) from error


def _compared(traces: list[Trace], processes: int, *, worlds: bool) -> Study:
    from spotctl.simulation.study import study  # noqa: PLC0415
    from spotctl.simulation.traces import TraceError  # noqa: PLC0415

    try:
        return study(traces, processes, lambda line: click.echo(line, err=True), wide=worlds)
    except TraceError as error:
        raise Failure(str(error), Exit.USAGE) from error
