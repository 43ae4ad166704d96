"""`python -m tests.faults`: every fault at every AWS call of every scenario; status 1 if one was not survived."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console

from tests.faults.campaign import Campaign, run
from tests.faults.kept import FOLDER, Kept
from tests.faults.scenarios import SCENARIOS
from tests.faults.still_campaign import run_in_process
from tests.faults.table import losses, not_met, table
from tests.faults.weather import ROUGH, WEATHERS

TOLD_EVERY = 60.0
"""Seconds between two lines of progress."""


def main() -> int:
    """Run what the command line asks for, and print what came of it."""
    arguments = _arguments()
    if not arguments.deployed and os.environ.get("PYTHONHASHSEED") != "0":
        # The order of a set of names is chance too, which only a new process can be rid of.
        again = [sys.executable, "-m", "tests.faults", *sys.argv[1:]]
        os.execve(sys.executable, again, {**os.environ, "PYTHONHASHSEED": "0"})  # noqa: S606
    chosen = [one for one in SCENARIOS if arguments.scenario is None or one.name in arguments.scenario]
    state_machines = [one for one in chosen if one.external and not arguments.deployed]
    weathers = [one for one in WEATHERS if arguments.weather is None or one.name in arguments.weather]
    console = Console()
    begun = told = time.monotonic()

    def progress(campaign: Campaign) -> None:
        nonlocal told
        if time.monotonic() - told > TOLD_EVERY:
            told = time.monotonic()
            lost = sum(1 for _ in losses(campaign))
            text = f"{len(campaign.results)} of {campaign.planned} faults tried, {lost} not survived"
            console.print(text, highlight=False)

    kept = Kept.here(arguments.kept, deployed=arguments.deployed, fresh=arguments.fresh)
    if arguments.deployed:
        with tempfile.TemporaryDirectory(prefix="faults-") as folder:
            place, workers = Path(folder), arguments.side_by_side
            campaign = run(chosen, weathers, place, workers, progress, kept, in_turn=arguments.in_turn)
    else:
        chosen = [one for one in chosen if one not in state_machines]
        campaign = run_in_process(chosen, weathers, arguments.side_by_side, progress, kept, in_turn=arguments.in_turn)
    for weather in weathers:
        console.print(table(campaign, weather))
    if ROUGH in weathers:
        unmet = not_met(campaign.results)
        late, throttled = campaign.chaos["stale_reads"], campaign.chaos["throttled"]
        console.print(
            f"{unmet} faults not met because of it, and so not survived either; "
            f"in this run {late} late reads, {throttled} calls throttled"
        )
    for one in state_machines:
        console.print(f"NOT RUN: {one.name}, whose state machine only --deployed runs", highlight=False)
    lost = list(losses(campaign))
    for line in lost:
        console.print(f"[red]not survived[/red] {line}", highlight=False, soft_wrap=True)
    minutes, seconds = divmod(round(time.monotonic() - begun), 60)
    console.print(f"{len(campaign.results)} faults in {minutes} min {seconds} s", highlight=False)
    return 1 if lost or not campaign.results else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--scenario", action="append", choices=[one.name for one in SCENARIOS], help="only these")
    parser.add_argument("--weather", action="append", choices=[one.name for one in WEATHERS], help="only this")
    parser.add_argument(
        "--deployed", action="store_true", help="through Terraform, HTTP and the zip, which takes many hours"
    )
    parser.add_argument(
        "--side-by-side", type=int, default=2, help="faults tried, or installations made, at once (default: 2)"
    )
    parser.add_argument("--in-turn", action="store_true", help="at each call one kind of fault, in turn")
    parser.add_argument("--fresh", action="store_true", help="try again what was tried before with the same sources")
    parser.add_argument("--kept", type=Path, default=FOLDER, help="the folder of what was tried before")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
