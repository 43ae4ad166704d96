"""Does a list of policy statements allow a request? IAM's evaluation, without any AWS state.

Used for identity, trust and resource policies alike (role policies, bus policies, queue policies).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum

from local_aws.iam.patterns import Context, UnresolvedVariableError, arn_glob, expand
from local_aws.iam.policy import Effect, PolicyError, PolicyKind, Principals, Statement, parse_policy

__all__ = [
    "Decision", "Effect", "Ground", "PolicyError", "PolicyKind", "Request", "Statement", "Verdict", "evaluate",
    "parse_policy",
]  # fmt: skip


class Decision(Enum):
    """The three outcomes of policy evaluation."""

    ALLOW = "allow"
    EXPLICIT_DENY = "explicit deny"
    IMPLICIT_DENY = "implicit deny"


@dataclass(frozen=True)
class Request:
    """What is asked, by whom.

    `principal_arn` is the caller's ARN: role session, role, user or account root; None for an AWS service, which
    `principal_service` names (`events.amazonaws.com`). For a role session, `context` carries the role's ARN as
    `aws:PrincipalArn`, so that policies naming the role match too. Condition keys are case-insensitive.
    """

    principal_arn: str | None
    principal_account: str
    principal_service: str | None
    action: str
    resource: str
    context: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Ground:
    """A statement without which the request would have been refused, and whose it is.

    `owner` is the ARN of the role, or of the resource that the policy is attached to; `kind` tells which of the two:
    a role's trust policy is one of a resource.
    """

    owner: str
    kind: str
    statement: str


@dataclass(frozen=True)
class Verdict:
    """The decision, and the statement it comes from (empty for an implicit deny).

    `direct` tells, for a resource policy, that it names the caller itself, a service or everyone, and not only the
    caller's account: within one account, that alone is enough. `sole` tells that no other statement of these allows
    the request. `reason` explains a refusal. `grounds` are known where all policies have been asked.
    """

    decision: Decision
    statement: str = ""
    direct: bool = False
    reason: str = ""
    sole: bool = False
    grounds: tuple[Ground, ...] = ()

    @property
    def allowed(self) -> bool:
        """Tell whether the request may go on."""
        return self.decision is Decision.ALLOW

    def ground(self, owner: str, kind: PolicyKind) -> tuple[Ground, ...]:
        """Name the statement that alone allows the request; nothing where several do, or none."""
        return (Ground(owner, kind.value, self.statement),) if self.sole else ()


class _Match(Enum):
    NONE = 0
    ACCOUNT = 1
    DIRECT = 2


def evaluate(statements: Sequence[Statement], request: Request) -> Verdict:
    """An explicit deny wins; else one allow is enough; else the request is denied implicitly."""
    context = {key.lower(): values for key, values in request.context.items()}
    allowed: Verdict | None = None
    count = 0
    for statement in statements:
        match = _match(statement, request, context)
        if match is _Match.NONE:
            continue
        if statement.effect is Effect.DENY:
            return Verdict(Decision.EXPLICIT_DENY, statement.label, reason=f"explicit deny in {statement.label}")
        count += 1
        if allowed is None or not allowed.direct:
            allowed = Verdict(Decision.ALLOW, statement.label, direct=match is _Match.DIRECT)
    if allowed is None:
        return Verdict(Decision.IMPLICIT_DENY, reason=f"no statement allows {request.action}")
    return replace(allowed, sole=count == 1)


def _match(statement: Statement, request: Request, context: Context) -> _Match:
    if not statement.concerns(request.action):
        return _Match.NONE
    principal = _match_principal(statement.principals, request, context)
    if principal is _Match.NONE:
        return _Match.NONE
    try:
        applicable = _match_resource(statement, request.resource, context) and all(
            condition.holds(context) for condition in statement.conditions
        )
    except UnresolvedVariableError:
        # Nobody can say whether the statement applies: an allow then gives nothing, a deny denies.
        applicable = statement.effect is Effect.DENY
    return principal if applicable else _Match.NONE


def _match_resource(statement: Statement, resource: str, context: Context) -> bool:
    if statement.resources is None:
        return True
    hit = any(arn_glob(expand(pattern, context), resource) for pattern in statement.resources.values)
    return hit != statement.resources.excluded


def _match_principal(principals: Principals | None, request: Request, context: Context) -> _Match:
    if principals is None:
        return _Match.DIRECT
    if principals.excluded:
        return _Match.NONE if _exempt(principals, request, context) else _Match.DIRECT
    if "*" in principals.aws or request.principal_service in principals.services:
        return _Match.DIRECT
    if request.principal_arn is None:
        return _Match.NONE
    if any(arn in principals.aws and not arn.endswith(":root") for arn in _names(request, context)):
        return _Match.DIRECT
    return _Match.ACCOUNT if _names_account(principals, request.principal_account) else _Match.NONE


def _exempt(principals: Principals, request: Request, context: Context) -> bool:
    """AWS checks account, role and session one after another: NotPrincipal spares those with all of them listed."""
    if request.principal_service is not None:
        return request.principal_service in principals.services
    named = all(name in principals.aws for name in _names(request, context) if not name.endswith(":root"))
    return "*" in principals.aws or (named and _names_account(principals, request.principal_account))


def _names(request: Request, context: Context) -> list[str]:
    """The caller's own names: the session's ARN and the role's."""
    return [request.principal_arn or "", *context.get("aws:principalarn", ())]


def _names_account(principals: Principals, account: str) -> bool:
    return any(one == account or (one.endswith(":root") and one.split(":")[4:5] == [account]) for one in principals.aws)
