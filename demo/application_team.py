"""What the application teams do, in their own accounts, with plain ECS calls: they know nothing of the automation."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from demo.services import Service
from demo.strategy import ON_DEMAND, SPOT, to_ecs

if TYPE_CHECKING:
    from mypy_boto3_ecs import ECSClient

    from local_aws.client import LocalAws


CONTAINER, PORT = "app", 8080
DRAINING = 60
"""Seconds that a target drains: connections have to end within the two minutes of a Spot task's notice."""


def create(aws: LocalAws, services: Iterable[Service]) -> None:
    """Create the services, and the clusters they need."""
    clients: dict[tuple[str, str], ECSClient] = {}
    clusters: set[tuple[str, str, str]] = set()
    groups: dict[tuple[str, str, str], str] = {}
    for service in services:
        place = (service.id.account, service.id.region)
        if place not in clients:
            clients[place] = aws.session(*place).client("ecs")
        ecs = clients[place]
        if (*place, service.id.cluster) not in clusters:
            clusters.add((*place, service.id.cluster))
            ecs.create_cluster(clusterName=service.id.cluster, capacityProviders=[ON_DEMAND, SPOT])
        group = (*place, service.target_group)
        if service.target_group and group not in groups:
            groups[group] = load_balancer(aws, *group)
        _create(ecs, service, groups.get(group))


def _create(ecs: ECSClient, service: Service, target_group: str | None) -> None:
    definition = ecs.register_task_definition(
        family=f"{service.id.cluster}-{service.id.name}",
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        containerDefinitions=[
            {
                "name": CONTAINER,
                "image": f"example/{service.target_group or service.id.name}:1.0.0",
                "essential": True,
                "portMappings": [{"containerPort": PORT}],
            }
        ],
    )
    behind = {"targetGroupArn": target_group, "containerName": CONTAINER, "containerPort": PORT}
    ecs.create_service(
        cluster=service.id.cluster,
        serviceName=service.id.name,
        taskDefinition=definition["taskDefinition"]["taskDefinitionArn"],
        desiredCount=service.desired,
        capacityProviderStrategy=to_ecs(service.strategy),  # type: ignore[arg-type]
        networkConfiguration={"awsvpcConfiguration": {"subnets": ["subnet-0a1b2c3d4e5f60718"]}},
        loadBalancers=[behind] if target_group else [],  # type: ignore[list-item]
        tags=[{"key": key, "value": value} for key, value in service.tags.items()],
    )


def load_balancer(aws: LocalAws, account: str, region: str, name: str) -> str:
    """A load balancer in the default VPC with a target group of this name, and the target group's ARN."""
    session = aws.session(account, region)
    elb = session.client("elbv2")
    subnets = session.client("ec2").describe_subnets()["Subnets"]
    vpc = subnets[0]["VpcId"]
    (group,) = elb.create_target_group(Name=name, Protocol="HTTP", Port=PORT, VpcId=vpc, TargetType="ip")[
        "TargetGroups"
    ]
    arn = str(group["TargetGroupArn"])
    delay = {"Key": "deregistration_delay.timeout_seconds", "Value": str(DRAINING)}
    elb.modify_target_group_attributes(TargetGroupArn=arn, Attributes=[delay])
    zones = [subnet["SubnetId"] for subnet in subnets if subnet["VpcId"] == vpc]
    (balancer,) = elb.create_load_balancer(Name=name, Subnets=zones)["LoadBalancers"]
    forward = {"Type": "forward", "TargetGroupArn": arn}
    elb.create_listener(LoadBalancerArn=balancer["LoadBalancerArn"], Protocol="HTTP", Port=80, DefaultActions=[forward])
    return arn
