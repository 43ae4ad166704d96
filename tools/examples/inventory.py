"""What is there in accounts of a local AWS: asked of AWS's own lists, not of Terraform's state."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from local_aws.client import LocalAws
from local_aws.session import Session

Listing = Callable[[Session], Iterator[str]]


@dataclass(frozen=True, order=True)
class Thing:
    """Something that exists; ``kind`` is the Terraform type that makes such things."""

    account: str
    region: str
    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name} in account {self.account}, {self.region}"


def inventory(aws: LocalAws, places: Iterable[tuple[str, str]]) -> frozenset[Thing]:
    """All that examples could leave behind in these accounts and Regions; IAM's are counted once per account."""
    found = set()
    for account, region in places:
        session = aws.session(account, region)
        for kind, listing in KINDS.items():
            where = "all Regions" if kind.startswith("aws_iam_") else region
            found |= {Thing(account, where, kind, name) for name in listing(session)}
    return frozenset(found)


def unseen(made: Mapping[str, int], before: Iterable[Thing], there: Iterable[Thing]) -> list[str]:
    """Say which resources of Terraform are not in the lists: leftovers of them would not be noticed.

    Parameters
    ----------
    made
        How many resources of each type Terraform says it has made.
    before, there
        The inventory before, and now.
    """
    more = Counter(thing.kind for thing in set(there) - set(before))
    problems = []
    for kind, count in sorted(made.items()):
        if kind in PARTS:
            continue
        if kind not in KINDS:
            problems.append(f"Nobody looks for what {kind} leaves behind: add it to KINDS in tools/examples.")
        elif more[kind] < count:
            problems.append(f"Terraform has made {count} {kind}, AWS lists {more[kind]} more than before.")
    return problems


def listed(service: str, operation: str, member: str, name: str = "", **arguments: Any) -> Listing:
    """List ``member`` of the answers of an operation: each one's ``name``, or each itself if it is a name."""

    def listing(session: Session) -> Iterator[str]:
        for each in _pages(session.client(service), operation, member, arguments):
            yield str(each[name] if name else each)

    return listing


def _pages(client: Any, operation: str, member: str, arguments: Mapping[str, Any]) -> Iterator[Any]:
    if client.can_paginate(operation):
        pages = client.get_paginator(operation).paginate(**arguments)
    else:
        pages = [getattr(client, operation)(**arguments)]
    for page in pages:
        yield from page.get(member, [])


def _rules(session: Session) -> Iterator[str]:
    events = session.client("events")
    for bus in _pages(events, "list_event_buses", "EventBuses", {}):
        for rule in _pages(events, "list_rules", "Rules", {"EventBusName": bus["Name"]}):
            yield f"{bus['Name']}/{rule['Name']}"


def _ecs_services(session: Session) -> Iterator[str]:
    ecs = session.client("ecs")
    for cluster in _pages(ecs, "list_clusters", "clusterArns", {}):
        yield from _pages(ecs, "list_services", "serviceArns", {"cluster": cluster})


def _nat_gateways(session: Session) -> Iterator[str]:
    # AWS lists them for an hour after they are gone.
    gateways = _pages(session.client("ec2"), "describe_nat_gateways", "NatGateways", {})
    return (gateway["NatGatewayId"] for gateway in gateways if gateway["State"] != "deleted")


KINDS: Mapping[str, Listing] = {
    "aws_appautoscaling_policy": listed(
        "application-autoscaling", "describe_scaling_policies", "ScalingPolicies", "PolicyARN", ServiceNamespace="ecs"
    ),
    "aws_appautoscaling_target": listed(
        "application-autoscaling", "describe_scalable_targets", "ScalableTargets", "ResourceId", ServiceNamespace="ecs"
    ),
    "aws_autoscaling_group": listed(
        "autoscaling", "describe_auto_scaling_groups", "AutoScalingGroups", "AutoScalingGroupName"
    ),
    "aws_cloudwatch_dashboard": listed("cloudwatch", "list_dashboards", "DashboardEntries", "DashboardName"),
    "aws_cloudwatch_event_bus": listed("events", "list_event_buses", "EventBuses", "Name"),
    "aws_cloudwatch_event_rule": _rules,
    "aws_cloudwatch_log_group": listed("logs", "describe_log_groups", "logGroups", "logGroupName"),
    "aws_cloudwatch_metric_alarm": listed("cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
    "aws_dynamodb_table": listed("dynamodb", "list_tables", "TableNames"),
    "aws_ecs_capacity_provider": listed("ecs", "describe_capacity_providers", "capacityProviders", "name"),
    "aws_ecs_cluster": listed("ecs", "list_clusters", "clusterArns"),
    "aws_ecs_service": _ecs_services,
    "aws_ecs_task_definition": listed("ecs", "list_task_definitions", "taskDefinitionArns", status="ACTIVE"),
    "aws_eip": listed("ec2", "describe_addresses", "Addresses", "AllocationId"),
    "aws_iam_instance_profile": listed("iam", "list_instance_profiles", "InstanceProfiles", "InstanceProfileName"),
    "aws_iam_policy": listed("iam", "list_policies", "Policies", "Arn", Scope="Local"),
    "aws_iam_role": listed("iam", "list_roles", "Roles", "RoleName"),
    "aws_internet_gateway": listed("ec2", "describe_internet_gateways", "InternetGateways", "InternetGatewayId"),
    "aws_lambda_event_source_mapping": listed("lambda", "list_event_source_mappings", "EventSourceMappings", "UUID"),
    "aws_lambda_function": listed("lambda", "list_functions", "Functions", "FunctionName"),
    "aws_launch_template": listed("ec2", "describe_launch_templates", "LaunchTemplates", "LaunchTemplateName"),
    "aws_lb": listed("elbv2", "describe_load_balancers", "LoadBalancers", "LoadBalancerName"),
    "aws_lb_target_group": listed("elbv2", "describe_target_groups", "TargetGroups", "TargetGroupName"),
    "aws_nat_gateway": _nat_gateways,
    "aws_route_table": listed("ec2", "describe_route_tables", "RouteTables", "RouteTableId"),
    "aws_scheduler_schedule": listed("scheduler", "list_schedules", "Schedules", "Name"),
    "aws_security_group": listed("ec2", "describe_security_groups", "SecurityGroups", "GroupId"),
    "aws_sfn_state_machine": listed("stepfunctions", "list_state_machines", "stateMachines", "name"),
    "aws_sns_topic": listed("sns", "list_topics", "Topics", "TopicArn"),
    "aws_sqs_queue": listed("sqs", "list_queues", "QueueUrls"),
    "aws_subnet": listed("ec2", "describe_subnets", "Subnets", "SubnetId"),
    "aws_vpc": listed("ec2", "describe_vpcs", "Vpcs", "VpcId"),
}
"""Terraform type to how AWS lists such things."""

PARTS = frozenset(
    {
        "aws_cloudwatch_event_bus_policy",
        "aws_cloudwatch_event_target",
        "aws_ecs_cluster_capacity_providers",
        "aws_ecs_task_set",
        "aws_iam_role_policy",
        "aws_iam_role_policy_attachment",
        "aws_lambda_function_event_invoke_config",
        "aws_lambda_function_recursion_config",
        "aws_lambda_permission",
        "aws_lb_listener",
        "aws_route_table_association",
        "aws_sns_topic_policy",
        "aws_vpc_security_group_egress_rule",
        "aws_vpc_security_group_ingress_rule",
    }
)
"""Terraform types of what is part of something else, and gone when that is."""
