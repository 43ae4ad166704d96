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
class Course:
    """What has happened to one service so far."""

    place: Place
    owners: Strategy = field(default_factory=Strategy)
    """What its owner set last, at `owner_at`."""
    owner_at: float = 0.0
    changed_at: float = 0.0
    """When anybody changed it last."""
    baseline: Strategy = field(default_factory=Strategy)
    """What the last failover replaced."""
    brought_back: Strategy = field(default_factory=Strategy)
    """What ECS went back to last, since the baseline was set."""
    failovers: int = 0
    rollbacks: int = 0

    def set(self, strategy: Strategy, time: float) -> None:
        """Its owner set a strategy."""
        self.owners, self.owner_at = strategy, time
        self.begin_anew()

    def begin_anew(self) -> None:
        """The baseline is set."""
        self.failovers, self.rollbacks, self.brought_back = 0, 0, Strategy()

    def again(self, before: Strategy, after: Strategy) -> bool:
        """Whether a change sets the last failover's fallback once more: upon itself, or upon what ECS brought back."""
        return _is_fallback(self.baseline, after) and any(map(before.same_as, (after, self.brought_back)))


@dataclass
class Courses:
    """Counts switches and keeps what was broken."""

    broken: list[str] = field(default_factory=list)
    raced: set[Place] = field(default_factory=set)
    switches: Counter[str] = field(default_factory=Counter)

    def read(self, timeline: Mapping[str, Any], updates: Sequence[Mapping[str, Any]]) -> None:
        """Go through `GET timeline` and `GET service-updates`."""
        for one in timeline["services"]:
            course = Course(Place(*(one[name] for name in NAMES)))
            own = [update for update in updates if Place(*(update[name] for name in NAMES)) == course.place]
            for time, before, after, update in _changes(one["points"], own):
                if update is None:
                    self._rolled_back(course, after)
                elif f"/{AUTOMATION}/" in update["principal_arn"]:
                    self._switched(course, time, before, after)
                elif after.same_as(before):
                    self._released(course, time, after)
                    continue
                else:
                    self.switches["owner: set another strategy"] += 1
                    course.set(after, time)
                    self.raced.discard(course.place)
                course.changed_at = time

    def _rolled_back(self, course: Course, after: Strategy) -> None:
        self.switches["ECS: rolled back"] += 1
        course.rollbacks, course.brought_back = course.rollbacks + 1, after
        if course.changed_at == course.owner_at:
            # Their own deployment: Terraform's plan shows it to them.
            self.raced.add(course.place)

    def _released(self, course: Course, time: float, after: Strategy) -> None:
        """Who releases what ECS brought back sets it anew, knowing of it or not."""
        if not course.rollbacks or not after.same_as(course.brought_back) or _is_fallback(course.baseline, after):
            return
        if not after.same_as(course.owners):
            self.raced.add(course.place)
        course.set(after, time)
        course.changed_at = time

    def _switched(self, course: Course, time: float, before: Strategy, after: Strategy) -> None:
        where = f"{course.place} at {time:.0f}: {before} became {after}"
        again = course.again(before, after)
        if again or _is_fallback(before, after):
            # The same fallback again is a failover too, and so is one of what ECS brought back beyond the baseline.
            self.switches["failover"] += 1
            course.failovers, course.baseline = course.failovers + 1, course.baseline if again else before
            if course.failovers > 1 + min(course.rollbacks, TRIED_AGAIN):
                self.broken.append(f"{where}: failover {course.failovers} since the baseline was set")
        elif after.same_as(before):
            self.switches["redeploy"] += 1
        elif after.same_as(course.baseline) and _is_fallback(after, before):
            self.switches["restore"] += 1
            course.begin_anew()
        elif before.same_as(course.owners) and time - course.owner_at <= RACE_SECONDS:
            self.switches["owner overruled within seconds"] += 1
            self.raced.add(course.place)
            course.failovers = 0
        else:
            self.broken.append(f"{where}: neither a failover nor a restore")


def _changes(
    points: Sequence[Mapping[str, Any]], updates: Sequence[Mapping[str, Any]]
) -> list[tuple[float, Strategy, Strategy, Mapping[str, Any] | None]]:
    """Time, before, after and who did it, None for ECS itself; the first is the service's making.

    Among them the calls of the automation that changed nothing, and owners' releases, which no point shows.
    """
    strategies = [(point["t"], Strategy.from_api(point["strategy"])) for point in points]
    left, found = list(updates), []
    for (_, before), (time, after) in pairwise([(0.0, Strategy()), *strategies]):
        if not after.same_as(before):
            found.append((time, before, after, _take(left, time, after)))
    for update in left:
        if f"/{AUTOMATION}/" in update["principal_arn"] or update["force_new_deployment"]:
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
