"""`python -m benchmarks.policy`: compare policies on Spot histories. Exit status 1 where a goal does not hold."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.policy import documentation
from spotctl.simulation import results, tables
from spotctl.simulation.study import study
from spotctl.simulation.traces import TraceError, read_all, tuning
from tools import paths

OWN = paths.ROOT / "benchmarks" / "traces"
BUILD = Path("build/bench")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the comparison that the command line asks for."""
    options = _options(arguments)
    try:
        traces = read_all(options.traces)
        if options.days:
            traces = [trace.shortened(options.days) for trace in traces]
        done = study(traces, options.processes, _tell, wide=not options.quick, tuned_on=tuning(read_all(OWN)))
    except TraceError as error:
        print(error, file=sys.stderr)
        return 2
    results.write(done, options.out)
    if options.docs:
        documentation.put(options.docs, tables.as_markdown(done))
    print(f"Raw figures in {options.out / 'policy.json'}, the picture in {options.out / 'policy.html'}.\n")
    print(tables.as_text(done))
    return 0 if all(goal.holds for goal in done.goals) else 1


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.policy", description=__doc__)
    parser.add_argument(
        "--traces", type=Path, default=OWN, help="folder of CSV files `capacity,seconds` (default: ours)"
    )
    parser.add_argument("--out", type=Path, default=BUILD, help="where figures and picture go")
    parser.add_argument("--processes", type=int, default=1, help="runs at a time")
    parser.add_argument("--days", type=float, help="no more than so many days of each history")
    parser.add_argument("--quick", action="store_true", help="leave out other worlds and other settings")
    parser.add_argument("--docs", type=Path, help="Markdown file whose generated part is written anew")
    return parser.parse_args(arguments)


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
