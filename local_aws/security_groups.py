"""Security group rules as EC2 answers them: one that refers to another group has its description, too.

moto keeps the description with the group that is referred to and gives only those of address ranges, so that a
Terraform configuration with such a rule would never be applied in full.
"""

from __future__ import annotations

from moto.ec2.models.security_groups import SecurityGroupRule


def install() -> None:
    """Patch moto's rules."""
    SecurityGroupRule.description = property(_description)  # type: ignore[method-assign,assignment]


def _description(self: SecurityGroupRule) -> str | None:
    return self.ip_range.get("Description") or self.source_group.get("Description")
