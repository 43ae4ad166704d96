"""Puts the health of ECS's targets in front of moto's, which knows no other state than healthy."""

from __future__ import annotations

from typing import Any

from moto.elbv2.models import ELBv2Backend, FakeHealthStatus

from local_aws.elb.targets import Health, Target, TargetGroups, TargetKey
from local_aws.world import World

_ORIGINAL = ELBv2Backend.describe_target_health

_REASONS: dict[Health, tuple[str, str]] = {
    Health.INITIAL: ("Elb.InitialHealthChecking", "Initial health checks in progress"),
    Health.UNHEALTHY: ("Target.FailedHealthChecks", "Health checks failed"),
    Health.DRAINING: ("Target.DeregistrationInProgress", "Target deregistration is in progress"),
}
"""Reason and description of each state but healthy, which has none (API reference, TargetHealth)."""


_NOT_IN_USE = ("Target.NotInUse", "Target group is not configured to receive traffic from the load balancer")
_NOT_REGISTERED = ("Target.NotRegistered", "Target is not registered to the target group")


def attach(world: World, groups: TargetGroups) -> None:
    """Answer DescribeTargetHealth from ``groups`` where they know the target, and from moto elsewhere."""

    def describe(self: ELBv2Backend, target_group_arn: str, targets: list[dict[str, Any]]) -> list[FakeHealthStatus]:
        with world.lock:
            mine = groups.members(target_group_arn)
            wanted = {key: target for key, target in mine.items() if not targets or _asked_for(key, targets)}
            rest = [item for item in targets if not any(_asked_for(key, [item]) for key in mine)]
            others = _ORIGINAL(self, target_group_arn, rest) if rest or not targets else []
            in_use = bool(self.target_groups[target_group_arn].load_balancer_arns)
            known = [_status(key, target, in_use=in_use) for key, target in wanted.items()]
            return [*known, *(_registered(item) for item in others)]

    ELBv2Backend.describe_target_health = describe  # type: ignore[method-assign]


def _asked_for(key: TargetKey, targets: list[dict[str, Any]]) -> bool:
    return any(item["Id"] == key.id and int(item.get("Port") or key.port) == key.port for item in targets)


def _status(key: TargetKey, target: Target, *, in_use: bool) -> FakeHealthStatus:
    """The target's health; it is not checked, and so unused, while no listener forwards to its group."""
    reason, description = _REASONS.get(target.health, (None, None))
    state = target.health.value
    if not in_use and target.health is not Health.DRAINING:
        state, (reason, description) = "unused", _NOT_IN_USE
    return FakeHealthStatus(key.id, str(key.port), str(key.port), state, reason, description)


def _registered(status: FakeHealthStatus) -> FakeHealthStatus:
    """Moto calls a target that was never registered unavailable; AWS calls it unused."""
    if status.reason == _NOT_REGISTERED[0]:
        status.status, status.description = "unused", _NOT_REGISTERED[1]
    return status
