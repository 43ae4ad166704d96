"""Identity, resource and limiting policies taken together: IAM's policy evaluation within and across accounts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from local_aws.iam.evaluate import Decision, Effect, PolicyKind, Request, Statement, Verdict, evaluate
from local_aws.iam.identity import Caller


def decide(
    caller: Caller,
    request: Request,
    *,
    resource_account: str,
    resource_policy: Sequence[Statement] | None,
    resource_policy_required: bool = False,
) -> Verdict:
    """Decide a request.

    Within one account an identity policy or a resource policy that names the caller is enough; across accounts both
    must allow. `resource_policy_required` is for roles, whose trust policy is always asked. Limits (permissions
    boundary, session policy) apply in every case: also where AWS lets a resource policy that names the session
    itself pass them by. Where both sides had to allow, the verdict names a statement of each; where either would have
    been enough, neither is a ground.
    """
    identity = evaluate(caller.statements, request)
    resource = evaluate(resource_policy or (), request)
    limits = [(limit.kind, evaluate(limit.statements, request)) for limit in caller.limits]
    for kind, verdict in [("identity-based policy", identity), *limits, ("resource-based policy", resource)]:
        if verdict.decision is Decision.EXPLICIT_DENY:
            return Verdict(Decision.EXPLICIT_DENY, verdict.statement, reason=f"with an explicit deny in a {kind}")
    for kind, verdict in limits:
        if not verdict.allowed:
            return _refused(kind, request)
    same_account = resource_account == caller.account
    if not resource.allowed and (resource_policy_required or not same_account):
        return _refused("resource-based policy", request)
    own = identity.ground(caller.principal_arn, PolicyKind.IDENTITY)
    others = resource.ground(request.resource, PolicyKind.RESOURCE)
    enough = same_account and resource.allowed and resource.direct
    if identity.allowed and (resource_policy_required or not same_account):
        grounds = others if enough else own + others
        return Verdict(Decision.ALLOW, f"{identity.statement} and {resource.statement}", grounds=grounds)
    if identity.allowed:
        return replace(identity, grounds=() if enough else own)
    if enough:
        return replace(resource, grounds=others)
    return _refused("identity-based policy", request)


def administrator_statement(caller: Caller, action: str) -> Statement | None:
    """Return the statement that lets the caller do this action on anything at all, if there is one.

    Nothing but an unconditional allow on `*` counts, in every policy that limits the caller too, and any deny that
    could concern the action counts against it.
    """
    layers = (caller.statements, *(limit.statements for limit in caller.limits))
    found = [_unconditional(statements, action) for statements in layers]
    return found[0] if all(found) else None


def _unconditional(statements: Sequence[Statement], action: str) -> Statement | None:
    concerned = [statement for statement in statements if statement.concerns(action)]
    if any(statement.effect is Effect.DENY for statement in concerned):
        return None
    return next((one for one in concerned if not one.conditions and one.covers_everything()), None)


def _refused(kind: str, request: Request) -> Verdict:
    return Verdict(Decision.IMPLICIT_DENY, reason=f"because no {kind} allows the {request.action} action")
