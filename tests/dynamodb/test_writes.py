"""Writes win only over what they have read, and reads see every write before them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from spot_failover.core.errors import ConflictError
from spot_failover.core.record import Phase, Record
from tests.doubles.builders import FALLBACK, SPOT, WEB
from tests.doubles.clock import START
from tests.dynamodb.database import Database
from tests.dynamodb.full_record import full_record

RECORD = Record(WEB, phase=Phase.FAILING_OVER, baseline=SPOT, fallback=FALLBACK, due_at=START)


def test_a_service_without_an_item_has_an_empty_record(database: Database) -> None:
    assert database.records().get(WEB) == Record(WEB)


def test_a_new_record_is_written_once(database: Database) -> None:
    records = database.records()
    written = records.put(RECORD)
    assert written == replace(RECORD, version=1) == records.get(WEB)
    with pytest.raises(ConflictError, match="service web of cluster shop in account 111111111111, Region us-east-1"):
        records.put(replace(RECORD, phase=Phase.CLOSED))
    assert records.get(WEB) == written


def test_the_same_names_in_another_region_are_another_record(database: Database) -> None:
    records = database.records()
    records.put(RECORD)
    elsewhere = replace(RECORD, key=replace(WEB, region="eu-west-1"), phase=Phase.PROVING)
    assert records.put(elsewhere).version == 1
    assert records.get(WEB).phase is Phase.FAILING_OVER


def test_a_write_goes_over_the_version_that_was_read_and_no_other(database: Database) -> None:
    records = database.records()
    first = records.put(RECORD)
    second = records.put(replace(first, phase=Phase.FAILED_OVER))
    for stale in (RECORD, first, replace(second, version=3)):
        with pytest.raises(ConflictError):
            records.put(replace(stale, phase=Phase.CLOSED))
    assert records.get(WEB) == second == replace(RECORD, phase=Phase.FAILED_OVER, version=2)


def test_a_write_leaves_nothing_of_the_item_before(database: Database) -> None:
    records = database.records()
    full = records.put(full_record())
    bare = records.put(Record(WEB, version=full.version))
    assert records.get(WEB) == bare == Record(WEB, version=2)


def test_an_item_that_is_gone_is_not_written_again(database: Database) -> None:
    client = database.connect()
    records = database.records(client)
    written = records.put(RECORD)
    client.delete_item(TableName=database.table, Key={"id": {"S": WEB.record_id}, "region": {"S": WEB.region}})
    with pytest.raises(ConflictError):
        records.put(written)
    assert records.get(WEB) == Record(WEB)


def test_a_record_comes_back_with_every_field(database: Database) -> None:
    records = database.records()
    written = records.put(full_record())
    assert written == replace(full_record(), version=1) == records.get(WEB)


def test_a_write_whose_answer_got_lost_is_found_to_be_our_own(database: Database) -> None:
    client = database.connect()
    records = database.records(client)
    sent = lose_the_first_answer(client)
    written = records.put(RECORD)
    assert len(sent) == 2
    sent.clear()
    over = records.put(replace(written, phase=Phase.FAILED_OVER))
    assert len(sent) == 2
    assert records.get(WEB) == over == replace(RECORD, phase=Phase.FAILED_OVER, version=2)


def test_another_s_write_is_not_taken_for_one_whose_answer_got_lost(database: Database) -> None:
    written = database.records().put(RECORD)
    other = database.records().put(replace(written, phase=Phase.FAILED_OVER))
    client = database.connect()
    sent = lose_the_first_answer(client)
    with pytest.raises(ConflictError):
        database.records(client).put(replace(written, phase=Phase.CLOSED))
    assert len(sent) == 2
    assert database.records().get(WEB) == other


def test_reads_ask_for_consistency(database: Database) -> None:
    client, asked = database.connect(), []
    client.meta.events.register("before-parameter-build.dynamodb.GetItem", lambda params, **_: asked.append(params))
    records = database.records(client)
    for version in range(1, 6):
        records.put(replace(RECORD, version=version - 1))
        assert records.get(WEB).version == version
    assert [request["ConsistentRead"] for request in asked] == [True] * 5


def lose_the_first_answer(client: Any) -> list[str]:
    """Each write reaches DynamoDB, then its answer is lost: botocore sends the same request again, once."""
    sent: list[str] = []

    def again(**_: Any) -> int | None:
        sent.append("PutItem")
        return 0 if len(sent) == 1 else None

    client.meta.events.register_first("needs-retry.dynamodb.PutItem", again)
    return sent
