"""One simulation per test, on moto in the test's own process."""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws
from moto.ecs.responses import EC2ContainerServiceResponse

from local_aws import ecs
from local_aws.world import Organization, World
from tests.local_aws.ecs.simulation import ACCOUNT, CLUSTER, OTHER_ACCOUNT, REGION, Ecs, SteppedClock


@pytest.fixture
def simulation(monkeypatch: pytest.MonkeyPatch) -> Iterator[Ecs]:
    for name, value in {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local", "AWS_REGION": REGION}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    clock = SteppedClock()
    # Laid over moto for the whole process: put moto's own operations back for the tests that follow.
    for name in [name for name in vars(EC2ContainerServiceResponse) if not name.startswith("__")]:
        monkeypatch.setattr(EC2ContainerServiceResponse, name, vars(EC2ContainerServiceResponse)[name])
    world = World(clock, Organization("o-exampleorg1", frozenset({ACCOUNT, OTHER_ACCOUNT}), ACCOUNT))
    ecs.install(world)
    with mock_aws():
        client = boto3.client("ecs", region_name=REGION)
        client.create_cluster(clusterName=CLUSTER, capacityProviders=["FARGATE", "FARGATE_SPOT"])
        client.register_task_definition(
            family="app", containerDefinitions=[{"name": "app", "image": "app:1", "memory": 512}]
        )
        yield Ecs(client, world, clock)
