"""ECS calls, against botocore's Stubber: what is sent, in which portions, and what is tried again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from spot_failover.aws.clients import ONCE_TAKES
from spot_failover.aws.ecs import EcsServices
from spot_failover.core.errors import (
    AccessDeniedError,
    BusyError,
    GoneError,
    RefusedError,
    TransientError,
    UnclearError,
)
from spot_failover.core.service_key import ServiceKey
from tests.doubles.builders import FALLBACK, OTHER, WEB
from tests.doubles.clock import START
from tests.handlers.aws_account import use_made_up_credentials
from tests.handlers.stubbed_clients import StubbedClients

UNTIL = START + timedelta(minutes=1)
"""The end of the caller's lease."""


class Ecs:
    """The adapter with its stub and the sleeps that it asked for."""

    def __init__(self) -> None:
        client = boto3.client("ecs", region_name="us-east-1")
        self.stub = Stubber(client)
        self.clients = StubbedClients(client)
        self.slept: list[float] = []
        self.services = EcsServices(self.clients, sleep=self.slept.append, chance=lambda: 1.0)


@pytest.fixture
def ecs(monkeypatch: pytest.MonkeyPatch) -> Iterator[Ecs]:
    use_made_up_credentials(monkeypatch)
    adapter = Ecs()
    with adapter.stub:
        yield adapter
    adapter.stub.assert_no_pending_responses()


def described(*names: str) -> dict[str, Any]:
    return {"services": [{"serviceName": name, "status": "ACTIVE", "desiredCount": 1} for name in names]}


def asked(*names: str, cluster: str = "shop") -> dict[str, Any]:
    return {"cluster": cluster, "services": list(names), "include": ["TAGS"]}


UPDATE = {
    "cluster": "shop",
    "service": "web",
    "forceNewDeployment": True,
    "capacityProviderStrategy": FALLBACK.to_api(),
}


def test_services_are_described_in_pages_of_ten(ecs: Ecs) -> None:
    names = [f"web-{number}" for number in range(23)]
    for page in (names[:10], names[10:20], names[20:]):
        ecs.stub.add_response("describe_services", described(*page), asked(*page))
    keys = [ServiceKey("111111111111", "us-east-1", "shop", name) for name in names]
    found = ecs.services.describe(keys)
    assert [live.key for live in found.values() if live is not None] == keys


def test_an_answer_that_was_not_asked_for_is_left_out(ecs: Ecs) -> None:
    """ECS takes an ARN for a name, and answers with the name."""
    arn = ServiceKey(WEB.account, WEB.region, WEB.cluster, "arn:aws:ecs:us-east-1:111111111111:service/shop/api")
    ecs.stub.add_response("describe_services", described("web", "api"), asked("web", arn.service))
    assert list(ecs.services.describe([WEB, arn]).values()).count(None) == 1


def test_a_page_holds_services_of_one_cluster(ecs: Ecs) -> None:
    ecs.stub.add_response("describe_services", described("web"), asked("web"))
    ecs.stub.add_response("describe_services", described("web"), asked("web", cluster="store"))
    found = ecs.services.describe([WEB, OTHER])
    assert None not in found.values()
    assert ecs.clients.asked == [("111111111111", "us-east-1", True), ("222222222222", "eu-west-1", True)]


def test_a_missing_service_is_none(ecs: Ecs) -> None:
    answer = {**described(), "failures": [{"arn": "web", "reason": "MISSING"}]}
    ecs.stub.add_response("describe_services", answer, asked("web"))
    assert ecs.services.describe([WEB]) == {WEB: None}


def test_a_service_that_ecs_fails_to_describe_is_not_gone(ecs: Ecs) -> None:
    answer = {**described(), "failures": [{"arn": "web", "reason": "INTERNAL"}]}
    ecs.stub.add_response("describe_services", answer, asked("web"))
    with pytest.raises(TransientError, match="INTERNAL"):
        ecs.services.describe([WEB])


def test_all_services_of_a_missing_cluster_are_none(ecs: Ecs) -> None:
    ecs.stub.add_client_error("describe_services", "ClusterNotFoundException")
    other = ServiceKey(WEB.account, WEB.region, WEB.cluster, "api")
    assert ecs.services.describe([WEB, other]) == {WEB: None, other: None}


def test_a_switch_sends_the_strategy_with_force_and_nothing_else(ecs: Ecs) -> None:
    answer = {"service": {**described("web")["services"][0], "capacityProviderStrategy": FALLBACK.to_api()}}
    ecs.stub.add_response("update_service", answer, UPDATE)
    assert ecs.services.switch(WEB, FALLBACK, UNTIL).strategy == FALLBACK
    assert ecs.clients.asked == [("111111111111", "us-east-1", False)]


