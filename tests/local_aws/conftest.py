"""A local AWS for a test: a world of its own, behind HTTP on loopback, with moto's state cleared before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from botocore.config import Config
from moto.moto_api._internal.models import moto_api_backend

from local_aws.accounts import administrator_role_arn
from local_aws.assembly import RunningServer, Settings, end_world, make_world
from local_aws.world import World

CENTRAL = "123456789012"
WORKLOAD = "111111111111"
OTHER_WORKLOAD = "222222222222"
OUTSIDE = "999999999999"
REGION = "us-east-1"


@dataclass(frozen=True)
class Aws:
    """Clients of a local AWS, and its world."""

    world: World
    url: str

    def client(self, service: str, account: str = CENTRAL, region: str = REGION) -> Any:
        """A client that acts as an administrator of the account."""
        return self._session(account, region).client(service, endpoint_url=self.url, config=_PATIENCE)

    def advance(self, seconds: float) -> None:
        """Move virtual time."""
        self.world.clock.advance(seconds)

    def control(self, path: str) -> Any:
        """What ``GET`` on the control API answers."""
        return self.world.control.call("GET", path, {})

    def _session(self, account: str, region: str) -> boto3.Session:
        root = boto3.Session("local", "local", region_name=region)
        if account == self.world.organization.management:
            return root
        sts = root.client("sts", endpoint_url=self.url, config=_PATIENCE)
        given = sts.assume_role(RoleArn=administrator_role_arn(account), RoleSessionName="test")["Credentials"]
        return boto3.Session(
            given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"], region_name=region
        )


_PATIENCE = Config(retries={"total_max_attempts": 1}, connect_timeout=10, read_timeout=60)


@pytest.fixture
def aws() -> Iterator[Aws]:
    moto_api_backend.reset()
    world = make_world(
        Settings(accounts=[CENTRAL, WORKLOAD, OTHER_WORKLOAD], organization="o-exampleorg1", outside_accounts=[OUTSIDE])
    )
    with RunningServer(world) as server:
        yield Aws(world, server.url)
    end_world(world)
