"""Reads evidence from plain JSON: what `demo.collect` gathered, or a timeline.json."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from demo import strategy
from demo.evidence import (
    Decision,
    Delivery,
    Evidence,
    Interruption,
    Outage,
    Point,
    ServiceId,
    TargetPoint,
    Update,
)


def read(raw: Mapping[str, Any]) -> Evidence:
    """Evidence from what `demo.collect` gathered, or from a timeline.json of an earlier run."""
    timeline = raw["timeline"]
    return Evidence(
        scenario=raw["scenario"],
        loss_at=raw["loss_at"],
        return_at=raw["return_at"],
        ended_at=raw["ended_at"],
        automation_role=raw["automation_role"],
        queues=tuple(raw["queues"]),
        points={service_id(entry): _points(entry["points"]) for entry in timeline["services"]},
        outages=tuple(outage for pool in timeline["spot"] for outage in _outages(pool)),
        updates=updates(raw["service_updates"]),
        deliveries=tuple(
            Delivery(
                entry["time"],
                entry["target_arn"],
                entry["event_id"],
                entry["detail_type"],
                entry["outcome"],
                entry.get("reason") or "",
            )
            for entry in raw["deliveries"]
            if entry["time"] <= raw["ended_at"]
        ),
        decisions=tuple(_decision(entry) for entry in raw["decisions"]),
        errors=tuple(raw["errors"]),
        phases={record_id(entry): entry["phase"] for entry in raw["records"] if "phase" in entry},
        dead_letters=raw["dead_letters"],
        targets=_targets(raw["target_groups"], timeline["target_groups"]),
        interruptions=tuple(
            Interruption(entry["t"], service_id(entry), entry["tasks"]) for entry in timeline["interruptions"]
        ),
    )


def updates(entries: Iterable[Mapping[str, Any]]) -> tuple[Update, ...]:
    """The changes of services that ECS accepted, in order of time."""
    found = [_update(entry) for entry in entries]
    return tuple(sorted(found, key=lambda update: update.at))


def service_id(entry: Mapping[str, Any]) -> ServiceId:
    """The service that an entry of local_aws or a log line is about."""
    return ServiceId(entry["account"], entry["region"], entry["cluster"], entry["service"])


def record_id(record: Mapping[str, Any]) -> ServiceId:
    """The service that a record of the state table is about."""
    account, cluster, service = record["id"].split("::")
    return ServiceId(account, record["region"], cluster, service)


def _points(entries: list[Mapping[str, Any]]) -> tuple[Point, ...]:
    return tuple(
        Point(
            entry["t"],
            entry["desired"],
            {provider: tasks for provider, tasks in entry["running"].items() if tasks},
            strategy.parse(entry["strategy"]),
        )
        for entry in entries
    )


def _targets(
    members: Iterable[Mapping[str, Any]], groups: Iterable[Mapping[str, Any]]
) -> dict[ServiceId, tuple[TargetPoint, ...]]:
    courses = {
        group["target_group"]: tuple(
            TargetPoint(point["t"], point["healthy"], point["initial"] + point["unhealthy"], point["draining"])
            for point in group["points"]
        )
        for group in groups
    }
    return {service_id(entry): courses.get(entry["target_group"], ()) for entry in members}


def _outages(pool: Mapping[str, Any]) -> list[Outage]:
    points = pool["points"]
    ends = [point["t"] for point in points[1:]] + [None]
    return [
        Outage(pool["account"], pool["region"], point["t"], end, point["capacity"])
        for point, end in zip(points, ends, strict=True)
        if point["capacity"] is not None
    ]


def _update(entry: Mapping[str, Any]) -> Update:
    return Update(
        entry["time"],
        service_id(entry),
        entry["api"],
        entry["principal_arn"] or "",
        strategy.parse(entry["strategy"] or ()),
        bool(entry["force_new_deployment"]),
        entry["desired"],
    )


def _decision(entry: Mapping[str, Any]) -> Decision:
    named = all(entry.get(key) for key in ("account", "region", "cluster", "service"))
    return Decision(
        entry["time"],
        entry["function"],
        entry["action"],
        entry["reason"],
        service_id(entry) if named else None,
        entry.get("event_id"),
    )
