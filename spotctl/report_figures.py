"""Hours, shares and costs of services, from the times that they were on their fallback. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from spot_failover.core.service_key import ServiceKey
from spot_failover.core.shortage import shares
from spot_failover.core.strategy import NO_STRATEGY, Strategy
from spotctl.report_episodes import Episode

HOUR = 3600.0


@dataclass(frozen=True)
class Prices:
    """What a task costs in an hour."""

    on_demand: float
    spot: float
    unit: str = ""
    """Empty: in the currency of the prices that were given."""


@dataclass(frozen=True)
class Period:
    """What the report is about."""

    begin: datetime
    end: datetime

    @property
    def hours(self) -> float:
        """Its length."""
        return (self.end - self.begin).total_seconds() / HOUR

    def of(self, episode: Episode) -> float:
        """Hours of an episode within it."""
        begin, end = max(episode.begin, self.begin), min(episode.end or self.end, self.end)
        return max(0.0, (end - begin).total_seconds() / HOUR)


@dataclass(frozen=True)
class History:
    """What is known of one service."""

    key: ServiceKey
    episodes: Sequence[Episode] = ()
    strategy: Strategy = NO_STRATEGY
    """Its own, as it stands while it is not on its fallback; empty: nothing tells."""
    tasks: int | None = None
    """What it wants now; None: it is gone, and nothing tells."""


@dataclass(frozen=True)
class Figures:
    """A service, or an account with all of its services. None is what nothing tells."""

    hours: float
    fallback_hours: float
    at_least: bool
    """A begin or an end is not known: at least as many."""
    failovers: int
    failed_restores: int
    shortfall_minutes: float
    """Known ones: from the events to the switches."""
    shortfalls_unknown: int
    """Failovers of which not even that is known."""
    spot_task_hours: float | None
    on_demand_task_hours: float | None
    moved_task_hours: float | None
    """Of these, the ones that would have been on Spot."""
    cost: float | None = None
    all_on_demand: float | None = None
    """What the same task hours would have cost on on-demand."""

    @property
    def spot_share(self) -> float | None:
        """Part of the task hours on Spot, 0 to 1."""
        if self.spot_task_hours is None or self.on_demand_task_hours is None:
            return None
        total = self.spot_task_hours + self.on_demand_task_hours
        return self.spot_task_hours / total if total else None

    @property
    def saving(self) -> float | None:
        """Against running all of it on on-demand."""
        return None if self.cost is None or self.all_on_demand is None else self.all_on_demand - self.cost


def spot_tasks(strategy: Strategy, tasks: float, spot: Collection[str]) -> float:
    """How many of so many tasks a strategy puts on Spot, on average."""
    return float(sum(share for name, share in shares(strategy, int(tasks)).items() if name in spot))


def of_service(history: History, period: Period, spot: Collection[str], prices: Prices | None) -> Figures:
    """The figures of one service."""
    within = [each for each in history.episodes if period.of(each) > 0 or _begins(each, period)]
    fallback = sum(period.of(each) for each in within)
    wanted = history.tasks if history.tasks is not None else next((e.tasks for e in within[::-1] if e.tasks), None)
    new = [each for each in within if _begins(each, period)]
    known = [each.shortfall for each in new if each.shortfall is not None]
    spot_hours = on_demand = moved = None
    if wanted is not None and history.strategy:
        own = max(0.0, period.hours - fallback)
        on_spot = spot_tasks(history.strategy, wanted, spot)
        parts = [(each.tasks if each.tasks is not None else wanted, each, period.of(each)) for each in within]
        spot_hours = on_spot * own
        on_demand = (wanted - on_spot) * own + sum(tasks * hours for tasks, _, hours in parts)
        moved = sum(spot_tasks(e.baseline or history.strategy, tasks, spot) * hours for tasks, e, hours in parts)
    return Figures(
        hours=period.hours,
        fallback_hours=fallback,
        at_least=any(not (each.begin_known and each.end_known) for each in within),
        failovers=len(new),
        failed_restores=sum(each.failed_restores for each in within),
        shortfall_minutes=sum(known) / 60,
        shortfalls_unknown=len(new) - len(known),
        spot_task_hours=spot_hours,
        on_demand_task_hours=on_demand,
        moved_task_hours=moved,
        **_costs(spot_hours, on_demand, prices),
    )


def _begins(episode: Episode, period: Period) -> bool:
    return episode.begin_known and period.begin <= episode.begin < period.end


def _costs(spot: float | None, on_demand: float | None, prices: Prices | None) -> dict[str, float | None]:
    if prices is None or spot is None or on_demand is None:
        return {"cost": None, "all_on_demand": None}
    return {
        "cost": spot * prices.spot + on_demand * prices.on_demand,
        "all_on_demand": (spot + on_demand) * prices.on_demand,
    }


@dataclass
class Total:
    """An account, or all of them."""

    figures: Figures
    services: int
    unknown: list[ServiceKey] = field(default_factory=list)
    """Services whose task hours are not known: they are in the hours and failovers alone."""


def total(of: Iterable[tuple[ServiceKey, Figures]]) -> Total:
    """The sums; of costs and task hours the sums of what is known."""
    each = list(of)
    figures = [one for _, one in each]

    def known(name: str) -> float | None:
        values = [value for one in figures if (value := getattr(one, name)) is not None]
        return float(sum(values)) if values else None

    summed = Figures(
        hours=sum(one.hours for one in figures),
        fallback_hours=sum(one.fallback_hours for one in figures),
        at_least=any(one.at_least for one in figures),
        failovers=sum(one.failovers for one in figures),
        failed_restores=sum(one.failed_restores for one in figures),
        shortfall_minutes=sum(one.shortfall_minutes for one in figures),
        shortfalls_unknown=sum(one.shortfalls_unknown for one in figures),
        spot_task_hours=known("spot_task_hours"),
        on_demand_task_hours=known("on_demand_task_hours"),
        moved_task_hours=known("moved_task_hours"),
        cost=known("cost"),
        all_on_demand=known("all_on_demand"),
    )
    return Total(summed, len(each), [key for key, one in each if one.spot_task_hours is None])
