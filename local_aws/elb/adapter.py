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


def attach(world: World, groups: TargetGroups) -> None:
    """Answer DescribeTargetHealth from ``groups`` where they know the target, and from moto elsewhere."""

    def describe(self: ELBv2Backend, target_group_arn: str, targets: list[dict[str, Any]]) -> list[FakeHealthStatus]:
        with world.lock:
            mine = groups.members(target_group_arn)
            wanted = {key: target for key, target in mine.items() if not targets or _asked_for(key, targets)}
            rest = [item for item in targets if not any(_asked_for(key, [item]) for key in mine)]
            others = _ORIGINAL(self, target_group_arn, rest) if rest or not targets else []
            return [*(_status(key, target) for key, target in wanted.items()), *others]

    ELBv2Backend.describe_target_health = describe  # type: ignore[method-assign]


def _asked_for(key: TargetKey, targets: list[dict[str, Any]]) -> bool:
    return any(item["Id"] == key.id and int(item.get("Port") or key.port) == key.port for item in targets)


def _status(key: TargetKey, target: Target) -> FakeHealthStatus:
    reason, description = _REASONS.get(target.health, (None, None))
    return FakeHealthStatus(key.id, str(key.port), str(key.port), target.health.value, reason, description)
