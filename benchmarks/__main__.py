"""`python -m benchmarks`: measure every claim but the policy's. Exit status 1 where a bound is missed."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks import limits, plot
from benchmarks.claim import Claim
from benchmarks.cold_start import measure as cold_start
from benchmarks.cold_start import warm
from benchmarks.documentation import put
from benchmarks.package import measure as package
from benchmarks.progress import tell
from benchmarks.report import Report, document
from benchmarks.storm import measure as storm
from benchmarks.table_cost import measure as table_cost

BUILD = Path("build/bench")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run them."""
    options = _options(arguments)
    # The storm lays virtual time over its whole process.
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as other:
        storms = other.submit(storm.measure, tell)
        report = Report(
            package=package.measure(),
            starts=cold_start.measure(tell=tell),
            warm=warm.measure(),
            tables=table_cost.measure(tell=tell),
            storms=storms.result(),
        )
    claims = report.claims
    _write(options.out, report, claims)
    if options.docs:
        put(options.docs, document(report))
    _print(claims)
    return 0 if all(claim.holds for claim in claims) else 1


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--out", type=Path, default=BUILD, help="where figures and pictures go")
    parser.add_argument("--docs", type=Path, help="Markdown file whose generated part is written anew")
    return parser.parse_args(arguments)


def _write(out: Path, report: Report, claims: Sequence[Claim]) -> None:
    out.mkdir(parents=True, exist_ok=True)
    raw: dict[str, Any] = {
        "package": asdict(report.package),
        "cold_start": {"starts": [asdict(start) for start in report.starts], "warm": asdict(report.warm)},
        "table_cost": [asdict(size) for size in report.tables],
        "storm": storm.as_json(report.storms),
        "limits": limits.as_json(),
        "claims": [claim.as_json() for claim in claims],
    }
    for name, figures in raw.items():
        (out / f"{name}.json").write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    (out / "performance.html").write_text(plot.page(report, claims), encoding="utf-8")


def _print(claims: Sequence[Claim]) -> None:
    table = Table(title="Fast and cheap")
    for head in ("claim", "figure", "bound", "holds"):
        table.add_column(head, justify="left" if head == "claim" else "right")
    for claim in claims:
        table.add_row(*claim.row)
    Console(width=150 if not sys.stdout.isatty() else None).print(table)


if __name__ == "__main__":
    sys.exit(main())
