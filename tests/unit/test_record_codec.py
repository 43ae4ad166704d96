"""A record as an item of the state table."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from spot_failover.aws.record_codec import DUE_PARTITION, decode, encode
from spot_failover.core.errors import RefusedError
from spot_failover.core.record import Lease, Phase, Record
from tests.doubles.builders import MIXED, MIXED_FALLBACK, WEB, failure
from tests.doubles.clock import START

FULL = Record(
    WEB,
    phase=Phase.FAILED_OVER,
    baseline=MIXED,
    fallback=MIXED_FALLBACK,
    event={"id": "failure-1", "kind": "PlacementFailure", "source": "aws.ecs", "cause": "RESOURCE:FARGATE"},
    reason="FAILED_OVER",
    version=7,
    lease=Lease("invocation-1", START + timedelta(microseconds=5)),
    due_at=START,
    not_before=START,
    deployment_id="ecs-svc/1",
    execution="spot-failover-web-20260301T021105Z-0a1b2c3d",
    execution_at=START + timedelta(milliseconds=5),
    switched_at=START + timedelta(milliseconds=117),
    desired_at_switch=4,
    shift_takes=timedelta(minutes=20),
    short_since=START,
    failures=2,
    rollbacks=1,
    proven_at=START,
    restore_day="2026-03-01",
    restores_that_day=3,
    held_until=datetime.max.replace(tzinfo=UTC),
    held_by="arn:aws:iam::123456789012:user/anna",
    alerted=frozenset({"FALLBACK_SHORT", "UNSAFE_TO_RESTORE"}),
    redeploy_requested_at=START,
    redeployed_at=START,
    expires_at=START,
    phase_since=START + timedelta(milliseconds=3),
    stuck=True,
    restore_at=START + timedelta(hours=1),
)


def test_everything_comes_back() -> None:
    assert decode(encode(FULL)) == FULL


def test_an_empty_record_comes_back() -> None:
    assert decode(encode(Record(WEB))) == Record(WEB)


def test_an_alert_as_earlier_versions_wrote_it() -> None:
    assert decode(encode(FULL) | {"alerted": {"S": "FALLBACK_SHORT"}}).alerted == {"FALLBACK_SHORT"}


def test_the_attributes_that_users_read() -> None:
    item = encode(replace(FULL, event=failure().to_record()))
    assert item["id"] == {"S": "111111111111::shop::web"}
    assert item["region"] == {"S": "us-east-1"}
    assert item["phase"] == {"S": "failed_over"}
    assert item["scheduled"] == {"BOOL": True}
    assert item["version"] == {"N": "7"}
    assert item["due_at"] == {"N": str(int(START.timestamp()))}
    assert item["due_partition"] == {"S": DUE_PARTITION}
    assert item["lease_owner"] == {"S": "invocation-1"}
    assert item["config"]["L"][0] == {
        "M": {"capacityProvider": {"S": "FARGATE"}, "weight": {"N": "1"}, "base": {"N": "1"}}
    }
    assert item["event"]["M"]["time"] == {"S": "2026-03-01T02:11:05+00:00"}


@pytest.mark.parametrize("phase", list(Phase))
def test_scheduled_while_a_restore_is_pending(phase: Phase) -> None:
    assert encode(replace(FULL, phase=phase))["scheduled"] == {"BOOL": phase is Phase.FAILED_OVER}


def test_what_is_not_due_has_no_key_in_the_index() -> None:
    item = encode(replace(FULL, due_at=None, lease=None))
    assert {"due_partition", "due_at", "lease_owner", "lease_expires_at"} & item.keys() == set()


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("phase", {"S": "lost"}),
        ("id", {"S": "path::x"}),
        ("config", {"L": [{"M": {}}]}),
        ("switched_at", {"S": "now"}),
        ("version", {"S": "many"}),
    ],
)
def test_an_item_that_cannot_be_read_is_told_with_its_key_and_what_to_do(
    attribute: str, value: dict[str, object]
) -> None:
    item = encode(FULL) | {attribute: value}
    with pytest.raises(RefusedError, match=r"item '.+', Region 'us-east-1', of the state table .* backup"):
        decode(item)


def test_an_item_without_a_phase_cannot_be_read() -> None:
    item = encode(FULL)
    del item["phase"]
    with pytest.raises(RefusedError):
        decode(item)
