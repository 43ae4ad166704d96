"""The accounts that exist from the start, each with an administrator role that the first account may assume."""

from __future__ import annotations

import json

from moto.iam import models as iam

from local_aws.world import World

ADMINISTRATOR_ROLE = "OrganizationAccountAccessRole"
"""The name AWS Organizations gives the role that it makes in an account of its own making."""

PARTITION = "aws"


def install(world: World) -> None:
    """Make the administrator roles; access keys nobody made act in the first account, as its root user would."""
    management = world.organization.management
    iam.DEFAULT_ACCOUNT_ID = management  # type: ignore[attr-defined]
    for account in world.accounts:
        backend = iam.iam_backends[account][PARTITION]
        backend.create_role(
            role_name=ADMINISTRATOR_ROLE,
            assume_role_policy_document=_policy(
                {
                    "Effect": "Allow",
                    "Principal": {"AWS": f"arn:{PARTITION}:iam::{management}:root"},
                    "Action": "sts:AssumeRole",
                }
            ),
            path="/",
            permissions_boundary=None,
            description="",
            tags=[],
            max_session_duration="43200",
        )
        backend.put_role_policy(
            ADMINISTRATOR_ROLE, "AdministratorAccess", _policy({"Effect": "Allow", "Action": "*", "Resource": "*"})
        )


def administrator_role_arn(account: str) -> str:
    """The role by which the first account administers ``account``."""
    return f"arn:{PARTITION}:iam::{account}:role/{ADMINISTRATOR_ROLE}"


def _policy(statement: dict[str, object]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
