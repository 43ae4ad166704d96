"""The record of a service as an item of the state table, and back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from spot_failover.aws.items import epoch, from_epoch, item, time_map, times, values
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
    "execution_at",
)
_COUNTS = ("version", "desired_at_switch", "failures", "rollbacks", "restores_that_day")
_TEXTS = ("reason", "deployment_id", "restore_day", "held_by", "execution")


def encode(record: Record) -> dict[str, Any]:
    """The item; what is empty is left out."""
    return item(
        {
            "id": record.key.record_id,
            "region": record.key.region,
            "phase": str(record.phase),
            "config": record.baseline.to_api(),
            "fallback": record.fallback.to_api(),
            "event": record.event,
            "stuck": record.stuck or None,
            "shift_minutes": record.shift_takes // timedelta(minutes=1) or None,
            "scheduled": record.phase is Phase.FAILED_OVER,
            "alerted": sorted(map(str, record.alerted)),
            "interrupted": record.interrupted,
            "due_partition": DUE_PARTITION if record.due_at is not None else None,
            "due_at": epoch(record.due_at),
            "expires_at": epoch(record.expires_at),
            **lease_fields(record.lease),
            **{name: getattr(record, name) for name in (*_TIMES, *_COUNTS, *_TEXTS)},
        }
    )


def decode(stored: Mapping[str, Any]) -> Record:
    """Inverse of `encode`.

    Raises
    ------
    RefusedError
        The item is none that this product has written.
    """
    plain: Mapping[str, Any] = {}
    try:
        plain = values(stored)
        fields: dict[str, Any] = {**times(plain, _TIMES)}
        fields |= {name: int(plain.get(name, 0)) for name in _COUNTS}
        fields |= {name: str(plain.get(name, "")) for name in _TEXTS}
        return Record(
            key=ServiceKey.from_record_id(plain["id"], plain["region"]),
            phase=Phase(plain["phase"]),
            baseline=Strategy.from_api(plain.get("config")),
            fallback=Strategy.from_api(plain.get("fallback")),
            event=plain.get("event", {}),
            stuck=bool(plain.get("stuck", False)),
            shift_takes=timedelta(minutes=int(plain.get("shift_minutes", 0))),
            alerted=_alerted(plain.get("alerted", [])),
            interrupted=time_map(plain, "interrupted"),
            due_at=from_epoch(plain, "due_at"),
            expires_at=from_epoch(plain, "expires_at"),
            lease=lease_of(plain),
            **fields,
        )
    except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise RefusedError(
            f"item {plain.get('id')!r}, Region {plain.get('region')!r}, of the state table can't be read ({error!r}): "
            "restore it from a backup, or delete it after setting the service's strategy by hand"
        ) from error


def _alerted(told: Any) -> frozenset[str]:
    """A single one stands as a text in items of earlier versions."""
    return frozenset({told} if isinstance(told, str) else map(str, told))


def lease_fields(lease: Lease | None) -> dict[str, Any]:
    """A lease as values of an item."""
    return {} if lease is None else {"lease_owner": lease.owner, "lease_expires_at": lease.expires_at}


def lease_of(plain: Mapping[str, Any]) -> Lease | None:
    """The lease in an item's plain values."""
    owner = plain.get("lease_owner")
    return Lease(str(owner), datetime.fromisoformat(plain["lease_expires_at"])) if owner else None
