"""A local AWS with a cluster, and its control API as the client speaks to it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest

from local_aws.chaos_client import ChaosClient
from tests.local_aws.conftest import REGION, WORKLOAD, Aws

CLUSTER = "shop"
SPOT = [{"capacityProvider": "FARGATE_SPOT", "weight": 1}]
ON_DEMAND = [{"capacityProvider": "FARGATE", "weight": 1}]


@dataclass(frozen=True)
class Unpleasant:
    """What a test does in the workload account."""

    aws: Aws

    @property
    def chaos(self) -> ChaosClient:
        return ChaosClient(self.aws.control, self.post)

    @property
    def ecs(self) -> Any:
        return self.aws.client("ecs", WORKLOAD)

    def post(self, path: str, body: dict[str, Any]) -> Any:
        return self.aws.world.control.call("POST", path, json.loads(json.dumps(body)))

    def make_cluster(self, account: str = WORKLOAD, region: str = REGION) -> Any:
        """A client for an account and Region that have the cluster and a task definition."""
        ecs = self.aws.client("ecs", account, region)
        ecs.create_cluster(clusterName=CLUSTER, capacityProviders=["FARGATE", "FARGATE_SPOT"])
        container = {"name": "app", "image": "app:1", "memory": 512}
        ecs.register_task_definition(family="app", containerDefinitions=[container])
        return ecs

    def create(self, name: str = "web", **more: Any) -> None:
        given: dict[str, Any] = {"capacityProviderStrategy": SPOT, "desiredCount": 2, **more}
        self.ecs.create_service(cluster=CLUSTER, serviceName=name, taskDefinition="app", **given)

    def switch(self, strategy: list[dict[str, Any]], name: str = "web", **more: Any) -> dict[str, Any]:
        answer = self.ecs.update_service(
            cluster=CLUSTER, service=name, capacityProviderStrategy=strategy, forceNewDeployment=True, **more
        )
        return dict(answer["service"])

    def describe(self, name: str = "web") -> dict[str, Any]:
        return dict(self.ecs.describe_services(cluster=CLUSTER, services=[name]))

    def provider(self, name: str = "web") -> str:
        """The provider of the service's strategy, as DescribeServices tells it."""
        return str(self.describe(name)["services"][0]["capacityProviderStrategy"][0]["capacityProvider"])

    def deliveries(self, outcome: str) -> list[dict[str, Any]]:
        return [told for told in self.aws.control("deliveries") if told["outcome"] == outcome]

    def limit(self, provider: str, capacity: int | None, account: str = WORKLOAD) -> None:
        pool = {"account": account, "region": REGION, "provider": provider, "capacity": capacity}
        self.post("spot-capacity", pool)


@pytest.fixture
def unpleasant(aws: Aws) -> Unpleasant:
    lab = Unpleasant(aws)
    lab.make_cluster()
    return lab
