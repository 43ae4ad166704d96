"""Sessions in workload accounts, against moto's STS."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber
from moto import mock_aws

from spot_failover.aws.clients import WorkloadClients
from spot_failover.core.errors import AccessDeniedError, SessionExpiredError
from tests.doubles.builders import WEB
from tests.doubles.clock import Clock
from tests.handlers.aws_account import REGION, use_made_up_credentials


class Counted:
    """An STS client that remembers what it was asked."""

    def __init__(self, sts: Any, clock: Clock) -> None:
        self.meta = sts.meta
        self.requests: list[dict[str, Any]] = []
        self._clock = clock

    def assume_role(self, **request: Any) -> dict[str, Any]:
        self.requests.append(request)
        return {
            "Credentials": {
                "AccessKeyId": f"key-{len(self.requests)}",
                "SecretAccessKey": "secret",
                "SessionToken": "token",
                "Expiration": self._clock.now().replace(hour=self._clock.now().hour + 1),
            }
        }


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sts(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> Iterator[Counted]:
    use_made_up_credentials(monkeypatch)
    with mock_aws():
        yield Counted(boto3.client("sts", region_name=REGION), clock)


def clients(sts: Counted, clock: Clock) -> WorkloadClients:
    return WorkloadClients(
        sts, role="platform/Automation", external_id="external", session_name="n" * 80, now=clock.now
    )


def key_of(client: Any) -> str:
    credentials = client._request_signer._credentials
    return str(credentials.access_key)


def test_the_role_is_assumed_with_its_path_and_external_id(sts: Counted, clock: Clock) -> None:
    clients(sts, clock).ecs("111111111111", "eu-west-1", retried=True)
    [request] = sts.requests
    assert request["RoleArn"] == "arn:aws:iam::111111111111:role/platform/Automation"
    assert request["ExternalId"] == "external"
    assert len(request["RoleSessionName"]) == 64


def test_one_session_serves_all_regions_and_one_client_all_calls(sts: Counted, clock: Clock) -> None:
    pool = clients(sts, clock)
    first = pool.ecs("111111111111", "eu-west-1", retried=True)
    assert pool.ecs("111111111111", "eu-west-1", retried=True) is first
    elsewhere = pool.ecs("111111111111", "us-east-1", retried=False)
    assert (first.meta.region_name, elsewhere.meta.region_name) == ("eu-west-1", "us-east-1")
    assert len(sts.requests) == 1
    pool.ecs("222222222222", "eu-west-1", retried=True)
    assert len(sts.requests) == 2


def test_a_session_is_renewed_five_minutes_before_its_end(sts: Counted, clock: Clock) -> None:
    pool = clients(sts, clock)
    first = pool.ecs("111111111111", REGION, retried=True)
    clock.advance(minutes=54, seconds=59)
    assert pool.ecs("111111111111", REGION, retried=True) is first
    clock.advance(seconds=1)
    second = pool.ecs("111111111111", REGION, retried=True)
    assert (key_of(first), key_of(second)) == ("key-1", "key-2")


def test_a_forgotten_session_is_made_anew(sts: Counted, clock: Clock) -> None:
    pool = clients(sts, clock)
    pool.ecs("111111111111", REGION, retried=True)
    pool.forget("111111111111")
    pool.ecs("111111111111", REGION, retried=True)
    assert len(sts.requests) == 2


def test_a_session_of_a_role_that_was_made_anew_is_dropped_at_once(sts: Counted, clock: Clock) -> None:
    pool = clients(sts, clock)
    pool.ecs(WEB.account, REGION, retried=True)
    with pytest.raises(SessionExpiredError), pool.calling("ecs:DescribeServices", WEB):
        raise ClientError({"Error": {"Code": "UnrecognizedClientException", "Message": "no"}}, "DescribeServices")
    assert key_of(pool.ecs(WEB.account, REGION, retried=True)) == "key-2"


@pytest.mark.parametrize(("seconds", "key"), [(59, "key-1"), (60, "key-2")])
def test_a_session_that_may_have_been_revoked_is_not_used_again(
    sts: Counted, clock: Clock, seconds: int, key: str
) -> None:
    pool = clients(sts, clock)
    pool.ecs(WEB.account, REGION, retried=True)
    clock.advance(seconds=seconds)
    with pytest.raises(AccessDeniedError), pool.calling("ecs:DescribeServices", WEB):
        raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "DescribeServices")
    assert key_of(pool.ecs(WEB.account, REGION, retried=True)) == key


def test_a_role_that_may_not_be_assumed_is_named(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> None:
    use_made_up_credentials(monkeypatch)
    sts = boto3.client("sts", region_name=REGION)
    with Stubber(sts) as stub:
        stub.add_client_error("assume_role", "AccessDenied", http_status_code=403)
        pool = WorkloadClients(sts, role="Automation", external_id="external", session_name="name", now=clock.now)
        with pytest.raises(
            AccessDeniedError, match=r"arn:aws:iam::111111111111:role/Automation .* ExternalId"
        ) as caught:
            pool.ecs("111111111111", REGION, retried=True)
    assert caught.value.whole_account


def test_what_is_denied_inside_an_account_is_not_denied_all_over_it(sts: Counted, clock: Clock) -> None:
    denied = ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "DescribeServices")
    with pytest.raises(AccessDeniedError) as caught, clients(sts, clock).calling("ecs:DescribeServices", WEB):
        raise denied
    assert not caught.value.whole_account
