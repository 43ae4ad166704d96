"""`spotctl simulate`: what the restore profiles would have done on Spot histories of your own. Needs no AWS."""

from __future__ import annotations

from pathlib import Path
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

    done = _compared(_read(traces, days), processes, worlds=worlds)
    results.write(done, out)
    click.echo(f"Raw figures in {out / 'policy.json'}, the picture in {out / 'policy.html'}.\n")
    click.echo(tables.as_text(done))
    if not all(goal.holds for goal in done.goals):
        raise SystemExit(Exit.FINDINGS)


def _read(folder: Path, days: float | None) -> list[Trace]:
    from spotctl.simulation.traces import TraceError, read_all  # noqa: PLC0415

    try:
        found = read_all(folder)
    except TraceError as error:
        raise Failure(str(error), Exit.USAGE) from error
    return [trace.shortened(days) for trace in found] if days else found


def _compared(traces: list[Trace], processes: int, *, worlds: bool) -> Study:
    from spotctl.simulation.study import study  # noqa: PLC0415

    return study(traces, processes, lambda line: click.echo(line, err=True), wide=worlds)
