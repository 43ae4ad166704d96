"""The functions that scale twins, as they are deployed but for ECS and the clock."""

from __future__ import annotations

import importlib
import json
import sys
from dataclasses import replace
from typing import Any

import boto3
import pytest

from spot_failover.aws.twin_table import TwinTable
from spot_failover.core.errors import SettingsError
from spot_failover.core.event_parser import parse_interruption, parse_placement_failure, parse_task_state
from spot_failover.flow.task_state_flow import TaskStateFlow
from spot_failover.handlers.queue_function import queue_handler
from spot_failover.handlers.restore_function import restore_handler
from tests.doubles.builders import WEB
from tests.doubles.twin_story import primary, twin, twin_of
from tests.doubles.world import World
from tests.handlers.aws_account import REGION, TABLE
from tests.handlers.functions import Account, Context, batch, failed
from tests.unit.policy_text import policy_object
from tests.unit.samples import body, sample

CONTEXT: Any = Context()
TWINS = {"failover_service": policy_object()["failover_service"] | {"enabled": True}}
STOPPED = body("task-state-stopped")


@pytest.fixture
def world(account: Account) -> World:
    """A primary that has lost its Spot tasks, and its twin; nothing was told yet."""
    world = World(account.clock)
    account.services = world
    account.environment({}, **TWINS)
    world.place(primary())
    world.place(twin())
    world.lose(WEB)
    return world


def task_states() -> Any:
    return queue_handler(parse_task_state, TaskStateFlow)


def twins() -> TwinTable:
    return TwinTable(boto3.client("dynamodb", region_name=REGION), TABLE, str)


def desired(world: World) -> int:
    return world.live[twin_of(WEB)].desired


def raised(account: Account, world: World) -> None:
    handler = queue_handler(parse_placement_failure)
    assert failed(handler(batch(body("placement-failure-fargate-spot")), CONTEXT)) == []
    assert desired(world) == 3
    account.lines()


def test_a_placement_failure_raises_the_twin_and_is_told_in_one_line(account: Account, world: World) -> None:
    handler = queue_handler(parse_placement_failure)
    assert failed(handler(batch(body("placement-failure-fargate-spot")), CONTEXT)) == []
    [line] = account.lines()
    wanted = {
        "action": "scale_twin",
        "reason": "TWIN_RAISED",
        "service": "web",
        "twin": "web-on-demand",
        "twin_before": 0,
        "twin_after": 3,
    }
    assert {name: line.get(name) for name in wanted} == wanted
    state = twins().get(WEB)
    assert (state.active, state.wanted, state.lease) == (True, 3, None)
    assert world.updates == []


def test_the_notice_does_too(account: Account, world: World) -> None:
    handler = queue_handler(parse_interruption)
    assert failed(handler(batch(body("interruption-notice")), CONTEXT)) == []
    assert desired(world) == 3


def test_starts_and_stops_let_the_twin_follow(account: Account, world: World) -> None:
    raised(account, world)
    world.scale(WEB, 7)
    account.clock.advance(minutes=2)
    assert failed(task_states()(batch(STOPPED, body("task-state-running")), CONTEXT)) == []
    first, second = account.lines()
    assert (first["action"], first["reason"], first["twin_after"]) == ("scale_twin", "TWIN_RAISED", 5)
    assert (second["action"], second["reason"]) == ("ignore", "TWIN_RAISED")
    assert sample("task-state-stopped")["id"] in second["note"]
    assert first["task_arn"] == sample("task-state-stopped")["detail"]["taskArn"]


def test_the_tick_goes_on(account: Account, world: World) -> None:
    raised(account, world)
    world.no_spot.clear()
    world.run(minutes=15)
    assert restore_handler()({}, CONTEXT) == {"handled": 1, "left": 0}
    assert desired(world) == 2
    assert [line["reason"] for line in account.lines()] == ["TWIN_STEPPED_DOWN"]


