"""What of an event tells which service it is about, and what of it is told on."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from spot_failover.core.errors import ForeignResourceError, MalformedEventError
from spot_failover.core.event_parser import Home, event_id, parse_interruption, parse_placement_failure
from spot_failover.core.events import Event, Interruption, PlacementFailure, StandaloneTask
from spot_failover.core.policy import SyntheticPolicy
from tests.doubles.builders import OTHER, TASK, WEB
from tests.doubles.clock import START
from tests.unit.samples import ARRIVED, CENTRAL, sample

ON = SyntheticPolicy(enabled=True)
HERE = "us-east-1:111111111111"
SHORT_TASK = f"arn:aws:ecs:{HERE}:task/0f1e2d3c"
Change = Callable[[dict[str, Any]], object]


def failure(change: Change) -> PlacementFailure:
    event = sample("placement-failure-fargate-spot")
    change(event)
    return parse_placement_failure(json.dumps(event), ARRIVED, ON, Home(CENTRAL, "aws"))


def notice(change: Change) -> Interruption | StandaloneTask:
    event = sample("interruption-notice")
    change(event)
    return parse_interruption(json.dumps(event), ARRIVED, ON, Home(CENTRAL, "aws"))


def without_cluster(event: dict[str, Any], *resources: str) -> None:
    """Leave it to the resources to tell the cluster."""
    event["detail"].pop("clusterArn", None)
    event["resources"] = list(resources)


@pytest.mark.parametrize(("stop_code", "cause"), [("SpotInterruption", ""), ("TerminationNotice", "")])
def test_the_stop_code_alone_tells_an_interruption(stop_code: str, cause: str) -> None:
    found = notice(lambda event: event["detail"].update(stopCode=stop_code, stoppedReason=cause))
    assert isinstance(found, Interruption)
    assert found.cause == stop_code


def test_a_service_action_is_no_interruption() -> None:
    with pytest.raises(MalformedEventError, match="detail-type"):
        notice(lambda event: event.update({"detail-type": "ECS Service Action"}))


@pytest.mark.parametrize("group", ["service:web", "family:batch"])
def test_a_task_that_stops_for_another_reason_is_no_interruption(group: str) -> None:
    with pytest.raises(MalformedEventError, match="no Spot interruption"):
        notice(lambda event: event["detail"].update(group=group, stopCode="UserInitiated", stoppedReason="scaling"))


def test_an_event_without_any_arn_is_malformed() -> None:
    def change(event: dict[str, Any]) -> None:
        without_cluster(event)
        event["detail"].pop("capacityProviderArns")

    with pytest.raises(MalformedEventError, match="no ARN"):
        failure(change)


@pytest.mark.parametrize("providers", ["FARGATE_SPOT", 7, True, {"FARGATE_SPOT": 1}])
def test_providers_that_are_no_list_are_malformed(providers: object) -> None:
    with pytest.raises(MalformedEventError, match="not a list"):
        failure(lambda event: event["detail"].update(capacityProviderArns=providers))


def test_an_event_without_a_cause_has_none() -> None:
    assert failure(lambda event: event["detail"].pop("reason")).cause == ""
    assert failure(lambda event: event["detail"].update(reason="RESOURCE:FARGATE")).cause == "RESOURCE:FARGATE"


def test_a_synthetic_event_of_the_central_account_names_one_region() -> None:
    def change(event: dict[str, Any]) -> None:
        event.update(source="test.aws.ecs", account=CENTRAL)
        event["detail"]["clusterArn"] = "arn:aws:ecs:eu-west-1:111111111111:cluster/shop"

    with pytest.raises(ForeignResourceError):
        failure(change)


def test_a_synthetic_interruption_of_the_central_account_only_reports() -> None:
    found = notice(lambda event: event.update(source="test.aws.ecs", account=CENTRAL))
    assert isinstance(found, Interruption)
    assert (found.synthetic, found.report_only) == (True, True)
    real = notice(lambda event: None)
    assert isinstance(real, Interruption)
    assert (real.synthetic, real.report_only, real.replayed) == (False, False, False)


def test_a_replayed_interruption_says_so() -> None:
    found = notice(lambda event: event.update({"replay-name": "yesterday"}))
    assert isinstance(found, Interruption)
    assert found.replayed


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-01T12:00:00Z", START.replace(hour=12, minute=0, second=0)),
        ("2026-03-01T12:00:00", START.replace(hour=12, minute=0, second=0)),
        ("2026-03-01T14:00:00+02:00", START.replace(hour=12, minute=0, second=0)),
    ],
)
def test_a_time_without_a_zone_is_utc_and_one_with_a_zone_is_kept(text: str, expected: datetime) -> None:
    found = failure(lambda event: event.update(time=text)).time
    assert found.tzinfo is not None
    assert found == expected.astimezone(UTC)


def test_a_task_of_no_service_is_told_by_whatever_names_it() -> None:
    def change(event: dict[str, Any]) -> None:
        without_cluster(event, SHORT_TASK)
        event["detail"].pop("taskArn")
        event["detail"]["group"] = "family:batch"

    assert notice(change) == StandaloneTask(
        sample("interruption-notice")["id"], WEB.account, WEB.region, "", SHORT_TASK
    )


def test_the_long_arn_of_a_task_names_the_cluster() -> None:
    found = notice(lambda event: without_cluster(event, TASK))
    assert isinstance(found, Interruption)
    assert found.key == WEB


def test_the_group_of_a_task_names_its_service() -> None:
    def change(event: dict[str, Any]) -> None:
        event["resources"].append(f"arn:aws:ecs:{HERE}:service/shop/api")

    found = notice(change)
    assert isinstance(found, Interruption)
    assert found.key == WEB


@pytest.mark.parametrize(
    "stranger",
    [
        f"arn:aws:eks:{HERE}:cluster/store",
        f"arn:aws:vpc-lattice:{HERE}:service/store/cart",
        f"arn:aws:servicediscovery:{HERE}:service/srv-1",
        f"arn:aws:ecs:{HERE}:cluster/",
    ],
)
def test_only_ecs_s_own_arns_name_service_and_cluster(stranger: str) -> None:
    found = failure(lambda event: without_cluster(event, stranger, f"arn:aws:ecs:{HERE}:service/shop/web"))
    assert found.key == WEB


def test_a_cluster_s_own_arn_names_it_before_any_other() -> None:
    resources = f"arn:aws:ecs:{HERE}:service/web", f"arn:aws:ecs:{HERE}:cluster/shop"
    assert failure(lambda event: without_cluster(event, *resources)).key == WEB


@pytest.mark.parametrize(
    "resources",
    [
        (f"arn:aws:ecs:{HERE}:service/web",),
        (f"arn:aws:ecs:{HERE}:cluster/shop",),
        (f"arn:aws:ecs:{HERE}:service/web", f"arn:aws:ecs:{HERE}:cluster/sh op"),
    ],
)
def test_a_service_has_two_names_that_ecs_would_accept(resources: tuple[str, ...]) -> None:
    with pytest.raises(MalformedEventError):
        failure(lambda event: without_cluster(event, *resources))


@pytest.mark.parametrize(
    ("body", "expected"),
    [('{"id": "a1", "source": 3}', "a1"), ('{"id": 7}', ""), ("{}", ""), ("[1]", ""), ('"id"', ""), ("{", "")],
)
def test_the_id_of_an_event_that_may_be_malformed_otherwise(body: str, expected: str) -> None:
    assert event_id(body) == expected


def test_an_event_is_real_and_new_unless_it_says_otherwise() -> None:
    event = Event("e", OTHER, "aws.ecs", START, START)
    assert (event.replayed, event.synthetic, event.report_only) == (False, False, False)
    assert (event.providers, event.cause) == ((), "")
