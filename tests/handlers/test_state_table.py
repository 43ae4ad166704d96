"""The state table on DynamoDB, against moto."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from spot_failover.aws.state_table import StateTable
from spot_failover.aws.table import Table
from spot_failover.core.errors import ConflictError, RefusedError, UnclearError
from spot_failover.core.record import Phase, Record
from spot_failover.core.service_key import ServiceKey
from tests.doubles.builders import FALLBACK, OTHER, SPOT, WEB
from tests.doubles.clock import START
from tests.handlers.aws_account import TABLE

RECORD = Record(WEB, phase=Phase.FAILING_OVER, baseline=SPOT, fallback=FALLBACK, due_at=START)


def test_a_service_without_an_item_has_an_empty_record(table: StateTable) -> None:
    assert table.get(WEB) == Record(WEB)


def test_what_is_written_is_read(table: StateTable) -> None:
    written = table.put(RECORD)
    assert written == replace(RECORD, version=1)
    assert table.get(WEB) == written
    assert table.put(replace(written, phase=Phase.FAILED_OVER)).version == 2


def test_the_same_names_in_two_regions_are_two_records(table: StateTable) -> None:
    table.put(RECORD)
    elsewhere = replace(WEB, region="eu-west-1")
    assert table.get(elsewhere).version == 0


def test_of_two_that_read_the_same_only_one_writes(table: StateTable) -> None:
    table.put(RECORD)
    with pytest.raises(ConflictError, match="service web of cluster shop"):
        table.put(RECORD)
    read = table.get(WEB)
    table.put(replace(read, phase=Phase.FAILED_OVER))
    with pytest.raises(ConflictError):
        table.put(replace(read, phase=Phase.CLOSED))
    assert table.get(WEB).phase is Phase.FAILED_OVER


def test_an_item_that_has_expired_meanwhile_is_a_conflict(table: StateTable, dynamodb: Any) -> None:
    written = table.put(RECORD)
    dynamodb.delete_item(TableName=TABLE, Key={"id": {"S": WEB.record_id}, "region": {"S": WEB.region}})
    with pytest.raises(ConflictError):
        table.put(written)


def test_a_write_whose_answer_got_lost_and_that_was_sent_again_is_ours(dynamodb: Any) -> None:
    table = StateTable(dynamodb, TABLE, lambda: "the-same-write")
    first = table.put(RECORD)
    assert table.put(RECORD) == first
    later = replace(first, phase=Phase.FAILED_OVER)
    assert table.put(later) == table.put(later)


def lose_answers(monkeypatch: pytest.MonkeyPatch, client: Any, operation: str, *, takes_effect: bool) -> None:
    call = getattr(client, operation)

    def unanswered(**request: Any) -> None:
        if takes_effect:
            call(**request)
        raise ReadTimeoutError(endpoint_url="dynamodb")

    monkeypatch.setattr(client, operation, unanswered)


def test_a_write_whose_answer_got_lost_for_good_is_found_where_it_took_effect(
    dynamodb: Any, table: StateTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = table.put(RECORD)
    lose_answers(monkeypatch, dynamodb, "put_item", takes_effect=True)
    second = table.put(replace(first, stuck=True))
    assert table.get(WEB) == second
    assert second.version == 2


@pytest.mark.parametrize("there", [False, True], ids=["nothing", "an earlier version"])
def test_a_write_whose_answer_got_lost_and_that_is_not_to_be_seen_is_unclear(
    dynamodb: Any, table: StateTable, monkeypatch: pytest.MonkeyPatch, *, there: bool
) -> None:
    before = table.put(RECORD) if there else RECORD
    lose_answers(monkeypatch, dynamodb, "put_item", takes_effect=False)
    with pytest.raises(UnclearError, match=r"dynamodb:PutItem for service web .* answer got lost"):
        table.put(replace(before, stuck=True))
    assert not table.get(WEB).stuck


def test_a_write_of_which_neither_answer_nor_item_can_be_read_is_unclear(
    dynamodb: Any, table: StateTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    for operation in ("put_item", "get_item"):
        lose_answers(monkeypatch, dynamodb, operation, takes_effect=True)
    with pytest.raises(UnclearError, match="dynamodb:PutItem"):
        table.put(RECORD)


def test_who_has_no_time_for_another_look_takes_none(dynamodb: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    table = Table(dynamodb, TABLE, str, looks_again=False)
    lose_answers(monkeypatch, dynamodb, "put_item", takes_effect=True)
    with pytest.raises(UnclearError):
        table.put({"id": {"S": "alerts"}, "region": {"S": WEB.region}}, 0, "alerts")


def test_due_records_come_longest_overdue_first(table: StateTable) -> None:
    for minutes, name in ((-1, "a"), (-30, "b"), (0, "c"), (1, "later")):
        key = ServiceKey("111111111111", "us-east-1", "shop", name)
        table.put(replace(RECORD, key=key, due_at=START + timedelta(minutes=minutes)))
    table.put(replace(RECORD, key=OTHER, phase=Phase.CLOSED, due_at=None))
    assert [key.service for key in table.due(START)] == ["b", "a", "c"]


def test_due_records_of_many_pages_all_come(dynamodb: Any, table: StateTable, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(7):
        table.put(replace(RECORD, key=replace(WEB, service=f"web-{number}")))
    query, sizes = dynamodb.query, []

    def in_pages_of_two(**request: Any) -> Any:
        page = query(**request, Limit=2)
        sizes.append(len(page["Items"]))
        return page

    monkeypatch.setattr(dynamodb, "query", in_pages_of_two)
    assert len(set(table.due(START))) == 7
    assert sizes[:4] == [2, 2, 2, 1]


def test_a_closed_record_leaves_the_index(table: StateTable) -> None:
    written = table.put(RECORD)
    table.put(replace(written, phase=Phase.CLOSED, due_at=None))
    assert list(table.due(START)) == []


def test_a_table_that_is_missing_is_told_by_its_name(dynamodb: Any) -> None:
    with pytest.raises(RefusedError, match=r"dynamodb:GetItem for service web .* state table another"):
        StateTable(dynamodb, "another", str).get(WEB)
