"""The whole comparison: what is run, and what it comes to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from spot_failover.core.policy import RestorePolicy
from spot_failover.core.profiles import PROFILES, Profile
from spotctl.simulation import campaign, contenders, scenarios
from spotctl.simulation.campaign import Tell
from spotctl.simulation.contenders import Contender
from spotctl.simulation.figures import Figures, figures
from spotctl.simulation.goals import Goal, goals
from spotctl.simulation.run import Result
from spotctl.simulation.traces import Trace, TraceError, judging

TUNING_DAYS = 5.0
"""Of each tuning history, for the settings that were tried."""
PRICES = (0.2, 0.3, 0.4, 0.5, 0.7)
NO_SHORTAGE = "nothing can be compared: in none of the histories, as far as they are looked at, was the pool short"
_MINUTE = timedelta(minutes=1)
TRIED = tuple(
    RestorePolicy(
        initial_delay=initial * _MINUTE,
        factor=factor,
        max_delay=most * _MINUTE,
        patience=patience * _MINUTE,
        max_per_day=96,
    )
    for initial, factor, most, patience in (
        (2, 1.5, 15, 360),
        (5, 2.0, 60, 30),
        (5, 2.0, 60, 120),
        (5, 2.0, 60, 360),
        (10, 2.0, 60, 360),
        (15, 2.0, 120, 360),
        (20, 2.0, 120, 360),
        (60, 2.0, 240, 360),
        (60, 2.0, 240, 60),
        (120, 2.0, 480, 360),
    )
)
"""Settings beside the profiles', for the picture."""


def settings(policy: RestorePolicy) -> str:
    """The numbers of a profile in short: delays, factor, patience in minutes."""
    initial, most, patience = (
        round(value.total_seconds() / 60) for value in (policy.initial_delay, policy.max_delay, policy.patience)
    )
    return f"{initial} to {most} min x {policy.factor:g}, patience {patience} min"


@dataclass
class Study:
    """All results and what they come to, by policy or by world."""

    histories: list[str]
    results: list[Result] = field(default_factory=list)
    plain: dict[str, Figures] = field(default_factory=dict)
    lost: dict[str, Figures] = field(default_factory=dict)
    worlds: list[Figures] = field(default_factory=list)
    """`balanced` in other worlds."""
    tried: list[Figures] = field(default_factory=list)
    """Other settings, and the profiles, on the tuning histories."""
    prices: dict[float, dict[str, float]] = field(default_factory=dict)
    """Cost as a share of always on-demand's, by the price of Spot and by profile."""

    @property
    def goals(self) -> list[Goal]:
        """Claims with their figures."""
        return goals(self.plain, self.lost)


def judges_of(traces: Sequence[Trace]) -> list[Trace]:
    """Give the histories that judge: all, where none does.

    Raises
    ------
    TraceError
        None of them has a shortage.
    """
    judges = judging(traces) or list(traces)
    if not any(trace.short for trace in judges):
        raise TraceError(NO_SHORTAGE)
    return judges


def study(traces: Sequence[Trace], processes: int, tell: Tell, *, wide: bool, tuned_on: Sequence[Trace] = ()) -> Study:
    """Compare all policies on the histories that judge; `wide`: also in other worlds.

    Parameters
    ----------
    tuned_on
        Histories on which other settings are tried beside the profiles', where the comparison is wide.

    Raises
    ------
    TraceError
        No history that judges has a shortage: every goal would hold.
    """
    judges = judges_of(traces)
    done = Study([trace.name for trace in judges])
    _compare(done, judges, processes, tell)
    if not any(result.shortages for result in done.results if result.policy == contenders.NOTHING.name):
        raise TraceError(f"{NO_SHORTAGE} for long enough that a service lacked a task")
    if wide:
        _worlds(done, judges, processes, tell)
        if tuned_on:
            _tried(done, tuned_on, processes, tell)
    return done


def _compare(done: Study, judges: Sequence[Trace], processes: int, tell: Tell) -> None:
    everybody = (*contenders.OTHERS, *contenders.OURS)
    work = campaign.jobs(judges, everybody, scenarios.BASE) + campaign.jobs(judges, contenders.OURS, scenarios.LOST)
    results = campaign.carry_out(work, processes, tell)
    done.results += results
    nothing, dear = _references(results)
    for contender in everybody:
        done.plain[contender.name] = figures(campaign.of(results, contender.name, scenarios.BASE), nothing, dear)
    for contender in contenders.OURS:
        done.lost[contender.name] = figures(campaign.of(results, contender.name, scenarios.LOST), nothing, dear)
    always = sum(result.cost for result in dear)
    for price in PRICES:
        done.prices[price] = {}
        for contender in contenders.OURS:
            ours = campaign.of(results, contender.name, scenarios.BASE)
            cost = sum(result.on_demand + price * result.spot for result in ours)
            done.prices[price][contender.name] = cost / always


def _references(results: Sequence[Result]) -> tuple[list[Result], list[Result]]:
    nothing = campaign.of(results, contenders.NOTHING.name, scenarios.BASE)
    return nothing, campaign.of(results, contenders.ALWAYS_ON_DEMAND.name, scenarios.BASE)


def _worlds(done: Study, judges: Sequence[Trace], processes: int, tell: Tell) -> None:
    """On the two shortest histories: what a result hangs on shows there, too. The storm gets the shortest alone."""
    short = sorted(judges, key=lambda trace: trace.days)[:2]
    three = (contenders.NOTHING, contenders.ALWAYS_ON_DEMAND, contenders.BALANCED)
    plan = [(scenario, short) for scenario in scenarios.SENSITIVITY] + [(scenarios.CROWD, short[:1])]
    work = [job for scenario, traces in plan for job in campaign.jobs(traces, three, scenario)]
    results = campaign.carry_out(work, processes, tell)
    for scenario, _ in plan:
        nothing, dear, ours = (campaign.of(results, contender.name, scenario) for contender in three)
        done.worlds.append(figures(ours, nothing, dear))
    done.results += results


def _tried(done: Study, tuned_on: Sequence[Trace], processes: int, tell: Tell) -> None:
    """Where the profiles' numbers come from: settings side by side, on the histories that tune."""
    traces = [trace.shortened(TUNING_DAYS) for trace in tuned_on]
    profiles = [contenders.profile(which) for which in Profile]
    chosen = {settings(policy) for policy in PROFILES.values()}
    others = [contenders.by_product(settings(policy), policy) for policy in TRIED if settings(policy) not in chosen]
    known: list[Contender] = [contenders.NOTHING, contenders.ALWAYS_ON_DEMAND]
    results = campaign.carry_out(campaign.jobs(traces, [*known, *profiles, *others], scenarios.BASE), processes, tell)
    nothing, dear = _references(results)
    for contender in [*profiles, *others]:
        done.tried.append(figures(campaign.of(results, contender.name, scenarios.BASE), nothing, dear))
