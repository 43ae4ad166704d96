"""What people are told of, in the state table: incidents of pools, beside the alerts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from spot_failover.aws.alert_table import AlertTable, unreadable
from spot_failover.aws.items import epoch, from_epoch, item, times, values
from spot_failover.aws.record_codec import lease_fields, lease_of
from spot_failover.core.incident import Incident, Member, Stage
from spot_failover.core.pool import PoolKey

INCIDENT_PARTITION = "incident"
"""Hash key, in the index of what is due, of open incidents."""
_TIMES = ("opened_at", "grew_at", "quiet_since", "looked_at")
_COUNTS = ("beyond", "seen", "most", "told_of", "version")


class IncidentTable(AlertTable):
    """The port `Incidents` on a DynamoDB table."""

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
            **lease_fields(incident.lease),
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
        raise unreadable(f"incident of {empty.pool}", empty.record_id, error) from error


def _encode_member(member: Member) -> dict[str, Any]:
    return {"since": member.since, "tasks": member.tasks, "reason": member.reason}


def _decode_member(plain: Mapping[str, Any]) -> Member:
    return Member(datetime.fromisoformat(plain["since"]), int(plain["tasks"]), str(plain["reason"]))
