"""The table and the counts that a run ends with on the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from demo.accounting import Accounts
from demo.strategy import text
from demo.verdict import Verdict
from demo.words import counts, duration, plural

NARROW = 112


def show(
    console: Console, verdicts: Sequence[Verdict], accounts: Accounts, failures: Sequence[str], hints: Sequence[str]
) -> None:
    """Print what became of every service and event, and what is wrong."""
    console.print(_services(verdicts, narrow=console.width < NARROW))
    console.print(_events(accounts))
    for failure in failures:
        console.print(Text(f"FAILED  {failure}", style="bold red"))
    for hint in hints:
        console.print(Text(f"Why?    {hint}"))
    if not failures:
        console.print(Text("Every service ended as it should.", style="bold green"))


def _services(verdicts: Sequence[Verdict], narrow: bool) -> Table:
    """A row per service. On a narrow terminal the three strategies share a column."""
    title = "What became of the services (strategies: provider and weight)"
    style = box.SIMPLE_HEAD if narrow else box.HEAVY_HEAD
    table = Table(show_lines=True, box=style, header_style="bold", title=title, title_justify="left")
    table.add_column("service", min_width=12)
    for column in ("strategy",) if narrow else ("strategy before", "during", "after"):
        table.add_column(column, min_width=14)
    table.add_column("loss to\nfailover", justify="right")
    table.add_column("return to\nrestored", justify="right")
    table.add_column("lowest\nrunning", justify="right")
    table.add_column("as it\nshould")
    for verdict in verdicts:
        outcome = verdict.outcome
        name = Text.assemble(
            (outcome.service.label, "bold"), f"\n{outcome.service.account} {outcome.service.region}\n",
            (verdict.expected.story, "dim"),
        )  # fmt: skip
        table.add_row(
            name,
            *([_story(verdict)] if narrow else _strategies(verdict, "\n")),
            duration(outcome.to_failover),
            duration(outcome.to_restore),
            f"{outcome.lowest} of {outcome.desired}",
            Text("FAILED", style="bold red") if verdict.failures else Text("yes", style="green"),
        )
    return table


def _story(verdict: Verdict) -> str:
    before, during_it, after = _strategies(verdict, ", ")
    return f"before {before}\nduring {during_it}\nafter  {after}"


def _strategies(verdict: Verdict, separator: str) -> tuple[str, str, str]:
    outcome = verdict.outcome
    return text(outcome.before, separator), during(verdict, separator), text(outcome.after, separator)


def during(verdict: Verdict, separator: str) -> str:
    """The strategy that the automation set, or what else it did."""
    if verdict.outcome.during is not None:
        return text(verdict.outcome.during, separator)
    if verdict.outcome.twin is not None:
        return f"unchanged,{separator.lstrip(',')}twin of {plural(verdict.outcome.twin.peak, 'task')}"
    if verdict.outcome.redeployments:
        return f"unchanged,{separator.lstrip(',')}{plural(verdict.outcome.redeployments, 'redeployment')}"
    return "unchanged"


def _events(accounts: Accounts) -> Table:
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    table.add_row("Events in", str(accounts.total), counts(accounts.arrived))
    table.add_row("Acted on", str(sum(accounts.acted.values())), counts(accounts.acted))
    table.add_row("Observed only", str(sum(accounts.observed.values())), counts(accounts.observed))
    table.add_row("Ignored", str(sum(accounts.ignored.values())), counts(accounts.ignored))
    table.add_row("Without decision", str(len(accounts.unaccounted)), "")
    table.add_row("Dead letters", str(accounts.dead_letters), "")
    return table
