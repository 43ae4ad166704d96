"""Where a controlled scale-down stands, and how its task sets are."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from spot_failover.core.errors import SettingsError
from spot_failover.core.scaledown_progress import (
    Condition,
    Next,
    Progress,
    condition,
    is_whole,
    next_scale,
    overdue,
    poll_seconds,
    why,
)
from spot_failover.core.task_set import Health, TaskSet
from spot_failover.settings import ScaledownSettings
from tests.doubles.clock import START
from tests.doubles.scaledown import BLUE, OLD

WHOLE = TaskSet("ecs-svc/2", "ACTIVE", "token", 100.0, 4, 4, 0, True, (BLUE,), OLD)


@pytest.mark.parametrize(
    ("task_set", "healthy", "expected"),
    [
        (WHOLE, 4, Condition.WHOLE),
        (WHOLE, 5, Condition.WHOLE),
        (WHOLE, 3, Condition.COMING),
        (WHOLE, 2, Condition.COMING),
        (WHOLE, 1, Condition.FAILING),
        (replace(WHOLE, steady=False), 4, Condition.COMING),
        (replace(WHOLE, running=3), 4, Condition.COMING),
        (replace(WHOLE, pending=1), 4, Condition.COMING),
        (replace(WHOLE, desired=0, running=0), 0, Condition.WHOLE),
        (replace(WHOLE, desired=9), 4, Condition.COMING),
        (replace(WHOLE, desired=9), 2, Condition.COMING),
        (replace(WHOLE, desired=9), 1, Condition.FAILING),
        (replace(WHOLE, desired=2, running=2), 1, Condition.COMING),
        (replace(WHOLE, desired=1, running=1), 0, Condition.FAILING),
        (replace(WHOLE, desired=0, running=0, steady=False), 0, Condition.COMING),
        (None, 4, Condition.FAILING),
    ],
)
def test_a_task_set_is_whole_coming_or_failing(task_set: TaskSet | None, healthy: int, expected: Condition) -> None:
    assert condition(task_set, Health(healthy, 4), 4) is expected


def test_a_task_set_that_is_gone_is_not_whole() -> None:
    assert is_whole(WHOLE, Health(4, 4))
    assert not is_whole(None, Health(4, 4))


def test_targets_that_were_never_healthy_are_coming_unless_none_is() -> None:
    scaled_out = replace(WHOLE, desired=12)
    assert [condition(scaled_out, Health(healthy, 12), 0) for healthy in (1, 0)] == [
        Condition.COMING,
        Condition.FAILING,
    ]


@pytest.mark.parametrize(
    ("desired", "healthy", "expected"),
    [
        (5, 2, Condition.FAILING),
        (6, 3, Condition.COMING),
        (7, 3, Condition.FAILING),
        (9, 5, Condition.COMING),
    ],
)
def test_a_task_set_with_less_than_half_of_its_healthy_targets_is_failing(
    desired: int, healthy: int, expected: Condition
) -> None:
    many = replace(WHOLE, desired=desired, running=desired)
    assert condition(many, Health(healthy, desired), desired) is expected


def test_a_single_task_that_was_never_healthy_is_failing() -> None:
    assert condition(replace(WHOLE, desired=1, running=1), Health(0, 1), 0) is Condition.FAILING


def test_what_is_seen_takes_the_place_of_what_was_and_a_task_set_that_is_gone_keeps_its_name() -> None:
    before = Progress(Next.WAIT, "", most_healthy=1)
    new = replace(WHOLE, id="ecs-svc/3", running=3)
    seen = before.seeing(WHOLE, new, Health(2, 3))
    assert seen == replace(
        before, old="ecs-svc/2", new="ecs-svc/3", old_running=4, new_running=3, new_healthy=2, most_healthy=2
    )
    assert seen.seeing(None, None, Health(0, 0)) == replace(seen, old_running=0, new_running=0, new_healthy=0)
    assert Progress.from_json(seen.to_json()).new == "ecs-svc/3"


def test_the_most_healthy_targets_follow_what_is_desired() -> None:
    progress = Progress(Next.WAIT, "")
    most = []
    for desired, healthy in ((4, 3), (4, 4), (4, 2), (12, 4), (2, 4), (12, 2)):
        progress = progress.seeing(None, replace(WHOLE, desired=desired), Health(healthy, healthy))
        most.append(progress.most_healthy)
    assert most == [3, 4, 4, 4, 2, 2]
    assert progress.seeing(None, None, Health(9, 9)).most_healthy == 2
    assert Progress.from_json(progress.to_json()).most_healthy == 2


def test_looks_are_often_enough_and_not_too_often() -> None:
    assert [poll_seconds(patience) for patience in (1, 300, 600, 3600, 7200)] == [5, 5, 10, 60, 60]


def test_patience_and_steps() -> None:
    assert not overdue(START, START + timedelta(seconds=59), 60)
    assert overdue(START, START + timedelta(seconds=60), 60)
    assert [next_scale(scale, 30) for scale in (100.0, 40.0, 30.0, 10.0)] == [70.0, 10.0, 0.0, 0.0]


def test_progress_goes_through_the_state_machine_and_comes_back() -> None:
    progress = Progress(Next.WAIT, "halfway", 30, 50.0, START, "it failed").seeing(WHOLE, None, Health(3, 4))
    told = progress.to_json()
    assert told == json.loads(json.dumps(told))
    assert (told["old_running"], told["new_running"], told["new_healthy"], told["old"]) == (4, 0, 3, "ecs-svc/2")
    assert Progress.from_json(told) == Progress(Next.WAIT, "halfway", 0, 50.0, START, "it failed", old="ecs-svc/2")
    assert Progress.from_json({}) == Progress(Next.CHECK, "")
    assert Progress.from_json(Progress(Next.SWAP, "").to_json()).unwell_since is None


def test_before_the_first_look_no_task_is_counted() -> None:
    assert Progress(Next.CHECK, "begin").to_json() == {
        "next": "check",
        "note": "begin",
        "wait_seconds": 0,
        "target_scale": 0,
        "unwell_since": "",
        "because": "",
        "old": "",
        "new": "",
        "old_running": 0,
        "new_running": 0,
        "new_healthy": 0,
        "most_healthy": 0,
    }


def test_what_was_caught_is_told_in_the_function_s_own_words() -> None:
    cause = json.dumps({"errorMessage": "it is late", "errorType": "OverdueError"})
    assert why({"Error": "OverdueError", "Cause": cause}) == "OverdueError: it is late"
    assert why({"Error": "States.Timeout", "Cause": ""}) == "States.Timeout"
    assert why({"Error": "Lambda.Unknown", "Cause": "no answer"}) == "Lambda.Unknown: no answer"
    assert why({"Error": "Lambda.Unknown", "Cause": "{}"}) == "Lambda.Unknown: {}"
    assert why({"Error": "Lambda.Unknown", "Cause": "[1]"}) == "Lambda.Unknown: [1]"


def test_the_functions_settings() -> None:
    env = {"LEDGER_TABLE_NAME": "ledger", "TIME_LIMIT_MINUTES": "720", "LONGEST_STEP_SECONDS": "60"}
    assert ScaledownSettings.from_env(env) == ScaledownSettings("ledger", 43200, 60)
    for name in env:
        with pytest.raises(SettingsError, match=f"{name}: missing"):
            ScaledownSettings.from_env({other: value for other, value in env.items() if other != name})
        with pytest.raises(SettingsError, match=f"{name}: got"):
            ScaledownSettings.from_env({**env, name: "-"})
