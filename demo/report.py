"""report.html: one file that tells in a minute what happened, without a network."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from demo import balance_chart
from demo.accounting import Accounts
from demo.chart import Mark, chart, scale_of
from demo.evidence import Evidence
from demo.outcome import Outcome
from demo.report_tables import events, services, verdict_badge
from demo.strategy import ON_DEMAND, SPOT, same, text
from demo.twins import TWIN
from demo.verdict import Verdict
from demo.words import clock, duration, plural
from spotctl.page import badge, page, tiles
from spotctl.plot import LEFT, RIGHT, WIDTH, Scale

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Telling:
    """How a scenario is told: title, first sentence (``{outage}`` is filled in) and what its clock starts at."""

    title: str
    beginning: str
    zero: str


LEGEND = (
    '<div class="legend"><span><i style="background:var(--spot)"></i>running on Spot</span>'
    '<span><i style="background:var(--on-demand)"></i>running on-demand</span>'
    "{twin}"
    '<span><i style="background:var(--missing);opacity:.35"></i>missing</span>'
    '<span><i class="line"></i>desired</span>'
    '<span><i style="background:var(--outage);border:1px solid var(--rule)"></i>Spot gone or short</span></div>'
)
TWIN_LEGEND = '<span><i style="background:var(--twin)"></i>running on-demand, in the twin</span>'
STRATEGIES = '<p class="soft">Strategies: provider and weight, with the base in brackets. Weight 0 places nothing.</p>'
FOOTER = (
    "Every figure comes from what was observed: tasks and strategies from the simulated ECS, changes from the calls it "
    "accepted, events from their deliveries, decisions from the functions' logs, phases from the state table. "
    "Terraform, its provider and the packaged functions are the real ones; AWS and its time are simulated on one "
    "machine, so times show the order and size of things, not those of your workloads. Raw data: timeline.json."
)


def report(
    telling: Telling,
    evidence: Evidence,
    verdicts: Sequence[Verdict],
    accounts: Accounts,
    failures: Sequence[str],
    hints: Sequence[str],
) -> str:
    """The whole page."""
    failed = "".join(f"<li>{escape(failure)}</li>" for failure in failures)
    legend = LEGEND.format(twin=TWIN_LEGEND if any(verdict.outcome.twin for verdict in verdicts) else "")
    legend += balance_chart.LEGEND if any(verdict.outcome.balance for verdict in verdicts) else ""
    cards = "".join(_card(telling, evidence, verdict) for verdict in verdicts)
    headline = badge(not failures, "every service ended as it should", plural(len(failures), "failure"))
    body = (
        f"<h1>{escape(telling.title)}</h1><p>{headline}</p>"
        f'<p class="lead">{escape(_lead(telling, evidence, verdicts))}</p>'
        + (f'<ul class="failures">{failed}</ul>' if failed else "")
        + "".join(f'<p class="soft">{escape(hint)}</p>' for hint in hints)
        + _tiles(verdicts, accounts)
        + f'<h2>Every service over time</h2>{legend}<div class="cards">{cards}</div>'
        + f"<h2>In figures</h2>{STRATEGIES}{services(verdicts)}<h2>What became of the events</h2>{events(accounts)}"
        + f"<footer>{escape(FOOTER)}</footer>"
    )
    return page(telling.title, body, (HERE / "report.js").read_text())


def marks(evidence: Evidence, outcome: Outcome) -> list[Mark]:
    """What was done to the service and when, in order of time."""
    found, live = [], outcome.before
    for update in outcome.updates:
        since = clock(update.at - evidence.loss_at)
        wanted = update.strategy or live
        if same(wanted, live):
            found.append(Mark(update.at, f"{since} new deployment forced on the same strategy"))
        elif same(wanted, outcome.before):
            found.append(Mark(update.at, f"{since} restore begun: back to its own strategy, to be proven"))
        else:
            found.append(Mark(update.at, f"{since} failed over: {text(wanted)}"))
        live = wanted
    for update in outcome.twin.counts if outcome.twin is not None else ():
        since = clock(update.at - evidence.loss_at)
        found.append(Mark(update.at, f"{since} its twin is asked for {plural(update.desired or 0, 'task')}"))
    if outcome.steady_at is not None:
        since = clock(outcome.steady_at - evidence.loss_at)
        found.append(Mark(outcome.steady_at, f"{since} on Spot as before the loss"))
    if outcome.proven_at is not None:
        back = f", {duration(outcome.to_restore)} after Spot came back" if outcome.to_restore else ""
        found.append(Mark(outcome.proven_at, f"{clock(outcome.proven_at - evidence.loss_at)} restore proven{back}"))
    return sorted(found, key=lambda mark: mark.at)


def _lead(telling: Telling, evidence: Evidence, verdicts: Sequence[Verdict]) -> str:
    moved = [v.outcome for v in verdicts if v.outcome.during is not None]
    gone = duration(evidence.return_at - evidence.loss_at) if evidence.return_at else "the whole run"
    alone = sum(not v.outcome.updates and v.outcome.twin is None for v in verdicts)
    redeployed = sum(bool(v.outcome.redeployments) for v in verdicts)
    twins = [v.outcome.twin for v in verdicts if v.outcome.twin is not None]
    at_zero = sum(twin.zero_at is not None for twin in twins)
    restored = sum(outcome.proven_at is not None for outcome in moved)
    return (
        f"{telling.beginning.format(outage=gone)} Moved to on-demand capacity: {len(moved)} of "
        f"{plural(len(verdicts), 'service')}. Back on exactly their own strategy, and proven on Spot: {restored}. "
        + (f"Carried by an on-demand twin: {len(twins)}; twins back at 0: {at_zero}. " if twins else "")
        + (f"Redeployed on an unchanged strategy: {redeployed}. " if redeployed else "")
        + f"Left alone: {alone}."
    )


def _logged(outcome: Outcome) -> str:
    """What the functions said about a service that they left alone."""
    if not outcome.decisions:
        return "No event about it."
    said = Counter(f"{decision.action} {decision.reason}" for decision in outcome.decisions)
    return f"Logged: {', '.join(f'<code>{escape(what)}</code> {count} times' for what, count in said.most_common())}."


def _tiles(verdicts: Sequence[Verdict], accounts: Accounts) -> str:
    outcomes = [verdict.outcome for verdict in verdicts]
    lost = sum(outcome.missing for outcome in outcomes if outcome.during or outcome.twin)
    short = sum(outcome.missing for outcome in outcomes if not (outcome.during or outcome.twin))
    unhealthy = sum(outcome.balance.missing for outcome in outcomes if outcome.balance is not None)
    back = "the proven restore" + (" or the twin's last step" if any(o.twin for o in outcomes) else "")
    shown = [
        (_range([o.to_failover for o in outcomes]), "from the loss of Spot to the failover"),
        (_range([o.to_restore for o in outcomes]), f"from the return of Spot to {back}"),
        (duration(lost), f"of task time missing where services failed over; {duration(short)} where they did not"),
        (str(accounts.total), f"events in; {sum(accounts.acted.values())} acted on"),
        (str(accounts.dead_letters), "dead letters"),
    ]
    if any(outcome.balance is not None for outcome in outcomes):
        shown.append((duration(unhealthy), "of healthy target time missing, all target groups together"))
    return tiles(shown)


def _range(seconds: Sequence[float | None]) -> str:
    known = sorted(value for value in seconds if value is not None)
    words = list(dict.fromkeys(duration(value) for value in known[:1] + known[-1:]))
    return " to ".join(words) or duration(None)


def _card(telling: Telling, evidence: Evidence, verdict: Verdict) -> str:
    outcome, service = verdict.outcome, verdict.outcome.service
    marked = marks(evidence, outcome)
    labels = ["on Spot", "on-demand", *(["in the twin"] if outcome.twin is not None else [])]
    names = [SPOT, ON_DEMAND, *([TWIN] if outcome.twin is not None else [])]
    points = [[point.at, point.desired, *(point.on(name) for name in names)] for point in outcome.points]
    whole = scale_of(evidence, 0)
    plots = _plot(evidence, whole, labels, points, chart(evidence, outcome, marked, telling.zero))
    if outcome.balance is not None:
        values = [balance_chart.values(point) for point in outcome.balance.points]
        titles = ("Targets in its target group", "The first minutes of these")
        for title, scale in zip(titles, balance_chart.scales(evidence, outcome.balance), strict=True):
            targets = balance_chart.balance_chart(evidence, service, outcome.balance, scale, telling.zero)
            plots += f"<p>{title}</p>" + _plot(evidence, scale, balance_chart.LABELS, values, targets)
    steps = "".join(f"<li>{escape(mark.label)}</li>" for mark in marked)
    return (
        f'<section class="card"><header><h3>{escape(service.label)}</h3>{verdict_badge(verdict)}</header>'
        f"<p>{escape(verdict.expected.story)} \N{MIDDLE DOT} {service.account} \N{MIDDLE DOT} {service.region}</p>"
        + plots
        + (f"<ol>{steps}</ol>" if steps else f"<p>Not touched. {_logged(outcome)}</p>")
        + "</section>"
    )


def _plot(
    evidence: Evidence, scale: Scale, labels: Sequence[str], points: Sequence[Sequence[float]], drawn: str
) -> str:
    """A chart with what is told under the pointer."""
    data = {
        "begin": scale.begin,
        "end": scale.end,
        "zero": evidence.loss_at,
        "left": LEFT,
        "right": RIGHT,
        "width": WIDTH,
        "labels": list(labels),
        "points": [list(point) for point in points],
    }
    return f'<div class="plot" data-chart="{escape(json.dumps(data))}">{drawn}<div class="tip"></div></div>'
