"""All benchmarks together, and what `docs/performance.md` holds of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks import limits
from benchmarks.claim import Claim, claims_table, markdown
from benchmarks.cold_start import measure as cold_start
from benchmarks.cold_start import warm
from benchmarks.package import measure as package
from benchmarks.storm import measure as storm
from benchmarks.table_cost import measure as table_cost


@dataclass(frozen=True)
class Report:
    """What each found."""

    package: package.Package
    starts: Sequence[cold_start.Start]
    warm: warm.Warm
    tables: Sequence[table_cost.Size]
    storms: storm.Storms

    @property
    def claims(self) -> list[Claim]:
        """What is said of all of it."""
        return [
            *storm.claims(self.storms),
            *cold_start.claims(list(self.starts)),
            *warm.claims(self.warm),
            *table_cost.claims(self.tables),
            *package.claims(self.package),
        ]


def document(report: Report) -> str:
    """The generated part of the page."""
    parts = [
        claims_table(report.claims),
        "### Storm\n",
        storm.document(report.storms),
        "### Cold start\n",
        "Processor time of import and first invocation, over that of a function that only makes the same clients.\n",
        markdown(
            ("function", "over the floor", "floor with Powertools", "memory", "the floor's"),
            [_start(start) for start in report.starts],
        ),
        "### Where a warm invocation spends its processor time\n",
        f"A message whose service is failed over already, without AWS's answers: {report.warm.milliseconds:.2f} ms.\n",
        markdown(
            ("part", "share"), [(part, f"{share:.0%}") for part, share in report.warm.parts.items() if share >= 0.005]
        ),
        "### State table\n",
        markdown(
            (
                "known services",
                "restore tick: read units",
                "calls",
                "full scan: read units",
                "sweep: read units",
                "for each account and Region",
                "DescribeServices",
            ),
            [_size(size) for size in report.tables if not size.waiting],
        ),
        _crowded(report.tables[-1]),
        "### What limits it\n",
        markdown(("limit", "reached at", "the way past"), [limit.row for limit in limits.limits()]),
        "### Package\n",
        f"{report.package.zipped / 1000:,.0f} KB in {report.package.files} files, not compressed.\n",
        markdown(
            ("part", "KB"),
            [(part, f"{size / 1000:,.0f}") for part, (size, _) in list(report.package.parts.items())[:10]],
        ),
    ]
    return "\n".join(parts)


def _start(start: cold_start.Start) -> tuple[str, ...]:
    return (
        f"`{start.handler}`",
        f"{start.over_floor:.2f} x",
        f"{start.powertools_over_floor:.2f} x",
        f"{start.megabytes:.0f} MB",
        f"{start.floor_megabytes:.0f} MB",
    )


def _size(size: table_cost.Size) -> tuple[str, ...]:
    return (
        f"{size.known:,}",
        f"{size.restore.read_units:,.1f}",
        f"{size.restore.calls:,}",
        f"{size.scan.read_units:,.0f}",
        f"{size.sweep.read_units:,.1f}",
        f"{size.sweep.read_units / size.places:.2f}",
        f"{size.described:,}",
    )


def _crowded(size: table_cost.Size) -> str:
    return (
        f"Of {size.known:,} known services with {size.waiting} on on-demand that are not due, a tick takes "
        f"{size.restore.read_units:,.1f} read units and {size.restore.calls} calls; the first that sees them takes "
        f"{size.first_look.read_units:,.1f} and {size.first_look.calls} more, to put them together into incidents.\n"
    )
