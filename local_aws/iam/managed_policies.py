"""The policies that AWS manages, each there as soon as it is attached or read.

moto has them all, but loads none or every one of them in every account, which takes its time.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any

from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.models import AWSManagedPolicy, IAMBackend

_BY_ARN = ("attach_role_policy", "attach_user_policy", "attach_group_policy", "get_policy")
_MOTO = {name: getattr(IAMBackend, name) for name in _BY_ARN}


def install() -> None:
    """Patch what takes a policy's ARN first."""
    for name, original in _MOTO.items():
        setattr(IAMBackend, name, _with_policy(original))


def _with_policy(original: Callable[..., Any]) -> Callable[..., Any]:
    def method(self: IAMBackend, policy_arn: str, *arguments: Any, **named: Any) -> Any:
        _load(self, policy_arn)
        return original(self, policy_arn, *arguments, **named)

    return method


def _load(backend: IAMBackend, arn: str) -> None:
    head, _, name = arn.rpartition("/")
    if arn in backend.managed_policies or not head.startswith(f"arn:{backend.partition}:iam::aws:policy"):
        return
    data = _known().get(name)
    if data is None:
        return
    policy = AWSManagedPolicy.from_data(name, backend.account_id, backend.region_name, data)
    if policy.arn == arn:
        backend.managed_policies[arn] = policy


@cache
def _known() -> dict[str, dict[str, Any]]:
    known: dict[str, dict[str, Any]] = json.loads(aws_managed_policies_data)
    return known
