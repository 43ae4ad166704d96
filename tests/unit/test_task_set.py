"""Which task set of a service is which, and when one is at its end."""

from __future__ import annotations

from dataclasses import replace

import pytest

from spot_failover.core.task_set import Blueprint, ExternalService, Health, TaskSet
from tests.doubles.scaledown import BLUE, KEY, OLD

FIRST = TaskSet("ecs-svc/1", "PRIMARY", "", 100.0, 4, 4, 0, True, (BLUE,), OLD)
SECOND = replace(FIRST, id="ecs-svc/2", status="ACTIVE", external_id="token")
SERVICE = ExternalService(KEY, "EXTERNAL", 4, (FIRST, SECOND))


def test_a_task_set_is_found_by_its_id_and_is_none_once_it_is_deleted() -> None:
    assert (SERVICE.task_set("ecs-svc/1"), SERVICE.task_set("ecs-svc/2")) == (FIRST, SECOND)
    assert SERVICE.task_set("ecs-svc/3") is None


def test_a_task_set_is_found_by_the_token_that_it_was_made_with_so_that_no_retry_makes_a_second() -> None:
    assert SERVICE.made_by("token") == SECOND
    assert SERVICE.made_by("another") is None


def test_the_primary_one_is_the_one_that_ecs_calls_so() -> None:
    assert [each.primary for each in SERVICE.task_sets] == [True, False]


@pytest.mark.parametrize(("running", "pending", "gone"), [(0, 0, True), (1, 0, False), (0, 1, False), (2, 2, False)])
def test_a_task_set_is_gone_once_no_task_of_it_runs_or_is_on_its_way(running: int, pending: int, *, gone: bool) -> None:
    assert replace(FIRST, running=running, pending=pending).gone is gone


def test_what_is_not_told_of_load_balancers_is_none() -> None:
    assert Blueprint("stream:7") == Blueprint("stream:7", target_group="", container="", port=0)
    assert Health(healthy=2, registered=3) == Health(healthy=2, registered=3, draining=0)
