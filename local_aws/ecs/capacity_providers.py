"""CreateCapacityProvider, UpdateCapacityProvider, DeleteCapacityProvider and DescribeCapacityProviders."""

from __future__ import annotations

from typing import Any

from moto.ecs.models import CapacityProvider

from local_aws.ecs.call import Call
from local_aws.ecs.errors import ClientError, InvalidParameterError
from local_aws.ecs.strategy import FARGATE_PROVIDERS

RESERVED = ("aws", "ecs", "fargate")
"""A name must not begin with one of these (CreateCapacityProvider)."""


def create_capacity_provider(call: Call) -> dict[str, Any]:
    """Make one on an Auto Scaling group. Managed draining is on unless it is switched off."""
    name, group = call.get("name", ""), call.get("autoScalingGroupProvider")
    if not name or name.lower().startswith(RESERVED):
        raise ClientError(
            f"The specified capacity provider name {name!r} is not valid: it begins with a reserved word."
        )
    if name in call.backend.capacity_providers:
        raise InvalidParameterError("A capacity provider with the specified name already exists.")
    if not group:
        raise InvalidParameterError("local_aws knows capacity providers of Auto Scaling groups only.")
    given = {"managedDraining": "ENABLED", **group}
    return {"capacityProvider": call.backend.create_capacity_provider(name, given, call.get("tags"))}


def update_capacity_provider(call: Call) -> dict[str, Any]:
    """Change its managed scaling, draining and termination protection."""
    provider, group = _existing(call, "name"), call.get("autoScalingGroupProvider") or {}
    provider.update(dict(group))
    if "managedDraining" in group:
        provider.auto_scaling_group_provider["managedDraining"] = group["managedDraining"]
    return {"capacityProvider": provider}


def delete_capacity_provider(call: Call) -> dict[str, Any]:
    """Delete one that no cluster is associated with."""
    provider = _existing(call, "capacityProvider")
    for cluster in call.backend.clusters.values():
        if cluster.status == "ACTIVE" and provider.name in (cluster.capacity_providers or []):
            raise ClientError(f"The capacity provider is in use by the cluster {cluster.name}: disassociate it first.")
    call.backend.capacity_providers.pop(provider.name)
    provider.status = "INACTIVE"
    return {"capacityProvider": provider}


def describe_capacity_providers(call: Call) -> dict[str, Any]:
    """Capacity providers by name or ARN, all if none is named; every account has the two of Fargate."""
    built_in = {
        name: {"capacityProviderArn": _arn(call, name), "name": name, "status": "ACTIVE"}
        for name in sorted(FARGATE_PROVIDERS)
    }
    known: dict[str, Any] = {**built_in, **call.backend.capacity_providers}
    found, failures = [], []
    for name in call.get("capacityProviders") or list(known):
        provider = known.get(call.name_in(name, "capacity-provider"))
        if provider is None:
            failures.append({"arn": _arn(call, name.split("/")[-1]), "reason": "MISSING"})
        else:
            found.append(provider)
    return {"capacityProviders": found, "failures": failures}


def _existing(call: Call, parameter: str) -> CapacityProvider:
    name = call.name_in(call.get(parameter, ""), "capacity-provider")
    provider = call.backend.capacity_providers.get(name)
    if provider is None:
        raise InvalidParameterError("The specified capacity provider does not exist. Specify a valid name or ARN.")
    return provider


def _arn(call: Call, name: str) -> str:
    return f"arn:aws:ecs:{call.region}:{call.account}:capacity-provider/{name}"
