"""Many records in one reading, against moto."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from spot_failover.aws.state_table import StateTable
from spot_failover.core.errors import RefusedError, TransientError
from spot_failover.core.record import Phase, Record
from tests.doubles.builders import FALLBACK, SPOT, WEB
from tests.doubles.clock import START
from tests.handlers.aws_account import TABLE

KEYS = [replace(WEB, service=f"web-{number}") for number in range(130)]


def written(table: StateTable) -> dict[str, Record]:
    """Records of every other service."""
    records = (
        Record(key, phase=Phase.FAILING_OVER, baseline=SPOT, fallback=FALLBACK, due_at=START) for key in KEYS[::2]
    )
    return {record.key.service: table.put(record) for record in records}


def test_what_is_there_is_read_and_the_others_have_empty_records(table: StateTable) -> None:
    there = written(table)
    assert table.get_many(KEYS) == {key: there.get(key.service, Record(key)) for key in KEYS}
    assert table.get_many([]) == {}


def test_the_same_names_in_two_regions_are_two_records(table: StateTable) -> None:
    written(table)
    elsewhere = replace(KEYS[0], region="eu-west-1")
    found = table.get_many([KEYS[0], elsewhere])
    assert found[KEYS[0]] == table.get(KEYS[0])
    assert found[elsewhere] == Record(elsewhere)


def test_calls_are_consistent_and_no_larger_than_dynamodb_takes_them(
    table: StateTable, dynamodb: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[dict[str, Any]] = []
    call = dynamodb.batch_get_item

    def noted(**given: Any) -> Any:
        asked.append(given)
        return call(**given)

    monkeypatch.setattr(dynamodb, "batch_get_item", noted)
    table.get_many(KEYS)
    assert [len(each["RequestItems"][TABLE]["Keys"]) for each in asked] == [100, 30]
    assert all(each["RequestItems"][TABLE]["ConsistentRead"] for each in asked)


@pytest.mark.parametrize("broken", [{"phase": {"S": "asleep"}}, {"shift_minutes": {"N": "99999999999999"}}])
def test_an_item_that_can_t_be_read_is_told_in_its_place(
    table: StateTable, dynamodb: Any, broken: dict[str, Any]
) -> None:
    there = written(table)
    key = {"id": {"S": KEYS[0].record_id}, "region": {"S": WEB.region}}
    item = dynamodb.get_item(TableName=TABLE, Key=key)["Item"]
    dynamodb.put_item(TableName=TABLE, Item=item | broken)
    found = table.get_many(KEYS[:3])
    assert isinstance(found[KEYS[0]], RefusedError)
    assert found[KEYS[2]] == there["web-2"]


@pytest.mark.parametrize(("times", "comes"), [(1, True), (2, False)])
def test_what_dynamodb_leaves_unread_is_asked_for_again(
    table: StateTable, dynamodb: Any, monkeypatch: pytest.MonkeyPatch, times: int, *, comes: bool
) -> None:
    """BatchGetItem answers with a part, and with the keys of the rest, where it is short of capacity."""
    there, call, left = written(table), dynamodb.batch_get_item, [times]

    def in_part(**given: Any) -> Any:
        keys = given["RequestItems"][TABLE]["Keys"]
        if not left[0]:
            return call(**given)
        left[0] -= 1
        answer = call(RequestItems={TABLE: {"Keys": keys[:1], "ConsistentRead": True}})
        return {**answer, "UnprocessedKeys": {TABLE: {"Keys": keys[1:], "ConsistentRead": True}}}

    monkeypatch.setattr(dynamodb, "batch_get_item", in_part)
    found = table.get_many(KEYS[:6])
    read = KEYS[:6] if comes else KEYS[:2]
    assert {key: found[key] for key in read} == {key: there.get(key.service, Record(key)) for key in read}
    for key in set(KEYS[:6]) - set(read):
        assert isinstance(found[key], TransientError)
        assert f"service {key.service} of cluster shop" in str(found[key])


def test_a_table_that_is_missing_is_told_by_its_name(dynamodb: Any) -> None:
    with pytest.raises(RefusedError, match=r"dynamodb:BatchGetItem for service web-0 .* state table another"):
        StateTable(dynamodb, "another", str).get_many(KEYS[:1])
