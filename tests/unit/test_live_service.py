"""What the counts of a live service mean."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from spot_failover.core.service import Deployment, LiveService, ServiceEvent
from tests.doubles.builders import LONG_AGO, SPOT, WEB, deployment, service
from tests.doubles.clock import START

SECOND = timedelta(seconds=1)
OLD = deployment(SPOT, id="ecs-svc/old", status="ACTIVE", running=4)
NEW = deployment(SPOT, id="ecs-svc/new", running=1)


@pytest.mark.parametrize("deployments", [(NEW, OLD), (OLD, NEW)])
def test_the_primary_is_the_one_that_ecs_calls_so_wherever_it_stands(deployments: tuple[Deployment, ...]) -> None:
    assert service(*deployments).primary == NEW


def test_old_tasks_make_the_service_whole_and_not_its_primary() -> None:
    live = service(NEW, OLD)
    assert live.whole
    assert not live.primary_whole
    assert replace(live, deployments=()).primary_whole


@pytest.mark.parametrize(("running", "pending", "whole"), [(4, 0, True), (3, 1, True), (3, 0, False), (2, 1, False)])
def test_tasks_that_are_coming_count(running: int, pending: int, *, whole: bool) -> None:
    made = deployment(SPOT, running=running, pending=pending)
    live = service(made)
    assert (made.whole, live.whole, live.primary_whole) == (whole, whole, whole)


def test_a_service_rolls_as_ecs_does_unless_it_is_told_otherwise() -> None:
    live = LiveService(WEB, "ACTIVE", 1, 1, 0, SPOT)
    assert (live.scheduling, live.controller) == ("REPLICA", "ECS")
    assert (live.minimum_healthy_percent, live.maximum_percent) == (100, 200)
    assert live.can_roll


@pytest.mark.parametrize(
    ("minimum", "maximum", "desired", "can_roll"),
    [(100, 200, 1, True), (99, 200, 4, False), (101, 200, 4, True), (100, 124, 4, False), (100, 125, 4, True)],
)
def test_it_can_roll_where_one_more_task_fits_and_none_has_to_go(
    minimum: int, maximum: int, desired: int, *, can_roll: bool
) -> None:
    live = service(desired=desired, minimum_healthy_percent=minimum, maximum_percent=maximum)
    assert live.can_roll is can_roll


def test_a_capacity_message_counts_from_its_very_moment_and_no_other_message_does() -> None:
    live = service(capacity_messages=(START,))
    assert live.capacity_message_since(START)
    assert not live.capacity_message_since(START + SECOND)
    steady = replace(live, events=(ServiceEvent(START, "(service web) has reached a steady state."),))
    assert not steady.capacity_message_since(LONG_AGO)


@pytest.mark.parametrize(("status", "active"), [("ACTIVE", True), ("DRAINING", False), ("INACTIVE", False)])
def test_a_service_that_is_being_deleted_is_gone(status: str, *, active: bool) -> None:
    assert service(status=status).active is active
