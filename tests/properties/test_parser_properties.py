"""Whatever arrives: an event, or one of the two errors that send a message to the dead letters."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spot_failover.core.errors import ForeignResourceError, MalformedEventError
from spot_failover.core.event_parser import (
    Home,
    event_id,
    parse_interruption,
    parse_placement_failure,
    parse_task_state,
)
from spot_failover.core.events import Event, StandaloneTask
from spot_failover.core.policy import SyntheticPolicy
from tests.unit.samples import ARRIVED, CENTRAL, sample

ON = SyntheticPolicy(enabled=True)
Parse = Callable[..., Event | StandaloneTask]
PARSERS = pytest.mark.parametrize("parse", [parse_placement_failure, parse_interruption, parse_task_state])
NAMES = [
    "placement-failure-fargate-spot",
    "interruption-notice",
    "synthetic-placement-failure-from-central",
    "synthetic-interruption",
    "task-state-stopped",
]
ARN = "arn:aws:ecs:us-east-1:111111111111:"
TEXTS = st.text() | st.sampled_from(
    [
        ARN,
        ARN + "service/shop/web",
        ARN + "task/shop/1",
        ARN + "cluster/",
        "service:",
        "service:web",
        "SpotInterruption",
    ]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)


def read(parse: Parse, body: str) -> None:
    """Nothing but an event of this account or one of the two errors."""
    event_id(body)
    try:
        event = parse(body, ARRIVED, ON, Home(CENTRAL, "aws"))
    except (MalformedEventError, ForeignResourceError):
        return
    sender = json.loads(body)["account"]
    account = event.account if isinstance(event, StandaloneTask) else event.key.account
    assert account == sender or (isinstance(event, Event) and event.report_only) or sender == CENTRAL


@PARSERS
@given(st.text())
def test_any_text(parse: Parse, body: str) -> None:
    read(parse, body)


@PARSERS
@given(JSON)
def test_any_json(parse: Parse, value: Any) -> None:
    read(parse, json.dumps(value))


@PARSERS
@given(
    st.sampled_from(NAMES),
    st.dictionaries(st.sampled_from(["id", "account", "region", "source", "time", "resources", "detail"]), JSON),
    st.dictionaries(
        st.sampled_from(
            ["eventName", "clusterArn", "capacityProviderArns", "taskArn", "group", "stopCode", "stoppedReason"]
        ),
        JSON | st.lists(TEXTS, max_size=2),
    ),
)
def test_any_change_of_a_real_event(parse: Parse, name: str, envelope: dict[str, Any], detail: dict[str, Any]) -> None:
    event = sample(name)
    event["detail"] |= detail
    read(parse, json.dumps(event | envelope))
