"""What two strategies mean to ECS."""

from __future__ import annotations

from spot_failover.core.strategy import Strategy, StrategyItem


def test_missing_weight_and_base_are_zero() -> None:
    read = Strategy.from_api([{"capacityProvider": "FARGATE"}, {"capacityProvider": "FARGATE_SPOT", "weight": 3}])
    assert read == Strategy.of(("FARGATE", 0, 0), ("FARGATE_SPOT", 3, 0))


def test_the_api_form_always_tells_weight_and_base() -> None:
    assert Strategy.of(("FARGATE", 1, 0)).to_api() == [{"capacityProvider": "FARGATE", "weight": 1, "base": 0}]


def test_no_list_at_all_is_no_strategy() -> None:
    assert not Strategy.from_api(None)
    assert not Strategy.from_api([])
    assert str(Strategy()) == "(none)"


def test_order_means_nothing() -> None:
    one = Strategy.of(("FARGATE", 1, 1), ("FARGATE_SPOT", 3, 0))
    assert one.same_as(Strategy.of(("FARGATE_SPOT", 3, 0), ("FARGATE", 1, 1)))


def test_weight_base_and_further_items_mean_something() -> None:
    one = Strategy.of(("FARGATE", 1, 1), ("FARGATE_SPOT", 3, 0))
    for other in (
        Strategy.of(("FARGATE", 1, 0), ("FARGATE_SPOT", 3, 0)),
        Strategy.of(("FARGATE", 2, 1), ("FARGATE_SPOT", 3, 0)),
        Strategy.of(("FARGATE", 1, 1)),
        Strategy.of(("FARGATE", 1, 1), ("FARGATE_SPOT", 3, 0), ("X", 0, 0)),
    ):
        assert not one.same_as(other)


def test_a_base_alone_makes_an_item_active() -> None:
    strategy = Strategy.of(("FARGATE_SPOT", 0, 2), ("FARGATE", 1, 0))
    assert [item.provider for item in strategy.active_among({"FARGATE_SPOT"})] == ["FARGATE_SPOT"]


def test_weight_and_base_zero_is_not_active() -> None:
    assert Strategy.of(("FARGATE_SPOT", 0, 0), ("FARGATE", 1, 0)).active_among({"FARGATE_SPOT"}) == ()


def test_one_task_of_base_makes_an_item_active_and_a_name_alone_does_not() -> None:
    assert StrategyItem("FARGATE_SPOT", base=1).active
    assert StrategyItem("FARGATE_SPOT", weight=1).active
    assert not StrategyItem("FARGATE_SPOT").active


def test_an_item_that_stands_twice_is_not_one_that_stands_once() -> None:
    once, twice = Strategy.of(("FARGATE", 1, 0)), Strategy.of(("FARGATE", 1, 0), ("FARGATE", 1, 0))
    assert not once.same_as(twice)
    assert not twice.same_as(once)


def test_the_text_tells_a_base_where_there_is_one() -> None:
    assert (
        str(Strategy.of(("FARGATE", 1, 2), ("FARGATE_SPOT", 3, 0))) == "FARGATE weight 1 base 2, FARGATE_SPOT weight 3"
    )
