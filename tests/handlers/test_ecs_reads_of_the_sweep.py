"""What the sweep reads of ECS, against botocore's Stubber: pages, portions, and what is left out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import boto3
import pytest
from botocore.stub import Stubber

from spot_failover.aws.ecs import EcsServices
from spot_failover.core.errors import AccessDeniedError, GoneError
from spot_failover.core.service_key import ServiceKey
from spot_failover.core.task import Task
from tests.doubles.builders import WEB
from tests.doubles.clock import START
from tests.handlers.aws_account import use_made_up_credentials
from tests.handlers.stubbed_clients import StubbedClients

ARN = "arn:aws:ecs:us-east-1:111111111111"


class Ecs:
    """The adapter with its stub."""

    def __init__(self) -> None:
        client = boto3.client("ecs", region_name="us-east-1")
        self.stub = Stubber(client)
        self.services = EcsServices(StubbedClients(client), sleep=lambda _seconds: None, chance=lambda: 1.0)


@pytest.fixture
def ecs(monkeypatch: pytest.MonkeyPatch) -> Iterator[Ecs]:
    use_made_up_credentials(monkeypatch)
    adapter = Ecs()
    with adapter.stub:
        yield adapter
    adapter.stub.assert_no_pending_responses()


def test_tasks_are_listed_to_the_end_and_described_a_hundred_at_a_time(ecs: Ecs) -> None:
    arns = [f"{ARN}:task/shop/{number}" for number in range(130)]
    wanted = {"cluster": "shop", "serviceName": "web", "desiredStatus": "RUNNING"}
    ecs.stub.add_response("list_tasks", {"taskArns": arns[:100], "nextToken": "more"}, wanted)
    ecs.stub.add_response("list_tasks", {"taskArns": arns[100:]}, {**wanted, "nextToken": "more"})
    one = {
        "startedBy": "ecs-svc/1",
        "capacityProviderName": "FARGATE_SPOT",
        "lastStatus": "RUNNING",
        "desiredStatus": "RUNNING",
        "createdAt": START,
        "startedAt": START + timedelta(seconds=40),
    }
    waits = {"startedBy": "ecs-svc/1", "lastStatus": "PROVISIONING", "desiredStatus": "RUNNING", "createdAt": START}
    stopping = {**one, "desiredStatus": "STOPPED"}
    ecs.stub.add_response("describe_tasks", {"tasks": [one, stopping]}, {"cluster": "shop", "tasks": arns[:100]})
    ecs.stub.add_response("describe_tasks", {"tasks": [waits]}, {"cluster": "shop", "tasks": arns[100:]})
    assert ecs.services.tasks(WEB) == (
        Task("ecs-svc/1", "FARGATE_SPOT", "RUNNING", START, START + timedelta(seconds=40)),
        Task("ecs-svc/1", "", "PROVISIONING", START),
    )


def test_a_task_that_waits_for_an_instance_is_as_old_as_those_that_gave_up_before_it(ecs: Ecs) -> None:
    wanted = {"cluster": "shop", "serviceName": "web"}
    waits = {"capacityProviderName": "spot-group", "lastStatus": "PROVISIONING", "desiredStatus": "RUNNING"}
    half_an_hour, quarter = START - timedelta(minutes=30), START - timedelta(minutes=15)
    stopped = {"capacityProviderName": "spot-group", "lastStatus": "STOPPED", "desiredStatus": "STOPPED"}
    given_up = {**stopped, "createdAt": half_an_hour, "stoppedAt": quarter}
    crashed = {**stopped, "createdAt": START - timedelta(hours=1), "stoppedAt": quarter, "pullStartedAt": quarter}
    soon = {**stopped, "createdAt": START - timedelta(minutes=50), "stoppedAt": START - timedelta(minutes=45)}
    ecs.stub.add_response("list_tasks", {"taskArns": ["task-1"]}, {**wanted, "desiredStatus": "RUNNING"})
    ecs.stub.add_response("describe_tasks", {"tasks": [{**waits, "createdAt": START}]})
    ecs.stub.add_response("list_tasks", {"taskArns": ["task-2"]}, {**wanted, "desiredStatus": "STOPPED"})
    ecs.stub.add_response("describe_tasks", {"tasks": [crashed, soon, given_up]})
    assert ecs.services.tasks(WEB) == (Task("", "spot-group", "PROVISIONING", half_an_hour),)


def test_a_service_without_tasks_is_not_asked_about_them(ecs: Ecs) -> None:
    ecs.stub.add_response("list_tasks", {"taskArns": []})
    assert ecs.services.tasks(WEB) == ()


def test_the_tasks_of_a_service_that_is_gone(ecs: Ecs) -> None:
    ecs.stub.add_client_error("list_tasks", "ServiceNotFoundException", http_status_code=400)
    with pytest.raises(GoneError, match="service web of cluster shop in account 111111111111"):
        ecs.services.tasks(WEB)


def test_clusters_come_with_their_providers(ecs: Ecs) -> None:
    arns = [f"{ARN}:cluster/c{number}" for number in range(101)]
    ecs.stub.add_response("list_clusters", {"clusterArns": arns[:100], "nextToken": "more"}, {})
    ecs.stub.add_response("list_clusters", {"clusterArns": arns[100:]}, {"nextToken": "more"})
    described = [
        {"clusterName": "c0", "capacityProviders": ["FARGATE", "FARGATE_SPOT"]},
        {"clusterName": "c1"},
    ]
    ecs.stub.add_response("describe_clusters", {"clusters": described}, {"clusters": arns[:100]})
    ecs.stub.add_response(
        "describe_clusters", {"clusters": [{"clusterName": "c100", "capacityProviders": []}]}, {"clusters": arns[100:]}
    )
    assert ecs.services.clusters("111111111111", "us-east-1") == {
        "c0": frozenset({"FARGATE", "FARGATE_SPOT"}),
        "c1": frozenset(),
        "c100": frozenset(),
    }


def test_services_are_listed_a_hundred_at_a_time_and_in_order(ecs: Ecs) -> None:
    wanted = {"cluster": "shop", "maxResults": 100}
    ecs.stub.add_response("list_services", {"serviceArns": [f"{ARN}:service/shop/web"], "nextToken": "more"}, wanted)
    ecs.stub.add_response("list_services", {"serviceArns": [f"{ARN}:service/api"]}, {**wanted, "nextToken": "more"})
    here = ("111111111111", "us-east-1", "shop")
    assert ecs.services.names(*here) == [ServiceKey(*here, "api"), ServiceKey(*here, "web")]


def test_a_cluster_that_has_gone_meanwhile_has_no_services(ecs: Ecs) -> None:
    ecs.stub.add_client_error("list_services", "ClusterNotFoundException", http_status_code=400)
    assert ecs.services.names("111111111111", "us-east-1", "shop") == []


def test_a_refusal_names_the_account_and_the_role(ecs: Ecs) -> None:
    ecs.stub.add_client_error("list_clusters", "AccessDeniedException", http_status_code=400)
    with pytest.raises(AccessDeniedError, match="ecs:ListClusters for account 111111111111, Region us-east-1"):
        ecs.services.clusters("111111111111", "us-east-1")
