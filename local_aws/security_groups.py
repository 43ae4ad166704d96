"""Security group rules as EC2 answers them: one that refers to another group keeps its description too.

moto tells the description of rules with address ranges only, so that a Terraform configuration with the others would
never be applied in full.
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_UserIdGroupPair.html
"""

from __future__ import annotations

from moto.ec2.models.security_groups import SecurityGroupRule


def install() -> None:
    """Patch moto's security group rules."""
    SecurityGroupRule.description = property(_description)  # type: ignore[method-assign, assignment]


def _description(rule: SecurityGroupRule) -> str | None:
    return rule.ip_range.get("Description") or rule.source_group.get("Description")
