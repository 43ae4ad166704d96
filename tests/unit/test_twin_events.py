"""Starts and stops of tasks, as ECS sends them and as a platform team may."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from spot_failover.core.errors import ForeignResourceError, MalformedEventError
from spot_failover.core.event_parser import Home, parse_task_state
from spot_failover.core.events import StandaloneTask, TaskStateChange
from spot_failover.core.policy import SyntheticPolicy
from tests.doubles.builders import TASK, WEB
from tests.doubles.clock import START
from tests.unit.samples import ARRIVED, CENTRAL, body, sample

ON = SyntheticPolicy(enabled=True)


def read(text: str, synthetic: SyntheticPolicy = ON) -> TaskStateChange | StandaloneTask:
    return parse_task_state(text, ARRIVED, synthetic, Home(CENTRAL, "aws"))


def changed(change: Callable[[dict[str, Any]], object]) -> TaskStateChange | StandaloneTask:
    event = sample("task-state-stopped")
    change(event)
    return read(json.dumps(event))


@pytest.mark.parametrize(
    ("name", "cause"),
    [("task-state-running", "RUNNING"), ("task-state-stopped", "STOPPED"), ("interruption-notice", "RUNNING")],
)
def test_whatever_the_task_does_its_service_is_told(name: str, cause: str) -> None:
    event = read(body(name), SyntheticPolicy())
    assert isinstance(event, TaskStateChange)
    assert (event.key, event.task_arn, event.cause, event.kind) == (WEB, TASK, cause, "TaskStateChange")
    assert (event.time, event.arrived, event.event_id) == (START, ARRIVED, sample(name)["id"])
    assert (event.source, event.synthetic, event.replayed, event.report_only) == ("aws.ecs", False, False, False)


def test_one_that_names_no_state_is_told_too() -> None:
    for nameless in (
        changed(lambda event: event["detail"].pop("lastStatus")),
        changed(lambda event: event["detail"].update(lastStatus=None)),
    ):
        assert isinstance(nameless, TaskStateChange)
        assert nameless.cause == ""


def test_a_poor_synthetic_one_is_enough() -> None:
    event = read(body("synthetic-task-state"))
    assert isinstance(event, TaskStateChange)
    assert (event.key, event.synthetic, event.report_only) == (WEB, True, False)


def test_from_the_central_account_it_only_reports() -> None:
    poor = sample("synthetic-task-state")
    event = read(json.dumps(poor | {"account": CENTRAL}))
    assert isinstance(event, TaskStateChange)
    assert event.report_only


def test_a_task_of_no_service_is_not_ours() -> None:
    event = changed(lambda event: event["detail"].update(group="family:batch"))
    assert event == StandaloneTask(sample("task-state-stopped")["id"], WEB.account, WEB.region, WEB.cluster, TASK)


def test_a_replayed_one_is_marked() -> None:
    event = changed(lambda event: event.update({"replay-name": "again"}))
    assert isinstance(event, TaskStateChange)
    assert event.replayed


@pytest.mark.parametrize(
    "change",
    [
        lambda event: event.update({"detail-type": "ECS Service Action"}),
        lambda event: event.update(source="test.other"),
        lambda event: event["detail"].update(group=3),
        lambda event: event["detail"].update(group="service:"),
        lambda event: event["detail"].update(group="service:a b"),
        lambda event: event["detail"].update(taskArn="nonsense"),
    ],
)
def test_malformed(change: Callable[[dict[str, Any]], object]) -> None:
    with pytest.raises(MalformedEventError):
        changed(change)


@pytest.mark.parametrize(
    "change",
    [
        lambda event: event.update(account="222222222222"),
        lambda event: event.update(region="eu-west-1"),
        lambda event: event["detail"].update(taskArn=TASK.replace("111111111111", "222222222222")),
    ],
)
def test_what_somebody_else_owns(change: Callable[[dict[str, Any]], object]) -> None:
    with pytest.raises(ForeignResourceError):
        changed(change)


def test_synthetic_ones_that_are_off() -> None:
    with pytest.raises(MalformedEventError, match=r"test\.aws\.ecs"):
        read(body("synthetic-task-state"), SyntheticPolicy())
