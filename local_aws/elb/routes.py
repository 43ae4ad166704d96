"""The control API's routes for connections."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from local_aws.elb.connections import Connections, Place
from local_aws.elb.targets import TargetGroups
from local_aws.world import World

MOST = 100_000


def install(world: World, groups: TargetGroups) -> Connections:
    """Model connections in this world."""

    def later(seconds: float, action: Callable[[], None]) -> None:
        def run() -> None:
            with world.lock:
                action()

        world.clock.call_later(seconds, run, name="clients that connect again")

    connections = Connections(world.clock, groups, later)

    def open_some(arguments: dict[str, Any]) -> dict[str, int]:
        place, count = _place(arguments), arguments.get("count")
        if isinstance(count, bool) or not isinstance(count, int) or not 0 < count <= MOST:
            raise ValueError(f"count must be a number from 1 to {MOST}, not {count!r}")
        with world.lock:
            connected = connections.open(place, count)
        return {"open": connected, "waiting": count - connected}

    def close(_: dict[str, Any]) -> dict[str, Any]:
        with world.lock:
            connections.close()
        return {}

    def look(_: dict[str, Any]) -> dict[str, Any]:
        with world.lock:
            return connections.as_json()

    world.control.add("POST", "connections/open", open_some)
    world.control.add("POST", "connections/close", close)
    world.control.add("GET", "connections", look)
    return connections


def _place(arguments: dict[str, Any]) -> Place:
    port = arguments.get("port")
    if isinstance(port, bool) or not isinstance(port, int) or not 0 < port < 65_536:
        raise ValueError(f"port must be the number of a listener's port, not {port!r}")
    account, region, balancer = (_text(arguments, name) for name in ("account", "region", "load_balancer"))
    return Place(account, region, balancer, port)


def _text(arguments: dict[str, Any], name: str) -> str:
    value = arguments.get(name)
    if not isinstance(value, str) or not value:
        raise ValueError(f"{name} is missing: give it as text")
    return value
