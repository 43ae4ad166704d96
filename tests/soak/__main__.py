"""`python -m tests.soak`: a random month and a random day; status 1 if anything in it was not as promised."""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
from collections.abc import Callable

from rich.console import Console
from rich.progress import Progress

from tests.soak.day import run_day
from tests.soak.month import run_month
from tests.soak.run import Run
from tests.soak.table import tables

SEEDS = 1_000_000
MOST = 50
"""Things that are told one by one."""


def main() -> int:
    """Run what the command line asks for, and print what came of it."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--seed", type=int, default=None, help="repeats a run (default: SEED, else a random one)")
    parser.add_argument("--mode", choices=("both", "month", "day"), default="both")
    parser.add_argument("--days", type=float, default=30.0, help="of the month (default: 30)")
    parser.add_argument("--hours", type=float, default=24.0, help="of the day (default: 24)")
    parser.add_argument("--services", type=int, default=50, help="in five accounts (default: 50)")
    arguments = parser.parse_args()
    seed = _seed(arguments.seed)
    if os.environ.get("PYTHONHASHSEED") != "0":
        # The order of a set of names is chance too, which only a new process can take from the seed.
        again = [sys.executable, "-m", "tests.soak", *sys.argv[1:], "--seed", str(seed)]
        os.execve(sys.executable, again, {**os.environ, "PYTHONHASHSEED": "0"})  # noqa: S606
    console = Console()
    console.print(f"seed {seed}: SEED={seed} make soak repeats it", highlight=False)
    days, hours, services = arguments.days, arguments.hours, arguments.services
    right = True
    if arguments.mode in {"both", "month"}:
        right &= _show(console, "month", lambda progress: run_month(seed, days, services, progress))
    if arguments.mode in {"both", "day"}:
        right &= _show(console, "day", lambda progress: run_day(seed, hours, services, progress))
    return 0 if right else 1


def _seed(asked: int | None) -> int:
    if asked is not None:
        return asked
    return int(os.environ.get("SEED") or random.randrange(SEEDS))  # noqa: S311  (nothing secret)


def _show(console: Console, name: str, start: Callable[[Callable[[float], None]], Run]) -> bool:
    """Run it and print what came of it; whether all was right."""
    begun = time.perf_counter()
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task(name, total=1.0)
        run = start(lambda done: progress.update(task, completed=done))
    for table in tables(run):
        console.print(table)
    minutes, seconds = divmod(round(time.perf_counter() - begun), 60)
    console.print(
        f"{run.title}, seed {run.seed}: {minutes} min {seconds} s, at rest {run.calm_after:.1f} h after the storm",
        highlight=False,
    )
    for wrong in run.wrong[:MOST]:
        console.print(f"[red]wrong[/red] (seed {run.seed}) {wrong}", highlight=False, soft_wrap=True)
    verdict = f"[red]{len(run.wrong)} things are wrong[/red]" if run.wrong else "[green]all sums are equal[/green]"
    console.print(f"{name}: {verdict}", highlight=False)
    return not run.wrong


if __name__ == "__main__":
    sys.exit(main())
