"""ECS tells nothing: the sweep finds what runs short of Spot, and touches nothing that fails for reasons of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.scenarios.organization import MEDIA, ORDERS, REGION, SPOT, Organization

pytestmark = pytest.mark.slow

THRESHOLD, TICK = 600, 300
"""Seconds: the defaults of `sweep.threshold_minutes` and `sweep.schedule`."""
LATE = 60
"""Seconds in which ECS finds that it can't replace a task, and an order goes through its queue."""
FALLBACK = [
    {"capacityProvider": "FARGATE_SPOT", "weight": 0, "base": 0},
    {"capacityProvider": "FARGATE", "weight": 10, "base": 0},
]
MIXED = [
    {"capacityProvider": "FARGATE", "weight": 1, "base": 1},
    {"capacityProvider": "FARGATE_SPOT", "weight": 3, "base": 0},
]
SWEEP_LOG = "/aws/lambda/fargate-spot-sweep-handler"
OWN_REASONS = (
    "container-exit",
    "container-health-check",
    "image-pull",
    "secrets",
    "subnet-addresses",
)


NEVER_WHOLE = ("image-pull", "secrets", "subnet-addresses", "broken-release", "no-on-demand")
"""Tasks of the others run for a while between two failures, so that a sweep may find all of them running."""


@pytest.fixture
def silent(organization: Organization) -> Iterator[Organization]:
    organization.aws.ecs_events(enabled=False)
    yield organization
    organization.aws.ecs_events()
    organization.aws.set_spot_capacity(ORDERS, REGION, None)
    organization.aws.set_spot_capacity(ORDERS, REGION, None, "FARGATE")


def told_about(organization: Organization, service: str) -> set[tuple[str, str]]:
    """(action, reason) of the sweep's decisions about a service."""
    lines = organization.log_lines(SWEEP_LOG)
    return {(line["action"], line["reason"]) for line in lines if line.get("service") == service}


def test_the_first_heartbeat_of_one_apply_of_all_is_heard(organization: Organization) -> None:
    organization.aws.advance(LATE)
    first: dict[str, str] = {}
    heard = set()
    for delivery in organization.aws.deliveries():
        target = delivery["target_arn"]
        if target.endswith(":event-bus/default"):
            first.setdefault(target, delivery["event_id"])
        elif target.endswith(":fargate-spot-sweep-queue") and delivery["outcome"] == "delivered":
            heard.add(delivery["event_id"])
    assert {target.split(":")[4] for target in first} >= {ORDERS, MEDIA}
    assert set(first.values()) <= heard


def test_a_shortage_of_which_nothing_tells_is_found_in_time(silent: Organization) -> None:
    names = [f"quiet-{number}" for number in range(3)]
    for name in names:
        silent.service("quiet", name)
    silent.aws.set_spot_capacity(ORDERS, REGION, 0)
    silent.aws.advance(THRESHOLD - LATE)
    assert silent.switches("quiet") == []
    silent.aws.advance(TICK + 2 * LATE)
    assert [silent.strategy("quiet", name) for name in names] == [FALLBACK] * 3
    assert len(silent.switches("quiet")) == 3
    assert ("fail_over", "SILENT_SHORTAGE") in told_about(silent, "quiet-0")
    silent.aws.set_spot_capacity(ORDERS, REGION, None)
    silent.aws.advance(3600)
    assert [silent.strategy("quiet", name) for name in names] == [SPOT] * 3


def test_what_fails_for_reasons_of_its_own_is_reported_and_untouched(silent: Organization) -> None:
    for how in OWN_REASONS:
        silent.service("own-reasons", how)
        silent.aws.fail_application(ORDERS, REGION, "own-reasons", how, how)
        silent.client("ecs", ORDERS).update_service(cluster="own-reasons", service=how, desiredCount=4)
    release = silent.service("own-reasons", "broken-release").rpartition("/")[2]
    broken = silent.client("ecs", ORDERS).register_task_definition(
        family="own-reasons-next",
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        containerDefinitions=[{"name": "web", "image": "example/web:broken", "essential": True}],
    )["taskDefinition"]["taskDefinitionArn"]
    silent.aws.break_image(ORDERS, "example/web:broken")
    silent.client("ecs", ORDERS).update_service(cluster="own-reasons", service=release, taskDefinition=broken)
    silent.service("own-reasons", "no-on-demand", capacityProviderStrategy=MIXED, desiredCount=4)
    silent.aws.set_spot_capacity(ORDERS, REGION, 0, "FARGATE")
    silent.client("ecs", ORDERS).update_service(cluster="own-reasons", service="no-on-demand", desiredCount=8)
    own = silent.switches("own-reasons")

    silent.aws.advance(2 * (THRESHOLD + TICK))

    assert silent.switches("own-reasons") == own
    told = {name: told_about(silent, name) for name in (*OWN_REASONS, "broken-release", "no-on-demand")}
    for name, decisions in told.items():
        assert decisions <= {("report", "SHORT_NOT_CAPACITY"), ("ignore", "NOT_SHORT")}, name
    assert {name for name, decisions in told.items() if decisions} >= set(NEVER_WHOLE)


def test_an_account_that_falls_silent_is_told(silent: Organization) -> None:
    events = silent.client("events", ORDERS)
    events.disable_rule(Name="fargate-spot-heartbeat-forward")
    silent.aws.advance(1800)
    told = [line for line in silent.log_lines(SWEEP_LOG) if line.get("reason") == "PATH_SILENT"]
    assert {(line["account"], line["region"]) for line in told} == {(ORDERS, REGION)}
    assert len(told) == 1
    events.enable_rule(Name="fargate-spot-heartbeat-forward")
    silent.aws.advance(900)
    heard = [line for line in silent.log_lines(SWEEP_LOG) if line.get("reason") == "PATH_HEARD"]
    assert [line["account"] for line in heard].count(ORDERS) >= 2
