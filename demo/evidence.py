"""What happened, as AWS's APIs and local_aws's observers told it: the only thing that figures are made from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from demo import strategy
from demo.strategy import Strategy


@dataclass(frozen=True, order=True)
class ServiceId:
    """Where an ECS service lives."""

    account: str
    region: str
    cluster: str
    name: str

    @property
    def label(self) -> str:
        """``shop/web``: enough where account and Region stand beside it."""
        return f"{self.cluster}/{self.name}"

    def __str__(self) -> str:
        return f"{self.label} ({self.account}, {self.region})"


@dataclass(frozen=True)
class Point:
    """A service from ``at`` (epoch seconds) until the next point."""

    at: float
    desired: int
    running: Mapping[str, int]
    strategy: Strategy

    @property
    def total(self) -> int:
        """Running tasks on all capacity providers."""
        return sum(self.running.values())

    def on(self, provider: str) -> int:
        """Running tasks on ``provider``."""
        return self.running.get(provider, 0)


@dataclass(frozen=True)
class Outage:
    """A time in which a pool could carry only ``capacity`` tasks; ``end`` is None while it lasts."""

    account: str
    region: str
    begin: float
    end: float | None
    capacity: int


@dataclass(frozen=True)
class Update:
    """A CreateService or UpdateService that ECS accepted; ``strategy`` is empty where the call left it as it was."""

    at: float
    service: ServiceId
    api: str
    principal: str
    strategy: Strategy
    forced: bool


@dataclass(frozen=True)
class Delivery:
    """An event that reached a target of a rule, or did not."""

    at: float
    target: str
    event_id: str
    detail_type: str
    outcome: str
    reason: str


@dataclass(frozen=True)
class Decision:
    """One decision, as a function logged it."""

    at: float
    function: str
    action: str
    reason: str
    service: ServiceId | None
    event_id: str | None


@dataclass(frozen=True)
class Evidence:
    """All of a run. ``loss_at`` and ``return_at`` are when Spot was taken away and given back.

    ``automation_role`` is the name of the role by which the automation acts in workload accounts, ``phases`` the phase
    of every record in the state table at the end, ``dead_letters`` the number of messages per dead-letter queue,
    ``errors`` what the functions' logs have as errors.
    """

    scenario: str
    loss_at: float
    return_at: float | None
    ended_at: float
    automation_role: str
    queues: tuple[str, ...]
    points: Mapping[ServiceId, tuple[Point, ...]]
    outages: tuple[Outage, ...]
    updates: tuple[Update, ...]
    deliveries: tuple[Delivery, ...]
    decisions: tuple[Decision, ...]
    errors: tuple[str, ...]
    phases: Mapping[ServiceId, str]
    dead_letters: Mapping[str, int]

    def by_automation(self, update: Update) -> bool:
        """Whether the automation made ``update``, by the principal that ECS saw."""
        return self.automation_role in update.principal.split("/")

    def updates_of(self, service: ServiceId) -> tuple[Update, ...]:
        """What the automation changed at ``service`` since Spot was taken away."""
        return tuple(
            update
            for update in self.updates
            if update.service == service and update.at >= self.loss_at and self.by_automation(update)
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
        ),
        decisions=tuple(_decision(entry) for entry in raw["decisions"]),
        errors=tuple(raw["errors"]),
        phases={record_id(entry): entry["phase"] for entry in raw["records"] if "phase" in entry},
        dead_letters=raw["dead_letters"],
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
