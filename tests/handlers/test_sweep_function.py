"""The function behind the sweep's schedule and queue, as it is deployed but for ECS and the clock."""

from __future__ import annotations

import json
from functools import cached_property
from typing import Any

import boto3
import pytest

from spot_failover.core.errors import AccessDeniedError, SettingsError
from spot_failover.handlers import sweep_function
from spot_failover.handlers.sweep_function import sweep_handler
from tests.doubles.builders import FALLBACK, OTHER, SPOT, WEB, service
from tests.handlers.aws_account import REGION, TABLE
from tests.handlers.functions import Account, Context, batch, failed
from tests.unit.test_sweep_messages import heartbeat

CONTEXT: Any = Context()
SCHEDULED = {"source": "aws.events", "detail-type": "Scheduled Event", "resources": ["rule"], "detail": {}}


class Sweep:
    """The function with its queue, which a test empties by hand."""

    def __init__(self, account: Account) -> None:
        sqs = boto3.client("sqs", region_name=REGION)
        self._sqs = sqs
        self.queue = sqs.create_queue(QueueName="fargate-spot-sweep-queue")["QueueUrl"]
        account.environment({"SWEEP_QUEUE_URL": self.queue})
        account.monkeypatch.setattr(sweep_function, "now", account.clock.now)
        account.monkeypatch.setattr("time.sleep", lambda _seconds: None)
        self.account = account

    @cached_property
    def handler(self) -> Any:
        """Made in the test itself: its logger writes to what is then the standard output."""
        return sweep_handler()

    def heard(self, *accounts: str) -> None:
        sent = self.account.clock.now().isoformat()
        bodies = [heartbeat(account=account, region="us-east-1", time=sent) for account in accounts]
        assert failed(self.handler(batch(*bodies), CONTEXT)) == []

    def scheduled(self) -> Any:
        return self.handler(dict(SCHEDULED), CONTEXT)

    def orders(self) -> list[str]:
        messages = self._sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10).get("Messages", [])
        return [message["Body"] for message in messages]

    def swept(self) -> list[str]:
        return failed(self.handler(batch(*self.orders()), CONTEXT))


@pytest.fixture
def sweep(account: Account) -> Sweep:
    return Sweep(account)


def test_heartbeat_schedule_order_failover(sweep: Sweep) -> None:
    sweep.account.services.add(service())
    sweep.heard(WEB.account)
    sweep.account.services.lose_spot()
    sweep.account.clock.advance(minutes=10)
    assert sweep.scheduled() == {"ordered": 1, "silent": 0}
    assert sweep.swept() == []
    assert sweep.account.services.live[WEB].strategy == FALLBACK
    reasons = [line["reason"] for line in sweep.account.lines()]
    assert reasons == ["PATH_HEARD", "SILENT_SHORTAGE", "SWEPT"]
    assert sweep.account.record().baseline == SPOT


def test_one_message_that_fails_holds_up_no_other(sweep: Sweep) -> None:
    sweep.account.services.add(service(), service(key=OTHER))
    sweep.heard(WEB.account)
    sweep.account.services.lose_spot()
    sweep.account.clock.advance(minutes=10)
    sweep.scheduled()
    [order] = sweep.orders()
    sweep.account.services.faults.before("switch", AccessDeniedError("ecs:UpdateService: denied"))
    answer = sweep.handler(batch("nonsense", order, heartbeat(account="222222222222")), CONTEXT)
    assert failed(answer) == ["message-1"]
    [letter] = sweep.account.dead_letters()
    assert letter["Body"] == "nonsense"
    assert sweep.scheduled()["ordered"] == 2


def test_what_cannot_be_looked_at_raises_after_the_rest(sweep: Sweep) -> None:
    sweep.heard("111111111111", "222222222222")
    broken = {"id": {"S": "path::111111111111"}, "region": {"S": "us-east-1"}, "version": {"S": "many"}}
    index = {"due_partition": {"S": "path"}, "due_at": {"N": "1"}}
    table = boto3.client("dynamodb", region_name=REGION)
    table.put_item(TableName=TABLE, Item=broken | index)
    with pytest.raises(sweep_function.SweepRunError, match="account 111111111111, Region us-east-1"):
        sweep.scheduled()
    assert [json.loads(order)["account"] for order in sweep.orders()] == ["222222222222"]


def test_the_count_of_silent_accounts_is_a_metric_even_when_it_is_none(sweep: Sweep) -> None:
    sweep.heard(WEB.account)
    sweep.account.capsys.readouterr()
    sweep.scheduled()
    written = [json.loads(line) for line in sweep.account.capsys.readouterr().out.splitlines()]
    [metric] = [line for line in written if "SilentPaths" in line]
    assert metric["SilentPaths"] == [0.0]


def test_its_queue_must_be_named(account: Account) -> None:
    account.environment({"SWEEP_QUEUE_URL": None})
    with pytest.raises(SettingsError, match="SWEEP_QUEUE_URL"):
        sweep_handler()
