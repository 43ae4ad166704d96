"""The control API's route for autoscaling: the load of a service."""

from __future__ import annotations

from typing import Any

from local_aws.autoscaling.load import Load
from local_aws.autoscaling.scaler import Scaler
from local_aws.ecs.control_routes import text
from local_aws.ecs.service import Key
from local_aws.world import World


def add_routes(world: World, scaler: Scaler) -> None:
    """Register the route."""

    def service_load(arguments: dict[str, Any]) -> dict[str, Any]:
        """Set how many tasks a service's work keeps busy in full; what is left out is not measured."""
        key = Key(*(text(arguments, name) for name in ("account", "region", "cluster", "service")))
        load = Load(_tasks(arguments, "cpu"), _tasks(arguments, "memory"))
        with world.lock:
            if not scaler.exists(key):
                raise ValueError(f"there is no service {key.arn}")
            scaler.loads.set(key, load)
        return {}

    world.control.add("POST", "service-load", service_load)


def _tasks(arguments: dict[str, Any], name: str) -> float | None:
    value = arguments.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise ValueError(f"{name} must be null or a number of tasks from 0 up, not {value!r}")
    return float(value)
