"""What a controlled scale-down takes as input, and how it tells what is wrong with it."""

from __future__ import annotations

from typing import Any

import pytest

from spot_failover.core.errors import InputError
from spot_failover.core.scaledown_input import ScaledownInput, parse_scaledown_input
from spot_failover.core.strategy import Strategy

NAMES = {"cluster": "shop", "serviceName": "stream"}
ACCOUNT, REGION = "123456789012", "us-east-1"
ECS = f"arn:aws:ecs:{REGION}:{ACCOUNT}"
NLB = f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:loadbalancer/net/stream/50dc6c495c0c9188"
ITEM = {"capacityProvider": "FARGATE", "weight": 1}


def parsed(given: object, time_limit: int = 43200) -> ScaledownInput:
    return parse_scaledown_input(given, account=ACCOUNT, region=REGION, time_limit=time_limit)


def complaint(given: object) -> str:
    with pytest.raises(InputError) as caught:
        parsed(given)
    return str(caught.value)


def test_two_names_are_enough() -> None:
    assert parsed(NAMES) == ScaledownInput("shop", "stream")
    assert parsed({**NAMES, "nlb": None, "subnets": None}) == ScaledownInput("shop", "stream")


def test_what_is_not_given_is_as_the_readme_says() -> None:
    found = parsed(NAMES)
    assert (found.wait_for_service, found.decrement, found.scaledown_wait) == (600, 10, 60)


def test_the_least_of_everything_is_taken() -> None:
    found = parsed({**NAMES, "waitForService": 1, "scaledown_decrement": 1, "scaledown_wait": 1})
    assert (found.wait_for_service, found.decrement, found.scaledown_wait) == (1, 1, 1)
    assert (found.steps, found.least_seconds) == (100, 101)


@pytest.mark.parametrize(("given", "public"), [("ENABLED", True), ("DISABLED", False)])
def test_public_addresses_are_asked_for_in_the_words_of_ecs(given: str, *, public: bool) -> None:
    assert parsed({**NAMES, "assignPublicIp": given}).assign_public_ip is public


def test_every_field_is_read() -> None:
    given = {
        "cluster": f"{ECS}:cluster/shop",
        "serviceName": f"{ECS}:service/shop/stream",
        "nlb": "stream",
        "taskDefinition": f"{ECS}:task-definition/stream:8",
        "subnets": ["subnet-0a", "subnet-0b"],
        "task_sg": "sg-0a",
        "capacityProviderStrategy": [{**ITEM, "base": 1}, {"capacityProvider": "FARGATE_SPOT"}],
        "assignPublicIp": "DISABLED",
        "waitForService": 3600,
        "scaledown_decrement": 100,
        "scaledown_wait": 1,
    }
    assert parsed(given) == ScaledownInput(
        cluster="shop",
        service="stream",
        load_balancer="stream",
        task_definition=f"{ECS}:task-definition/stream:8",
        subnets=("subnet-0a", "subnet-0b"),
        security_groups=("sg-0a",),
        strategy=Strategy.of(("FARGATE", 1, 1), ("FARGATE_SPOT", 0, 0)),
        assign_public_ip=False,
        wait_for_service=3600,
        decrement=100,
        scaledown_wait=1,
    )


@pytest.mark.parametrize("count", [1, 16])
def test_lists_may_be_as_long_as_ecs_takes_them(count: int) -> None:
    subnets = [f"subnet-{number:x}" for number in range(count)]
    groups = [f"sg-{number:x}" for number in range(min(count, 5))]
    found = parsed({**NAMES, "subnets": subnets, "task_sg": groups})
    assert (found.subnets, found.security_groups) == (tuple(subnets), tuple(groups))


def test_strategies_may_be_as_long_and_shares_as_large_as_ecs_takes_them() -> None:
    assert parsed({**NAMES, "capacityProviderStrategy": [ITEM]}).strategy == Strategy.of(("FARGATE", 1, 0))
    most = [{"capacityProvider": f"p{number}", "weight": 1000} for number in range(20)]
    found = parsed({**NAMES, "capacityProviderStrategy": [{**most[0], "base": 100_000}, *most[1:]]}).strategy
    assert found == Strategy.of(("p0", 1000, 100_000), *((f"p{number}", 1000, 0) for number in range(1, 20)))


def test_a_load_balancer_is_given_by_its_arn_too() -> None:
    assert parsed({**NAMES, "nlb": NLB}).load_balancer == NLB


@pytest.mark.parametrize("given", [None, [], "shop", 3, {"shop"}])
def test_an_input_that_is_no_object_is_refused(given: object) -> None:
    assert "must be an object" in complaint(given)


