"""The tables that are printed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table

from tests.permissions.grants import Grant
from tests.permissions.theatre import Report
from tests.permissions.unmodelled import unmodelled

WIDTH = 170


def print_report(report: Report) -> None:
    """Policy, statement, action, and how many requests it alone allowed."""
    rows = []
    for grant in report.grants:
        requests, entry = report.requests(grant), unmodelled(grant)
        verdict = str(requests) if requests else "EXCESS"
        if entry is not None:
            verdict = "USED, BUT LISTED AS NOT TO BE SEEN" if requests else f"not seen: {entry.reason}"
        rows.append((grant, verdict))
    _print("Permissions, and the requests that nothing else would have allowed", "requests allowed", rows)


def print_removals(rows: Sequence[tuple[Grant, str]]) -> None:
    """Policy, statement, action, and what happened without it."""
    _print("Permissions, and what happens without them", "without it", rows)


def _print(title: str, last: str, rows: Iterable[tuple[Grant, str]]) -> None:
    table = Table(title=title)
    for column in ("policy", "statement", "action", last):
        table.add_column(column, overflow="fold")
    for grant, text in rows:
        table.add_row(grant.where, grant.sid, grant.action, text)
    Console(width=WIDTH).print(table)
