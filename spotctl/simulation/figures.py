"""What the runs of one policy come to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from spotctl.simulation.run import Result


@dataclass(frozen=True)
class Figures:
    """One policy over several histories, in one scenario. Worst: of any one history."""

    policy: str
    scenario: str
    missing: float
    """Share of task time below desired."""
    missing_at_notice: float
    """The same where a task counts as gone from its notice on."""
    of_nothing: float
    """Time missing, as a share of what doing nothing misses."""
    of_nothing_worst: float
    zero: float
    """Share of time without a single task of a service."""
    of_on_demand: float
    """Cost as a share of always on-demand's."""
    over_bound: float
    """Cost as a multiple of the clairvoyant optimum's: mean over the histories."""
    over_bound_worst: float
    deployments_a_day: float
    """Of one service."""
    per_shortage: float
    """Deployments for each time that the service would have fallen below desired, had nothing been done."""
    per_shortage_worst: float
    starts_a_day: float
    """Task starts, of all the pool's services together."""
    undone: int

    @property
    def all_work_done(self) -> bool:
        """Whether costs can be compared: cheap is easy for who leaves work undone."""
        return self.missing < 0.05


def figures(results: Sequence[Result], nothing: Iterable[Result], on_demand: Iterable[Result]) -> Figures:
    """Add up one policy's runs; `nothing` and `on_demand` hold what those two did on the same histories."""
    undone = {result.trace: result for result in nothing}
    dear = {result.trace: result for result in on_demand}
    baselines = [undone[result.trace] for result in results]
    desired = sum(result.desired for result in results)
    shares = [_share(one.missing, base.missing) for one, base in zip(results, baselines, strict=True)]
    deployed = [_share(one.deployments, base.shortages) for one, base in zip(results, baselines, strict=True)]
    over = [result.over_bound for result in results]
    return Figures(
        policy=results[0].policy,
        scenario=results[0].scenario,
        missing=sum(result.missing for result in results) / desired,
        missing_at_notice=sum(result.missing_at_notice for result in results) / desired,
        of_nothing=_share(sum(one.missing for one in results), sum(base.missing for base in baselines)),
        of_nothing_worst=max(shares),
        zero=sum(one.zero for one in results) / sum(one.days * 86400 * one.services for one in results),
        of_on_demand=sum(one.cost for one in results) / sum(dear[one.trace].cost for one in results),
        over_bound=sum(over) / len(over),
        over_bound_worst=max(over),
        deployments_a_day=sum(one.deployments for one in results) / sum(one.days * one.services for one in results),
        per_shortage=_share(sum(one.deployments for one in results), sum(base.shortages for base in baselines)),
        per_shortage_worst=max(deployed),
        starts_a_day=sum(one.starts for one in results) / sum(one.days for one in results),
        undone=sum(one.undone for one in results),
    )


def _share(part: float, whole: float) -> float:
    """Of nothing, anything is too much."""
    if whole:
        return part / whole
    return float("inf") if part else 0.0
