"""``python -m demo``: status 0 when every service ends as it should, 1 when one does not, 130 when interrupted."""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections.abc import Sequence

from rich.console import Console

from demo import scaledown
from demo.live import LiveScreen
from demo.plain import PlainScreen
from demo.run import BUILD, PlanNotEmptyError, run
from demo.scenarios import SCENARIOS, NotSteadyError
from demo.screen import Screen
from demo.terraform import TerraformFailedError
from demo.words import duration
from local_aws.process import LocalAwsError
from tools import paths
from tools.terraform_mirror import TerraformError

PLAIN_WIDTH = 150
FAILURES = (
    TerraformError,
    TerraformFailedError,
    PlanNotEmptyError,
    NotSteadyError,
    scaledown.ScaledownFailedError,
    LocalAwsError,
)


def main(arguments: list[str] | None = None) -> int:
    """Run a scenario and give the exit status."""
    parser = argparse.ArgumentParser(prog="python -m demo", description="From terraform apply to a restored service.")
    parser.add_argument("--scenario", choices=sorted([*SCENARIOS, scaledown.NAME]), default="failover")
    name = parser.parse_args(arguments).scenario
    signal.signal(signal.SIGTERM, _interrupt)
    terminal = sys.stdout.isatty()
    console = Console() if terminal else Console(width=PLAIN_WIDTH)
    screen: Screen = LiveScreen(console) if terminal else PlainScreen()
    begun = time.monotonic()
    try:
        failed = _play(name, screen, console)
    except KeyboardInterrupt:
        print("\nInterrupted; everything that was started has been stopped.", file=sys.stderr)
        return 130
    except FAILURES as error:
        print(f"\nThe demo failed: {error}", file=sys.stderr)
        return 1
    report = (BUILD / "report.html").relative_to(paths.ROOT)
    console.print(f"{duration(time.monotonic() - begun)}. Charts: {report}, data: {report.with_name('timeline.json')}")
    return 1 if failed else 0


def _play(name: str, screen: Screen, console: Console) -> Sequence[str]:
    """Run the scenario, and give what is not as it should be."""
    if name == scaledown.NAME:
        return scaledown.run(screen, console)
    return run(SCENARIOS[name], screen, console).failures


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
