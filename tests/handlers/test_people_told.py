"""What people are told by: one message per incident and stage, alerts in groups, nothing twice, nothing lost."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from spot_failover.aws.incident_table import IncidentTable
from spot_failover.aws.topic import SnsTopic
from spot_failover.core.errors import ConflictError, RefusedError, TransientError, UnclearError
from spot_failover.core.event_parser import parse_placement_failure
from spot_failover.core.incident import Incident
from spot_failover.core.pool import PoolKey
from spot_failover.core.record import Phase
from spot_failover.core.service_key import ServiceKey
from spot_failover.handlers.queue_function import queue_handler
from spot_failover.handlers.restore_function import restore_handler
from tests.doubles.builders import OTHER, SPOT, WEB, service
from tests.handlers.aws_account import TABLE
from tests.handlers.functions import Account, Context, batch
from tests.unit.records import ours, record
from tests.unit.samples import body, sample

CONTEXT: Any = Context()
POOL = PoolKey.of(WEB, "FARGATE_SPOT")


def fail_over(account: Account, *keys: ServiceKey) -> None:
    """These are on on-demand from now on, and nothing of them is due for long."""
    now = account.clock.now()
    for key in keys:
        account.services.add(service(ours(), key=key))
        stored = account.table.get(key)
        fresh = replace(record(Phase.FAILED_OVER), key=key, version=stored.version, switched_at=now)
        account.table.put(replace(fresh, due_at=now.replace(year=now.year + 1), restore_at=fresh.due_at))


def go_back(account: Account, *keys: ServiceKey) -> None:
    for key in keys:
        account.table.put(replace(account.table.get(key), phase=Phase.CLOSED, due_at=None, reason="RESTORED"))


def named(*names: str) -> list[ServiceKey]:
    return [replace(WEB, service=name) for name in names]


def tick(account: Account, handler: Any, *, minutes: float = 5) -> list[str]:
    """A tick some time later; what it told."""
    account.clock.advance(minutes=minutes)
    handler({}, CONTEXT)
    return account.messages()


def test_a_service_that_comes_and_goes_is_one_incident(account: Account) -> None:
    handler = restore_handler()
    fail_over(account, WEB)
    assert len(tick(account, handler)) == 1
    go_back(account, WEB)
    assert tick(account, handler) == []
    fail_over(account, WEB)
    assert tick(account, handler) == []
    go_back(account, WEB)
    told = [message for _ in range(4) for message in tick(account, handler)]
    assert [message.startswith("No service of account") for message in told] == [True]


def test_each_pool_has_an_incident_of_its_own(account: Account) -> None:
    fail_over(account, WEB, OTHER)
    told = tick(account, restore_handler())
    assert sorted(message[:36] for message in told) == [
        "1 service of account 111111111111, R",
        "1 service of account 222222222222, R",
    ]


def test_a_topic_that_refuses_is_asked_again_at_the_next_tick_and_restores_go_on(account: Account) -> None:
    account.services.add(service(ours()))
    account.table.put(replace(record(Phase.FAILED_OVER), version=0))
    publish = SnsTopic.publish
    account.monkeypatch.setattr(SnsTopic, "publish", refuse)
    assert restore_handler()({}, CONTEXT) == {"handled": 1, "left": 0}
    [line] = [line for line in account.lines() if line["message"] == "people not told"]
    assert (line["level"], line["note"]) == ("ERROR", "sns:Publish: throttled")
    account.monkeypatch.setattr(SnsTopic, "publish", publish)
    assert len(tick(account, restore_handler())) == 1


def test_a_topic_that_hangs_holds_up_no_restore(account: Account) -> None:
    """60 incidents, each of which would wait 5 seconds: the tick would be over before the first restore."""
    begun, asked = account.clock.now(), []

    def hang(_self: SnsTopic, _notification: Any) -> None:
        asked.append(account.clock.advance(seconds=5))
        raise UnclearError("sns:Publish: read time-out")

    account.services.add(service(ours()))
    account.table.put(replace(record(Phase.FAILED_OVER), version=0))
    fail_over(account, *(replace(WEB, account=f"{number:012}") for number in range(300, 360)))
    account.monkeypatch.setattr(SnsTopic, "publish", hang)
    assert restore_handler()({}, CONTEXT) == {"handled": 1, "left": 0}
    assert (len(asked), account.clock.now() - begun) == (1, timedelta(seconds=5))
    notes = [line["note"] for line in account.lines() if line["message"] == "people not told"]
    assert notes == ["sns:Publish: read time-out", "60 wait for the next tick: sns:Publish: read time-out"]


def refuse(_self: SnsTopic, _notification: Any) -> None:
    raise TransientError("sns:Publish: throttled")


def test_a_tick_that_dies_while_it_tells_leaves_it_to_one_that_comes_after_its_lease(account: Account) -> None:
    def die(_self: SnsTopic, _notification: Any) -> None:
        raise KeyboardInterrupt

    fail_over(account, WEB)
    publish = SnsTopic.publish
    account.monkeypatch.setattr(SnsTopic, "publish", die)
    with pytest.raises(KeyboardInterrupt):
        restore_handler()({}, CONTEXT)
    account.monkeypatch.setattr(SnsTopic, "publish", publish)
    assert tick(account, restore_handler(), minutes=1) == []
    assert len(tick(account, restore_handler(), minutes=1)) == 1


def test_without_a_topic_all_is_counted_and_nobody_told(account: Account) -> None:
    account.environment({"NOTIFICATION_TOPIC_ARN": None})
    fail_over(account, WEB)
    assert tick(account, restore_handler()) == []
    assert account.metrics()["ServicesOnFallback"] == [1.0]


def test_a_chat_gets_its_own_schema(account: Account) -> None:
    account.environment({"NOTIFICATION_FORMAT": "chatbot"})
    fail_over(account, WEB)
    [message] = tick(account, restore_handler())
    assert json.loads(message)["content"]["textType"] == "client-markdown"


def test_alerts_of_one_reason_are_one_message_and_not_one_per_event(account: Account) -> None:
    handler, restore = queue_handler(parse_placement_failure), restore_handler()
    account.services.add(service(controller="CODE_DEPLOY"))
    failure = body("placement-failure-fargate-spot")
    for _ in range(3):
        handler(batch(failure, failure), CONTEXT)
    [message] = tick(account, restore)
    assert message.startswith("UNSUPPORTED_CONTROLLER in account 111111111111, Region us-east-1")
    assert message.count("shop/web") == 1
    handler(batch(json.dumps(sample("placement-failure-fargate-spot") | {"id": "another"})), CONTEXT)
    assert tick(account, restore) == []


def test_the_board_is_measured(account: Account) -> None:
    handler = restore_handler()
    fail_over(account, WEB, *named("a"))
    account.clock.advance(minutes=5)
    handler({}, CONTEXT)
    first = account.metrics()
    assert (first["ServicesOnFallback"], first["FallbackMinutes"], first["FallbackTaskMinutes"]) == (
        [2.0],
        [10.0],
        [40.0],
    )
    assert (first["OldestDueRestoreAge"], first["PoolOpenMinutes"], first["NotificationsSent"]) == ([0.0], [0.0], [1.0])
    account.clock.advance(minutes=5)
    handler({}, CONTEXT)
    assert account.metrics()["FallbackMinutes"] == [10.0]


def test_failovers_restores_and_alerts_are_counted_for_the_installation(account: Account) -> None:
    account.services.add(service())
    account.services.lose_spot()
    queue_handler(parse_placement_failure)(batch(body("placement-failure-fargate-spot")), CONTEXT)
    metrics = account.metrics()
    assert (metrics["Failovers"], metrics["TimeToAction"]) == ([1.0], [30.0])
    account.services.add(service(controller="CODE_DEPLOY", key=replace(WEB, service="api")))
    another = sample("placement-failure-fargate-spot")
    another["resources"] = [resource.replace("/web", "/api") for resource in another["resources"]]
    queue_handler(parse_placement_failure)(batch(json.dumps(another)), CONTEXT)
    assert account.metrics() == {"Alerts UNSUPPORTED_CONTROLLER": [1.0]}


@pytest.mark.parametrize(("desired", "told"), [(0, [1.0]), (4, None)])
def test_a_restore_is_proven_once_its_service_wants_no_task(account: Account, desired: int, told: list[float]) -> None:
    fail_over(account, WEB)
    account.services.add(service(ours(), desired=desired))
    now = account.clock.now()
    account.table.put(replace(account.table.get(WEB), due_at=now, restore_at=now))
    tick(account, restore_handler(), minutes=20)
    assert account.services.live[WEB].strategy == SPOT
    assert account.metrics().get("RestoresProven") == told


class TestTable:
    """What is told, on DynamoDB."""

    @pytest.fixture
    def table(self, account: Account) -> IncidentTable:
        fail_over(account, WEB)
        tick(account, restore_handler())
        ids = count()
        account.environment({})  # a logger of its own: the last one writes to where the fixture's output goes
        return IncidentTable(account.table._table.dynamodb, TABLE, lambda: f"write-{next(ids)}")

    def test_an_incident_comes_back_as_it_was_written(self, table: IncidentTable) -> None:
        [pool] = table.open()
        assert pool == POOL
        incident = table.incident(pool)
        written = table.put_incident(replace(incident, beyond=3))
        assert table.incident(pool) == written == replace(incident, beyond=3, version=incident.version + 1)

    def test_of_two_that_read_the_same_one_writes(self, table: IncidentTable) -> None:
        incident = table.incident(POOL)
        table.put_incident(incident)
        with pytest.raises(ConflictError, match="incident of Spot pool FARGATE_SPOT"):
            table.put_incident(incident)

    def test_one_that_is_over_is_not_found_again(self, table: IncidentTable) -> None:
        incident = table.incident(POOL)
        table.put_incident(Incident(POOL, version=incident.version))
        assert list(table.open()) == []
        assert not table.incident(POOL).open

    def test_one_that_cannot_be_read_says_what_to_do(self, table: IncidentTable, account: Account) -> None:
        dynamodb = account.table._table.dynamodb
        key = {"id": {"S": f"incident::{POOL.record_id}"}, "region": {"S": POOL.region}}
        dynamodb.update_item(
            TableName=TABLE,
            Key=key,
            UpdateExpression="SET seen = :x",
            ExpressionAttributeValues={":x": {"S": "many"}},
        )
        with pytest.raises(RefusedError, match="delete it; it is made anew"):
            table.incident(POOL)
        assert restore_handler()({}, CONTEXT)["left"] == 0
        assert any(line["message"] == "people not told" for line in account.lines())
