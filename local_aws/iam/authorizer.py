"""Authorizes every API call: in place of moto's own check, which knows neither resources nor conditions."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

from local_aws.iam.actions import SESSION_ACTIONS, Call, Check, checks
from local_aws.iam.audit import AuthorizationLog
from local_aws.iam.calls import read_call, session_token, signed_by
from local_aws.iam.decision import administrator_statement, decide
from local_aws.iam.evaluate import Decision, PolicyError, PolicyKind, Request, Verdict, evaluate
from local_aws.iam.identity import Caller
from local_aws.iam.key_uses import KeyUse, uses_of, uses_of_settings
from local_aws.iam.refusals import RefusalError, denied, http_error, key_refused, missing_credentials
from local_aws.iam.request_context import global_keys, resource_account
from local_aws.iam.resource_policies import resource_policy
from local_aws.iam.resource_tags import resource_tags
from local_aws.iam.session_rules import check_session_request
from local_aws.iam.sessions import Sessions
from local_aws.world import World

_ALWAYS = "sts:GetCallerIdentity"
_request = threading.local()


def current_principal() -> str | None:
    """Return the ARN of who made the API request that this thread is answering; None outside of one."""
    arn: str | None = getattr(_request, "principal", None)
    return arn


class Authorizer:
    """IAM of one world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._sessions = Sessions(world)
        self.log = AuthorizationLog(world.clock.now)

    def authorize_request(self, response: Any) -> None:
        """Let a request pass, or raise the HTTPException that answers it. `response` is moto's request handler."""
        _request.principal = None
        try:
            self._check_request(response)
        except RefusalError as refusal:
            raise http_error(response, refusal) from refusal

    def _check_request(self, response: Any) -> None:
        signature = signed_by(response)
        if signature is None:
            raise missing_credentials()
        access_key, service = signature
        try:
            caller = self._sessions.caller(
                access_key, session_token(response), response.current_account, response.partition
            )
        except PolicyError as error:
            raise denied(str(error)) from error
        _request.principal = caller.arn
        self._check_call(caller, read_call(response, service))

    def authorize(
        self,
        caller: Caller,
        region: str,
        check: Check,
    ) -> Verdict:
        """Decide one check and note it in the log. A policy that cannot be evaluated allows nothing."""
        try:
            verdict = self._decide(caller, region, check)
        except PolicyError as error:
            verdict = Verdict(Decision.IMPLICIT_DENY, reason=str(error))
        self.log.add(caller.arn, caller.account, check.action, check.resource, verdict)
        return verdict

    def authorize_key(self, caller: Caller, region: str, use: KeyUse) -> Verdict:
        """Decide the use of a customer key, by the caller or by the service itself, and note it in the log."""
        state = use.encryption.state
        if state != "Enabled":
            reason = f"because the key is {state}" if state else "because there is no such key"
            verdict = Verdict(Decision.EXPLICIT_DENY, reason=reason)
        elif not use.service:
            keys = {**use.check.context, "kms:CallerAccount": (caller.account,)}
            return self.authorize(caller, region, replace(use.check, context=keys))
        else:
            verdict = _service_verdict(use, caller.account)
        self.log.add(use.service or caller.arn, caller.account, use.check.action, use.check.resource, verdict)
        return verdict

    def _check_call(self, caller: Caller, call: Call) -> None:
        name = f"{call.service}:{call.api}"
        if name == _ALWAYS:
            return
        wanted = checks(call)
        if wanted is None:
            self._check_administrator(caller, name)
        for check in wanted or ():
            verdict = self.authorize(caller, call.region, check)
            if not verdict.allowed:
                raise _denied(caller, check.action, check.resource, verdict)
        for use in (*(use for check in wanted or () for use in uses_of(check)), *uses_of_settings(call)):
            verdict = self.authorize_key(caller, call.region, use)
            if not verdict.allowed:
                raise key_refused(call, _text(use.service or caller.arn, use.check, verdict))
        if name == "sts:AssumeRole":
            check_session_request(call, caller)

    def _check_administrator(self, caller: Caller, action: str) -> None:
        statement = administrator_statement(caller, action)
        if statement is not None:
            verdict = Verdict(Decision.ALLOW, statement.label)
        else:
            reason = "because local_aws has no table row for it, which leaves it to administrators"
            verdict = Verdict(Decision.IMPLICIT_DENY, reason=reason)
        self.log.add(caller.arn, caller.account, action, "*", verdict)
        if not verdict.allowed:
            raise _denied(caller, action, "*", verdict)

    def _decide(self, caller: Caller, region: str, check: Check) -> Verdict:
        keys: dict[str, tuple[str, ...]] = {
            **global_keys(self.world, caller, region, check.resource),
            **resource_tags(check.resource),
            **check.context,
        }
        request = Request(caller.arn, caller.account, None, check.action, check.resource, keys)
        return decide(
            caller,
            request,
            resource_account=resource_account(check.resource, caller.account),
            resource_policy=resource_policy(check.resource),
            # A role and a key can do nothing for anybody whom their own policy does not let in.
            resource_policy_required=check.action in SESSION_ACTIONS or check.action.startswith("kms:"),
        )


def _service_verdict(use: KeyUse, account: str) -> Verdict:
    """An AWS service that acts as itself has nothing but the policy of the key."""
    keys = {
        **use.check.context,
        "aws:PrincipalIsAWSService": ("true",),
        "aws:PrincipalServiceName": (use.service,),
        "aws:SecureTransport": ("true",),
    }
    request = Request(None, account, use.service, use.check.action, use.check.resource, keys)
    try:
        verdict = evaluate(resource_policy(use.check.resource) or (), request)
    except PolicyError as error:
        return Verdict(Decision.IMPLICIT_DENY, reason=str(error))
    return replace(verdict, grounds=verdict.ground(use.check.resource, PolicyKind.RESOURCE))


def _denied(caller: Caller, action: str, resource: str, verdict: Verdict) -> RefusalError:
    return denied(_text(caller.arn, Check(action, resource), verdict))


def _text(who: str, check: Check, verdict: Verdict) -> str:
    asked = f"User: {who} is not authorized to perform: {check.action}"
    return f"{asked} on resource: {check.resource} {verdict.reason}"
