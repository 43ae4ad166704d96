"""What services share, in the state table: pools, and the failovers of an account's hour."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from spot_failover.aws.items import epoch, from_epoch, item, time_map, times, values
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
        stored = self._table.get(key.record_id, key.region, key)
        return _decode_pool(key, values(stored)) if stored else Pool(key)

    def put_pool(self, pool: Pool) -> Pool:
        """See `Shared.put_pool`."""
        written = replace(pool, version=pool.version + 1)
        self._table.put(_encode_pool(written), pool.version, pool.key)
        return written

    def budget(self, account: str, now: datetime) -> FailoverBudget:
        """See `Shared.budget`."""
        empty = FailoverBudget(account, hour_of(now))
        stored = self._table.get(empty.record_id, NO_REGION, f"failovers of account {account}")
        if not stored:
            return empty
        plain = values(stored)
        try:
            return replace(
                empty,
                hour=datetime.fromisoformat(plain["hour"]),
                used=int(plain["used"]),
                counted=tuple(plain.get("counted", ())),
                version=int(plain["version"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise _unreadable(f"failovers of account {account}", empty.record_id, error) from error

    def put_budget(self, budget: FailoverBudget) -> FailoverBudget:
        """See `Shared.put_budget`."""
        written = replace(budget, version=budget.version + 1)
        self._table.put(
            item(
                {
                    "id": written.record_id,
                    "region": NO_REGION,
                    "hour": written.hour,
                    "used": written.used,
                    "counted": list(written.counted),
                    "version": written.version,
                    "expires_at": epoch(written.expires_at),
                }
            ),
            budget.version,
            f"failovers of account {budget.account}",
        )
        return written


_POOL_TIMES = ("opened_at", "next_canary_at", "latest_canary_at", "wanted_until", "probe_seen_at")
_POOL_MAPS = ("proving", "told")
_POOL_TEXTS = ("last_failed", "probe")
_POOL_COUNTS = ("failures", "version")


def _encode_pool(pool: Pool) -> dict[str, Any]:
    return item(
        {
            "id": pool.key.record_id,
            "region": pool.key.region,
            "open": pool.open,
            "expires_at": epoch(pool.expires_at),
            **{name: getattr(pool, name) for name in (*_POOL_TIMES, *_POOL_MAPS, *_POOL_TEXTS, *_POOL_COUNTS)},
        }
    )


def _decode_pool(key: PoolKey, plain: Mapping[str, Any]) -> Pool:
    try:
        fields: dict[str, Any] = {**times(plain, _POOL_TIMES)}
        fields |= {name: time_map(plain, name) for name in _POOL_MAPS}
        fields |= {name: str(plain.get(name, "")) for name in _POOL_TEXTS}
        fields |= {name: int(plain[name]) for name in _POOL_COUNTS}
        return Pool(key, open=bool(plain["open"]), expires_at=from_epoch(plain, "expires_at"), **fields)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _unreadable(key, key.record_id, error) from error


def _unreadable(subject: object, record_id: str, error: Exception) -> RefusedError:
    return RefusedError(
        f"{subject}: its item {record_id} of the state table can't be read ({error!r}): delete it; it is made anew"
    )
