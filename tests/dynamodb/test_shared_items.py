"""What services share, in the same table: the same rules for writes, and never in the index of what is due."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from spot_failover.aws.shared_items import SharedItems
from spot_failover.aws.table import DUE_INDEX
from spot_failover.core.budget import FailoverBudget, hour_of
from spot_failover.core.errors import ConflictError
from spot_failover.core.pool import Pool, PoolKey
from spot_failover.core.service_key import ServiceKey
from tests.doubles.builders import API, WEB
from tests.dynamodb.database import Database
from tests.dynamodb.full_record import FAR, full_record

WORKERS = 8
KEY = PoolKey.of(WEB, "FARGATE_SPOT")
FULL = Pool(
    KEY,
    open=True,
    failures=3,
    opened_at=FAR,
    next_canary_at=FAR + timedelta(microseconds=7),
    latest_canary_at=FAR + timedelta(hours=1),
    wanted_until=FAR + timedelta(hours=2),
    last_failed=WEB.record_id,
    proving={WEB.record_id: FAR, API.record_id: FAR + timedelta(milliseconds=3)},
    told={API.record_id: FAR},
    probe=API.record_id,
    probe_seen_at=FAR - timedelta(minutes=7),
    expires_at=FAR + timedelta(days=30),
)
BUDGET = FailoverBudget(WEB.account, hour_of(FAR), used=4, counted=("b", "a"))


def shared_items(database: Database, client: Any = None) -> SharedItems:
    return SharedItems(client or database.connect(), database.table, lambda: str(uuid4()))


def test_a_pool_comes_back_with_every_field(database: Database) -> None:
    shared = shared_items(database)
    written = shared.put_pool(FULL)
    assert written == replace(FULL, version=1) == shared.pool(KEY)
    bare = Pool(KEY)
    assert all(getattr(written, one.name) != getattr(bare, one.name) for one in fields(Pool) if one.name != "key")


def test_a_budget_comes_back(database: Database) -> None:
    shared = shared_items(database)
    written = shared.put_budget(BUDGET)
    assert written == replace(BUDGET, version=1) == shared.budget(WEB.account, FAR)


def test_shared_items_are_written_over_the_version_that_was_read(database: Database) -> None:
    shared = shared_items(database)
    writes: list[Callable[[int], object]] = [
        lambda version: shared.put_pool(replace(FULL, version=version)),
        lambda version: shared.put_budget(replace(BUDGET, version=version)),
    ]
    for write in writes:
        write(0)
        write(1)
        for stale in (0, 1, 3):
            with pytest.raises(ConflictError):
                write(stale)


def test_they_and_records_never_meet_and_records_alone_are_due(database: Database) -> None:
    client = database.connect()
    shared, records = shared_items(database, client), database.records(client)
    record = records.put(full_record())
    shared.put_pool(FULL)
    shared.put_pool(Pool(replace(KEY, provider="asg-spot", cluster="shop")))
    shared.put_budget(BUDGET)
    assert records.get(WEB) == record
    assert list(records.due(FAR + timedelta(days=999))) == [WEB]
    indexed = client.scan(TableName=database.table, IndexName=DUE_INDEX)["Items"]
    assert [item["id"]["S"] for item in indexed] == [WEB.record_id]
    assert len(client.scan(TableName=database.table)["Items"]) == 4


def test_a_pool_that_hundreds_of_services_prove_at_once_fits_into_an_item(database: Database) -> None:
    """DynamoDB refuses items of more than 400 KB."""
    services = [ServiceKey("1" * 12, "us-east-1", "c" * 255, f"{number:03}".ljust(255, "s")) for number in range(500)]
    crowded = replace(FULL, proving={key.record_id: FAR for key in services})
    assert shared_items(database).put_pool(crowded) == shared_items(database).pool(KEY)


@pytest.mark.slow
def test_an_account_s_failovers_are_counted_to_the_last_one(dynamodb_local: Database) -> None:
    def one_more(shared: SharedItems) -> int:
        while True:
            try:
                return shared.put_budget(shared.budget(WEB.account, FAR).at(FAR).one_more("a")).used
            except ConflictError:
                continue

    workers = [shared_items(dynamodb_local) for _ in range(WORKERS)]
    with ThreadPoolExecutor(WORKERS) as pool:
        counts = Counter(used for _ in range(5) for used in pool.map(one_more, workers))
    assert counts == Counter(range(1, 5 * WORKERS + 1))
