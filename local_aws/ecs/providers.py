"""What a service's tasks depend on in a capacity provider: looked up where moto keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from moto.autoscaling.models import FakeAutoScalingGroup, autoscaling_backends
from moto.ecs.models import ecs_backends

from local_aws.ecs.strategy import FARGATE_PROVIDERS, SPOT_PROVIDER


@dataclass(frozen=True)
class Provider:
    """A capacity provider, as the service scheduler sees it.

    ``spot``: its capacity can be taken back. ``waits``: a task without room waits in PROVISIONING, which takes managed
    scaling; elsewhere it is not made, and the failure is told. ``drains``: ECS sets an instance that is about to be
    terminated to DRAINING, so that its tasks are replaced before they end.
    """

    name: str
    spot: bool = True
    waits: bool = True
    drains: bool = True

    @property
    def fargate(self) -> bool:
        """Whether it is one of the two that every account has."""
        return self.name in FARGATE_PROVIDERS


def look_up(account: str, region: str, name: str) -> Provider:
    """The provider of that name; a group that nobody made is taken for one of Spot instances."""
    if name in FARGATE_PROVIDERS:
        return Provider(name, spot=name == SPOT_PROVIDER, waits=False, drains=False)
    known = ecs_backends[account][region].capacity_providers.get(name)
    if known is None:
        return Provider(name, spot=False, waits=False, drains=False)  # launch type EC2: no provider at all
    settings = known.auto_scaling_group_provider
    group = _group(account, region, str(settings.get("autoScalingGroupArn", "")))
    return Provider(
        name,
        spot=group is None or _buys_spot(group),
        waits=settings["managedScaling"]["status"] == "ENABLED",
        drains=settings.get("managedDraining", "ENABLED") == "ENABLED",
    )


def _group(account: str, region: str, arn: str) -> FakeAutoScalingGroup | None:
    name = arn.rpartition("autoScalingGroupName/")[2]
    return autoscaling_backends[account][region].autoscaling_groups.get(name)


def _buys_spot(group: FakeAutoScalingGroup) -> bool:
    """Whether any instance beyond the on-demand base is a Spot instance: by its policy, or by its launch template."""
    policy: Mapping[str, Any] = group.mixed_instances_policy or {}
    if policy:
        share = (policy.get("InstancesDistribution") or {}).get("OnDemandPercentageAboveBaseCapacity", 100)
        return int(share) < 100
    template = group.ec2_launch_template
    if template is None:
        return False
    market = template.get_version(group.launch_template_version).data.get("InstanceMarketOptions") or {}
    return bool(market.get("MarketType") == "spot")
