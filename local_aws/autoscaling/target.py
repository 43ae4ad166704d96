"""A scalable target of an ECS service: moto's target and policies, and what has been measured and done."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from moto.applicationautoscaling.models import ApplicationAutoscalingBackend, FakeScalableTarget

from local_aws.autoscaling.tracking import LOW_MINUTES, TrackingPolicy
from local_aws.ecs.service import Key

DIMENSION = "ecs:service:DesiredCount"


@dataclass(eq=False)
class Target:
    """What scales one service.

    ``base`` is the capacity before the scale-out whose cooldown goes on: a larger one meanwhile is reckoned from there.
    """

    key: Key
    stored: FakeScalableTarget
    points: dict[str, deque[float | None]] = field(default_factory=dict)
    scaled_out_at: float = float("-inf")
    scaled_in_at: float = float("-inf")
    base: int = 0

    @property
    def backend(self) -> ApplicationAutoscalingBackend:
        """Where moto keeps it."""
        return self.stored.applicationautoscaling_backend

    @property
    def registered(self) -> bool:
        """Whether it is still a scalable target."""
        return self.backend.targets.get(DIMENSION, {}).get(self.stored.resource_id) is self.stored

    def within(self, capacity: int) -> int:
        """The capacity within the target's bounds."""
        return max(int(self.stored.min_capacity or 0), min(int(self.stored.max_capacity or 0), capacity))

    def suspended(self, direction: str) -> bool:
        """Whether scaling ``In`` or ``Out`` is suspended."""
        state: Any = self.stored.suspended_state
        return bool(isinstance(state, dict) and state.get(f"DynamicScaling{direction}Suspended"))

    def measure(self, metric: str, value: float | None) -> None:
        """Note the metric's next point."""
        self.points.setdefault(metric, deque(maxlen=LOW_MINUTES)).append(value)

    def policies(self) -> Mapping[TrackingPolicy, list[float | None]]:
        """Its target tracking policies, each with the points of its metric."""
        found = {}
        for stored in self.backend.policies.values():
            configuration = stored.target_tracking_scaling_policy_configuration
            if stored.resource_id == self.stored.resource_id and configuration:
                policy = TrackingPolicy.parse(stored.policy_name, configuration)
                found[policy] = list(self.points.get(policy.metric, ()))
        return found

    def alarm(self, policy: TrackingPolicy, which: str) -> str:
        """The name of the policy's alarm, ``AlarmHigh`` or ``AlarmLow``."""
        alarms = (
            alarm
            for stored in self.backend.policies.values()
            for alarm in stored.alarms
            if stored.policy_name == policy.name and stored.resource_id == self.stored.resource_id
        )
        return next((str(alarm.name) for alarm in alarms if which in alarm.name), which)
