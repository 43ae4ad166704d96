"""What became of every service's strategy, and by whom: read from local_aws's own records after a run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from spot_failover.core.fallback import FallbackImpossibleError, fallback_strategy
from spot_failover.core.strategy import Strategy
from tests.soak.ground import AUTOMATION
from tests.soak.plan import TRIED_AGAIN, Place
from tests.soak.watch import RACE_SECONDS

PAIRS, WEIGHT = {"FARGATE_SPOT": "FARGATE"}, 10
SAME = 0.5
"""Seconds between two notes of one call, at most."""
NAMES = ("account", "region", "cluster", "service")


@dataclass
class Courses:
    """Counts switches and keeps what was broken."""

    broken: list[str] = field(default_factory=list)
    raced: set[Place] = field(default_factory=set)
    switches: Counter[str] = field(default_factory=Counter)

    def read(self, timeline: Mapping[str, Any], updates: Sequence[Mapping[str, Any]]) -> None:
        """Go through `GET timeline` and `GET service-updates`."""
        for one in timeline["services"]:
            place = Place(*(one[name] for name in NAMES))
            own = [update for update in updates if Place(*(update[name] for name in NAMES)) == place]
            self._course(place, one["points"], own)

    def _course(self, place: Place, points: Sequence[Mapping[str, Any]], updates: Sequence[Mapping[str, Any]]) -> None:
        owners, owner_at, failovers, rollbacks, baseline, brought_back = Strategy(), 0.0, 0, 0, Strategy(), Strategy()
        changed_at = 0.0
        for time, before, after, update in _changes(points, updates):
            where = f"{place} at {time:.0f}: {before} became {after}"
            again = _is_fallback(baseline, after) and any(map(before.same_as, (after, brought_back)))
            if update is None:
                self.switches["ECS: rolled back"] += 1
                rollbacks, brought_back = rollbacks + 1, after
                if changed_at == owner_at:
                    # Their own deployment: Terraform's plan shows it to them.
                    self.raced.add(place)
            elif f"/{AUTOMATION}/" not in update["principal_arn"]:
                self.switches["owner: set another strategy"] += 1
                owners, owner_at, failovers, rollbacks, brought_back = after, time, 0, 0, Strategy()
                self.raced.discard(place)
            elif again or _is_fallback(before, after):
                # The same fallback again is a failover too, and so is one of what ECS brought back beyond the baseline.
                self.switches["failover"] += 1
                failovers, baseline = failovers + 1, baseline if again else before
                if failovers > 1 + min(rollbacks, TRIED_AGAIN):
                    self.broken.append(f"{where}: failover {failovers} since the baseline was set")
            elif after.same_as(before):
                self.switches["redeploy"] += 1
            elif after.same_as(baseline) and _is_fallback(after, before):
                self.switches["restore"] += 1
                failovers, rollbacks, brought_back = 0, 0, Strategy()
            elif before.same_as(owners) and time - owner_at <= RACE_SECONDS:
                self.switches["owner overruled within seconds"] += 1
                self.raced.add(place)
                failovers = 0
            else:
                self.broken.append(f"{where}: neither a failover nor a restore")
            changed_at = time


def _changes(
    points: Sequence[Mapping[str, Any]], updates: Sequence[Mapping[str, Any]]
) -> list[tuple[float, Strategy, Strategy, Mapping[str, Any] | None]]:
    """Time, before, after and who did it, None for ECS itself; the first is the service's making.

    Among them the calls of the automation that changed nothing, which no point shows.
    """
    strategies = [(point["t"], Strategy.from_api(point["strategy"])) for point in points]
    left, found = list(updates), []
    for (_, before), (time, after) in pairwise([(0.0, Strategy()), *strategies]):
        if not after.same_as(before):
            found.append((time, before, after, _take(left, time, after)))
    for update in left:
        if f"/{AUTOMATION}/" in update["principal_arn"]:
            again = Strategy.from_api(update["strategy"])
            found.append((update["time"], again, again, update))
    return sorted(found, key=lambda change: change[0])


def _take(left: list[Mapping[str, Any]], time: float, strategy: Strategy) -> Mapping[str, Any] | None:
    """The call that brought about what was noted then: time went on a little between the two notes."""
    for update in left:
        if abs(update["time"] - time) < SAME and strategy.same_as(Strategy.from_api(update["strategy"])):
            left.remove(update)
            return update
    return None


def _is_fallback(baseline: Strategy, strategy: Strategy) -> bool:
    try:
        return strategy.same_as(fallback_strategy(baseline, PAIRS, WEIGHT))
    except FallbackImpossibleError:
        return False
