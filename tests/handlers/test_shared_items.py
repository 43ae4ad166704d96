"""What services share, on DynamoDB, against moto."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from spot_failover.aws.shared_items import SharedItems
from spot_failover.aws.state_table import StateTable
from spot_failover.core.budget import FailoverBudget, failover_of, hour_of
from spot_failover.core.errors import ConflictError, RefusedError
from spot_failover.core.pool import Pool, PoolKey
from spot_failover.core.record import Record
from tests.doubles.builders import API, WEB
from tests.doubles.clock import START
from tests.handlers.aws_account import TABLE

KEY = PoolKey.of(WEB, "FARGATE_SPOT")
OF_A_CLUSTER = PoolKey.of(WEB, "asg-spot")
FULL = Pool(
    KEY,
    open=True,
    failures=3,
    opened_at=START - timedelta(hours=1),
    next_canary_at=START + timedelta(microseconds=7),
    latest_canary_at=START + timedelta(hours=1),
    wanted_until=START + timedelta(hours=2),
    last_failed=WEB.record_id,
    proving={WEB.record_id: START, API.record_id: START + timedelta(milliseconds=3)},
    told={API.record_id: START},
    expires_at=START.replace(microsecond=0) + timedelta(days=30),
)
BUDGET = FailoverBudget(WEB.account, hour_of(START), used=4, counted=("b", "a"))


@pytest.fixture
def shared(dynamodb: Any) -> SharedItems:
    ids = count()
    return SharedItems(dynamodb, TABLE, lambda: f"write-{next(ids)}")


def items(dynamodb: Any) -> list[dict[str, Any]]:
    return list(dynamodb.scan(TableName=TABLE)["Items"])


def damage(dynamodb: Any, attribute: str, value: dict[str, Any] | None) -> None:
    """Set an attribute of the one item there is; None takes it away."""
    [item] = items(dynamodb)
    if value is None:
        del item[attribute]
    else:
        item[attribute] = value
    dynamodb.put_item(TableName=TABLE, Item=item)


@pytest.mark.parametrize("key", [KEY, OF_A_CLUSTER], ids=["of Fargate", "of a cluster"])
def test_a_pool_without_an_item_is_closed(shared: SharedItems, key: PoolKey) -> None:
    assert shared.pool(key) == Pool(key)


@pytest.mark.parametrize("key", [KEY, OF_A_CLUSTER], ids=["of Fargate", "of a cluster"])
def test_all_of_a_pool_comes_back(shared: SharedItems, key: PoolKey) -> None:
    written = shared.put_pool(replace(FULL, key=key))
    assert written == replace(FULL, key=key, version=1)
    assert shared.pool(key) == written


def test_an_empty_pool_comes_back(shared: SharedItems) -> None:
    assert shared.put_pool(Pool(KEY)) == shared.pool(KEY) == Pool(KEY, version=1)


def test_pools_are_told_apart_by_account_region_cluster_and_provider(shared: SharedItems) -> None:
    others = [
        replace(KEY, account="222222222222"),
        replace(KEY, region="eu-west-1"),
        replace(KEY, provider="asg-spot"),
        replace(KEY, cluster="shop"),
    ]
    shared.put_pool(FULL)
    assert [shared.pool(key) for key in others] == [Pool(key) for key in others]


def test_of_two_that_read_the_same_pool_only_one_writes(shared: SharedItems) -> None:
    shared.put_pool(FULL)
    with pytest.raises(ConflictError, match="Spot pool FARGATE_SPOT in account 111111111111, Region us-east-1"):
        shared.put_pool(FULL)
    read = shared.pool(KEY)
    shared.put_pool(read.dropped(WEB.record_id))
    with pytest.raises(ConflictError):
        shared.put_pool(read.dropped(API.record_id))
    assert set(shared.pool(KEY).proving) == {API.record_id}


def test_the_table_s_time_to_live_reads_the_expiry(shared: SharedItems, dynamodb: Any) -> None:
    shared.put_pool(FULL)
    shared.put_budget(BUDGET)
    expiries = {item["id"]["S"]: item["expires_at"] for item in items(dynamodb)}
    assert expiries == {
        KEY.record_id: {"N": str(int((START + timedelta(days=30)).timestamp()))},
        BUDGET.record_id: {"N": str(int(BUDGET.expires_at.timestamp()))},
    }


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("open", None),
        ("failures", {"S": "many"}),
        ("next_canary_at", {"S": "soon"}),
        ("proving", {"L": []}),
        ("told", {"M": {"x": {"N": "1"}}}),
        ("version", None),
        ("expires_at", {"S": "never"}),
    ],
)
def test_a_pool_that_cannot_be_read_is_told_with_its_id_and_what_to_do(
    shared: SharedItems, dynamodb: Any, attribute: str, value: dict[str, Any] | None
) -> None:
    shared.put_pool(FULL)
    damage(dynamodb, attribute, value)
    with pytest.raises(RefusedError, match=rf"Spot pool .* {KEY.record_id} of the state table .* delete it"):
        shared.pool(KEY)


def test_an_account_without_an_item_has_its_whole_hour(shared: SharedItems) -> None:
    assert shared.budget(WEB.account, START) == FailoverBudget(WEB.account, hour_of(START))


def test_a_budget_comes_back_and_counts_up(shared: SharedItems) -> None:
    written = shared.put_budget(BUDGET)
    assert written == replace(BUDGET, version=1) == shared.budget(WEB.account, START)
    assert shared.put_budget(written.one_more("c")).used == 5
    with pytest.raises(ConflictError, match=f"account {WEB.account}"):
        shared.put_budget(written.one_more("d"))
    assert (shared.budget(WEB.account, START).used, shared.budget(WEB.account, START).counted) == (5, ("b", "a", "c"))
    assert shared.budget("222222222222", START).used == 0


def test_the_item_of_an_hour_before_is_written_over(shared: SharedItems) -> None:
    shared.put_budget(BUDGET)
    later = START + timedelta(hours=1)
    fresh = shared.budget(WEB.account, later).at(later)
    assert (fresh.used, fresh.hour) == (0, hour_of(later))
    assert shared.put_budget(fresh.one_more("a")).version == 2


def test_the_item_of_an_earlier_version_names_none_of_its_failovers(shared: SharedItems, dynamodb: Any) -> None:
    shared.put_budget(BUDGET)
    damage(dynamodb, "counted", None)
    read = shared.budget(WEB.account, START)
    assert read == replace(BUDGET, counted=(), version=1)
    assert shared.put_budget(read.one_more("c")) == shared.budget(WEB.account, START)


def test_an_account_with_many_failovers_has_a_small_item(shared: SharedItems, dynamodb: Any) -> None:
    budget = BUDGET
    for number in range(1000):
        budget = budget.one_more(failover_of(Record(replace(WEB, service=f"web-{number}"))))
    assert shared.put_budget(budget) == shared.budget(WEB.account, START)
    assert len(json.dumps(items(dynamodb))) < 8192


@pytest.mark.parametrize(
    ("attribute", "value"), [("used", None), ("hour", {"S": "late"}), ("counted", {"N": "7"}), ("version", {"S": "x"})]
)
def test_a_budget_that_cannot_be_read_is_told_with_its_id_and_what_to_do(
    shared: SharedItems, dynamodb: Any, attribute: str, value: dict[str, Any] | None
) -> None:
    shared.put_budget(BUDGET)
    damage(dynamodb, attribute, value)
    with pytest.raises(RefusedError, match=rf"{BUDGET.record_id} of the state table .* delete it"):
        shared.budget(WEB.account, START)


def test_none_of_it_is_ever_due(shared: SharedItems, dynamodb: Any) -> None:
    shared.put_pool(FULL)
    shared.put_budget(BUDGET)
    assert list(StateTable(dynamodb, TABLE, str).due(START + timedelta(days=999))) == []
