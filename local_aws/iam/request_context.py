"""Condition keys that AWS itself puts into a request: about the caller, the resource, the connection."""

from __future__ import annotations

from datetime import UTC, datetime

from moto.ecs.models import ecs_backends

from local_aws.iam.actions.rows import Context
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


def resource_tags(resource: str) -> Context:
    """Return `aws:ResourceTag/KEY` of an ECS service or cluster; nothing for what has no tags or does not exist."""
    parts = resource.split(":", 5)
    if len(parts) < 6 or parts[2] != "ecs" or parts[4] not in ecs_backends:
        return {}
    backend = ecs_backends[parts[4]][parts[3]]
    match parts[5].split("/"):
        case ["service", cluster, name]:
            service = backend.services.get(f"{cluster}:{name}")
            tags = service.tags if service else None
        case ["cluster", name]:
            found = backend.clusters.get(name)
            tags = found.tags if found else None
        case _:
            tags = None
    return {f"aws:ResourceTag/{tag['key']}": (tag["value"],) for tag in tags or []}


def _organization(world: World, prefix: str, account: str) -> dict[str, tuple[str, ...]]:
    path = world.organization.path(account)
    if path is None:
        return {}
    return {f"{prefix}ID": (world.organization.id,), f"{prefix}Paths": (path,)}
