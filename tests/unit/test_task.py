"""What a task counts for: it runs, it is coming, or it has waited for too long, in one go or in several."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from spot_failover.core.task import Task, carrying, waiting
from tests.doubles.clock import START

THRESHOLD = timedelta(minutes=10)
MINUTE = timedelta(minutes=1)
WAITS = Task("ecs-svc/1", "spot-group", "PROVISIONING", START)
RUNS = replace(WAITS, last_status="RUNNING", started_at=START + MINUTE)


@pytest.mark.parametrize("status", ["PROVISIONING", "PENDING", "ACTIVATING"])
def test_a_task_on_its_way_stalls_once_it_is_as_old_as_the_threshold(status: str) -> None:
    task = replace(WAITS, last_status=status)
    assert not task.stalled(START + THRESHOLD - timedelta(seconds=1), THRESHOLD)
    assert task.stalled(START + THRESHOLD, THRESHOLD)


def test_a_task_that_runs_never_stalls() -> None:
    assert RUNS.runs
    assert not WAITS.runs
    assert not RUNS.stalled(START + 10 * THRESHOLD, THRESHOLD)


def test_all_that_run_or_are_coming_carry() -> None:
    coming = replace(WAITS, created_at=START + MINUTE)
    assert carrying((RUNS, RUNS, WAITS, coming), START + THRESHOLD, THRESHOLD) == 3
    assert carrying((), START, THRESHOLD) == 0


def test_one_that_waits_has_waited_since_the_first_that_was_given_up_before_it() -> None:
    first, second = replace(WAITS, created_at=START - 40 * MINUTE), replace(WAITS, created_at=START - 20 * MINUTE)
    since = (replace(WAITS, created_at=START - 40 * MINUTE),)
    assert waiting([WAITS], [first, second]) == since
    assert waiting([WAITS], [second, first]) == since


def test_it_is_no_younger_for_one_that_was_given_up_after_it_began() -> None:
    assert waiting([WAITS], [replace(WAITS, created_at=START + MINUTE)]) == (WAITS,)


def test_others_keep_their_age() -> None:
    given_up = [replace(WAITS, created_at=START - 20 * MINUTE)]
    pulling = replace(WAITS, last_status="PENDING")
    elsewhere = replace(WAITS, provider="on-demand-group")
    assert waiting([RUNS, pulling, elsewhere], given_up) == (RUNS, pulling, elsewhere)
    assert waiting([WAITS, RUNS], []) == (WAITS, RUNS)
