"""Three accounts on moto, in this process, with IAM installed: a hub, a team and a stranger to their organization."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import boto3
import pytest
import time_machine
from moto import mock_aws
from moto.core.authorization import ActionAuthenticatorMixin

from local_aws import accounts, iam
from local_aws.clock import Clock
from local_aws.world import Organization, World

HUB, TEAM, STRANGER = "123456789012", "111111111111", "999999999999"
REGION = "eu-west-1"
MIDDAY = 1_750_000_000.0


def statement(action: str | list[str], resource: str | list[str] = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def trust(principal: Any, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", **more}


@functools.cache
def _session() -> Any:
    """One for all tests: it keeps the parsed models of the services."""
    return boto3.Session()


@dataclass
class Keys:
    """Credentials of a session, or those nobody issued."""

    aws_access_key_id: str = "local"
    aws_secret_access_key: str = "local"
    aws_session_token: str | None = None

    def client(self, service: str, region: str = REGION) -> Any:
        return _session().client(service, region_name=region, **self.__dict__)

    def assume(self, role_arn: str, **more: Any) -> Keys:
        made = self.client("sts").assume_role(RoleArn=role_arn, RoleSessionName="test", **more)["Credentials"]
        return Keys(made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"])


@dataclass
class Cloud:
    """The world and short ways to make roles in it."""

    world: World
    travel: time_machine.Traveller
    root: Keys = field(default_factory=Keys)

    def administrator(self, account: str) -> Keys:
        return self.root.assume(accounts.administrator_role_arn(account))

    def role(self, account: str, name: str, trusts: list[dict[str, Any]], *allows: dict[str, Any], **more: Any) -> str:
        """Make a role with one inline policy named `own`; returns its ARN."""
        client = self.administrator(account).client("iam")
        made = client.create_role(RoleName=name, AssumeRolePolicyDocument=document(*trusts), **more)
        if allows:
            client.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=document(*allows))
        return str(made["Role"]["Arn"])

    def session(self, account: str, *allows: dict[str, Any], name: str = "worker") -> Keys:
        """Make a role in `account` that the hub's root may assume, and assume it."""
        arn = self.role(account, name, [trust({"AWS": HUB})], *allows)
        return self.root.assume(arn)

    def decisions(self, action: str) -> list[dict[str, Any]]:
        return list(self.world.control.call("GET", "authorizations", {"action": action}))


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    seam = "_authenticate_and_authorize_action"
    monkeypatch.setattr(ActionAuthenticatorMixin, seam, getattr(ActionAuthenticatorMixin, seam))
    with time_machine.travel(MIDDAY, tick=False) as travel, mock_aws():
        organization = Organization("o-exampleorg1", frozenset({HUB, TEAM}), HUB)
        world = World(clock=Clock(MIDDAY), organization=organization, outside_accounts=frozenset({STRANGER}))
        accounts.install(world)
        iam.install(world)
        yield Cloud(world, travel)
