"""A local AWS for a test: a world of its own, behind HTTP on loopback, with moto's state cleared before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import boto3
import botocore.session
import pytest
from botocore.config import Config
from moto.applicationautoscaling.models import ApplicationAutoscalingBackend
from moto.applicationautoscaling.responses import ApplicationAutoScalingResponse
from moto.core.authorization import ActionAuthenticatorMixin
from moto.ecs.responses import EC2ContainerServiceResponse
from moto.moto_api._internal.models import moto_api_backend

from local_aws.accounts import administrator_role_arn
from local_aws.assembly import RunningServer, Settings, end_world, make_world
from local_aws.world import World

CENTRAL = "123456789012"
WORKLOAD = "111111111111"
OTHER_WORKLOAD = "222222222222"
OUTSIDE = "999999999999"
ORGANIZATION = "o-exampleorg1"
REGION = "us-east-1"


@dataclass(frozen=True)
class Aws:
    """Clients of a local AWS, and its world."""

    world: World
    url: str
    clients: dict[tuple[str, str, str], Any] = field(default_factory=dict)

    def client(self, service: str, account: str = CENTRAL, region: str = REGION) -> Any:
        """A client that acts as an administrator of the account."""
        key = (service, account, region)
        if key not in self.clients:
            session = self._session(account, region)
            self.clients[key] = session.client(service, endpoint_url=self.url, config=_PATIENCE)
        return self.clients[key]

    def advance(self, seconds: float) -> None:
        """Move virtual time."""
        self.world.clock.advance(seconds)

    def control(self, path: str) -> Any:
        """What ``GET`` on the control API answers."""
        return self.world.control.call("GET", path, {})

    def _session(self, account: str, region: str) -> Any:
        if account == self.world.organization.management:
            return _session("local", "local", None, region)
        given = self.client("sts").assume_role(RoleArn=administrator_role_arn(account), RoleSessionName="test")[
            "Credentials"
        ]
        return _session(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"], region)


def _session(key: str, secret: str, token: str | None, region: str) -> Any:
    """A session that shares its parsed API descriptions with all others: they take long to read."""
    bare = botocore.session.Session()
    bare.register_component("data_loader", _LOADER)
    bare.set_credentials(key, secret, token)
    return boto3.Session(botocore_session=bare, region_name=region)


_LOADER = botocore.session.Session().get_component("data_loader")
_PATIENCE = Config(retries={"total_max_attempts": 1}, connect_timeout=10, read_timeout=60)


REPLACED = (
    ActionAuthenticatorMixin,
    ApplicationAutoscalingBackend,
    ApplicationAutoScalingResponse,
    EC2ContainerServiceResponse,
)


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    moto_api_backend.reset()
    # Laid over moto for the whole process: put moto's own back for the tests that use it without a local AWS.
    for replaced in REPLACED:
        for name in [name for name in vars(replaced) if not name.startswith("__")]:
            monkeypatch.setattr(replaced, name, vars(replaced)[name])
    world = make_world(
        Settings(accounts=[CENTRAL, WORKLOAD, OTHER_WORKLOAD], organization=ORGANIZATION, outside_accounts=[OUTSIDE])
    )
    with RunningServer(world) as server:
        yield Aws(world, server.url)
    end_world(world)
