"""What people are told of, in memory, and what they were told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from spot_failover.core.alert_group import AlertGroup, AlertKey
from spot_failover.core.errors import ConflictError
from spot_failover.core.incident import Incident
from spot_failover.core.notification import Notification
from spot_failover.core.pool import PoolKey
from tests.doubles.faults import Faults


class InMemoryIncidents:
    """The port `Incidents`."""

    def __init__(self) -> None:
        self.faults = Faults()
        self.incidents: dict[PoolKey, Incident] = {}
        self.groups: dict[AlertKey, AlertGroup] = {}

    def open(self) -> Iterator[PoolKey]:
        yield from [pool for pool, incident in self.incidents.items() if incident.open]

    def incident(self, pool: PoolKey) -> Incident:
        self.faults.reach("incident", after=False)
        return self.incidents.get(pool, Incident(pool))

    def put_incident(self, incident: Incident) -> Incident:
        self.faults.reach("put_incident", after=False)
        if self.incidents.get(incident.pool, Incident(incident.pool)).version != incident.version:
            raise ConflictError(f"incident of {incident.pool}: written by another worker since it was read")
        self.incidents[incident.pool] = replace(incident, version=incident.version + 1)
        self.faults.reach("put_incident", after=True)
        return self.incidents[incident.pool]

    def due_alerts(self, now: datetime) -> Iterator[AlertKey]:
        yield from [key for key, group in self.groups.items() if group.due_at is not None and group.due_at <= now]

    def alerts(self, key: AlertKey) -> AlertGroup:
        return self.groups.get(key, AlertGroup(key))

    def put_alerts(self, group: AlertGroup) -> AlertGroup:
        if self.alerts(group.key).version != group.version:
            raise ConflictError(f"{group.key}: written by another worker since it was read")
        self.groups[group.key] = replace(group, version=group.version + 1)
        return self.groups[group.key]


class Inbox:
    """The port `Topic`."""

    def __init__(self) -> None:
        self.faults = Faults()
        self.messages: list[Notification] = []

    def publish(self, notification: Notification) -> None:
        self.faults.reach("publish", after=False)
        self.messages.append(notification)
        self.faults.reach("publish", after=True)
