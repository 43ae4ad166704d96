"""What services share, in the state table: pools, and the failovers of an account's hour."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from spot_failover.aws.table import Table
from spot_failover.core.budget import FailoverBudget, hour_of
from spot_failover.core.errors import RefusedError
from spot_failover.core.pool import Pool, PoolKey

NO_REGION = "-"
"""Range key of what concerns an account in all its Regions."""


class SharedItems:
    """The port `Shared` on a DynamoDB table."""

    def __init__(self, dynamodb: Any, table: str, new_id: Callable[[], str]) -> None:
        self._table = Table(dynamodb, table, new_id)

    def pool(self, key: PoolKey) -> Pool:
        """See `Shared.pool`."""
        item = self._table.get(key.record_id, key.region, key)
        return _decode_pool(key, _plain(item)) if item else Pool(key)

    def put_pool(self, pool: Pool) -> Pool:
        """See `Shared.put_pool`."""
        written = replace(pool, version=pool.version + 1)
        self._table.put(_encode_pool(written), pool.version, pool.key)
        return written

    def budget(self, account: str, now: datetime) -> FailoverBudget:
        """See `Shared.budget`."""
        empty = FailoverBudget(account, hour_of(now))
        item = self._table.get(empty.record_id, NO_REGION, f"failovers of account {account}")
        if not item:
            return empty
        plain = _plain(item)
        try:
            return replace(empty, hour=_time(plain["hour"]), used=int(plain["used"]), version=int(plain["version"]))
        except (KeyError, TypeError, ValueError) as error:
            raise _unreadable(f"failovers of account {account}", empty.record_id, error) from error

    def put_budget(self, budget: FailoverBudget) -> FailoverBudget:
        """See `Shared.put_budget`."""
        written = replace(budget, version=budget.version + 1)
        item = {
            "id": written.record_id,
            "region": NO_REGION,
            "hour": written.hour.isoformat(),
            "used": written.used,
            "version": written.version,
            "expires_at": int(written.expires_at.timestamp()),
        }
        self._table.put(_item(item), budget.version, f"failovers of account {budget.account}")
        return written


_POOL_TIMES = ("opened_at", "next_canary_at", "latest_canary_at")
_POOL_MAPS = ("proving", "told")


def _encode_pool(pool: Pool) -> dict[str, Any]:
    item: dict[str, Any] = {
        "id": pool.key.record_id,
        "region": pool.key.region,
        "open": pool.open,
        "failures": pool.failures,
        "last_failed": pool.last_failed,
        "version": pool.version,
        "expires_at": int(pool.expires_at.timestamp()) if pool.expires_at is not None else None,
    }
    for name in _POOL_TIMES:
        time = getattr(pool, name)
        item[name] = time.isoformat() if time is not None else None
    for name in _POOL_MAPS:
        item[name] = {record_id: at.isoformat() for record_id, at in getattr(pool, name).items()}
    return _item(item)


def _decode_pool(key: PoolKey, plain: Mapping[str, Any]) -> Pool:
    try:
        fields: dict[str, Any] = {name: _time(plain[name]) for name in _POOL_TIMES if name in plain}
        for name in _POOL_MAPS:
            fields[name] = {record_id: _time(at) for record_id, at in plain.get(name, {}).items()}
        return Pool(
            key,
            open=bool(plain["open"]),
            failures=int(plain["failures"]),
            last_failed=str(plain.get("last_failed", "")),
            version=int(plain["version"]),
            expires_at=datetime.fromtimestamp(int(plain["expires_at"]), UTC) if "expires_at" in plain else None,
            **fields,
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _unreadable(key, key.record_id, error) from error


def _unreadable(subject: object, record_id: str, error: Exception) -> RefusedError:
    return RefusedError(
        f"{subject}: its item {record_id} of the state table can't be read ({error!r}): delete it; it is made anew"
    )


def _item(values: Mapping[str, Any]) -> dict[str, Any]:
    serialize = TypeSerializer().serialize
    return {name: serialize(value) for name, value in values.items() if value not in (None, "", {})}


def _plain(item: Mapping[str, Any]) -> dict[str, Any]:
    deserialize = TypeDeserializer().deserialize
    return {name: deserialize(value) for name, value in item.items()}


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
