"""A report as one page with charts, without a network."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import escape

from spot_failover.core.service_key import ServiceKey
from spotctl.output import at
from spotctl.page import page, table, tiles
from spotctl.plot import BOTTOM, LEFT, RIGHT, TOP, WIDTH, Scale, area, columns, rows, svg
from spotctl.report_episodes import Episode
from spotctl.report_figures import Figures, History, Period, spot_tasks
from spotctl.report_text import Report, hours, number, percent
from spotctl.service_name import short

ROW = 20
"""Pixels of a service in the chart of times."""
NAMES = 270
"""Pixels for its name."""
LETTERS = 42
"""Of it that fit."""
MOST = 60
"""Services that this chart shows: those that were on their fallback for longest."""
_SPOT = '<span><i style="background:var(--spot)"></i>{}</span>'
_MOVED = '<span><i style="background:var(--on-demand)"></i>on-demand by failover</span>'
_OWN = '<span><i style="background:var(--healthy)"></i>on-demand by its own strategy</span>'


@dataclass(frozen=True)
class Point:
    """Tasks of an account from a moment on."""

    at: float
    spot: float
    own: float
    moved: float


def page_of(report: Report, spot: Mapping[ServiceKey, Collection[str]]) -> str:
    """The whole file. `spot` has the Spot providers of each service."""
    title = "Spot and on-demand"
    period = report.period
    body = f"<h1>{title}</h1><p class='lead'>{at(period.begin)} to {at(period.end)}. {escape(_lead(report))}</p>"
    body += tiles(_tiles(report))
    if report.figures:
        cards = "".join(_account(report, account, spot) for account in report.accounts())
        body += (
            f'<h2>Tasks by account</h2>{_legend(_OWN, _SPOT.format("on Spot"), _MOVED)}<div class="cards">{cards}</div>'
        )
        body += f"<h2>Who was on on-demand, and when</h2>{_times(report)}"
        named = [(f"{name} ({each.services} services)", each.figures) for name, each in report.accounts().items()]
        body += f"<h2>Accounts</h2>{_table('account', named, report)}"
        services = [(short(key), one) for key, one in report.figures.items()]
        body += f"<h2>Services</h2>{_table('service', services, report)}"
    notes = "".join(f"<li>{escape(note)}</li>" for note in report.notes())
    return page(title, f"{body}<h2>How far this is known</h2><ul>{notes}</ul>")


def _lead(report: Report) -> str:
    all_of_it = report.all()
    moved = sum(one.fallback_hours > 0 for one in report.figures.values())
    if not moved:
        return "No service was on on-demand capacity by failover, as far as the history knows."
    text = f"{moved} of {all_of_it.services} services were on on-demand capacity by failover"
    return f"{text}, for {hours(all_of_it.figures)} hours in all."


def _tiles(report: Report) -> list[tuple[object, str]]:
    figures = report.all().figures
    shown: list[tuple[object, str]] = [
        (percent(figures.spot_share), "of task hours on Spot"),
        (figures.failovers, f"failovers; {figures.failed_restores} restores failed"),
        (number(figures.moved_task_hours), "task hours on on-demand by failover"),
        (f"{number(figures.shortfall_minutes)} min", "short, from the events to the switches"),
    ]
    if report.prices is not None:
        unit = f", in {report.prices.unit}" if report.prices.unit else ""
        extra = (figures.moved_task_hours or 0) * (report.prices.on_demand - report.prices.spot)
        shown += [
            (number(figures.saving, 2), f"saved against on-demand alone{unit} (estimate)"),
            (number(extra, 2), f"more than without failovers{unit} (estimate)"),
        ]
    return shown


def _legend(*shown: str) -> str:
    return f'<div class="legend">{"".join(shown)}</div>'


def _ticks(period: Period) -> list[tuple[float, str]]:
    step = (period.end - period.begin) / 6
    short_one = period.hours <= 48
    moments = [period.begin + step * number for number in range(6)]
    return [
        (moment.timestamp(), moment.astimezone(UTC).strftime("%H:%M" if short_one else "%m-%d %H:%M"))
        for moment in moments
    ]


def _account(report: Report, account: str, spot: Mapping[ServiceKey, Collection[str]]) -> str:
    histories = [each for each in report.material.histories if each.key.account == account and each.tasks is not None]
    points = _points(histories, report.period, spot)
    begin, end = report.period.begin.timestamp(), report.period.end.timestamp()
    scale = Scale(begin, end, 1 + max(point.spot + point.own + point.moved for point in points))
    parts = [
        *columns(scale, _ticks(report.period)),
        *rows(scale),
        area("healthy", scale, points, lambda _: 0.0, lambda point: point.own),
        area("spot", scale, points, lambda point: point.own, lambda point: point.own + point.spot),
        area("on-demand", scale, points, lambda p: p.own + p.spot, lambda p: p.own + p.spot + p.moved),
    ]
    drawn = svg(parts, f"Tasks of account {account} over time, on Spot and on-demand")
    return f'<section class="card"><header><h3>{account}</h3></header><div class="plot">{drawn}</div></section>'


def _points(histories: Sequence[History], period: Period, spot: Mapping[ServiceKey, Collection[str]]) -> list[Point]:
    """A point wherever a service goes to its fallback or comes back."""
    bounds = {period.begin}
    for history in histories:
        for each in history.episodes:
            bounds |= {bound for bound in (each.begin, each.end) if bound and period.begin < bound < period.end}
    return [_point(histories, moment, spot) for moment in sorted(bounds)]


def _point(histories: Sequence[History], moment: datetime, spot: Mapping[ServiceKey, Collection[str]]) -> Point:
    on_spot = own = moved = 0.0
    for history in histories:
        episode = next((each for each in history.episodes if _holds(each, moment)), None)
        tasks = history.tasks or 0
        if episode is not None and episode.tasks is not None:
            tasks = episode.tasks
        strategy = episode.baseline if episode is not None and episode.baseline else history.strategy
        share = spot_tasks(strategy, tasks, spot[history.key])
        own += tasks - share
        if episode is None:
            on_spot += share
        else:
            moved += share
    return Point(moment.timestamp(), on_spot, own, moved)


def _holds(episode: Episode, moment: datetime) -> bool:
    return episode.begin <= moment and (episode.end is None or moment < episode.end)


def _times(report: Report) -> str:
    """A row for each service, with the times on its fallback."""
    moved = [each for each in report.material.histories if report.figures[each.key].fallback_hours > 0]
    moved.sort(key=lambda each: -report.figures[each.key].fallback_hours)
    shown = moved[:MOST]
    width, height = WIDTH * 2, TOP + ROW * len(shown) + BOTTOM
    begin, seconds = report.period.begin, (report.period.end - report.period.begin).total_seconds()

    def x(moment: datetime) -> float:
        inside = min(max(moment - begin, timedelta()), timedelta(seconds=seconds)).total_seconds()
        return NAMES + LEFT + inside / seconds * (width - NAMES - LEFT - RIGHT)

    parts = []
    for moment, label in _ticks(report.period):
        place = x(datetime.fromtimestamp(moment, UTC))
        parts.append(f'<line class="grid" x1="{place:.1f}" x2="{place:.1f}" y1="{TOP}" y2="{height - BOTTOM}"/>')
        parts.append(f'<text x="{place:.1f}" y="{height - 7}" text-anchor="middle">{label}</text>')
    for number_of, history in enumerate(shown):
        top = TOP + ROW * number_of
        name = f"{history.key.account[-4:]} {history.key.cluster}/{history.key.service}"
        cut = name if len(name) <= LETTERS else f"{name[: LETTERS - 1]}\N{HORIZONTAL ELLIPSIS}"
        parts.append(f'<text x="0" y="{top + 13}">{escape(cut)}<title>{short(history.key)}</title></text>')
        parts.append(_bar("spot", x(begin), x(report.period.end), top, f"{short(history.key)}: on its own strategy"))
        for each in history.episodes:
            if report.period.of(each) > 0:
                told = f"{short(history.key)}: on on-demand {_edge(each.begin, known=each.begin_known)} to "
                told += f"{_edge(each.end or report.period.end, known=each.end_known)} {each.reason}"
                parts.append(_bar("on-demand", x(each.begin), x(each.end or report.period.end), top, told))
    more = f"<p class='soft'>And {len(moved) - MOST} more: see the table.</p>" if len(moved) > MOST else ""
    label = "Times on on-demand capacity by failover, by service"
    drawn = f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{label}">{"".join(parts)}</svg>'
    legend = _legend(_SPOT.format("on its own strategy"), _MOVED)
    return f'{legend}<section class="card">{drawn}</section>{more}' if shown else "<p>Nobody.</p>"


def _edge(moment: datetime, *, known: bool) -> str:
    return at(moment) if known else f"{at(moment)} (at least)"


def _bar(name: str, left: float, right: float, top: int, told: str) -> str:
    width = max(right - left, 1.5)
    place = f'x="{left:.1f}" y="{top + 3}" width="{width:.1f}" height="{ROW - 6}"'
    return f'<rect class="{name}" {place}><title>{escape(told)}</title></rect>'


def _table(first: str, named: Sequence[tuple[str, Figures]], report: Report) -> str:
    names = ["fallback h", "Spot task h", "on-demand task h", "moved task h", "on Spot", "failovers", "failed restores"]
    names += ["short min", *(["cost", "saved"] if report.prices is not None else [])]
    head = f"<th>{first}</th>" + "".join(f'<th class="number">{name}</th>' for name in names)
    body = "".join(_row(name, one, with_costs=report.prices is not None) for name, one in named)
    return table(head, body)


def _row(name: str, one: Figures, *, with_costs: bool) -> str:
    unknown = f" ({one.shortfalls_unknown} ?)" if one.shortfalls_unknown else ""
    cells = [hours(one), number(one.spot_task_hours), number(one.on_demand_task_hours), number(one.moved_task_hours)]
    cells += [percent(one.spot_share), str(one.failovers), str(one.failed_restores)]
    cells += [number(one.shortfall_minutes) + unknown]
    cells += [number(one.cost, 2), number(one.saving, 2)] if with_costs else []
    return f"<tr><td>{escape(name)}</td>" + "".join(f'<td class="number">{cell}</td>' for cell in cells) + "</tr>"