def test_a_redeployment_sends_no_strategy(ecs: Ecs) -> None:
    answer = {"service": described("web")["services"][0]}
    ecs.stub.add_response("update_service", answer, {"cluster": "shop", "service": "web", "forceNewDeployment": True})
    assert ecs.services.redeploy(WEB, UNTIL).key == WEB


def test_a_throttled_switch_is_tried_three_more_times(ecs: Ecs) -> None:
    for _ in range(4):
        ecs.stub.add_client_error("update_service", "ThrottlingException")
    with pytest.raises(TransientError, match="ThrottlingException"):
        ecs.services.switch(WEB, FALLBACK, UNTIL)
    assert ecs.slept == [1, 2, 4]


def test_a_throttled_switch_that_succeeds_at_last(ecs: Ecs) -> None:
    ecs.stub.add_client_error("update_service", "ThrottlingException")
    ecs.stub.add_response("update_service", {"service": described("web")["services"][0]}, UPDATE)
    assert ecs.services.switch(WEB, FALLBACK, UNTIL).key == WEB


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        ("ServerException", 500, UnclearError),
        ("ServiceUnavailable", 503, UnclearError),
        ("AccessDeniedException", 400, AccessDeniedError),
        ("InvalidParameterException", 400, RefusedError),
        ("ServiceNotFoundException", 400, GoneError),
    ],
)
def test_any_other_error_of_a_switch_is_not_tried_again(
    ecs: Ecs, code: str, status: int, kind: type[Exception]
) -> None:
    ecs.stub.add_client_error("update_service", code, http_status_code=status)
    with pytest.raises(kind, match="service web of cluster shop in account 111111111111, Region us-east-1"):
        ecs.services.switch(WEB, FALLBACK, UNTIL)
    assert ecs.slept == []


def test_an_expired_session_is_made_anew_for_the_next_try(ecs: Ecs) -> None:
    ecs.stub.add_client_error("update_service", "ExpiredTokenException")
    ecs.stub.add_response("update_service", {"service": described("web")["services"][0]}, UPDATE)
    ecs.services.switch(WEB, FALLBACK, UNTIL)
    assert ecs.clients.forgotten == ["111111111111"]
    assert len(ecs.clients.asked) == 2


def test_nothing_is_called_that_could_outlast_the_lease(ecs: Ecs) -> None:
    ecs.clients.now = lambda: UNTIL - ONCE_TAKES + timedelta(seconds=1)
    late = r"service web of cluster shop in account 111111111111, Region us-east-1: .*lease"
    with pytest.raises(BusyError, match=late):
        ecs.services.switch(WEB, FALLBACK, UNTIL)
    with pytest.raises(BusyError, match=late):
        ecs.services.redeploy(WEB, UNTIL)
    with pytest.raises(BusyError, match=late):
        ecs.services.set_desired(WEB, 3, UNTIL)


@pytest.mark.parametrize("code", ["ThrottlingException", "ExpiredTokenException"])
def test_another_attempt_is_not_made_once_the_lease_is_about_to_end(ecs: Ecs, code: str) -> None:
    times = iter((UNTIL - ONCE_TAKES, UNTIL, UNTIL, UNTIL))
    ecs.clients.now = lambda: next(times)
    ecs.stub.add_client_error("update_service", code)
    with pytest.raises(BusyError, match="lease"):
        ecs.services.switch(WEB, FALLBACK, UNTIL)


def test_tasks_of_a_service_are_those_that_ecs_wants_to_run(ecs: Ecs) -> None:
    wanted = {"cluster": "shop", "serviceName": "web", "desiredStatus": "RUNNING"}
    ecs.stub.add_response("list_tasks", {"taskArns": ["a", "b"], "nextToken": "2"}, wanted)
    ecs.stub.add_response("list_tasks", {"taskArns": ["c"]}, {**wanted, "nextToken": "2"})
    assert ecs.services.intended_tasks(WEB, None) == 3


def test_tasks_of_a_deployment_are_filtered_by_it_alone(ecs: Ecs) -> None:
    ecs.stub.add_response("list_tasks", {"taskArns": ["a"]}, {"cluster": "shop", "startedBy": "ecs-svc/1"})
    assert ecs.services.intended_tasks(WEB, "ecs-svc/1") == 1


def test_providers_of_the_cluster(ecs: Ecs) -> None:
    answer = {"clusters": [{"clusterName": "shop", "capacityProviders": ["FARGATE", "FARGATE_SPOT"]}]}
    ecs.stub.add_response("describe_clusters", answer, {"clusters": ["shop"]})
    assert ecs.services.attached_providers(WEB) == {"FARGATE", "FARGATE_SPOT"}
