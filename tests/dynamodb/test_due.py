"""The index of what is due: in order, complete over many pages, and empty of everything else."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from spot_failover.aws.record_codec import encode
from spot_failover.aws.table import DUE_INDEX
from spot_failover.core.record import Phase, Record
from spot_failover.core.service_key import ServiceKey
from tests.doubles.builders import FALLBACK, OTHER, SPOT, WEB
from tests.doubles.clock import START
from tests.dynamodb.database import Database

RECORD = Record(WEB, phase=Phase.FAILED_OVER, baseline=SPOT, fallback=FALLBACK, due_at=START)
MANY = 2000
"""With names of full length, 1.2 MB of index: DynamoDB gives 1 MB in a page."""


def test_due_records_come_longest_overdue_first_whatever_their_account_and_region(database: Database) -> None:
    records = database.records()
    for minutes, name in ((-1, "a"), (-30, "b"), (0, "c"), (1, "later")):
        account, region = ("111111111111", "us-east-1") if name > "a" else ("222222222222", "eu-west-1")
        key = ServiceKey(account, region, "shop", name)
        records.put(replace(RECORD, key=key, due_at=START + timedelta(minutes=minutes)))
    assert [(key.service, key.region) for key in records.due(START)] == [
        ("b", "us-east-1"),
        ("a", "eu-west-1"),
        ("c", "us-east-1"),
    ]
    assert list(records.due(START - timedelta(hours=1))) == []


def test_a_record_is_due_at_the_time_of_its_latest_write(database: Database) -> None:
    records = database.records()
    written = records.put(RECORD)
    records.put(replace(written, due_at=START + timedelta(minutes=5)))
    assert list(records.due(START + timedelta(minutes=4))) == []
    assert list(records.due(START + timedelta(minutes=5))) == [WEB]


def test_a_closed_record_leaves_the_index_and_a_reopened_one_comes_back(database: Database) -> None:
    client = database.connect()
    records = database.records(client)
    written = records.put(RECORD)
    records.put(replace(RECORD, key=OTHER, phase=Phase.CLOSED, due_at=None))
    assert indexed(client, database) == [WEB.record_id]
    closed = records.put(replace(written, phase=Phase.CLOSED, due_at=None))
    assert indexed(client, database) == []
    records.put(replace(closed, phase=Phase.FAILING_OVER, due_at=START))
    assert indexed(client, database) == [WEB.record_id]


def test_the_index_holds_keys_alone(database: Database) -> None:
    client = database.connect()
    database.records(client).put(RECORD)
    [entry] = client.scan(TableName=database.table, IndexName=DUE_INDEX)["Items"]
    assert set(entry) == {"id", "region", "due_partition", "due_at"}


def test_all_of_many_pages_come_in_order(database: Database) -> None:
    client = database.connect()
    overdue = write_many(client, database)
    pages = count_pages(client)
    keys = list(database.records(client).due(START))
    assert len(pages) > 1
    assert len(keys) == len(set(keys)) == MANY
    assert [overdue[key] for key in keys] == sorted(overdue.values(), reverse=True)


def test_what_is_written_while_pages_are_read_hides_nothing(database: Database) -> None:
    """As the restore tick does: it closes or postpones what it has read, the record where the page ended too."""
    client, other = database.connect(), database.records()
    overdue = write_many(client, database)
    page_ends: list[str] = []
    client.meta.events.register(
        "after-call.dynamodb.Query",
        lambda parsed, **_: page_ends.append(parsed.get("LastEvaluatedKey", {}).get("id", {}).get("S", "")),
    )
    read, changed = [], 0
    for key in database.records(client).due(START):
        read.append(key)
        if key.record_id in page_ends or len(read) % 50 == 0:
            postponed = START + timedelta(minutes=5) if changed % 2 else None
            other.put(replace(other.get(key), due_at=postponed))
            changed += 1
    assert page_ends[0]
    assert changed > MANY // 50
    assert len(read) == len(set(read)) == MANY
    assert set(read) == set(overdue)
    assert len(list(other.due(START))) == MANY - changed


def write_many(client: Any, database: Database) -> dict[ServiceKey, int]:
    """Records under the longest names there are; returns how many seconds each is overdue, ten at a time the same."""
    overdue = {
        ServiceKey("111111111111", "ap-southeast-1", "c" * 255, f"{number:05}".ljust(255, "s")): number // 10
        for number in range(MANY)
    }
    requests = [
        {"PutRequest": {"Item": encode(replace(RECORD, key=key, due_at=START - timedelta(seconds=late), version=1))}}
        for key, late in overdue.items()
    ]
    for first in range(0, MANY, 25):
        answer = client.batch_write_item(RequestItems={database.table: requests[first : first + 25]})
        assert not answer["UnprocessedItems"]
    return overdue


def count_pages(client: Any) -> list[str]:
    pages: list[str] = []
    client.meta.events.register("before-call.dynamodb.Query", lambda **_: pages.append("Query"))
    return pages


def indexed(client: Any, database: Database) -> list[str]:
    """Ids of all that is in the index, due or not."""
    return sorted(item["id"]["S"] for item in client.scan(TableName=database.table, IndexName=DUE_INDEX)["Items"])
