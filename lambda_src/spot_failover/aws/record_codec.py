"""A record as an item of the state table.

Users read the attributes `id`, `region`, `config` (the baseline), `event` (what caused it), `scheduled` and `phase`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from spot_failover.core.errors import RefusedError
from spot_failover.core.record import Lease, Phase, Record
from spot_failover.core.service_key import ServiceKey
from spot_failover.core.strategy import Strategy

DUE_PARTITION = "due"
"""Hash key of the index of what is due; an item has it only while something is."""
_TIMES = (
    "phase_since",
    "restore_at",
    "not_before",
    "switched_at",
    "short_since",
    "proven_at",
    "held_until",
    "redeploy_requested_at",
    "redeployed_at",
)
_COUNTS = ("version", "desired_at_switch", "failures", "rollbacks", "restores_that_day")
_TEXTS = ("reason", "deployment_id", "restore_day", "alerted")


def encode(record: Record) -> dict[str, Any]:
    """The item; what is empty is left out."""
    item: dict[str, Any] = {
        "id": record.key.record_id,
        "region": record.key.region,
        "phase": str(record.phase),
        "config": record.baseline.to_api(),
        "fallback": record.fallback.to_api(),
        "event": {
            name: value.isoformat() if isinstance(value, datetime) else value for name, value in record.event.items()
        },
        "stuck": record.stuck or None,
        "scheduled": record.phase is Phase.FAILED_OVER,
        "due_partition": DUE_PARTITION if record.due_at is not None else None,
        "due_at": _epoch(record.due_at),
        "expires_at": _epoch(record.expires_at),
        "lease_owner": record.lease.owner if record.lease is not None else None,
        "lease_expires_at": record.lease.expires_at.isoformat() if record.lease is not None else None,
    }
    for name in _TIMES:
        time = getattr(record, name)
        item[name] = time.isoformat() if time is not None else None
    for name in (*_COUNTS, *_TEXTS):
        item[name] = getattr(record, name)
    serialize = TypeSerializer().serialize
    return {name: serialize(value) for name, value in item.items() if value not in (None, "", {}, [])}


def decode(item: Mapping[str, Any]) -> Record:
    """Inverse of `encode`.

    Raises
    ------
    RefusedError
        The item is none that this product has written.
    """
    deserialize = TypeDeserializer().deserialize
    plain = {name: deserialize(value) for name, value in item.items()}
    try:
        lease_owner = plain.get("lease_owner")
        fields: dict[str, Any] = {name: _time(plain.get(name)) for name in _TIMES}
        fields |= {name: int(plain.get(name, 0)) for name in _COUNTS}
        fields |= {name: str(plain.get(name, "")) for name in _TEXTS}
        return Record(
            key=ServiceKey.from_record_id(plain["id"], plain["region"]),
            phase=Phase(plain["phase"]),
            baseline=Strategy.from_api(plain.get("config")),
            fallback=Strategy.from_api(plain.get("fallback")),
            event=plain.get("event", {}),
            stuck=bool(plain.get("stuck", False)),
            due_at=_from_epoch(plain.get("due_at")),
            expires_at=_from_epoch(plain.get("expires_at")),
            lease=Lease(str(lease_owner), datetime.fromisoformat(plain["lease_expires_at"])) if lease_owner else None,
            **fields,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise RefusedError(
            f"item {plain.get('id')!r}, Region {plain.get('region')!r}, of the state table can't be read ({error!r}): "
            "restore it from a backup, or delete it after setting the service's strategy by hand"
        ) from error


def _epoch(time: datetime | None) -> int | None:
    return None if time is None else int(time.timestamp())


def _from_epoch(seconds: Decimal | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(int(seconds), UTC)


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
