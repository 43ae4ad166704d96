"""What happened: the course of every service and pool, and who changed services. Run-length: a point per change."""

from __future__ import annotations

from typing import Any

from local_aws.ecs import strategy as strategies
from local_aws.ecs.pools import PoolKey
from local_aws.ecs.service import Key, Service

Point = dict[str, Any]


class History:
    """Points in time for the control API; ``t`` and ``time`` are epoch seconds."""

    def __init__(self) -> None:
        self._services: dict[Key, list[Point]] = {}
        self._pools: dict[PoolKey, list[Point]] = {}
        self._updates: list[dict[str, Any]] = []
        self._interruptions: list[Point] = []

    def service(self, service: Service, now: float) -> None:
        """Note the service as it is; without effect when nothing is different from the last point."""
        gone = service.status == "INACTIVE"
        point = {
            "desired": 0 if gone else service.desired_count,
            "running": service.running_by_provider(),
            "strategy": strategies.to_wire(service.revision.strategy),
            "deployment_id": service.primary.id,
        }
        if service.controller == "EXTERNAL":
            point["task_sets"] = [unit.summary() for unit in service.task_sets]
        _append(self._services.setdefault(service.key, []), now, point)

    def capacity(self, key: PoolKey, capacity: int | None, now: float) -> None:
        """Note a pool's capacity."""
        _append(self._pools.setdefault(key, []), now, {"capacity": capacity})

    def interruption(self, service: Service, now: float) -> None:
        """Note that a task of the service got its notice."""
        where = identity(service.key)
        last = self._interruptions[-1] if self._interruptions else None
        if last is not None and last == {"t": now, **where, "tasks": last["tasks"]}:
            last["tasks"] += 1
        else:
            self._interruptions.append({"t": now, **where, "tasks": 1})

    def update(self, service: Service, api: str, principal_arn: str, *, forced: bool, now: float) -> None:
        """Note an accepted CreateService or UpdateService, or a change of a task set, which has its id beside it."""
        task_set = {} if service.owner is service else {"task_set": service.primary.id}
        self._updates.append(
            {
                "time": now,
                **identity(service.key),
                "api": api,
                "principal_arn": principal_arn,
                "strategy": strategies.to_wire(service.revision.strategy),
                "force_new_deployment": forced,
                "desired": service.owner.desired_count,
                **task_set,
            }
        )

    def timeline(self) -> dict[str, Any]:
        """All points of services and pools, and how many tasks got a notice when."""
        return {
            "services": [{**identity(key), "points": list(points)} for key, points in self._services.items()],
            "spot": [{**_pool(key), "points": list(points)} for key, points in self._pools.items()],
            "interruptions": [dict(item) for item in self._interruptions],
        }

    def updates(self) -> list[dict[str, Any]]:
        """Every accepted CreateService and UpdateService, oldest first."""
        return list(self._updates)


def identity(key: Key) -> dict[str, str]:
    """How the control API names a service."""
    return {"account": key.account, "region": key.region, "cluster": key.cluster, "service": key.name}


def _pool(key: PoolKey) -> dict[str, str]:
    account, region, provider, cluster = key
    where = {"account": account, "region": region, "provider": provider}
    return where if cluster is None else {**where, "cluster": cluster}


def _append(points: list[Point], now: float, content: Point) -> None:
    if points and {name: value for name, value in points[-1].items() if name != "t"} == content:
        return
    points.append({"t": now, **content})
