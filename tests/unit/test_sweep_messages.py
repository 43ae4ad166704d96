"""The messages of the sweep's queue."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spot_failover.core.errors import MalformedEventError
from spot_failover.core.events import Heartbeat
from spot_failover.core.sweep_messages import SweepOrder, parse_sweep_message

ORDER = SweepOrder("sweep-1", "111111111111", "us-east-1", "shop/web")
ORDERED = datetime(2026, 3, 1, 2, 11, 5, 7, tzinfo=UTC)


def heartbeat(**changes: Any) -> str:
    return json.dumps(
        {
            "version": "0",
            "id": "heartbeat-1",
            "detail-type": "Spot Failover Heartbeat",
            "source": "ecs.spot-failover",
            "account": "111111111111",
            "time": "2026-03-01T02:11:05Z",
            "region": "us-gov-west-1",
            "resources": [],
            "detail": {"version": 1},
        }
        | changes
    )


def test_a_heartbeat() -> None:
    sent = datetime(2026, 3, 1, 2, 11, 5, tzinfo=UTC)
    assert parse_sweep_message(heartbeat()) == Heartbeat("heartbeat-1", "111111111111", "us-gov-west-1", sent)
    for same in ("2026-03-01T02:11:05", "2026-03-01T04:11:05+02:00"):
        assert parse_sweep_message(heartbeat(time=same)) == parse_sweep_message(heartbeat())


def test_an_order_comes_back_as_it_was_sent() -> None:
    assert parse_sweep_message(ORDER.to_json()) == ORDER
    whole = SweepOrder("sweep-1", "111111111111", "us-east-1")
    assert parse_sweep_message(whole.to_json()) == whole
    dated = replace(whole, ordered_at=ORDERED)
    assert parse_sweep_message(dated.to_json()) == dated
    body = json.loads(dated.to_json()) | {"ordered_at": "2026-03-01T02:11:05.000007"}
    assert parse_sweep_message(json.dumps(body)) == dated


def test_an_order_is_overtaken_by_a_sweep_that_ends_later() -> None:
    order = replace(ORDER, ordered_at=ORDERED)
    assert order.overtaken(ORDERED + timedelta(microseconds=1))
    assert not order.overtaken(ORDERED)
    assert not order.overtaken(None)
    assert not ORDER.overtaken(ORDERED)


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ("", "not JSON"),
        ("[]", "not a JSON object"),
        (heartbeat(source="aws.ecs"), "no heartbeat"),
        (heartbeat(**{"detail-type": "ECS Service Action"}), "no heartbeat"),
        (heartbeat(account="1"), "account is '1'"),
        (heartbeat(region="../us-east-1"), "region is"),
        (heartbeat(id=7), "id is '7'"),
        (heartbeat(time="yesterday"), "time is 'yesterday'"),
        (json.dumps({"account": "111111111111", "region": "us-east-1"}), "sweep is"),
        (json.dumps({"sweep": "1", "account": "111111111111", "region": "us-east-1", "after": 3}), "after is"),
        (
            json.dumps({"sweep": "1", "account": "111111111111", "region": "us-east-1", "ordered_at": 3}),
            "ordered_at is",
        ),
        (json.dumps({"sweep": "1", "account": "111111111111", "region": "us-east-1", "ordered_at": "3"}), "not an ISO"),
    ],
)
def test_anything_else_is_malformed(body: str, complaint: str) -> None:
    with pytest.raises(MalformedEventError, match=complaint):
        parse_sweep_message(body)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["sweep", "account", "region", "after", "detail-type", "source", "time", "id", "ordered_at"]
                ),
                inner,
                max_size=8,
            )
        ),
        max_leaves=12,
    )
)
def test_no_json_of_any_shape_does_anything_else(value: Any) -> None:
    try:
        parsed = parse_sweep_message(json.dumps(value))
    except MalformedEventError:
        return
    assert isinstance(parsed, Heartbeat | SweepOrder)
