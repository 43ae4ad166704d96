"""Accounts and Regions in the state table, and the queue of orders."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws

from spot_failover.aws.orders import OrderQueue
from spot_failover.aws.registry import RegistryTable
from spot_failover.aws.state_table import StateTable
from spot_failover.core.errors import ConflictError, RefusedError, TransientError
from spot_failover.core.path import Path
from spot_failover.core.record import Phase
from spot_failover.core.sweep_messages import SweepOrder
from tests.doubles.builders import API, OTHER, WEB
from tests.doubles.clock import START
from tests.handlers.aws_account import REGION, TABLE, use_made_up_credentials
from tests.unit.records import record

HERE = Path("111111111111", "us-east-1")
FULL = replace(
    HERE,
    heard_at=START,
    silent=True,
    refused_since=START - timedelta(hours=1),
    refused_at=START - timedelta(minutes=6),
    sweep="sweep-1",
    sweep_until=START + timedelta(minutes=2),
    swept_at=START - timedelta(minutes=5),
    failed="shop/api, shop/web",
    findings={"shop/web": "FALLBACK_PROVIDER_MISSING"},
)


def test_a_path_comes_back_as_it_was_written(dynamodb: Any) -> None:
    registry = RegistryTable(dynamodb, TABLE, str)
    assert registry.path(HERE.account, HERE.region) == HERE
    written = registry.put_path(FULL)
    assert written == replace(FULL, version=1)
    assert registry.path(HERE.account, HERE.region) == written


def test_only_what_was_read_is_written_over(dynamodb: Any) -> None:
    names = count()
    registry = RegistryTable(dynamodb, TABLE, lambda: f"write-{next(names)}")
    written = registry.put_path(FULL)
    registry.put_path(written)
    with pytest.raises(ConflictError, match="account 111111111111, Region us-east-1"):
        registry.put_path(written)


def test_paths_are_those_that_were_heard_longest_silent_first(dynamodb: Any) -> None:
    registry = RegistryTable(dynamodb, TABLE, str)
    for minutes, region in ((5, "eu-west-1"), (9, "us-east-1"), (1, "ap-south-1")):
        registry.put_path(Path("111111111111", region, heard_at=START - timedelta(minutes=minutes)))
    registry.put_path(Path("222222222222", "us-east-1"))
    StateTable(dynamodb, TABLE, str).put(replace(record(Phase.PROVING), version=0))
    assert list(registry.paths()) == [
        ("111111111111", "us-east-1"),
        ("111111111111", "eu-west-1"),
        ("111111111111", "ap-south-1"),
    ]


def test_an_item_that_cannot_be_read_names_itself(dynamodb: Any) -> None:
    registry = RegistryTable(dynamodb, TABLE, str)
    broken = {"id": {"S": HERE.record_id}, "region": {"S": HERE.region}, "version": {"S": "many"}}
    dynamodb.put_item(TableName=TABLE, Item=broken)
    with pytest.raises(RefusedError, match="account 111111111111, Region us-east-1: its item path::111111111111"):
        registry.path(HERE.account, HERE.region)


def test_open_records_are_those_of_the_account_and_region_alone(dynamodb: Any) -> None:
    table = StateTable(dynamodb, TABLE, str)
    later = START + timedelta(days=9)
    for key, phase in ((WEB, Phase.FAILED_OVER), (OTHER, Phase.PROVING), (API, Phase.CLOSED)):
        table.put(replace(record(phase), key=key, version=0, due_at=later if phase.open else None))
    RegistryTable(dynamodb, TABLE, str).put_path(FULL)
    assert list(table.open_in(WEB.account, WEB.region)) == [WEB]
    assert set(table.due(later)) == {OTHER, WEB}


def test_orders_are_sent_ten_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    use_made_up_credentials(monkeypatch)
    with mock_aws():
        sqs = boto3.client("sqs", region_name=REGION)
        url = sqs.create_queue(QueueName="fargate-spot-sweep-queue")["QueueUrl"]
        orders = [SweepOrder(f"sweep-{number}", "111111111111", "us-east-1") for number in range(23)]
        OrderQueue(sqs, url).send(orders)
        bodies: set[str] = set()
        while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
            bodies |= {message["Body"] for message in messages}
    assert bodies == {order.to_json() for order in orders}


def test_an_order_that_sqs_did_not_take_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    use_made_up_credentials(monkeypatch)
    sqs = boto3.client("sqs", region_name=REGION)
    stub = Stubber(sqs)
    stub.add_response(
        "send_message_batch",
        {"Successful": [], "Failed": [{"Id": "0", "Code": "InternalError", "SenderFault": False}]},
    )
    with stub, pytest.raises(TransientError, match="InternalError"):
        OrderQueue(sqs, "https://queue").send([SweepOrder("sweep-1", "111111111111", "us-east-1")])


def test_an_offboarded_path_is_on_a_list_of_its_own_and_expires(dynamodb: Any) -> None:
    registry = RegistryTable(dynamodb, TABLE, str)
    written = registry.put_path(registry.put_path(FULL).offboarded(START))
    assert registry.path(HERE.account, HERE.region) == written
    assert (list(registry.paths()), list(registry.offboarded())) == ([], [(HERE.account, HERE.region)])
    key = {"id": {"S": HERE.record_id}, "region": {"S": HERE.region}}
    item = dynamodb.get_item(TableName=TABLE, Key=key)["Item"]
    assert int(item["expires_at"]["N"]) == int((START + timedelta(days=2)).timestamp())
    again = registry.put_path(written.known_again())
    assert (list(registry.paths()), list(registry.offboarded())) == ([], [])
    registry.put_path(again.heard(START + timedelta(minutes=5)))
    assert list(registry.paths()) == [(HERE.account, HERE.region)]
    assert "expires_at" not in dynamodb.get_item(TableName=TABLE, Key=key)["Item"]
