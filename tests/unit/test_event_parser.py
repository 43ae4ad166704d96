"""Events that are not quite what they should be."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from spot_failover.core.errors import ForeignResourceError, MalformedEventError
from spot_failover.core.event_parser import Home, parse_interruption, parse_placement_failure
from spot_failover.core.events import Interruption, PlacementFailure
from spot_failover.core.policy import SyntheticPolicy
from tests.doubles.builders import WEB
from tests.unit.samples import ARRIVED, CENTRAL, sample

ON = SyntheticPolicy(enabled=True)
Change = Callable[[dict[str, Any]], object]


def failure(change: Change, synthetic: SyntheticPolicy = ON, name: str = "") -> PlacementFailure:
    event = sample(name or "placement-failure-fargate-spot")
    change(event)
    return parse_placement_failure(json.dumps(event), ARRIVED, synthetic, Home(CENTRAL, "aws"))


def notice(change: Change, synthetic: SyntheticPolicy = ON, name: str = "") -> object:
    event = sample(name or "interruption-notice")
    change(event)
    return parse_interruption(json.dumps(event), ARRIVED, synthetic, Home(CENTRAL, "aws"))


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", "3", '"text"', "NaN", "{}", "[" * 100_000, '{"id": 1}', "\ud800", "1" * 5000],
)
def test_bodies_that_are_no_events(text: str) -> None:
    for parse in (parse_placement_failure, parse_interruption):
        with pytest.raises(MalformedEventError):
            parse(text, ARRIVED, ON, Home(CENTRAL, "aws"))


WRONG: list[object] = [None, 3, "", {}, []]


@pytest.mark.parametrize(
    ("name", "value"),
    [(name, value) for name in ("id", "account", "region", "source", "detail-type", "time") for value in WRONG]
    + [("resources", value) for value in WRONG[:4]]
    + [("detail", value) for value in (*WRONG[:3], [])],
)
def test_envelope_keys_of_the_wrong_kind(name: str, value: object) -> None:
    with pytest.raises(MalformedEventError):
        failure(lambda event: event.update({name: value}))


@pytest.mark.parametrize(
    "change",
    [
        lambda event: event.update(time="yesterday"),
        lambda event: event.update({"detail-type": "ECS Task State Change"}),
        lambda event: event.update(source="my.app"),
        lambda event: event.update(resources=["web"]),
        lambda event: event.update(resources=[3]),
        lambda event: event.update(resources=[]),
        lambda event: event["detail"].update(eventName=["SERVICE_TASK_PLACEMENT_FAILURE"]),
        lambda event: event["detail"].update(capacityProviderArns="FARGATE_SPOT"),
        lambda event: event["detail"].update(capacityProviderArns=["FARGATE_SPOT"]),
        lambda event: event["detail"].update(capacityProviderArns=[None]),
        lambda event: event["detail"].update(clusterArn={"a": 1}),
        lambda event: event.update(resources=["arn:aws:ecs:us-east-1:111111111111:service/"]),
        lambda event: event.update(resources=["arn:aws:ecs:us-east-1:111111111111:service/shop/w e b"]),
        lambda event: event.update(resources=["arn:aws:ecs:us-east-1:111111111111:service/shop/web::api"]),
        lambda event: event.update(resources=["arn:aws:ecs:us-east-1:111111111111:service/a/b/c"]),
    ],
)
def test_malformed_placement_failures(change: Change) -> None:
    with pytest.raises(MalformedEventError):
        failure(change)


@pytest.mark.parametrize(
    "change",
    [
        lambda event: event["detail"].update(stopCode="UserInitiated", stoppedReason="scaling"),
        lambda event: event["detail"].update(stopCode=["SpotInterruption"], stoppedReason={}),
        lambda event: event["detail"].update(stopCode={}, stoppedReason=None),
        lambda event: event["detail"].update(taskArn=7),
        lambda event: event["detail"].update(group="service:"),
        lambda event: event["detail"].update(group=5),
        lambda event: event["detail"].update(group="service:web/../api"),
    ],
)
def test_malformed_interruptions(change: Change) -> None:
    with pytest.raises(MalformedEventError):
        notice(change)


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:ecs:us-east-1:222222222222:capacity-provider/FARGATE_SPOT",
        "arn:aws:ecs:eu-west-1:111111111111:capacity-provider/FARGATE_SPOT",
        "arn:aws-cn:ecs:us-east-1:111111111111:capacity-provider/FARGATE_SPOT",
    ],
)
def test_one_foreign_arn_among_owned_ones_is_foreign(arn: str) -> None:
    with pytest.raises(ForeignResourceError):
        failure(lambda event: event["detail"].update(capacityProviderArns=[arn]))


def test_a_foreign_cluster_is_foreign() -> None:
    cluster = "arn:aws:ecs:us-east-1:222222222222:cluster/shop"
    with pytest.raises(ForeignResourceError):
        failure(lambda event: event["detail"].update(clusterArn=cluster))


def test_a_real_event_of_the_central_account_may_not_name_others() -> None:
    with pytest.raises(ForeignResourceError):
        failure(lambda event: event.update(account=CENTRAL))


def test_a_synthetic_event_of_another_account_may_not_either() -> None:
    with pytest.raises(ForeignResourceError):
        failure(lambda event: event.update(account="222222222222"), name="synthetic-placement-failure")


def test_a_synthetic_event_of_the_central_account_may_not_mix_accounts() -> None:
    arn = "arn:aws:ecs:us-east-1:222222222222:cluster/shop"
    with pytest.raises(ForeignResourceError):
        failure(lambda event: event["resources"].append(arn), name="synthetic-placement-failure-from-central")


def test_sources_are_accepted_by_name() -> None:
    named = SyntheticPolicy(enabled=True, sources=("proof.of.path",))
    event = failure(lambda event: event.update(source="proof.of.path"), named)
    assert event.synthetic
    with pytest.raises(MalformedEventError):
        failure(lambda event: event.update(source="test.aws.ecs"), named)


def test_a_service_without_cluster_arn_is_told_by_its_long_arn() -> None:
    assert failure(lambda event: event["detail"].pop("clusterArn")).key == WEB


def test_a_short_service_arn_without_a_cluster_is_malformed() -> None:
    with pytest.raises(MalformedEventError, match="which service"):
        failure(lambda event: event["detail"].pop("clusterArn"), name="placement-failure-short-service-arn")


@pytest.mark.parametrize(
    "change",
    [
        lambda event: event["detail"].update(group="service:"),
        lambda event: event["detail"].update(group=5),
        lambda event: event["detail"].pop("group"),
    ],
)
def test_an_interruption_that_names_no_service_says_what_is_missing(change: Change) -> None:
    with pytest.raises(MalformedEventError, match="neither resources nor detail tell which service"):
        notice(change)


def test_an_interruption_without_a_task_arn_is_told_by_the_rest() -> None:
    def change(event: dict[str, Any]) -> None:
        event["resources"] = []
        del event["detail"]["taskArn"]

    event = notice(change)
    assert isinstance(event, Interruption)
    assert (event.key, event.task_arn) == (WEB, "")


def test_an_interruption_may_name_its_service_by_the_long_arn_alone() -> None:
    def change(event: dict[str, Any]) -> None:
        event["resources"] = ["arn:aws:ecs:us-east-1:111111111111:service/shop/web"]
        del event["detail"]["group"]
        del event["detail"]["clusterArn"]

    event = notice(change, name="synthetic-interruption")
    assert isinstance(event, Interruption)
    assert event.key == WEB


def test_an_interruption_without_a_provider_is_read() -> None:
    event = notice(lambda event: event["detail"].pop("capacityProviderName"))
    assert isinstance(event, Interruption)
    assert event.providers == ()


@pytest.mark.parametrize(
    ("told", "created_at"),
    [
        ("2026-03-01T01:02:03.456Z", datetime(2026, 3, 1, 1, 2, 3, 456000, tzinfo=UTC)),
        ("2026-03-01T01:02:03+02:00", datetime(2026, 2, 28, 23, 2, 3, tzinfo=UTC)),
        ("2026-03-01T01:02:03", datetime(2026, 3, 1, 1, 2, 3, tzinfo=UTC)),
        ("lately", None),
        (1772326923, None),
        (None, None),
    ],
)
def test_an_interruption_tells_when_its_task_was_created_or_does_without(
    told: object, created_at: datetime | None
) -> None:
    event = notice(lambda event: event["detail"].update(createdAt=told))
    assert isinstance(event, Interruption)
    assert event.task_created_at == created_at


def test_arns_of_another_partition_are_foreign() -> None:
    text = json.dumps(sample("placement-failure-fargate-spot")).replace("arn:aws:", "arn:aws-cn:")
    with pytest.raises(ForeignResourceError):
        parse_placement_failure(text, ARRIVED, ON, Home(CENTRAL, "aws"))
