"""CloudWatch: metrics out of logs and of AWS's own services, and alarms that are evaluated and tell of their state."""

from __future__ import annotations

from typing import Any

from local_aws.cloudwatch import evaluator, moto_alarms
from local_aws.cloudwatch.evaluator import Evaluator
from local_aws.world import World

__all__ = ["install"]


class _Installed:
    """The part of one world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.evaluator = Evaluator(world)


_installed: list[_Installed] = []  # the last world's; moto's classes are patched once in a process


def install(world: World) -> None:
    """Evaluate the world's alarms, and tell the control API of them."""
    if not _installed:
        moto_alarms.patch(lambda: _installed[-1])
    installed = _Installed(world)
    _installed[:] = [installed]

    def states(_: dict[str, Any]) -> list[dict[str, Any]]:
        with world.lock:
            return [evaluator.as_json(alarm) for alarm in evaluator.alarms()]

    def changes(_: dict[str, Any]) -> list[dict[str, Any]]:
        with world.lock:
            return [change.as_json() for change in installed.evaluator.changes]

    world.control.add("GET", "alarms", states)
    world.control.add("GET", "alarm-changes", changes)
