"""May EventBridge hand this event to that target? Bus, queue and function policies, and the roles of targets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from local_aws import iam
from local_aws.eventbridge.deliveries import no_permissions
from local_aws.iam.evaluate import PolicyError, PolicyKind, Request, Statement, evaluate, parse_policy
from local_aws.iam.identity import Caller
from local_aws.iam.request_context import global_keys
from local_aws.iam.resource_policies import resource_policy
from local_aws.world import World

SERVICE = "events.amazonaws.com"
PUT_EVENTS = "events:PutEvents"

Keys = Mapping[str, tuple[str, ...]]
_NO_KEYS: Keys = {}


def check_service_may(
    world: World,
    action: str,
    resource: str,
    policy: str | None,
    rule_arn: str,
    keys: Keys = _NO_KEYS,
    *,
    service: str = SERVICE,
) -> None:
    """Raise ``DeliveryError`` unless the resource's policy lets the EventBridge service act for the rule.

    ``keys`` are condition keys beyond those of any request of the service. Another ``service`` acts for what
    ``rule_arn`` names then, an alarm for one.
    """
    request = _service_request(world, action, resource, rule_arn, service)
    verdict = evaluate(_statements(policy, resource), replace(request, context={**request.context, **keys}))
    verdict = replace(verdict, grounds=verdict.ground(resource, PolicyKind.RESOURCE))
    iam.note(world, service, rule_arn.split(":")[4], action, resource, verdict)
    if not verdict.allowed:
        raise no_permissions(
            f"the policy of {resource} does not let {service} {action} for {rule_arn}: {verdict.reason}"
        )


def check_role_may_put(world: World, role_arn: str, bus_arn: str, rule_arn: str, keys: Keys) -> None:
    """Raise ``DeliveryError`` unless EventBridge may assume the role, and role and bus policy let it put the event."""
    account = rule_arn.split(":")[4]
    trust = iam.trusts_service(role_arn, SERVICE, {"aws:SourceArn": (rule_arn,), "aws:SourceAccount": (account,)})
    iam.note(world, SERVICE, account, "sts:AssumeRole", role_arn, trust)
    if not trust.allowed:
        raise no_permissions(trust.reason)
    context = {"events:eventBusInvocation": ("true",), **keys}
    verdict = iam.authorize_role(world, role_arn, PUT_EVENTS, bus_arn, context, session_name="events")
    if not verdict.allowed:
        known = "in" if world.organization.contains(account) else "not in"
        raise no_permissions(
            f"{role_arn} (account {account} is {known} the organization {world.organization.id}) may not "
            f"{PUT_EVENTS} on {bus_arn}: denied {verdict.reason}"
        )


def bus_admits(world: World, bus_arn: str, account: str, role_arn: str) -> bool:
    """Whether the bus's policy lets the role of another account put events at all, whatever it demands of them.

    PutTargets asks this: it knows the sender, but no event yet.
    """
    statements = [
        replace(one, conditions=tuple(condition for condition in one.conditions if "events:" not in condition.key))
        for one in resource_policy(bus_arn) or ()
    ]
    name = role_arn.rsplit("/", 1)[-1]
    sender = Caller(f"arn:aws:sts::{account}:assumed-role/{name}/events", account, role_arn, "AssumedRole", ())
    return evaluate(statements, _put_request(world, sender, bus_arn)).allowed


def _put_request(world: World, caller: Caller, bus_arn: str) -> Request:
    return Request(
        principal_arn=caller.arn,
        principal_account=caller.account,
        principal_service=None,
        action=PUT_EVENTS,
        resource=bus_arn,
        context=global_keys(world, caller, bus_arn.split(":")[3], bus_arn),
    )


def _service_request(world: World, action: str, resource: str, rule_arn: str, service: str) -> Request:
    account = rule_arn.split(":")[4]
    context = {
        "aws:SourceArn": (rule_arn,),
        "aws:SourceAccount": (account,),
        "aws:PrincipalIsAWSService": ("true",),
        "aws:PrincipalServiceName": (service,),
        "aws:SecureTransport": ("true",),
    }
    path = world.organization.path(account)
    if path is not None:
        context |= {"aws:SourceOrgID": (world.organization.id,), "aws:SourceOrgPaths": (path,)}
    return Request(None, account, service, action, resource, context)


def _statements(policy: str | None, resource: str) -> Sequence[Statement]:
    if not policy:
        return ()
    try:
        return parse_policy(policy, resource, PolicyKind.RESOURCE)
    except PolicyError as error:
        raise no_permissions(str(error)) from error
