"""What is sent to AWS for twins, and what of them stands in the table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws

from spot_failover.aws.autoscaling import ScalableTargets
from spot_failover.aws.clients import WorkloadClients
from spot_failover.aws.ecs import EcsServices
from spot_failover.aws.ecs_model import live_service
from spot_failover.aws.items import values
from spot_failover.aws.twin_table import TwinTable, decode_twin, encode_twin
from spot_failover.core.errors import AccessDeniedError, ConflictError, SessionExpiredError, TransientError
from spot_failover.core.record import Lease
from spot_failover.core.twin_state import TwinState, primary_of
from tests.doubles.builders import API, OTHER, WEB
from tests.doubles.clock import START, Clock
from tests.handlers.aws_account import REGION, TABLE, use_made_up_credentials
from tests.handlers.stubbed_clients import StubbedClients

SECOND = START.replace(microsecond=0)
FULL = TwinState(
    WEB,
    twin="web-on-demand",
    wanted=4,
    due_at=SECOND,
    evidence_at=START - timedelta(minutes=9),
    called_at=START + timedelta(microseconds=3),
    taken=9,
    raised_at=START - timedelta(minutes=8),
    stepped_at=START - timedelta(minutes=1),
    step_from=7,
    told={"TWIN_UNUSABLE": START},
    lease=Lease("invocation-1", START + timedelta(minutes=1)),
    expires_at=SECOND + timedelta(days=1),
)
ASKED = {
    "ServiceNamespace": "ecs",
    "ResourceIds": ["service/shop/web"],
    "ScalableDimension": "ecs:service:DesiredCount",
}


@pytest.fixture
def table(dynamodb: Any) -> TwinTable:
    ids = count()
    return TwinTable(dynamodb, TABLE, lambda: f"write-{next(ids)}")


def test_a_state_comes_back_with_every_field(table: TwinTable) -> None:
    assert table.get(WEB) == TwinState(WEB)
    written = table.put(FULL)
    assert written == replace(FULL, version=1) == table.get(WEB)
    bare = table.put(TwinState(API))
    assert bare == table.get(API)


def test_of_an_item_that_an_earlier_release_wrote_the_count_stands_for_what_ecs_took() -> None:
    earlier = {name: value for name, value in values(encode_twin(FULL)).items() if name != "taken"}
    assert decode_twin(WEB, earlier) == replace(FULL, taken=4)


def test_only_over_what_was_read(table: TwinTable) -> None:
    written = table.put(FULL)
    table.put(written)
    for old in (FULL, written):
        with pytest.raises(ConflictError, match="service web"):
            table.put(old)


def test_only_twins_at_work_are_due_and_the_one_waiting_longest_first(table: TwinTable) -> None:
    for key, minutes in ((WEB, 2), (API, 5), (OTHER, -1)):
        table.put(TwinState(key, due_at=SECOND - timedelta(minutes=minutes)))
    assert list(table.due(SECOND)) == [API, WEB]
    assert list(table.due()) == [API, WEB, OTHER]
    table.put(table.get(API).resting(START))
    assert list(table.due(SECOND)) == [WEB]


def test_no_service_has_the_id_of_a_twin() -> None:
    assert primary_of(FULL.record_id, WEB.region) == WEB
    with pytest.raises(ValueError, match="unpack"):
        primary_of("pool::x", WEB.region)


@pytest.fixture
def autoscaling(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Stubber, ScalableTargets, list[str]]]:
    use_made_up_credentials(monkeypatch)
    client = boto3.client("application-autoscaling", region_name=REGION)
    clients = StubbedClients(client)
    with Stubber(client) as stub:
        yield stub, ScalableTargets(clients), clients.forgotten
        stub.assert_no_pending_responses()


Stubbed = tuple[Stubber, ScalableTargets, list[str]]


@pytest.mark.parametrize("scaled", [True, False])
def test_whether_a_service_is_a_scalable_target(autoscaling: Stubbed, *, scaled: bool) -> None:
    stub, targets, _ = autoscaling
    target = {
        "ServiceNamespace": "ecs",
        "ResourceId": "service/shop/web",
        "ScalableDimension": "ecs:service:DesiredCount",
        "MinCapacity": 0,
        "MaxCapacity": 4,
        "RoleARN": "arn:aws:iam::111111111111:role/scaling",
        "CreationTime": START,
    }
    stub.add_response("describe_scalable_targets", {"ScalableTargets": [target] if scaled else []}, ASKED)
    assert targets.scaled(WEB) is scaled


def test_a_right_that_is_missing_names_role_and_action(autoscaling: Stubbed) -> None:
    stub, targets, forgotten = autoscaling
    stub.add_client_error("describe_scalable_targets", "AccessDeniedException", http_status_code=400)
    with pytest.raises(AccessDeniedError, match=r"application-autoscaling:DescribeScalableTargets .*role/Central"):
        targets.scaled(WEB)
    stub.add_client_error("describe_scalable_targets", "ExpiredTokenException")
    with pytest.raises(SessionExpiredError):
        targets.scaled(WEB)
    assert forgotten == ["111111111111"]


def test_both_apis_share_a_session(monkeypatch: pytest.MonkeyPatch) -> None:
    use_made_up_credentials(monkeypatch)
    with mock_aws():
        sts = boto3.client("sts", region_name=REGION)
        clients = WorkloadClients(sts, role="Automation", external_id="external", session_name="name", now=Clock().now)
        monkeypatch.setattr(clients, "now", lambda: START - timedelta(days=999))
        first = clients.autoscaling("111111111111", "eu-west-1")
        ecs = clients.ecs("111111111111", "eu-west-1", retried=True)
        assert clients.autoscaling("111111111111", "eu-west-1") is first
        assert (first.meta.service_model.service_name, ecs.meta.service_model.service_name) == (
            "application-autoscaling",
            "ecs",
        )
        assert first.meta.region_name == "eu-west-1"
        clients.forget("111111111111")
        assert clients.autoscaling("111111111111", "eu-west-1") is not first


def test_a_count_is_set_without_a_deployment_and_tried_again_when_throttled(monkeypatch: pytest.MonkeyPatch) -> None:
    use_made_up_credentials(monkeypatch)
    client = boto3.client("ecs", region_name=REGION)
    clients, slept = StubbedClients(client), list[float]()
    services = EcsServices(clients, sleep=slept.append, chance=lambda: 1.0)
    wanted = {"cluster": "shop", "service": "web", "desiredCount": 3}
    with Stubber(client) as stub:
        stub.add_client_error("update_service", "ThrottlingException", http_status_code=400, expected_params=wanted)
        stub.add_response(
            "update_service", {"service": {"serviceName": "web", "status": "ACTIVE", "desiredCount": 3}}, wanted
        )
        assert services.set_desired(WEB, 3, START + timedelta(minutes=1)).desired == 3
        assert slept == [1.0]
        stub.add_client_error("update_service", "ServerException", http_status_code=500, expected_params=wanted)
        with pytest.raises(TransientError):
            services.set_desired(WEB, 3, START + timedelta(minutes=1))
        stub.assert_no_pending_responses()
    assert {retried for _, _, retried in clients.asked} == {False}


def test_where_a_service_is_balanced_and_how_long_its_tasks_take() -> None:
    balancers: list[dict[str, Any]] = [{"targetGroupArn": "tg/1"}, {"loadBalancerName": "classic"}]
    live = live_service(WEB, {"loadBalancers": balancers, "healthCheckGracePeriodSeconds": 45})
    assert live.target_groups == {"tg/1", "classic"}
    assert live.health_grace == timedelta(seconds=45)
    bare = live_service(WEB, {})
    assert (bare.target_groups, bare.health_grace) == (frozenset(), timedelta())
