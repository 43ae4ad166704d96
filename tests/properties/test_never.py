"""Events, ticks, owners, crashes, lost and late answers in any order keep every promise of the product."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial

from hypothesis import given, settings
from hypothesis import strategies as st

from spot_failover.core.policy import InterruptionPolicy, InterruptionResponse, Policy
from spot_failover.core.record import Phase
from tests.doubles.builders import API, WEB
from tests.properties.life import KEYS, OWN, Life

Step = Callable[[Life], object]


def _steps() -> list[Step]:
    """What may happen; what stands here more often happens more often."""
    steps: list[Step] = [Life.nothing]
    for key in KEYS:
        steps += [partial(Life.failure, key=key)] * 4
        steps += [partial(Life.failure, key=key, providers=("FARGATE", "FARGATE_SPOT"))] * 2
        steps += [partial(Life.interruption, key=key)] * 3
        steps += [partial(Life.failure, key=key, providers=("FARGATE",))]
        steps += (
            [partial(Life.roll_back_owner, key=key)] * 4
            + [partial(Life.roll_back, key=key)]
            + [partial(Life.roll_back_beyond, key=key)] * 4
            + [partial(Life.roll_back_restore, key=key)] * 4
            + [partial(Life.roll_back_again_and_again, key=key)]
        )
        steps += [partial(Life.owner, key=key, strategy=strategy) for strategy in (*OWN, *OWN[:2])]
        steps += [partial(Life.scale, key=key, desired=desired) for desired in (0, 4, 4, 4, 6)]
    steps += [partial(Life.wait, seconds=seconds) for seconds in (1, 20, 69, 90, 300, 300, 300, 900, 3600, 3600, 86400)]
    steps += [Life.sweep] * 6 + [Life.registry_forgets]
    steps += [Life.tick] * 12 + [Life.spot_goes] * 8 + [Life.spot_returns] * 4 + [Life.settle] * 6 + [Life.stale] * 2
    steps += [partial(Life.again, first=first, many=many) for first in (0, 3) for many in (1, 4)]
    for after in (False, True):
        steps += [partial(Life.unwritten, skip=skip, after=after) for skip in (0, 1)]
        steps += [partial(Life.lost, operation="switch", skip=0, after=after)] * 2
        steps += [partial(Life.lost, operation="redeploy", skip=0, after=after)]
        for operation in ("put", "switch", "describe"):
            steps += [partial(Life.crash, operation=operation, skip=skip, after=after) for skip in (0, 1)]
            steps += [
                partial(Life.between, operation=operation, what=what, after=after)
                for what in ("tick", "sweep", "event")
            ]
    steps += [
        partial(Life.throttled, operation=operation) for operation in ("describe", "intended_tasks", "tasks", "switch")
    ]
    return steps


LIVES = st.lists(st.sampled_from(_steps()), min_size=60, max_size=60)
"""Long enough that much comes together; what does not matter shrinks to nothing."""


MET = (
    "failover 1",
    "restore",
    "restore that has to wait",
    "roll-back of a failover",
    "roll-back of a restore",
    "roll-back of a deployment beyond",
)
"""What lives have to come upon, often: of what never happens nothing is shown."""
OFTEN = 10


def live(policy: Policy, steps: Sequence[Step]) -> Counter[str]:
    """One life, to its end; what was judged in it."""
    life = Life(policy)
    for step in steps:
        step(life)
        life.watch.check_writes()
        assert not life.watch.broken, life.watch.broken
    life.heal()
    life.watch.check_writes()
    assert not life.watch.broken, life.watch.broken
    for key in (WEB, API):
        record = life.installation.record(key)
        held = record.held_until is not None and record.held_until > life.installation.clock.now()
        left = held and life.watch.left_to_a_person(key)
        assert record.phase is Phase.CLOSED or left, f"{record} never ends"
        life.watch.met["held for good"] += record.phase is not Phase.CLOSED
        if record.phase is Phase.CLOSED:
            ended, owners = life.installation.strategy(key), life.watch.owners[key]
            assert ended == owners, f"{key} ends with {ended}, its owner set {owners}"
    return life.watch.met


def test_never() -> None:
    met = Counter[str]()

    @settings(max_examples=600)
    @given(LIVES)
    def lives(steps: Sequence[Step]) -> None:
        met.update(live(Policy(), steps))

    lives()
    seldom = {what: met[what] for what in MET if met[what] < OFTEN}
    assert seldom == {}
    # Every failover of a service that ECS rolls back time and again, and what comes of it.
    assert met["failover 4"]
    assert met["held for good"]


def test_never_where_interruptions_redeploy() -> None:
    met = Counter[str]()

    @settings(max_examples=200)
    @given(LIVES)
    def lives(steps: Sequence[Step]) -> None:
        redeploy = InterruptionPolicy(response=InterruptionResponse.REDEPLOY)
        met.update(live(Policy(interruption=redeploy), steps))

    lives()
    assert met["redeployment"] >= OFTEN
    assert met["restore"] >= OFTEN
