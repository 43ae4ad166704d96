"""What a state machine's role lets Step Functions do beside its tasks: deliver logs, send traces."""

from __future__ import annotations

from local_aws import iam
from local_aws.world import World

SERVICE = "states.amazonaws.com"

LOG_ACTIONS = (
    "logs:CreateLogDelivery", "logs:GetLogDelivery", "logs:UpdateLogDelivery", "logs:DeleteLogDelivery",
    "logs:ListLogDeliveries", "logs:PutResourcePolicy", "logs:DescribeResourcePolicies", "logs:DescribeLogGroups",
)  # fmt: skip
"""On all resources (Step Functions developer guide, "Using CloudWatch Logs to log execution history")."""

TRACE_ACTIONS = (
    "xray:PutTraceSegments", "xray:PutTelemetryRecords", "xray:GetSamplingRules", "xray:GetSamplingTargets",
)  # fmt: skip
"""On all resources (Step Functions developer guide, "IAM policies for X-Ray")."""


def may_log(world: World, role_arn: str) -> bool:
    """Whether the role lets its state machine's history be delivered to a log group."""
    verdicts = [iam.authorize_role(world, role_arn, action, "*") for action in LOG_ACTIONS]
    return all(verdict.allowed for verdict in verdicts)


def trace(world: World, role_arn: str) -> None:
    """Send an execution's trace, which goes nowhere here; without the permission AWS loses it and says nothing."""
    for action in TRACE_ACTIONS:
        iam.authorize_role(world, role_arn, action, "*")
