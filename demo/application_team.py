"""What the application teams do, in their own accounts, with plain ECS calls: they know nothing of the automation."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from demo.services import Service
from demo.strategy import ON_DEMAND, SPOT, to_ecs

if TYPE_CHECKING:
    from mypy_boto3_ecs import ECSClient

    from local_aws.client import LocalAws


def create(aws: LocalAws, services: Iterable[Service]) -> None:
    """Create the services, and the clusters they need."""
    clients: dict[tuple[str, str], ECSClient] = {}
    clusters: set[tuple[str, str, str]] = set()
    for service in services:
        place = (service.id.account, service.id.region)
        if place not in clients:
            clients[place] = aws.session(*place).client("ecs")
        ecs = clients[place]
        if (*place, service.id.cluster) not in clusters:
            clusters.add((*place, service.id.cluster))
            ecs.create_cluster(clusterName=service.id.cluster, capacityProviders=[ON_DEMAND, SPOT])
        _create(ecs, service)


def _create(ecs: ECSClient, service: Service) -> None:
    definition = ecs.register_task_definition(
        family=f"{service.id.cluster}-{service.id.name}",
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        containerDefinitions=[
            {"name": service.id.name, "image": f"example/{service.id.name}:1.0.0", "essential": True}
        ],
    )
    ecs.create_service(
        cluster=service.id.cluster,
        serviceName=service.id.name,
        taskDefinition=definition["taskDefinition"]["taskDefinitionArn"],
        desiredCount=service.desired,
        capacityProviderStrategy=to_ecs(service.strategy),  # type: ignore[arg-type]
        networkConfiguration={"awsvpcConfiguration": {"subnets": ["subnet-0a1b2c3d4e5f60718"]}},
        tags=[{"key": key, "value": value} for key, value in service.tags.items()],
    )
