"""What people are told of, in the state table: incidents of pools, and alerts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from spot_failover.aws.items import epoch, from_epoch, item, time_map, times, values
from spot_failover.aws.record_codec import lease_of
from spot_failover.aws.table import Table
from spot_failover.core.alert_group import AlertGroup, AlertKey
from spot_failover.core.errors import RefusedError
from spot_failover.core.incident import Incident, Member, Stage
from spot_failover.core.pool import PoolKey
from spot_failover.core.record import Lease

INCIDENT_PARTITION = "incident"
"""Hash key, in the index of what is due, of open incidents."""
ALERT_PARTITION = "alert"
"""The same of alerts that are to be told."""
_TIMES = ("opened_at", "grew_at", "quiet_since", "looked_at")
_COUNTS = ("beyond", "seen", "most", "told_of", "version")


class IncidentTable:
    """The port `Incidents` on a DynamoDB table."""

    def __init__(self, dynamodb: Any, table: str, new_id: Callable[[], str]) -> None:
        self._table = Table(dynamodb, table, new_id)

    def open(self) -> Iterator[PoolKey]:
        """See `Incidents.open`."""
        for entry in self._table.partition(INCIDENT_PARTITION):
            _, _, account, cluster, provider = entry.record_id.split("::")
            yield PoolKey(account, entry.region, provider, cluster)

    def incident(self, pool: PoolKey) -> Incident:
        """See `Incidents.incident`."""
        empty = Incident(pool)
        stored = self._table.get(empty.record_id, pool.region, f"incident of {pool}")
        return _decode_incident(empty, values(stored)) if stored else empty

    def put_incident(self, incident: Incident) -> Incident:
        """See `Incidents.put_incident`."""
        written = replace(incident, version=incident.version + 1)
        self._table.put(_encode_incident(written), incident.version, f"incident of {incident.pool}")
        return written

    def due_alerts(self, now: datetime) -> Iterator[AlertKey]:
        """See `Incidents.due_alerts`."""
        for entry in self._table.partition(ALERT_PARTITION, epoch(now)):
            _, _, account, reason = entry.record_id.split("::")
            yield AlertKey(account, entry.region, reason)

    def alerts(self, key: AlertKey) -> AlertGroup:
        """See `Incidents.alerts`."""
        empty = AlertGroup(key)
        stored = self._table.get(key.record_id, key.region, key)
        return _decode_alerts(empty, values(stored)) if stored else empty

    def put_alerts(self, group: AlertGroup) -> AlertGroup:
        """See `Incidents.put_alerts`."""
        written = replace(group, version=group.version + 1)
        self._table.put(_encode_alerts(written), group.version, group.key)
        return written


def _encode_incident(incident: Incident) -> dict[str, Any]:
    return item(
        {
            "id": incident.record_id,
            "region": incident.pool.region,
            "services": {name: _encode_member(member) for name, member in incident.services.items()},
            "told": [str(stage) for stage in incident.told],
            "due_partition": INCIDENT_PARTITION if incident.open else None,
            "due_at": epoch(incident.opened_at),
            "expires_at": epoch(incident.expires_at),
            **_encode_lease(incident.lease),
            **{name: getattr(incident, name) for name in (*_TIMES, *_COUNTS)},
        }
    )


def _decode_incident(empty: Incident, plain: Mapping[str, Any]) -> Incident:
    try:
        fields: dict[str, Any] = {**times(plain, _TIMES)}
        fields |= {name: int(plain[name]) for name in _COUNTS}
        return replace(
            empty,
            services={name: _decode_member(each) for name, each in plain.get("services", {}).items()},
            told=tuple(Stage(stage) for stage in plain.get("told", ())),
            expires_at=from_epoch(plain, "expires_at"),
            lease=lease_of(plain),
            **fields,
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise _unreadable(f"incident of {empty.pool}", empty.record_id, error) from error


def _encode_member(member: Member) -> dict[str, Any]:
    return {"since": member.since, "tasks": member.tasks, "reason": member.reason}


def _decode_member(plain: Mapping[str, Any]) -> Member:
    return Member(datetime.fromisoformat(plain["since"]), int(plain["tasks"]), str(plain["reason"]))


def _encode_alerts(group: AlertGroup) -> dict[str, Any]:
    return item(
        {
            "id": group.key.record_id,
            "region": group.key.region,
            "waiting": group.waiting,
            "more": group.more,
            "told": group.told,
            "sent_at": group.sent_at,
            "version": group.version,
            "due_partition": ALERT_PARTITION if group.due_at is not None else None,
            "due_at": epoch(group.due_at),
            "expires_at": epoch(group.expires_at),
            **_encode_lease(group.lease),
        }
    )


def _decode_alerts(empty: AlertGroup, plain: Mapping[str, Any]) -> AlertGroup:
    try:
        return replace(
            empty,
            waiting={str(name): str(note) for name, note in plain.get("waiting", {}).items()},
            more=int(plain["more"]),
            told=time_map(plain, "told"),
            sent_at=times(plain, ("sent_at",))["sent_at"],
            expires_at=from_epoch(plain, "expires_at"),
            version=int(plain["version"]),
            lease=lease_of(plain),
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise _unreadable(empty.key, empty.key.record_id, error) from error


def _encode_lease(lease: Lease | None) -> dict[str, Any]:
    if lease is None:
        return {}
    return {"lease_owner": lease.owner, "lease_expires_at": lease.expires_at}


def _unreadable(subject: object, record_id: str, error: Exception) -> RefusedError:
    return RefusedError(
        f"{subject}: its item {record_id} of the state table can't be read ({error!r}): delete it; it is made anew"
    )
