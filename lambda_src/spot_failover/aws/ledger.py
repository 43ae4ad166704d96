"""Who works on which service: a small table of its own, beside the state machine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from spot_failover.aws.items import epoch, from_epoch, item, values
from spot_failover.aws.table import Table
from spot_failover.core.errors import RefusedError
from spot_failover.core.scaledown_record import ScaledownRecord, plan_from, plan_text
from spot_failover.core.service_key import ServiceKey


class LedgerTable:
    """The port `Ledger` on a DynamoDB table."""

    def __init__(self, dynamodb: Any, table: str, new_id: Callable[[], str]) -> None:
        self._table = Table(dynamodb, table, new_id)

    def get(self, key: ServiceKey) -> ScaledownRecord:
        """See `Ledger.get`."""
        stored = self._table.get(key.record_id, key.region, key)
        return _decoded(key, values(stored)) if stored else ScaledownRecord(key)

    def put(self, record: ScaledownRecord) -> ScaledownRecord:
        """See `Ledger.put`."""
        written = replace(record, version=record.version + 1)
        self._table.put(_encoded(written), record.version, record.key)
        return written


def _encoded(record: ScaledownRecord) -> dict[str, Any]:
    return item(
        {
            "id": record.key.record_id,
            "region": record.key.region,
            "version": record.version,
            "owner": record.owner,
            "plan": plan_text(record.plan) if record.plan else "",
            "back_since": record.back_since,
            "last": record.last,
            "outcome": record.outcome,
            "note": record.note,
            "expires_at": epoch(record.expires_at),
        }
    )


def _decoded(key: ServiceKey, found: dict[str, Any]) -> ScaledownRecord:
    try:
        since = found.get("back_since")
        return ScaledownRecord(
            key=key,
            version=int(found["version"]),
            owner=str(found.get("owner", "")),
            plan=plan_from(found["plan"]) if "plan" in found else None,
            back_since=datetime.fromisoformat(since) if since else None,
            last=str(found.get("last", "")),
            outcome=str(found.get("outcome", "")),
            note=str(found.get("note", "")),
            expires_at=from_epoch(found, "expires_at"),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise RefusedError(
            f"{key}: its item can't be read ({error!r}). See with which version of the module it was written; delete "
            "the item once the service's task sets and listeners are in order"
        ) from error
