"""One simulation per test, on moto in the test's own process."""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws
from moto.applicationautoscaling.models import ApplicationAutoscalingBackend
from moto.applicationautoscaling.responses import ApplicationAutoScalingResponse
from moto.ecs.responses import EC2ContainerServiceResponse

from local_aws import autoscaling, ecs
from local_aws.world import Organization, World
from tests.local_aws.ecs.simulation import ACCOUNT, CLUSTER, OTHER_ACCOUNT, REGION, Ecs, SteppedClock


@pytest.fixture
def simulation(monkeypatch: pytest.MonkeyPatch) -> Iterator[Ecs]:
    for name, value in {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local", "AWS_REGION": REGION}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    clock = SteppedClock()
    # Laid over moto for the whole process: put moto's own operations back for the tests that follow.
    for replaced in (EC2ContainerServiceResponse, ApplicationAutoscalingBackend, ApplicationAutoScalingResponse):
        for name in [name for name in vars(replaced) if not name.startswith("__")]:
            monkeypatch.setattr(replaced, name, vars(replaced)[name])
    world = World(clock, Organization("o-exampleorg1", frozenset({ACCOUNT, OTHER_ACCOUNT}), ACCOUNT))
    autoscaling.install(world, ecs.install(world))
    with mock_aws():
        client = boto3.client("ecs", region_name=REGION)
        client.create_cluster(clusterName=CLUSTER, capacityProviders=["FARGATE", "FARGATE_SPOT"])
        client.register_task_definition(
            family="app", containerDefinitions=[{"name": "app", "image": "app:1", "memory": 512}]
        )
        yield Ecs(client, world, clock)
