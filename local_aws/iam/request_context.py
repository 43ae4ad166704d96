"""Condition keys that AWS itself puts into a request: about the caller, the resource, the connection."""

from __future__ import annotations

from datetime import UTC, datetime

from local_aws.iam.identity import Caller
from local_aws.world import World


def global_keys(world: World, caller: Caller, region: str, resource: str) -> dict[str, tuple[str, ...]]:
    """Return the `aws:` keys of a request (IAM User Guide, "AWS global condition context keys").

    `aws:SecureTransport` is true: local_aws stands in for endpoints that are reached by TLS.
    """
    now = world.clock.now()
    keys: dict[str, tuple[str, ...]] = {
        "aws:CurrentTime": (datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),),
        "aws:EpochTime": (str(int(now)),),
        "aws:PrincipalAccount": (caller.account,),
        "aws:PrincipalArn": (caller.principal_arn,),
        "aws:PrincipalIsAWSService": ("false",),
        "aws:PrincipalType": (caller.kind,),
        "aws:RequestedRegion": (region,),
        "aws:SecureTransport": ("true",),
        "aws:ViaAWSService": ("false",),
    }
    keys |= {f"aws:PrincipalTag/{key}": (value,) for key, value in caller.tags.items()}
    keys |= _organization(world, "aws:PrincipalOrg", caller.account)
    owner = resource_account(resource, caller.account)
    keys["aws:ResourceAccount"] = (owner,)
    return keys | _organization(world, "aws:ResourceOrg", owner)


def resource_account(resource: str, default: str) -> str:
    """Return the account that owns a resource, as its ARN has it; `default` for ARNs without one."""
    parts = resource.split(":", 5)
    return parts[4] if len(parts) > 4 and parts[4] else default


def _organization(world: World, prefix: str, account: str) -> dict[str, tuple[str, ...]]:
    path = world.organization.path(account)
    if path is None:
        return {}
    return {f"{prefix}ID": (world.organization.id,), f"{prefix}Paths": (path,)}
