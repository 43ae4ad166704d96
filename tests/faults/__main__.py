"""`python -m tests.faults`: every fault at every AWS call of every scenario; status 1 if one was not survived."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console

from tests.faults.campaign import Campaign, run
from tests.faults.kept import Kept
from tests.faults.scenarios import SCENARIOS
from tests.faults.table import losses, table
from tests.faults.weather import ROUGH, WEATHERS

TOLD_EVERY = 60.0
"""Seconds between two lines of progress, where there is no terminal to show it."""


def main() -> int:
    """Run what the command line asks for, and print what came of it."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--scenario", action="append", choices=[one.name for one in SCENARIOS], help="only these")
    parser.add_argument("--weather", action="append", choices=[one.name for one in WEATHERS], help="only this")
    parser.add_argument("--installations", type=int, default=2, help="how many work side by side (default: 2)")
    parser.add_argument("--fresh", action="store_true", help="try again what was tried before with the same sources")
    arguments = parser.parse_args()
    chosen = [one for one in SCENARIOS if arguments.scenario is None or one.name in arguments.scenario]
    weathers = [one for one in WEATHERS if arguments.weather is None or one.name in arguments.weather]
    console = Console()
    begun = told = time.monotonic()
    kept = Kept.here(fresh=arguments.fresh)
    with tempfile.TemporaryDirectory(prefix="faults-") as folder, console.status("Installing ...") as status:

        def progress(campaign: Campaign) -> None:
            lost = sum(1 for _ in losses(campaign))
            text = f"{len(campaign.results)} of {campaign.planned} faults tried, {lost} not survived"
            status.update(text)
            nonlocal told
            if not console.is_terminal and time.monotonic() - told > TOLD_EVERY:
                told = time.monotonic()
                console.print(text, highlight=False)

        campaign = run(chosen, weathers, Path(folder), arguments.installations, progress, kept)
    for weather in weathers:
        console.print(table(campaign, weather))
    if ROUGH in weathers:
        unmet = sum(1 for result in campaign.results if not result.met)
        late, throttled = campaign.chaos["stale_reads"], campaign.chaos["throttled"]
        console.print(
            f"{unmet} faults not met because of it; in this run {late} late reads, {throttled} calls throttled"
        )
    lost = list(losses(campaign))
    for line in lost:
        console.print(f"[red]not survived[/red] {line}", highlight=False, soft_wrap=True)
    minutes, seconds = divmod(round(time.monotonic() - begun), 60)
    console.print(f"{len(campaign.results)} faults in {minutes} min {seconds} s", highlight=False)
    return 1 if lost or not campaign.results else 0


if __name__ == "__main__":
    sys.exit(main())
