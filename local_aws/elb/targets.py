"""The targets that ECS registers in target groups, their health, and how it went over time.

Target groups, load balancers and listeners stay with moto, and so do targets that somebody else registers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from moto.elbv2.models import FakeTargetGroup, elbv2_backends


class Health(StrEnum):
    """A target's state, as DescribeTargetHealth tells it."""

    INITIAL = "initial"
    HEALTHY = "healthy"
    UNHEALTHY = "unhealthy"
    DRAINING = "draining"


@dataclass(frozen=True)
class TargetKey:
    """One target in one group: the group's ARN, an IP address or instance id, and a port."""

    group: str
    id: str
    port: int


@dataclass
class Target:
    """A target's state; one that drains is gone at ``gone_at`` (epoch seconds)."""

    health: Health = Health.INITIAL
    gone_at: float | None = None


class TargetGroups:
    """All targets that ECS registered, in all accounts. Called under ``World.lock``.

    ``now`` tells virtual time in epoch seconds.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._targets: dict[str, dict[TargetKey, Target]] = {}
        self._points: dict[str, list[dict[str, Any]]] = {}

    def register(self, key: TargetKey) -> None:
        """Register a target: its health is being checked from now on."""
        self._end_drains(key.group)
        self._targets.setdefault(key.group, {})[key] = Target()
        self._note(key.group)

    def check(self, key: TargetKey, *, healthy: bool) -> None:
        """Note what the health checks found; without effect on a target that drains."""
        self._end_drains(key.group)
        target = self._targets.get(key.group, {}).get(key)
        if target is not None and target.gone_at is None:
            target.health = Health.HEALTHY if healthy else Health.UNHEALTHY
            self._note(key.group)

    def deregister(self, key: TargetKey) -> None:
        """Let a target drain for the group's deregistration delay."""
        self._end_drains(key.group)
        target = self._targets.get(key.group, {}).get(key)
        if target is not None and target.gone_at is None:
            target.health, target.gone_at = Health.DRAINING, self._now() + delay(key.group)
            self._note(key.group)

    def members(self, group: str) -> dict[TargetKey, Target]:
        """The targets of a group, those that drain included."""
        self._end_drains(group)
        return dict(self._targets.get(group, {}))

    def timeline(self) -> list[dict[str, Any]]:
        """For each group how many targets were in which state, a point per change."""
        for group in self._points:
            self._end_drains(group)
        return [
            {"account": arn.split(":")[4], "region": arn.split(":")[3], "target_group": arn, "points": list(points)}
            for arn, points in self._points.items()
        ]

    def _end_drains(self, group: str) -> None:
        """Take out the targets that have drained by now, each at its time."""
        known = self._targets.get(group, {})
        ends = {target.gone_at for target in known.values() if target.gone_at is not None}
        for end in sorted(end for end in ends if end <= self._now()):
            self._targets[group] = known = {key: target for key, target in known.items() if target.gone_at != end}
            self._append(group, end)

    def _note(self, group: str) -> None:
        self._append(group, self._now())

    def _append(self, group: str, when: float) -> None:
        states = Counter(target.health for target in self._targets[group].values())
        point = {"t": when, **{str(health): states[health] for health in Health}}
        points = self._points.setdefault(group, [])
        if points and points[-1]["t"] == when:
            points.pop()
        points.append(point)


def find(arn: str) -> FakeTargetGroup | None:
    """The target group, as moto has it."""
    parts = arn.split(":")
    if len(parts) < 6:
        return None
    return elbv2_backends[parts[4]][parts[3]].target_groups.get(arn)


def delay(arn: str) -> float:
    """The group's deregistration delay in seconds: 300 unless it says otherwise."""
    group = find(arn)
    return 300.0 if group is None else float(str(group.attributes["deregistration_delay.timeout_seconds"]))
