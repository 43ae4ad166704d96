"""A report as tables, as one JSON document, and as CSV."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from io import StringIO
from typing import Any

import click

from spot_failover.core.service_key import ServiceKey
from spotctl import output, views
from spotctl.output import at
from spotctl.report_data import Material
from spotctl.report_figures import Figures, Period, Prices, Total, total
from spotctl.service_name import short

COLUMNS = (
    "hours",
    "fallback_hours",
    "at_least",
    "spot_task_hours",
    "on_demand_task_hours",
    "moved_task_hours",
    "spot_share",
    "failovers",
    "failed_restores",
    "shortfall_minutes",
    "shortfalls_unknown",
    "cost",
    "saving",
)
"""Figures that JSON and CSV have, by these names."""
_PLACES = 4
ALWAYS = (
    (
        "Task hours are estimates: with the desired count at each failover where the log tells it, else with today's, "
        "and with the shares of the strategy. Autoscaling in between is not seen."
    ),
    "A failover counts as on-demand until its restore was proven: until then on-demand tasks may run.",
    (
        "Known from the functions' logs, as far as these are kept, and from the records. What spotctl did is in no "
        "log: of it only the last move of a service is known. On-demand twins are not counted."
    ),
    (
        "Shortfall is the time from an event to the switch. How long a service was short before and after that is not "
        "known."
    ),
)
"""What holds for every report."""


@dataclass(frozen=True)
class Report:
    """All of it."""

    period: Period
    prices: Prices | None
    material: Material
    figures: Mapping[ServiceKey, Figures]
    everything: bool
    """Services that were not moved are in it too."""

    def accounts(self) -> dict[str, Total]:
        """The sums of each account."""
        names = sorted({key.account for key in self.figures})
        return {name: total((key, one) for key, one in self.figures.items() if key.account == name) for name in names}

    def all(self) -> Total:
        """The sums of all."""
        return total(self.figures.items())

    def notes(self) -> list[str]:
        """What is estimated, and what is not known."""
        found = [*ALWAYS]
        if not self.everything:
            found.append("Only services that were on their fallback in this time; with --all the others with Spot too.")
        if self.prices is not None:
            found.append("Costs are estimates at one price for every task, over the whole time.")
        if any(one.at_least for one in self.figures.values()):
            found.append("+ : a begin or an end of a failover is not known, it was at least so long.")
        missing = self.all().unknown
        if missing:
            found.append(f"Task hours not known, the service is gone: {', '.join(map(short, missing))}.")
        return [*found, *(f"Not read: {gap}" for gap in self.material.gaps)]


def number(value: float | None, places: int = 1) -> str:
    """A figure for people."""
    return "-" if value is None else f"{value:,.{places}f}"


def percent(value: float | None) -> str:
    """A share for people."""
    return "-" if value is None else f"{100 * value:.1f} %"


def hours(figures: Figures) -> str:
    """Hours on the fallback; `+` says that they are at least so many."""
    return number(figures.fallback_hours) + ("+" if figures.at_least else "")


def as_tables(report: Report) -> None:
    """For people."""
    period = report.period
    click.echo(f"From {at(period.begin)} to {at(period.end)}, {number(period.hours)} h\n")
    if not report.figures:
        click.echo("No service was on on-demand capacity by failover, as far as the history knows.\n")
    else:
        output.table(_head("SERVICE", report), [_row(short(key), one, report) for key, one in report.figures.items()])
        click.echo()
        rows = [_row(f"{name} ({each.services})", each.figures, report) for name, each in report.accounts().items()]
        output.table(_head("ACCOUNT", report), [*rows, _row("all", report.all().figures, report)])
        click.echo()
    for note in report.notes():
        click.echo(note)


def _head(first: str, report: Report) -> list[str]:
    names = [first, "FALLBACK H", "SPOT TASK H", "ON-DEMAND TASK H", "MOVED TASK H", "ON SPOT", "FAILOVERS"]
    names += ["FAILED RESTORES", "SHORT MIN"]
    return names + (["COST", "SAVED"] if report.prices is not None else [])


def _row(name: str, one: Figures, report: Report) -> list[str]:
    short_for = number(one.shortfall_minutes) + (f" ({one.shortfalls_unknown} ?)" if one.shortfalls_unknown else "")
    cells = [name, hours(one), number(one.spot_task_hours), number(one.on_demand_task_hours)]
    cells += [number(one.moved_task_hours), percent(one.spot_share), str(one.failovers), str(one.failed_restores)]
    cells.append(short_for)
    return cells + ([number(one.cost, 2), number(one.saving, 2)] if report.prices is not None else [])


def _values(one: Figures) -> dict[str, Any]:
    values = {name: getattr(one, name) for name in COLUMNS}
    return {name: round(value, _PLACES) if isinstance(value, float) else value for name, value in values.items()}


def as_document(report: Report) -> dict[str, Any]:
    """For programs; null is what nothing tells."""
    episodes = {history.key: history.episodes for history in report.material.histories}
    prices = report.prices
    return {
        "from": report.period.begin,
        "to": report.period.end,
        "prices": {"on_demand": prices.on_demand, "spot": prices.spot, "unit": prices.unit} if prices else None,
        "services": [
            views.of_key(key)
            | _values(one)
            | {
                "on_fallback": [
                    {
                        "from": each.begin if each.begin_known else None,
                        "to": each.end if each.end_known else None,
                        "known_from": each.begin,
                        "known_to": each.end,
                        "reason": each.reason,
                        "lasts": each.end is None,
                        "tasks": each.tasks,
                    }
                    for each in episodes[key]
                    if report.period.of(each) > 0
                ]
            }
            for key, one in report.figures.items()
        ],
        "accounts": [
            {"account": name, "services": each.services} | _values(each.figures)
            for name, each in report.accounts().items()
        ],
        "total": {"services": report.all().services} | _values(report.all().figures),
        "notes": report.notes(),
    }


def as_csv(report: Report) -> str:
    """A line for each service; empty is what nothing tells."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["account", "region", "cluster", "service", "from", "to", *COLUMNS])
    for key, one in report.figures.items():
        place = [*views.of_key(key).values(), report.period.begin.isoformat(), report.period.end.isoformat()]
        writer.writerow([*place, *("" if value is None else value for value in _values(one).values())])
    return text.getvalue()
