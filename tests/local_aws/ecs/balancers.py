"""A load balancer with a target group, for the tests that need one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import boto3

from tests.local_aws.ecs.simulation import REGION


def target_group(name: str = "web", *, delay: int = 300, listener: bool = True) -> str:
    """A target group of IP addresses behind a listener, and its ARN; ``delay`` is its deregistration delay."""
    vpc, subnets = _vpc()
    elb = boto3.client("elbv2", region_name=REGION)
    group = elb.create_target_group(Name=name, Protocol="HTTP", Port=8080, VpcId=vpc, TargetType="ip")
    arn = group["TargetGroups"][0]["TargetGroupArn"]
    elb.modify_target_group_attributes(
        TargetGroupArn=arn, Attributes=[{"Key": "deregistration_delay.timeout_seconds", "Value": str(delay)}]
    )
    if listener:
        balancer = elb.create_load_balancer(Name=f"lb-{name}", Subnets=subnets)["LoadBalancers"][0]["LoadBalancerArn"]
        forward: Any = [{"Type": "forward", "TargetGroupArn": arn}]
        elb.create_listener(LoadBalancerArn=balancer, Protocol="HTTP", Port=80, DefaultActions=forward)
    return arn


def _vpc() -> tuple[str, list[str]]:
    ec2 = boto3.client("ec2", region_name=REGION)
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{number}.0/24", AvailabilityZone=f"{REGION}{zone}")["Subnet"][
            "SubnetId"
        ]
        for number, zone in enumerate("ab")
    ]
    return vpc, subnets


def behind(group: str) -> dict[str, Any]:
    """CreateService's parameter for a service behind that target group."""
    return {"loadBalancers": [{"targetGroupArn": group, "containerName": "app", "containerPort": 8080}]}


@dataclass(frozen=True)
class Network:
    """A Network Load Balancer, its listeners by port, and two target groups; all listeners forward to the blue one."""

    arn: str
    vpc: str
    blue: str
    green: str
    listeners: dict[int, str]


def tcp_group(name: str, vpc: str, *, delay: int = 300, protocol: Any = "TCP") -> str:
    """A target group of IP addresses, and its ARN."""
    elb = boto3.client("elbv2", region_name=REGION)
    group = elb.create_target_group(Name=name, Protocol=protocol, Port=8080, VpcId=vpc, TargetType="ip")
    arn = group["TargetGroups"][0]["TargetGroupArn"]
    elb.modify_target_group_attributes(
        TargetGroupArn=arn, Attributes=[{"Key": "deregistration_delay.timeout_seconds", "Value": str(delay)}]
    )
    return arn


def network(name: str, *, ports: Sequence[int] = (443,), delay: int = 300, tags: Any = None) -> Network:
    """Make one; ``delay`` is the deregistration delay of both groups."""
    vpc, subnets = _vpc()
    elb = boto3.client("elbv2", region_name=REGION)
    tags = tags or [{"Key": "Name", "Value": name}]
    made = elb.create_load_balancer(Name=name, Type="network", Subnets=subnets, Tags=tags)
    arn = made["LoadBalancers"][0]["LoadBalancerArn"]
    blue, green = (tcp_group(f"{name}-{colour}", vpc, delay=delay) for colour in ("blue", "green"))
    forward: Any = [{"Type": "forward", "TargetGroupArn": blue}]
    listeners = {
        port: elb.create_listener(LoadBalancerArn=arn, Protocol="TCP", Port=port, DefaultActions=forward)["Listeners"][
            0
        ]["ListenerArn"]
        for port in ports
    }
    return Network(arn, vpc, blue, green, listeners)
