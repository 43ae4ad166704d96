"""AWS services at work in a role's name: Lambda for a function, EventBridge for a rule's target."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC

from moto.sts.models import sts_backends

from local_aws.iam.actions import Check
from local_aws.iam.authorizer import Authorizer
from local_aws.iam.evaluate import Decision, PolicyError, PolicyKind, Request, Verdict, evaluate, parse_policy
from local_aws.iam.identity import find_role, role_session
from local_aws.iam.key_uses import uses_of

_NO_KEYS: Mapping[str, tuple[str, ...]] = {}


class RoleNotAssumableError(PermissionError):
    """The role does not exist or does not trust the service."""


@dataclass(frozen=True)
class Credentials:
    """A session of a role. `expires_at` is virtual time in epoch seconds."""

    access_key_id: str
    secret_access_key: str
    session_token: str
    expires_at: float
    principal_arn: str


def trusts_service(role_arn: str, service: str, context: Mapping[str, tuple[str, ...]] = _NO_KEYS) -> Verdict:
    """Decide whether the role lets a service (`lambda.amazonaws.com`) assume it.

    `context` are the condition keys the service sends along, `aws:SourceArn` and `aws:SourceAccount` for one.
    """
    role = find_role(role_arn)
    if role is None:
        return Verdict(Decision.IMPLICIT_DENY, reason=f"the role {role_arn} does not exist")
    keys = {"aws:PrincipalIsAWSService": ("true",), "aws:PrincipalServiceName": (service,), **context}
    request = Request(None, role.account_id, service, "sts:AssumeRole", role_arn, keys)
    try:
        trust = parse_policy(role.assume_role_policy_document, f"trust of role {role.name}", PolicyKind.TRUST)
    except PolicyError as error:
        return Verdict(Decision.IMPLICIT_DENY, reason=str(error))
    verdict = evaluate(trust, request)
    if verdict.decision is Decision.IMPLICIT_DENY:
        return Verdict(verdict.decision, reason=f"the trust policy of {role_arn} does not allow {service} to assume it")
    return replace(verdict, grounds=verdict.ground(role_arn, PolicyKind.RESOURCE))


def assume_service_role(
    authorizer: Authorizer,
    role_arn: str,
    service: str,
    *,
    session_name: str,
    duration: int,
    context: Mapping[str, tuple[str, ...]],
) -> Credentials:
    """Make a session of the role for a service. Raises RoleNotAssumableError when the role does not trust it."""
    verdict = trusts_service(role_arn, service, context)
    authorizer.log.add(service, _account(role_arn), "sts:AssumeRole", role_arn, verdict)
    role = find_role(role_arn)
    if role is None or not verdict.allowed:
        raise RoleNotAssumableError(verdict.reason)
    session = sts_backends[role.account_id][role.partition].assume_role(
        region_name=_REGION_OF.get(role.partition, "us-east-1"),
        role_session_name=session_name,
        role_arn=role_arn,
        policy="",
        duration=duration,
        external_id="",
    )
    return Credentials(
        session.access_key_id,
        session.secret_access_key,
        session.session_token,
        session.expiration.replace(tzinfo=UTC).timestamp(),
        role_session(role, session).arn,
    )


def authorize_role(
    authorizer: Authorizer,
    role_arn: str,
    action: str,
    resource: str,
    *,
    context: Mapping[str, tuple[str, ...]],
    session_name: str,
    with_key: bool,
) -> Verdict:
    """Decide what a service may do in the role's name.

    The policy of the resource is asked too, as for any caller, and `with_key` the key that it is encrypted with.
    """
    role = find_role(role_arn)
    if role is None:
        verdict = Verdict(Decision.IMPLICIT_DENY, reason=f"the role {role_arn} does not exist")
        authorizer.log.add(role_arn, _account(role_arn), action, resource, verdict)
        return verdict
    parts = resource.split(":", 5)
    region = parts[3] if len(parts) > 3 else ""
    try:
        caller = role_session(role, session_name)
    except PolicyError as error:
        verdict = Verdict(Decision.IMPLICIT_DENY, reason=str(error))
        authorizer.log.add(role_arn, role.account_id, action, resource, verdict)
        return verdict
    check = Check(action, resource, context)
    verdict = authorizer.authorize(caller, region, check)
    for use in uses_of(check) if with_key and verdict.allowed else ():
        key_verdict = authorizer.authorize_key(caller, region, use)
        if not key_verdict.allowed:
            return key_verdict
    return verdict


def _account(arn: str) -> str:
    parts = arn.split(":")
    return parts[4] if len(parts) > 4 else ""


# Moto reads a session's partition off a Region.
_REGION_OF = {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}
