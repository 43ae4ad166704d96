"""Who calls, and what the policies attached to that role, user or account give it, as moto has them stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from moto.iam.exceptions import NotFoundException
from moto.iam.models import IAMBackend, ManagedPolicy, Role, User, iam_backends
from moto.sts.models import AssumedRole

from local_aws.iam.evaluate import PolicyError, Statement, parse_policy

_ROOT = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


@dataclass(frozen=True)
class Limit:
    """Policies that give nothing but cap what others give: a permissions boundary or a session policy."""

    kind: str
    statements: tuple[Statement, ...]


@dataclass(frozen=True)
class Caller:
    """A principal with its policies.

    `arn` is the session's, user's or account's ARN, `principal_arn` what policies call it (the role's ARN for a
    session). `name` is for messages.
    """

    arn: str
    account: str
    principal_arn: str
    kind: str
    statements: tuple[Statement, ...]
    limits: tuple[Limit, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    chained: bool = False


def find_role(arn: str) -> Role | None:
    """Return the role of this ARN, path included, in the account that the ARN names; None when there is none."""
    parts = arn.split(":", 5)
    if len(parts) < 6 or parts[4] not in iam_backends or not parts[5].startswith("role/"):
        return None
    backend = _backend(parts[4], parts[1])
    return next((role for role in backend.roles.values() if role.arn == arn), None)


def account_root(account: str, partition: str) -> Caller:
    """Return the account's root user, which may do everything in its own account."""
    arn = f"arn:{partition}:iam::{account}:root"
    return Caller(arn, account, arn, "Account", parse_policy(_ROOT, "account root"))


def role_session(role: Role, session: AssumedRole | str) -> Caller:
    """Return a session of a role, given as STS made it or, for an AWS service at work in the role's name, by name."""
    name = session if isinstance(session, str) else session.session_name
    limits = _boundary(role)
    if not isinstance(session, str) and session.policy:
        limits += (Limit("session policy", parse_policy(session.policy, "session policy")),)
    return Caller(
        arn=f"arn:{role.partition}:sts::{role.account_id}:assumed-role/{role.name}/{name}",
        account=role.account_id,
        principal_arn=role.arn,
        kind="AssumedRole",
        statements=_attached(role.policies, role.managed_policies.values()),
        limits=limits,
        tags={tag["Key"]: tag["Value"] for tag in _tag_list(role.tags)},
        chained=True,
    )


def user(owner: User) -> Caller:
    """Return an IAM user, with the policies of its groups."""
    backend = _backend(owner.account_id, owner.arn.split(":")[1])
    statements = _attached(owner.policies, owner.managed_policies.values())
    for group in backend.get_groups_for_user(owner.name):
        statements += _attached(group.policies, group.managed_policies.values())
    return Caller(owner.arn, owner.account_id, owner.arn, "User", statements)


def _backend(account: str, partition: str) -> IAMBackend:
    return iam_backends[account][partition]


def _attached(inline: Mapping[str, str], managed: Iterable[ManagedPolicy]) -> tuple[Statement, ...]:
    statements: list[Statement] = []
    for name, document in inline.items():
        statements += parse_policy(document, name)
    for policy in managed:
        statements += parse_policy(_default_version(policy), policy.name)
    return tuple(statements)


def _default_version(policy: ManagedPolicy) -> str:
    return str(next(version.document for version in policy.versions if version.is_default))


def _boundary(role: Role) -> tuple[Limit, ...]:
    arn = role.permissions_boundary_arn
    if not arn:
        return ()
    owner = arn.split(":")[4] if arn.split(":")[4].isdigit() else role.account_id
    try:
        policy = _backend(owner, role.partition).get_policy(arn)
    except NotFoundException as error:
        raise PolicyError(f"role {role.arn}: its permissions boundary {arn} does not exist") from error
    return (Limit("permissions boundary", parse_policy(_default_version(policy), policy.name)),)


def _tag_list(tags: Any) -> list[dict[str, str]]:
    if isinstance(tags, dict):
        return [{"Key": key, "Value": tag["Value"]} for key, tag in tags.items()]
    return tags or []
