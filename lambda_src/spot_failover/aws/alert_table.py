"""Alerts that are to be told, in the state table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from spot_failover.aws.items import epoch, from_epoch, item, time_map, times, values
from spot_failover.aws.record_codec import lease_fields, lease_of
from spot_failover.aws.table import Table
from spot_failover.core.alert_group import AlertGroup, AlertKey
from spot_failover.core.errors import RefusedError

ALERT_PARTITION = "alert"
"""Hash key, in the index of what is due, of alerts that are to be told."""


class AlertTable:
    """The port `Alerts` on a DynamoDB table."""

    def __init__(self, dynamodb: Any, table: str, new_id: Callable[[], str]) -> None:
        # Noting an alert twice changes nothing, and `journal.MARGIN` leaves no time for another look.
        self._table = Table(dynamodb, table, new_id, looks_again=False)

    def due_alerts(self, now: datetime) -> Iterator[AlertKey]:
        """See `Alerts.due_alerts`."""
        for entry in self._table.partition(ALERT_PARTITION, epoch(now)):
            _, _, account, reason = entry.record_id.split("::")
            yield AlertKey(account, entry.region, reason)

    def alerts(self, key: AlertKey) -> AlertGroup:
        """See `Alerts.alerts`."""
        empty = AlertGroup(key)
        stored = self._table.get(key.record_id, key.region, key)
        return _decode_alerts(empty, values(stored)) if stored else empty

    def put_alerts(self, group: AlertGroup) -> AlertGroup:
        """See `Alerts.put_alerts`."""
        written = replace(group, version=group.version + 1)
        self._table.put(_encode_alerts(written), group.version, group.key)
        return written


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
            **lease_fields(group.lease),
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
        raise unreadable(empty.key, empty.key.record_id, error) from error


def unreadable(subject: object, record_id: str, error: Exception) -> RefusedError:
    """What is said of an item that this product has not written."""
    return RefusedError(
        f"{subject}: its item {record_id} of the state table can't be read ({error!r}): delete it; it is made anew"
    )
