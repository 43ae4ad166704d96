"""The strategy that a failover sets."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from spot_failover.core.fallback import FallbackImpossibleError, fallback_strategy, marked_as_fallback
from spot_failover.core.strategy import Strategy

FARGATE: Mapping[str, str] = {"FARGATE_SPOT": "FARGATE"}
GROUPS: Mapping[str, str] = {"spot": "on-demand"}


def test_the_example_of_a_service_with_a_base() -> None:
    baseline = Strategy.of(("FARGATE", 1, 1), ("FARGATE_SPOT", 3, 0))
    assert fallback_strategy(baseline, FARGATE, 10) == Strategy.of(("FARGATE", 10, 1), ("FARGATE_SPOT", 0, 0))


def test_a_missing_on_demand_item_goes_right_after_its_spot_item() -> None:
    baseline = Strategy.of(("spot", 4, 0), ("arm", 4, 0))
    wanted = Strategy.of(("spot", 0, 0), ("on-demand", 4, 0), ("arm", 4, 0))
    assert fallback_strategy(baseline, GROUPS, 10) == wanted


def test_spot_alone_becomes_the_fallback_weight() -> None:
    assert fallback_strategy(Strategy.of(("FARGATE_SPOT", 1, 0)), FARGATE, 7) == Strategy.of(
        ("FARGATE_SPOT", 0, 0), ("FARGATE", 7, 0)
    )


def test_the_base_moves_too() -> None:
    baseline = Strategy.of(("FARGATE_SPOT", 1, 2), ("FARGATE", 1, 0))
    assert fallback_strategy(baseline, FARGATE, 10) == Strategy.of(("FARGATE_SPOT", 0, 0), ("FARGATE", 10, 2))


def test_beside_items_of_no_pair_both_weights_add_up() -> None:
    baseline = Strategy.of(("on-demand", 1, 0), ("spot", 3, 0), ("arm", 4, 0))
    wanted = Strategy.of(("on-demand", 4, 0), ("spot", 0, 0), ("arm", 4, 0))
    assert fallback_strategy(baseline, GROUPS, 10) == wanted


def test_sums_over_the_limit_are_scaled_down_and_shares_stay() -> None:
    baseline = Strategy.of(("on-demand", 1000, 0), ("spot", 1000, 0), ("arm", 500, 0))
    wanted = Strategy.of(("on-demand", 1000, 0), ("spot", 0, 0), ("arm", 250, 0))
    assert fallback_strategy(baseline, GROUPS, 10) == wanted


def test_scaling_never_takes_an_item_out() -> None:
    baseline = Strategy.of(("on-demand", 1000, 0), ("spot", 1000, 0), ("arm", 1, 0))
    scaled = {item.provider: item.weight for item in fallback_strategy(baseline, GROUPS, 10)}
    assert scaled == {"on-demand": 1000, "spot": 0, "arm": 1}


def test_two_spot_providers_may_share_an_on_demand_one() -> None:
    pairs = {"spot-a": "on-demand", "spot-b": "on-demand"}
    baseline = Strategy.of(("spot-a", 1, 1), ("spot-b", 2, 0))
    wanted = Strategy.of(("spot-a", 0, 0), ("on-demand", 10, 1), ("spot-b", 0, 0))
    assert fallback_strategy(baseline, pairs, 10) == wanted


@pytest.mark.parametrize(
    "baseline",
    [
        Strategy(),
        Strategy.of(("FARGATE", 1, 0)),
        Strategy.of(("FARGATE_SPOT", 0, 0), ("FARGATE", 10, 0)),
        Strategy.of(("my_SPOT_provider", 1, 0)),
    ],
)
def test_without_active_spot_there_is_nothing_to_move(baseline: Strategy) -> None:
    with pytest.raises(FallbackImpossibleError, match="no active Spot"):
        fallback_strategy(baseline, FARGATE, 10)


def test_a_21st_item_has_no_room() -> None:
    baseline = Strategy.of(("spot", 1, 0), *((f"group-{number}", 1, 0) for number in range(19)))
    with pytest.raises(FallbackImpossibleError, match="20 items"):
        fallback_strategy(baseline, GROUPS, 10)


def test_twenty_items_that_hold_the_on_demand_one_are_enough() -> None:
    others = ((f"group-{number}", 1, 0) for number in range(18))
    baseline = Strategy.of(("spot", 1, 0), ("on-demand", 1, 0), *others)
    moved = fallback_strategy(baseline, GROUPS, 10)
    assert len(moved.items) == 20
    assert not moved.active_among(GROUPS)


def test_two_on_demand_providers_keep_the_shares_between_them() -> None:
    pairs = {"spot-a": "a", "spot-b": "b"}
    baseline = Strategy.of(("spot-a", 1, 0), ("spot-b", 3, 0))
    wanted = Strategy.of(("spot-a", 0, 0), ("a", 1, 0), ("spot-b", 0, 0), ("b", 3, 0))
    assert fallback_strategy(baseline, pairs, 10) == wanted


def test_an_inactive_spot_item_brings_nothing_in() -> None:
    pairs = {"spot-a": "a", "spot-b": "b"}
    baseline = Strategy.of(("spot-a", 1, 0), ("spot-b", 0, 0))
    wanted = Strategy.of(("spot-a", 0, 0), ("a", 1, 0), ("spot-b", 0, 0))
    assert fallback_strategy(baseline, pairs, 10) == wanted


def test_weights_at_the_limit_stay() -> None:
    baseline = Strategy.of(("on-demand", 400, 0), ("spot", 600, 0), ("arm", 7, 0))
    wanted = Strategy.of(("on-demand", 1000, 0), ("spot", 0, 0), ("arm", 7, 0))
    assert fallback_strategy(baseline, GROUPS, 10) == wanted


@pytest.mark.parametrize(
    ("strategy", "marked"),
    [
        (Strategy.of(("FARGATE", 10, 1), ("FARGATE_SPOT", 0, 0)), True),
        (Strategy.of(("FARGATE", 1, 1), ("FARGATE_SPOT", 3, 0)), False),
        (Strategy.of(("FARGATE", 10, 1)), False),
        (Strategy.of(("FARGATE_SPOT", 1, 0)), False),
    ],
)
def test_what_a_failover_leaves_is_marked_by_its_spot_providers(strategy: Strategy, *, marked: bool) -> None:
    assert marked_as_fallback(strategy, frozenset(FARGATE)) is marked
