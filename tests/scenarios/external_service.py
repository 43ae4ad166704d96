"""A service with the EXTERNAL controller behind a Network Load Balancer, as a controlled scale-down needs it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.scenarios.organization import ORDERS, REGION, SPOT

STATE_MACHINE = f"arn:aws:states:{REGION}:{ORDERS}:stateMachine:controlled-scaledown"
"""Of an organization that is applied with task sets."""
NAME = "external"
_DRAINING = [{"Key": "deregistration_delay.timeout_seconds", "Value": "10"}]

MakeClient = Callable[[str], Any]


def create_external_service(client: MakeClient, cluster: str, definition: str) -> None:
    """The service `web` with a task set of two tasks on Spot; its task definition has a container `web` with port 80.

    One load balancer, made for the first, is in front of one such service after the other.
    """
    ecs, elb = client("ecs"), client("elbv2")
    subnets = [each["SubnetId"] for each in client("ec2").describe_subnets()["Subnets"][:2]]
    found = [each for each in elb.describe_load_balancers()["LoadBalancers"] if each["LoadBalancerName"] == NAME]
    balancer = found[0]["LoadBalancerArn"] if found else _make_balancer(client, subnets)
    listeners = elb.describe_listeners(LoadBalancerArn=balancer)["Listeners"]
    # A swap moves the listener of production and the tag together.
    (group,) = [each["DefaultActions"][0]["TargetGroupArn"] for each in listeners if each["Port"] == 80]
    ecs.create_service(cluster=cluster, serviceName="web", desiredCount=2, deploymentController={"type": "EXTERNAL"})
    made = ecs.create_task_set(
        cluster=cluster,
        service="web",
        taskDefinition=definition,
        capacityProviderStrategy=SPOT,
        networkConfiguration={"awsvpcConfiguration": {"subnets": subnets}},
        loadBalancers=[{"targetGroupArn": group, "containerName": "web", "containerPort": 80}],
        scale={"value": 100.0, "unit": "PERCENT"},
    )
    ecs.update_service_primary_task_set(cluster=cluster, service="web", primaryTaskSet=made["taskSet"]["id"])


def _make_balancer(client: MakeClient, subnets: list[str]) -> str:
    elb = client("elbv2")
    vpc = client("ec2").describe_subnets(SubnetIds=[subnets[0]])["Subnets"][0]["VpcId"]
    made = elb.create_load_balancer(Name=NAME, Type="network", Subnets=subnets)
    balancer = str(made["LoadBalancers"][0]["LoadBalancerArn"])
    for colour, port, production in (("blue", 80, "true"), ("green", 8080, "false")):
        group = elb.create_target_group(
            Name=f"{NAME}-{colour}",
            Protocol="TCP",
            Port=80,
            VpcId=vpc,
            TargetType="ip",
            HealthCheckIntervalSeconds=10,
            Tags=[{"Key": "isProduction", "Value": production}],
        )["TargetGroups"][0]["TargetGroupArn"]
        elb.modify_target_group_attributes(TargetGroupArn=group, Attributes=_DRAINING)
        forward = [{"Type": "forward", "TargetGroupArn": group}]
        elb.create_listener(LoadBalancerArn=balancer, Protocol="TCP", Port=port, DefaultActions=forward)
    return balancer
