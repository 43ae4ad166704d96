"""Permissions whose use cannot be seen here. Short, and each with its reason: anything else that is not used is excess.

Network interfaces are granted only where subnets are given, uses of a key where there is one.
"""

from __future__ import annotations

from dataclasses import dataclass

from tests.permissions.grants import Grant


@dataclass(frozen=True)
class Unmodelled:
    """Actions of the statements of one Sid."""

    sid: str
    actions: frozenset[str]
    reason: str


UNMODELLED = (
    Unmodelled(
        "SendTraces",
        frozenset({"xray:PutTelemetryRecords", "xray:PutTraceSegments"}),
        "Lambda's own X-Ray daemon sends the traces in the role's name; local_aws has no such daemon",
    ),
    Unmodelled(
        "LambdaManagesNetworkInterfaces",
        frozenset(
            {
                "ec2:AssignPrivateIpAddresses",
                "ec2:CreateNetworkInterface",
                "ec2:DeleteNetworkInterface",
                "ec2:DescribeNetworkInterfaces",
                "ec2:DescribeSubnets",
                "ec2:UnassignPrivateIpAddresses",
            }
        ),
        "Lambda makes network interfaces in the role's name; functions of local_aws run in no VPC",
    ),
    Unmodelled(
        "CloudWatchLogsEncryptsTheLogGroups",
        frozenset({"kms:DescribeKey", "kms:Encrypt", "kms:ReEncrypt*"}),
        "CloudWatch Logs needs them when a log group gets its key: at apply, before any story is told",
    ),
)


def unmodelled(grant: Grant) -> Unmodelled | None:
    """The entry that excuses a grant; None for all that has to be used."""
    for entry in UNMODELLED:
        if grant.sid == entry.sid and grant.action in entry.actions:
            return entry
    return None
