"""IAM for local_aws: policy evaluation (`evaluate`) and the authorization of every API call."""

from __future__ import annotations

from typing import Any

from moto.core.authorization import ActionAuthenticatorMixin

from local_aws.iam import managed_policies, service_roles
from local_aws.iam.authorizer import Authorizer, current_principal
from local_aws.iam.evaluate import Verdict
from local_aws.iam.patterns import Context
from local_aws.iam.service_roles import Credentials, RoleNotAssumableError, trusts_service
from local_aws.world import World

__all__ = [
    "Credentials", "RoleNotAssumableError", "assume_service_role", "authorize_role", "current_principal", "install",
    "note", "trusts_service",
]  # fmt: skip

_installed: list[Authorizer] = []


def install(world: World) -> None:
    """Authorize every API call of this process by the policies of `world`; decisions at `GET authorizations`."""
    managed_policies.install()
    authorizer = Authorizer(world)
    _installed[:] = [authorizer]

    def check(response: Any, _request_class: type, _resource: str = "*") -> None:
        authorizer.authorize_request(response)

    ActionAuthenticatorMixin._authenticate_and_authorize_action = check  # type: ignore[method-assign,assignment]
    world.control.add("GET", "authorizations", authorizer.log.entries)


def assume_service_role(
    world: World,
    role_arn: str,
    service: str,
    *,
    session_name: str = "service",
    duration: int = 43_200,
    context: Context | None = None,
) -> Credentials:
    """Make a session of a role for a service (`lambda.amazonaws.com`), `duration` in seconds.

    `context` are condition keys that the service sends along, `aws:SourceArn` for one. Raises RoleNotAssumableError
    when the role does not exist or its trust policy does not let the service assume it.
    """
    return service_roles.assume_service_role(
        _authorizer(world), role_arn, service, session_name=session_name, duration=duration, context=context or {}
    )


def authorize_role(
    world: World,
    role_arn: str,
    action: str,
    resource: str,
    context: Context | None = None,
    *,
    session_name: str = "service",
    with_key: bool = True,
) -> Verdict:
    """Decide what an AWS service may do in the role's name, asking the policy of the resource too. See `Verdict`.

    What is encrypted with a customer key needs the key as well; not so where a service, `with_key` being false, only
    looks at what the role is permitted.
    """
    return service_roles.authorize_role(
        _authorizer(world),
        role_arn,
        action,
        resource,
        context=context or {},
        session_name=session_name,
        with_key=with_key,
    )


def note(world: World, service: str, account: str, action: str, resource: str, verdict: Verdict) -> None:
    """Put a decision about an AWS service itself (`events.amazonaws.com`), made for `account`, into the log."""
    _authorizer(world).log.add(service, account, action, resource, verdict)


def _authorizer(world: World) -> Authorizer:
    for authorizer in _installed:
        if authorizer.world is world:
            return authorizer
    raise RuntimeError("IAM is not installed in this world: call local_aws.iam.install(world) first")
