"""What the restore tick and the events do with the pools of services.

A pool is written before a restore of it begins. How the restore ends is read off the services' records at the next
tick, so a crash in between loses nothing: an entry whose service no longer tries is settled by what its record says.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from spot_failover.core.errors import ConflictError
from spot_failover.core.policy import Policy
from spot_failover.core.pool import Pool, PoolKey
from spot_failover.core.reason import Reason
from spot_failover.core.record import Phase, Record
from spot_failover.core.service_key import ServiceKey
from spot_failover.flow.worker import Worker

UNCONFIRMED = timedelta(minutes=15)
"""For how long an entry is left alone whose service has not begun to try: its worker may be about to."""


def pool_keys(record: Record, policy: Policy) -> tuple[PoolKey, ...]:
    """The pools that the baseline of a record draws from."""
    active = record.baseline.active_among(policy.spot_providers)
    return tuple(PoolKey.of(record.key, item.provider) for item in active)


class PoolBook:
    """The pools of one invocation, each read and settled once."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker
        self._pools: dict[PoolKey, Pool] = {}

    def settled(self, keys: Iterable[PoolKey], policy: Policy) -> tuple[Pool, ...]:
        """The pools, after what has become of the services that tried."""
        for key in keys:
            if key not in self._pools:
                pool = self._worker.shared.pool(key)
                settled = self._settle(pool, policy)
                self._pools[key] = self._worker.shared.put_pool(settled) if settled != pool else pool
        return tuple(self._pools[key] for key in keys)

    def start(self, service: ServiceKey, pools: Iterable[Pool]) -> None:
        """Write down that a service tries.

        Raises
        ------
        ConflictError
            Another worker wrote a pool since it was read: left to the next tick.
        """
        for pool in pools:
            if service.record_id in pool.proving:
                continue
            try:
                self._pools[pool.key] = self._worker.shared.put_pool(pool.started(service, self._worker.now()))
            except ConflictError:
                self._pools.pop(pool.key, None)
                raise

    def note_shortage(self, service: ServiceKey, providers: Iterable[str], policy: Policy) -> None:
        """A fresh placement failure of these providers: their pools' next canaries wait."""
        for provider in providers:
            key = PoolKey.of(service, provider)
            pool = self._pools.get(key) or self._worker.shared.pool(key)
            self._pools[key] = pool
            told = pool.shortage_told(service, policy.restore, self._worker.now())
            if told is not pool:
                try:
                    self._pools[key] = self._worker.shared.put_pool(told)
                except ConflictError:
                    # Another worker has just written the same, or news that say more.
                    self._pools.pop(key)

    def _settle(self, pool: Pool, policy: Policy) -> Pool:
        now = self._worker.now()
        for record_id, since in pool.proving.items():
            record = self._worker.records.get(ServiceKey.from_record_id(record_id, pool.key.region))
            ended_later = record.phase_since is not None and record.phase_since >= since
            match record.phase:
                case Phase.RESTORING | Phase.PROVING:
                    continue
                case Phase.CLOSED if record.reason == Reason.RESTORED and ended_later:
                    pool = pool.proven(record_id, now)
                case Phase.FAILING_OVER | Phase.FAILED_OVER if record.reason == Reason.RESTORE_FAILED and ended_later:
                    pool = pool.failed(record_id, policy.restore, self._worker.chance(), now)
                case _ if ended_later or now - since > UNCONFIRMED:
                    pool = pool.dropped(record_id)
        return pool
