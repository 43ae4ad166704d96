"""Whatever strategy ECS accepts: its fallback is accepted too, holds no Spot, and keeps shares."""

from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st

from spot_failover.core.fallback import FallbackImpossibleError, fallback_strategy
from spot_failover.core.strategy import Strategy
from tests.properties.strategies import OTHERS, PAIRS, capacity_strategies

WEIGHTS = st.integers(1, 1000)


def moved(baseline: Strategy, weight: int) -> Strategy:
    """The fallback; a baseline that has none is no case."""
    assume(baseline.active_among(PAIRS))
    try:
        return fallback_strategy(baseline, PAIRS, weight)
    except FallbackImpossibleError:
        assume(False)
        raise


@given(capacity_strategies(), WEIGHTS)
def test_ecs_accepts_it(baseline: Strategy, weight: int) -> None:
    fallback = moved(baseline, weight)
    assert len(fallback.items) <= 20
    assert len(fallback.providers) == len(fallback.items)
    assert all(0 <= item.weight <= 1000 for item in fallback)
    assert any(item.weight for item in fallback)
    assert sum(item.base > 0 for item in fallback) <= 1


@given(capacity_strategies(), WEIGHTS)
def test_no_spot_is_left_and_every_mark_stays(baseline: Strategy, weight: int) -> None:
    fallback = moved(baseline, weight)
    assert not fallback.active_among(PAIRS)
    assert baseline.providers <= fallback.providers
    assert fallback.providers - baseline.providers <= set(PAIRS.values())
    assert not fallback.same_as(baseline)


@given(capacity_strategies(), WEIGHTS)
def test_order_and_bases_stay(baseline: Strategy, weight: int) -> None:
    fallback = moved(baseline, weight)
    kept = [item.provider for item in fallback if item.provider in baseline.providers]
    assert kept == [item.provider for item in baseline]
    assert sum(item.base for item in fallback) == sum(item.base for item in baseline)
    new = [(before, after) for before, after in zip(fallback, fallback.items[1:], strict=False)]
    for before, after in new:
        if after.provider not in baseline.providers:
            assert PAIRS[before.provider] == after.provider


@given(capacity_strategies(), WEIGHTS)
def test_items_of_no_pair_keep_their_share(baseline: Strategy, weight: int) -> None:
    shared = {item.provider: item.weight for item in baseline if item.provider in OTHERS}
    assume(shared)
    fallback = {item.provider: item.weight for item in moved(baseline, weight)}
    before, after = sum(item.weight for item in baseline), sum(fallback.values())
    for name, own in shared.items():
        # Weights are whole numbers up to 1000: a share that is scaled down may lose one of them, or keep its last.
        assert abs(own / before - fallback[name] / after) <= (len(fallback) + 1) / 1000
        assert bool(own) == bool(fallback[name])


@given(capacity_strategies(), WEIGHTS)
def test_a_strategy_that_fits_is_not_scaled(baseline: Strategy, weight: int) -> None:
    sums = {item.provider: item.weight for item in baseline}
    for item in baseline.active_among(PAIRS):
        sums[PAIRS[item.provider]] = sums.get(PAIRS[item.provider], 0) + item.weight
    assume(max(sums.values()) <= 1000)
    fallback = {item.provider: item.weight for item in moved(baseline, weight)}
    assert all(fallback[name] == sums[name] for name in baseline.providers if name in OTHERS)


@given(capacity_strategies(), WEIGHTS)
def test_it_has_no_fallback_itself(baseline: Strategy, weight: int) -> None:
    fallback = moved(baseline, weight)
    try:
        again = fallback_strategy(fallback, PAIRS, weight)
    except FallbackImpossibleError:
        return
    raise AssertionError(f"{fallback} failed over to {again}")