def test_all_that_is_wrong_is_told_at_once() -> None:
    told = complaint({"serviceName": "", "waitForService": 0, "scaledown_decrment": 5})
    for part in ("cluster: missing", "serviceName: got", "waitForService: got 0", "scaledown_decrment: not a field"):
        assert part in told


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("cluster", "shop/stream"),
        ("cluster", f"{ECS}:service/shop"),
        ("cluster", 7),
        ("serviceName", f"{ECS}:cluster/stream"),
        ("nlb", NLB.replace("/net/", "/app/")),
        ("nlb", "a" * 33),
        ("nlb", 7),
        ("taskDefinition", "stream:0"),
        ("taskDefinition", "stream:latest"),
        ("taskDefinition", 7),
        ("subnets", []),
        ("subnets", "private"),
        ("subnets", ["subnet-0a", "subnet-0a"]),
        ("subnets", [f"subnet-{number:x}" for number in range(17)]),
        ("subnets", {"subnet-0a": 1}),
        ("subnets", ["subnet-0a", "private"]),
        ("subnets", ["subnet-0a", 7]),
        ("task_sg", "subnet-0a"),
        ("task_sg", [f"sg-{number:x}" for number in range(6)]),
        ("assignPublicIp", True),
        ("assignPublicIp", "enabled"),
        ("assignPublicIp", ["ENABLED"]),
        ("waitForService", 0),
        ("waitForService", 3601),
        ("waitForService", "600"),
        ("waitForService", True),
        ("waitForService", 1.5),
        ("scaledown_decrement", 0),
        ("scaledown_decrement", 101),
        ("scaledown_wait", 0),
        ("scaledown_wait", 86401),
        ("capacityProviderStrategy", {}),
        ("capacityProviderStrategy", []),
        ("capacityProviderStrategy", 7),
        ("capacityProviderStrategy", ["FARGATE"]),
        ("capacityProviderStrategy", [7]),
        ("capacityProviderStrategy", [ITEM, {"capacityProvider": "FARGATE_SPOT", "weight": 1001}]),
        ("capacityProviderStrategy", [ITEM, ITEM]),
        ("capacityProviderStrategy", [{**ITEM, "weight": 0}]),
        ("capacityProviderStrategy", [{**ITEM, "weight": 1001}]),
        ("capacityProviderStrategy", [{**ITEM, "weight": True}]),
        ("capacityProviderStrategy", [{**ITEM, "weight": "1"}]),
        ("capacityProviderStrategy", [{**ITEM, "weight": 1.5}]),
        ("capacityProviderStrategy", [{**ITEM, "base": 100001}]),
        ("capacityProviderStrategy", [{**ITEM, "base": -1}]),
        ("capacityProviderStrategy", [{**ITEM, "Base": 1}]),
        ("capacityProviderStrategy", [{"weight": 1}]),
        ("capacityProviderStrategy", [{**ITEM, "capacityProvider": ""}]),
        ("capacityProviderStrategy", [{**ITEM, "capacityProvider": 7}]),
        ("capacityProviderStrategy", [{**ITEM, "base": 1}, {"capacityProvider": "A", "base": 1}]),
        ("capacityProviderStrategy", [{**ITEM, "capacityProvider": f"p{number}"} for number in range(21)]),
    ],
)
def test_a_field_that_is_wrong_is_named_with_what_would_be_right(name: str, value: Any) -> None:
    told = complaint({**NAMES, name: value})
    assert told.startswith(f"{name}: got ")
    assert "; must be " in told


@pytest.mark.parametrize("place", ["eu-west-1:123456789012", "us-east-1:999999999999"])
def test_what_is_in_another_account_or_region_is_refused(place: str) -> None:
    told = complaint({**NAMES, "cluster": f"arn:aws:ecs:{place}:cluster/shop"})
    assert "in the state machine's own Region and account (us-east-1:123456789012)" in told


def test_a_service_of_another_cluster_is_refused() -> None:
    assert "serviceName: " in complaint({**NAMES, "serviceName": f"{ECS}:service/other/stream"})


def test_values_are_shown_as_they_are_and_long_ones_in_part() -> None:
    assert complaint({**NAMES, "waitForService": 0}).startswith("waitForService: got 0; must be a whole number")
    longest = "9" * 118
    assert f'got "{longest}"; must be' in complaint({**NAMES, "waitForService": longest})
    assert f'got "{longest}9...; must be' in complaint({**NAMES, "waitForService": f"{longest}9"})
    assert len(complaint({**NAMES, "cluster": "x" * 5000})) < 400


def test_what_cannot_be_done_in_time_is_refused_before_anything_is_touched() -> None:
    given = {**NAMES, "waitForService": 300, "scaledown_decrement": 30, "scaledown_wait": 60}
    assert parsed(given, 540).steps == 4
    with pytest.raises(InputError, match="waitForService = 300 s may take 540 s, but an execution may take 539 s"):
        parsed(given, 539)


def test_ten_waits_that_fill_the_time_limit_leave_none_to_the_new_tasks() -> None:
    assert "may take 43800 s" in complaint({**NAMES, "scaledown_decrement": 10, "scaledown_wait": 4320})
    assert parsed({**NAMES, "scaledown_decrement": 10, "scaledown_wait": 4260}).least_seconds == 43200
