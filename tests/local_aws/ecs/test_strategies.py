"""How ECS spreads tasks over a strategy, and which strategies it refuses."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from local_aws.ecs.strategy import Item, sequence
from tests.local_aws.ecs.simulation import CLUSTER, ON_DEMAND, SPOT, Ecs


def test_the_base_is_filled_before_the_weights_count() -> None:
    split = Counter(sequence((Item("FARGATE", weight=1, base=2), Item("FARGATE_SPOT", weight=3)), 10))
    assert split == {"FARGATE": 4, "FARGATE_SPOT": 6}


def test_weights_1_and_4_put_four_of_five_tasks_on_the_second() -> None:
    assert Counter(sequence((Item("A", weight=1), Item("B", weight=4)), 5)) == {"A": 1, "B": 4}


def test_a_weight_of_0_places_nothing() -> None:
    assert set(sequence((Item("FARGATE", weight=10), Item("FARGATE_SPOT")), 50)) == {"FARGATE"}


@given(
    st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 50)), min_size=1, max_size=6).filter(
        lambda items: any(weight for weight, _ in items)
    ),
    st.integers(0, 200),
)
def test_every_task_gets_a_provider_and_one_task_more_moves_none(items: list[tuple[int, int]], count: int) -> None:
    strategy = tuple(Item(f"p{number}", weight, base) for number, (weight, base) in enumerate(items))
    placed = sequence(strategy, count)
    assert len(placed) == count
    assert sequence(strategy, count + 1)[:count] == placed


def _item(provider: str, weight: int = 1, base: int = 0) -> dict[str, Any]:
    return {"capacityProvider": provider, "weight": weight, "base": base}


@pytest.mark.parametrize(
    ("strategy", "message"),
    [
        ([_item("FARGATE", 0), _item("FARGATE_SPOT", 0)], "at least one capacity provider with a weight"),
        ([_item("FARGATE", 1, 1), _item("FARGATE_SPOT", 1, 1)], "only one capacity provider with a base"),
        ([_item("FARGATE"), _item("FARGATE")], "duplicate capacity providers"),
        ([_item("FARGATE", 1001)], "weight 1001 is not within"),
        ([_item("FARGATE", 1, 100_001)], "base 100001 is not within"),
        ([_item(f"p{number}") for number in range(21)], "a maximum of 20 capacity providers"),
        ([_item("nowhere")], "was not found"),
        ([_item("unattached")], "not associated with the cluster"),
        ([_item("FARGATE"), _item("group")], "cannot contain both Fargate and Auto Scaling group"),
    ],
)
def test_strategies_that_ecs_refuses(simulation: Ecs, strategy: list[dict[str, Any]], message: str) -> None:
    """The limits of CapacityProviderStrategyItem and of CreateService's capacityProviderStrategy (API reference)."""
    asg = {
        "autoScalingGroupArn": "arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:1:autoScalingGroupName/g"
    }
    for name in ("group", "unattached"):
        simulation.client.create_capacity_provider(name=name, autoScalingGroupProvider=dict(asg))
    simulation.client.put_cluster_capacity_providers(
        cluster=CLUSTER, capacityProviders=["FARGATE", "FARGATE_SPOT", "group"], defaultCapacityProviderStrategy=[]
    )
    with pytest.raises(ClientError, match=message) as create:
        simulation.create(strategy=strategy)
    simulation.create("other")
    with pytest.raises(ClientError, match=message) as update:
        simulation.switch(strategy, "other")
    assert {error.value.response["Error"]["Code"] for error in (create, update)} == {"InvalidParameterException"}


@pytest.mark.parametrize(("before", "after"), [(SPOT, ON_DEMAND), (ON_DEMAND, SPOT)])
def test_a_changed_strategy_must_force_a_new_deployment(simulation: Ecs, before: Any, after: Any) -> None:
    """UpdateService answers 400 InvalidParameterException, whichever way the change goes."""
    simulation.create(strategy=before)
    with pytest.raises(ClientError, match="you must force a new deployment") as refused:
        simulation.update(capacityProviderStrategy=after)
    assert refused.value.response["Error"]["Code"] == "InvalidParameterException"
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    switched = simulation.switch(after)
    assert switched["capacityProviderStrategy"] == [{"base": 0, **after[0]}]


def test_from_launch_type_to_strategy_must_be_forced_and_drops_the_launch_type(simulation: Ecs) -> None:
    created = simulation.create(launchType="FARGATE")
    assert created["launchType"] == "FARGATE"
    assert "capacityProviderStrategy" not in created
    with pytest.raises(ClientError, match="you must force a new deployment"):
        simulation.update(capacityProviderStrategy=SPOT)
    assert "launchType" not in simulation.switch(SPOT)


def test_an_empty_strategy_goes_back_to_the_launch_type_the_service_was_made_with(simulation: Ecs) -> None:
    simulation.create(launchType="FARGATE")
    simulation.switch(SPOT)
    assert simulation.switch([])["launchType"] == "FARGATE"


def test_the_live_strategy_again_is_no_change(simulation: Ecs) -> None:
    """Compared as a set, a missing weight or base being 0: no force needed, and no new deployment."""
    both = [_item("FARGATE", 1, 1), _item("FARGATE_SPOT", 3)]
    before = simulation.create(strategy=both)["deployments"][0]["id"]
    again = simulation.update(capacityProviderStrategy=[{"capacityProvider": "FARGATE_SPOT", "weight": 3}, both[0]])
    assert [item["id"] for item in again["deployments"]] == [before]


def test_launch_type_and_strategy_exclude_each_other(simulation: Ecs) -> None:
    with pytest.raises(ClientError, match="both a launch type and capacity provider strategy"):
        simulation.create(strategy=SPOT, launchType="FARGATE")


def test_the_cluster_default_holds_for_a_service_that_says_nothing(simulation: Ecs) -> None:
    simulation.client.put_cluster_capacity_providers(
        cluster=CLUSTER, capacityProviders=["FARGATE", "FARGATE_SPOT"], defaultCapacityProviderStrategy=SPOT
    )
    created = simulation.create(strategy=[])
    assert created["capacityProviderStrategy"] == [_item("FARGATE_SPOT")]
    assert "launchType" not in created


def test_a_provider_that_a_service_uses_cannot_be_taken_from_the_cluster(simulation: Ecs) -> None:
    simulation.create()
    with pytest.raises(ClientError) as refused:
        simulation.client.put_cluster_capacity_providers(
            cluster=CLUSTER, capacityProviders=["FARGATE"], defaultCapacityProviderStrategy=[]
        )
    assert refused.value.response["Error"]["Code"] == "ResourceInUseException"


def test_every_account_has_the_fargate_providers(simulation: Ecs) -> None:
    answer = simulation.client.describe_capacity_providers(capacityProviders=["FARGATE_SPOT", "nope"])
    assert [item["status"] for item in answer["capacityProviders"]] == ["ACTIVE"]
    assert [item["reason"] for item in answer["failures"]] == ["MISSING"]
