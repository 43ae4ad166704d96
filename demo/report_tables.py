"""The report's tables: the services in figures, and what became of the events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from demo.accounting import Accounts
from demo.reasons import REASONS
from demo.strategy import text
from demo.summary import during
from demo.verdict import Verdict
from demo.words import duration
from spotctl.page import badge, table


def services(verdicts: Sequence[Verdict]) -> str:
    """A row per service."""
    names = ("service", "strategy before", "during", "after")
    numbers = ["loss to failover", "return to restored", "lowest running", "task time missing"]
    balanced = any(verdict.outcome.balance is not None for verdict in verdicts)
    if balanced:
        numbers += ["fewest healthy targets", "all healthy again after"]
    head = "".join(f"<th>{name}</th>" for name in names) + "".join(f'<th class="number">{n}</th>' for n in numbers)
    return table(f"{head}<th>verdict</th>", "".join(_row(verdict, balanced) for verdict in verdicts))


def events(accounts: Accounts) -> str:
    """A row per reason: how many events came, and how they ended."""
    groups = (
        ("reached the queues", accounts.arrived),
        ("acted on", accounts.acted),
        ("observed only", accounts.observed),
        ("ignored", accounts.ignored),
        ("without a decision", {"": len(accounts.unaccounted)}),
        ("dead letters", {"": accounts.dead_letters}),
    )
    head = '<th>events</th><th class="number">count</th><th>kind or reason</th><th>meaning</th>'
    return table(head, "".join(_event_rows(name, counted) for name, counted in groups))


def verdict_badge(verdict: Verdict) -> str:
    """Whether the service ended as it should."""
    return badge(not verdict.failures, "as it should", "failed")


def _row(verdict: Verdict, balanced: bool) -> str:
    outcome = verdict.outcome
    strategies = (text(outcome.before, "\n"), during(verdict, "\n"), text(outcome.after, "\n"))
    balance = outcome.balance
    numbers = [
        duration(outcome.to_failover),
        duration(outcome.to_restore),
        f"{outcome.lowest} of {outcome.desired}",
        duration(outcome.missing),
    ]
    if balanced:
        numbers += [f"{balance.lowest} of {outcome.desired}", duration(balance.healthy_in)] if balance else [""] * 2
    place = f"{outcome.service.account}<br>{outcome.service.region}"
    return (
        f'<tr><td><b>{escape(outcome.service.label)}</b><br><span class="soft">{place}</span></td>'
        + "".join(f"<td><code>{escape(strategy).replace(chr(10), '<br>')}</code></td>" for strategy in strategies)
        + "".join(f'<td class="number">{number}</td>' for number in numbers)
        + f"<td>{verdict_badge(verdict)}</td></tr>"
    )


def _event_rows(name: str, counted: Mapping[str, int]) -> str:
    ordered = sorted(counted.items(), key=lambda entry: -entry[1]) or [("", 0)]
    return "".join(
        f'<tr><td>{name if position == 0 else ""}</td><td class="number">{count}</td>'
        f'<td><code>{escape(kind)}</code></td><td class="soft">{escape(REASONS.get(kind, ""))}</td></tr>'
        for position, (kind, count) in enumerate(ordered)
    )
