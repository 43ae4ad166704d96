"""EventBridge as AWS delivers: across accounts and Regions, later, and only where every policy lets it."""

from __future__ import annotations

from typing import Any

from local_aws.eventbridge import api, bus_policy, patterns
from local_aws.eventbridge.router import Router
from local_aws.world import World


def install(world: World) -> Router:
    """Replace moto's delivery, take the events that services make, and tell the control API what was delivered."""
    router = Router(world)
    patterns.install()
    bus_policy.install()
    api.install(world, router)
    world.listeners.append(router.put_service_event)

    def emit(arguments: dict[str, Any]) -> dict[str, str]:
        missing = [name for name in ("account", "region", "source", "detail-type", "detail") if name not in arguments]
        if missing:
            raise ValueError(f"an event needs {', '.join(missing)}")
        event_id = world.emit(
            arguments["account"],
            arguments["region"],
            source=arguments["source"],
            detail_type=arguments["detail-type"],
            detail=arguments["detail"],
            resources=arguments.get("resources", []),
        )
        return {"event_id": event_id}

    world.control.add("POST", "events/emit", emit)
    world.control.add("GET", "deliveries", lambda _: [delivery.as_json() for delivery in router.deliveries])
    return router
