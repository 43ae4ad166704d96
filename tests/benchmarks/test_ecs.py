"""The benchmark's ECS does what local_aws's does, at every moment of a long story."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest

from spot_failover.core.fallback import fallback_strategy
from spotctl.simulation import contenders
from spotctl.simulation.ecs import Ecs, Times
from spotctl.simulation.ecs_state import ON_DEMAND_PROVIDER, SPOT_PROVIDER, State
from spotctl.simulation.meter import Meter
from spotctl.simulation.timeline import Timeline
from tests.benchmarks.full_ecs import TIMING, Counts, FullEcs
from tests.doubles.builders import WEB

TIMES = Times(running=(50.0, 50.0), healthy=TIMING.healthy, drain=70.0)
PAIRS = {SPOT_PROVIDER: ON_DEMAND_PROVIDER}
RUNNING = {State.RUNNING, State.HEALTHY, State.NOTICED}


class QuickEcs:
    """The benchmark's, with the same handles."""

    def __init__(self, desired: int) -> None:
        self.timeline = Timeline()
        self.ecs = Ecs(self.timeline, TIMES, Random(1))  # noqa: S311 - a simulation's
        self.service = self.ecs.add(WEB, contenders.SPOT, desired, Meter(desired))

    def at(self, when: float, action: Callable[[], object]) -> None:
        self.timeline.at(when, action)

    def set_limit(self, limit: int | None) -> None:
        self.ecs.set_limit(limit)

    def switch(self, *, spot: bool) -> None:
        fallback = fallback_strategy(contenders.SPOT, PAIRS, 10)
        self.ecs.deploy(self.service, contenders.SPOT if spot else fallback)

    def scale(self, desired: int) -> None:
        self.ecs.scale(self.service, desired)

    def run(self, until: float) -> None:
        self.timeline.run(until)

    @property
    def counts(self) -> Counts:
        tasks = self.service.tasks
        running = [task for task in tasks if task.state in RUNNING]
        return (
            sum(task.spot for task in running),
            sum(not task.spot for task in running),
            sum(task.state is State.HEALTHY or task.served for task in running),
            sum(task.state is State.STARTING for task in tasks),
            len(self.service.deployments),
            self.service.primary.completed,
        )


def story(ecs: QuickEcs | FullEcs) -> None:
    """Spot goes and comes, in part and whole; the service fails over, is restored too soon, waits, is scaled."""
    ecs.at(100, lambda: ecs.set_limit(0))
    ecs.at(103, lambda: ecs.switch(spot=False))
    ecs.at(1000, lambda: ecs.switch(spot=True))
    ecs.at(2000, lambda: ecs.set_limit(3))
    ecs.at(3003, lambda: ecs.set_limit(5))
    ecs.at(4000, lambda: ecs.set_limit(None))
    ecs.at(6000, lambda: ecs.scale(9))
    ecs.at(7000, lambda: ecs.scale(6))
    ecs.at(8000, lambda: ecs.set_limit(4))
    ecs.at(9000, lambda: ecs.set_limit(0))
    ecs.at(9500, lambda: ecs.switch(spot=True))
    ecs.at(9600, lambda: ecs.set_limit(6))
    ecs.at(11000, lambda: ecs.switch(spot=False))
    ecs.at(11060, lambda: ecs.switch(spot=True))


@pytest.fixture(scope="module")
def courses() -> dict[int, tuple[Counts, Counts]]:
    quick, full = QuickEcs(8), FullEcs(8)
    story(quick)
    story(full)
    seen = {}
    for now in range(10, 13000, 10):
        quick.run(now - 0.5)
        full.run(now - 0.5)
        seen[now] = (quick.counts, full.counts)
    return seen


def test_the_two_agree_at_every_moment(courses: dict[int, tuple[Counts, Counts]]) -> None:
    different = {now: pair for now, pair in courses.items() if pair[0] != pair[1]}
    assert different == {}


def test_the_story_has_what_it_is_told_for(courses: dict[int, tuple[Counts, Counts]]) -> None:
    """All of Spot, all of on-demand, both at once, and a rollout that waits: else the two agree about nothing."""
    quick = [pair[0] for pair in courses.values()]
    assert any(spot == 8 and other == 0 for spot, other, *_ in quick)
    assert any(spot == 0 and other == 8 for spot, other, *_ in quick)
    assert any(spot == 3 and other == 5 for spot, other, *_ in quick)
    assert any(served < 6 for _, _, served, *_ in quick)
    assert {done for *_, done in quick} == {True, False}
