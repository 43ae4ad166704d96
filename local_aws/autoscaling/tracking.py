"""What a target tracking policy wants: pure arithmetic on the metric's points, one a minute.

Facts from "Target tracking scaling policies" of the Application Auto Scaling user guide and from its API reference;
the periods of its alarms are those of the alarms that it is seen to make.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Points = Sequence[float | None]
"""A metric in percent, a point a minute, the newest last; None where there was nothing to measure."""

HIGH_MINUTES, LOW_MINUTES = 3, 15
"""How long a metric is over the target, or under 90 % of it, until the policy acts."""
LOW_SHARE = 0.9
DEFAULT_COOLDOWN = 300.0
"""Seconds, in both directions, for ECS services."""


@dataclass(frozen=True)
class TrackingPolicy:
    """A policy. ``target`` is in percent, cooldowns are in seconds."""

    name: str
    metric: str
    target: float
    scale_out_cooldown: float = DEFAULT_COOLDOWN
    scale_in_cooldown: float = DEFAULT_COOLDOWN
    scales_in: bool = True

    @classmethod
    def parse(cls, name: str, configuration: Mapping[str, Any]) -> TrackingPolicy:
        """From the API's ``TargetTrackingScalingPolicyConfiguration``."""
        return cls(
            name=name,
            metric=str((configuration.get("PredefinedMetricSpecification") or {}).get("PredefinedMetricType", "")),
            target=float(configuration["TargetValue"]),
            scale_out_cooldown=float(configuration.get("ScaleOutCooldown", DEFAULT_COOLDOWN)),
            scale_in_cooldown=float(configuration.get("ScaleInCooldown", DEFAULT_COOLDOWN)),
            scales_in=not configuration.get("DisableScaleIn", False),
        )

    def too_high(self, points: Points) -> bool:
        """Whether its upper alarm is in ALARM."""
        return _all(points, HIGH_MINUTES, lambda value: value > self.target)

    def too_low(self, points: Points) -> bool:
        """Whether its lower alarm is in ALARM. Missing data is never taken for little to do."""
        return _all(points, LOW_MINUTES, lambda value: value < self.target * LOW_SHARE)

    def capacity(self, value: float, capacity: int) -> int:
        """The capacity that brings the metric from ``value`` to the target, rounded up."""
        return math.ceil(round(capacity * value / self.target, 6))


@dataclass(frozen=True)
class Wish:
    """The capacity that a policy asks for."""

    policy: TrackingPolicy
    capacity: int


def scale_out(policies: Mapping[TrackingPolicy, Points], capacity: int) -> Wish | None:
    """Give the largest of what the policies ask for that are over their target; None when none is."""
    return _largest(
        Wish(policy, max(policy.capacity(points[-1] or 0.0, capacity), capacity + 1))
        for policy, points in policies.items()
        if policy.too_high(points)
    )


def scale_in(policies: Mapping[TrackingPolicy, Points], capacity: int) -> Wish | None:
    """Give the largest of what the policies ask for, if all that may scale in are ready to; None otherwise."""
    candidates = {policy: points for policy, points in policies.items() if policy.scales_in}
    if not all(policy.too_low(points) for policy, points in candidates.items()):
        return None
    wish = _largest(Wish(policy, policy.capacity(points[-1] or 0.0, capacity)) for policy, points in candidates.items())
    return wish if wish is not None and wish.capacity < capacity else None


def _largest(wishes: Iterable[Wish]) -> Wish | None:
    return max(wishes, key=lambda wish: wish.capacity, default=None)


def _all(points: Points, minutes: int, condition: Any) -> bool:
    last = points[-minutes:]
    return len(last) == minutes and all(value is not None and condition(value) for value in last)