def test_tasks_of_services_without_a_twin_at_work(account: Account, world: World) -> None:
    world.calls.clear()
    assert failed(task_states()(batch(*[STOPPED] * 5), CONTEXT)) == []
    assert world.calls == []
    assert [(line["action"], line["reason"]) for line in account.lines()] == [("ignore", "TWIN_IDLE")] * 5


def test_every_message_ends_somewhere(account: Account, world: World) -> None:
    standalone = sample("task-state-stopped")
    standalone["detail"]["group"] = "family:batch"
    foreign = sample("task-state-stopped") | {"account": "222222222222"}
    bodies = ["nonsense", json.dumps(standalone), json.dumps(foreign), body("synthetic-task-state"), STOPPED]
    assert failed(task_states()(batch(*bodies), CONTEXT)) == []
    told = [(line["action"], line["reason"]) for line in account.lines()]
    assert told == [
        ("dead_letter", "MALFORMED_EVENT"),
        ("ignore", "STANDALONE_TASK"),
        ("dead_letter", "FOREIGN_RESOURCE"),
        ("dead_letter", "MALFORMED_EVENT"),
        ("ignore", "TWIN_IDLE"),
    ]
    assert len(account.dead_letters()) == 3


def test_what_fails_comes_again_and_holds_up_no_other(account: Account, world: World) -> None:
    raised(account, world)
    other = replace(WEB, account="222222222222")
    state = twins().get(WEB)
    twins().put(replace(state, primary=other, version=0))
    world.denied = {"222222222222"}
    foreign = json.dumps(sample("task-state-stopped")).replace("111111111111", "222222222222")
    assert failed(task_states()(batch(foreign, STOPPED, foreign), CONTEXT)) == ["message-0", "message-2"]


def test_synthetic_ones_where_they_are_on(account: Account, world: World) -> None:
    raised(account, world)
    on = {"enabled": True, "sources": ["test.aws.ecs"], "act_from_central": False}
    account.environment({}, **TWINS, synthetic_events=on)
    world.scale(WEB, 6)
    account.clock.advance(minutes=2)
    central = json.dumps(sample("synthetic-task-state") | {"account": "123456789012"})
    handler = task_states()
    assert failed(handler(batch(central, body("synthetic-task-state")), CONTEXT)) == []
    assert [line["action"] for line in account.lines()] == ["would_scale_twin", "scale_twin"]


def test_the_kill_switch(account: Account, world: World) -> None:
    account.environment({}, **TWINS, enabled=False)
    world.calls.clear()
    task_states()(batch(STOPPED), CONTEXT)
    assert [line["reason"] for line in account.lines()] == ["DISABLED"]
    assert world.calls == []


def test_an_item_that_cannot_be_read_says_what_to_do(account: Account, world: World) -> None:
    raised(account, world)
    dynamodb = boto3.client("dynamodb", region_name=REGION)
    key = {"id": {"S": "twin::" + WEB.record_id}, "region": {"S": WEB.region}}
    dynamodb.update_item(
        TableName=TABLE, Key=key, UpdateExpression="SET wanted = :x", ExpressionAttributeValues={":x": {"S": "many"}}
    )
    assert failed(task_states()(batch(STOPPED), CONTEXT)) == ["message-0"]
    [line] = account.lines()
    assert line["reason"] == "RefusedError"
    assert "delete it, and set the desired count of the twin by hand" in line["note"]


def test_the_function_is_made_as_it_is_deployed(account: Account, world: World) -> None:
    raised(account, world)
    world.scale(WEB, 6)
    account.clock.advance(minutes=2)
    sys.modules.pop("spot_failover.handlers.task_state", None)
    module = importlib.import_module("spot_failover.handlers.task_state")
    assert failed(module.handler(batch(STOPPED), CONTEXT)) == []
    assert desired(world) == 4
    account.environment({"EXTERNAL_ID": None})
    sys.modules.pop("spot_failover.handlers.task_state", None)
    with pytest.raises(SettingsError, match=r"^EXTERNAL_ID: missing"):
        importlib.import_module("spot_failover.handlers.task_state")
