"""Run all examples, or those that are named, print a table, and exit with 1 if one fails."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from local_aws.client import LocalAws
from tools import paths
from tools.examples.catalogue import CENTRAL, ORGANIZATION, NoSuchExampleError, Run, runs
from tools.examples.steps import Outcome, Walk
from tools.linters.install import installed

AT_ONCE = 4
"""Most of the time the provider waits, for queues above all."""
FOLDER = paths.CACHE / "examples"
STEPS = ("fmt", "validate", "tflint", "plan", "apply", "again", "destroy", "leftovers")


def run_all(wanted: Sequence[Run], folder: Path, root: Path = paths.ROOT, at_once: int = AT_ONCE) -> list[Outcome]:
    """Run them side by side on one local AWS, and tell of each when it is done.

    Raises
    ------
    TerraformError
        If modules or provider of one can't be installed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    # The first is the organization's management account: it alone may enter the others, as the example's providers do.
    accounts = list(dict.fromkeys([CENTRAL, *(account for run in wanted for account, _ in run.places)]))
    with LocalAws.start(accounts, ORGANIZATION, log_file=folder / "local_aws.log") as aws:
        walks = [Walk(aws, run, folder / run.label, root) for run in wanted]
        for walk in walks:
            walk.init()
        with ThreadPoolExecutor(at_once) as pool:
            return list(pool.map(_told, walks))


def _told(walk: Walk) -> Outcome:
    outcome = walk.take()
    print(f"{'FAILED' if outcome.problem else 'ok':<6} {outcome.label}", flush=True)
    return outcome


def table(outcomes: Sequence[Outcome]) -> str:
    """Seconds of each step of each example."""
    width = max(len(outcome.label) for outcome in outcomes)
    lines = [f"{'example':<{width}}" + "".join(f"{step:>10}" for step in STEPS) + f"{'seconds':>10}  result"]
    for outcome in outcomes:
        cells = "".join(f"{_seconds(outcome, step):>10}" for step in STEPS)
        result = f"FAILED: {outcome.failed_at}" if outcome.problem else "ok"
        lines.append(f"{outcome.label:<{width}}{cells}{sum(outcome.seconds.values()):>10.1f}  {result}")
    return "\n".join(lines)


def _seconds(outcome: Outcome, step: str) -> str:
    return f"{outcome.seconds[step]:.1f}" if step in outcome.seconds else "-"


def main(arguments: Sequence[str]) -> int:
    """Run, print, and give the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.examples", description=__doc__)
    parser.add_argument("examples", nargs="*", metavar="EXAMPLE", help="folders under examples/; all, if none is named")
    parser.add_argument("--at-once", type=int, default=AT_ONCE, help="how many run side by side (%(default)s)")
    options = parser.parse_args(arguments)
    started = time.monotonic()
    try:
        outcomes = run_all(runs(options.examples), FOLDER, at_once=options.at_once)
    except NoSuchExampleError as error:
        print(error, file=sys.stderr)
        return 2
    print(f"\n{table(outcomes)}\n\n{len(outcomes)} examples in {time.monotonic() - started:.0f} s")
    if not installed():
        print("NOT RUN: tflint, which is not installed. With Go on the PATH, `make linters` builds it.")
    failed = [outcome for outcome in outcomes if outcome.problem]
    for outcome in failed:
        print(f"\n{outcome.label}: {outcome.failed_at}\n{outcome.problem}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
