"""Every sample event in examples/events is read as its README says."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from spot_failover.core.errors import ForeignResourceError, MalformedEventError
from spot_failover.core.event_parser import Home, parse_interruption, parse_placement_failure
from spot_failover.core.events import Interruption, PlacementFailure, StandaloneTask
from spot_failover.core.policy import SyntheticPolicy
from tests.doubles.builders import TASK, WEB
from tests.doubles.clock import START
from tests.unit.samples import ARRIVED, CENTRAL, EVENTS, body, sample

OFF = SyntheticPolicy()
ON = SyntheticPolicy(enabled=True)


def placement_failure(name: str, synthetic: SyntheticPolicy = OFF) -> PlacementFailure:
    return parse_placement_failure(body(name), ARRIVED, synthetic, Home(CENTRAL, "aws"))


def interruption(name: str, synthetic: SyntheticPolicy = OFF) -> Interruption | StandaloneTask:
    return parse_interruption(body(name), ARRIVED, synthetic, Home(CENTRAL, "aws"))


@pytest.mark.parametrize(
    ("name", "providers", "cause"),
    [
        ("placement-failure-fargate-spot", ("FARGATE_SPOT",), "RESOURCE:FARGATE"),
        ("placement-failure-fargate", ("FARGATE",), "RESOURCE:FARGATE"),
        ("placement-failure-several-providers", ("FARGATE", "FARGATE_SPOT"), "RESOURCE:FARGATE"),
        ("placement-failure-short-service-arn", ("FARGATE_SPOT",), "RESOURCE:FARGATE"),
        ("placement-failure-ec2", (), "RESOURCE:CPU"),
    ],
)
def test_placement_failures(name: str, providers: tuple[str, ...], cause: str) -> None:
    event = placement_failure(name)
    assert event.key == WEB
    assert event.providers == providers
    assert event.cause == cause
    assert (event.time, event.arrived) == (START, ARRIVED)
    assert (event.synthetic, event.replayed, event.report_only) == (False, False, False)
    assert event.event_id == sample(name)["id"]


def test_a_replayed_one_is_marked() -> None:
    assert placement_failure("placement-failure-replayed").replayed


@pytest.mark.parametrize(
    ("name", "cause", "delay"),
    [
        ("interruption-notice", "SpotInterruption", 0),
        ("interruption-stopped", "SpotInterruption", 121),
        ("interruption-termination-notice", "TerminationNotice", 0),
        ("interruption-without-stop-code", "Your Spot Task was interrupted.", 0),
    ],
)
def test_interruptions(name: str, cause: str, delay: int) -> None:
    event = interruption(name)
    assert isinstance(event, Interruption)
    assert (event.key, event.task_arn, event.providers) == (WEB, TASK, ("FARGATE_SPOT",))
    assert event.cause == cause
    assert event.time == START + timedelta(seconds=delay)


def test_a_task_of_no_service_is_not_ours() -> None:
    event = interruption("interruption-standalone-task")
    assert isinstance(event, StandaloneTask)
    assert (event.account, event.region, event.cluster, event.task_arn) == ("111111111111", "us-east-1", "shop", TASK)


def test_a_poor_synthetic_placement_failure_is_enough() -> None:
    event = placement_failure("synthetic-placement-failure", ON)
    assert (event.key, event.synthetic, event.report_only, event.source) == (WEB, True, False, "test.aws.ecs")


def test_a_poor_synthetic_interruption_is_enough() -> None:
    event = interruption("synthetic-interruption", ON)
    assert isinstance(event, Interruption)
    assert (event.key, event.synthetic, event.task_arn) == (WEB, True, TASK)


@pytest.mark.parametrize("name", ["synthetic-placement-failure", "synthetic-placement-failure-from-central"])
def test_switched_off_synthetic_events_are_malformed(name: str) -> None:
    with pytest.raises(MalformedEventError, match=r"test\.aws\.ecs"):
        placement_failure(name, OFF)


def test_from_the_central_account_they_only_report() -> None:
    event = placement_failure("synthetic-placement-failure-from-central", ON)
    assert (event.key, event.report_only) == (WEB, True)


def test_from_the_central_account_they_act_where_that_is_on_too() -> None:
    acting = SyntheticPolicy(enabled=True, act_from_central=True)
    assert not placement_failure("synthetic-placement-failure-from-central", acting).report_only


@pytest.mark.parametrize("name", ["malformed-no-service", "malformed-steady-state", "interruption-notice"])
def test_malformed(name: str) -> None:
    with pytest.raises(MalformedEventError):
        placement_failure(name)


@pytest.mark.parametrize("name", ["foreign-account", "foreign-region"])
def test_foreign(name: str) -> None:
    with pytest.raises(ForeignResourceError, match="us-east-1"):
        placement_failure(name)


@pytest.mark.parametrize("name", ["put-events-synthetic-placement-failure", "put-events-synthetic-interruption"])
def test_entries_for_put_events_become_readable_events(name: str) -> None:
    [entry] = json.loads(body(name))
    event = {
        "id": "e",
        "account": "111111111111",
        "region": "us-east-1",
        "time": "2026-03-01T02:11:05Z",
        "source": entry["Source"],
        "detail-type": entry["DetailType"],
        "resources": entry["Resources"],
        "detail": json.loads(entry["Detail"]),
    }
    parse = parse_interruption if entry["DetailType"] == "ECS Task State Change" else parse_placement_failure
    read = parse(json.dumps(event), ARRIVED, ON, Home(CENTRAL, "aws"))
    assert isinstance(read, PlacementFailure | Interruption)
    assert read.key == WEB


def test_every_sample_is_read_by_a_test() -> None:
    names = {path.stem for path in EVENTS.glob("*.json")}
    text = "".join(path.read_text() for path in EVENTS.parents[1].glob("tests/*/test_*.py"))
    assert [name for name in sorted(names) if f'"{name}"' not in text] == []
