"""What the restore tick and the events do with the pools of services.

A pool is written before a restore of it begins. How the restore ends is read off the services' records at the next
tick, so a crash in between loses nothing: an entry whose service no longer tries is settled by what its record says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from spot_failover.core.errors import ConflictError, GoneError, RefusedError, SpotFailoverError, TransientError
from spot_failover.core.lifecycle import INTENT_LIMIT
from spot_failover.core.policy import Policy
from spot_failover.core.pool import Pool, PoolKey
from spot_failover.core.reason import Reason
from spot_failover.core.record import Phase, Record
from spot_failover.core.service_key import ServiceKey
from spot_failover.flow.report import Reporter
from spot_failover.flow.worker import Worker

UNCONFIRMED = timedelta(minutes=15)
"""For how long an entry is left alone whose service has not begun to try: its worker may be about to."""


class _End(Enum):
    PROVEN = auto()
    FAILED = auto()
    NOTHING_LEARNED = auto()


@dataclass(frozen=True)
class _Try:
    """What has become of a service that tries; no `end`: it still does."""

    record_id: str
    ended_at: datetime
    end: _End | None


def pool_keys(record: Record, policy: Policy) -> tuple[PoolKey, ...]:
    """The pools that the baseline of a record draws from."""
    active = record.baseline.active_among(policy.spot_providers)
    return tuple(PoolKey.of(record.key, item.provider) for item in active)


class PoolBook:
    """The pools of one invocation, each read and settled once.

    Without a reporter nobody is told of probes that can't be looked at: for who asks about pools and restores nothing.
    """

    def __init__(self, worker: Worker, reporter: Reporter | None = None) -> None:
        self._worker = worker
        self._reporter = reporter
        self._pools: dict[PoolKey, Pool] = {}
        self._probes: dict[ServiceKey, datetime | None] = {}

    def settled(self, keys: Iterable[PoolKey], policy: Policy) -> tuple[Pool, ...]:
        """The pools, after what has become of the services that tried."""
        for key in keys:
            if key not in self._pools:
                pool = self._read(key)
                settled = self._settle(pool, policy)
                self._pools[key] = self._worker.shared.put_pool(settled) if settled != pool else pool
        return tuple(self._pools[key] for key in keys)

    def probes(self, pools: Iterable[Pool]) -> Mapping[PoolKey, datetime | None]:
        """Of the pools that have a probe service: since when its task has run on Spot; None: it does not."""
        now = self._worker.now()
        found = {}
        for pool in pools:
            probe = pool.probe_at(now)
            if probe is None:
                continue
            if probe not in self._probes:
                self._probes[probe] = self._runs_since(probe, pool.key.provider)
            found[pool.key] = self._probes[probe]
        return found

    def _runs_since(self, probe: ServiceKey, provider: str) -> datetime | None:
        try:
            tasks = self._worker.services.tasks(probe)
        except GoneError:
            # The pool's restores wait until the probe is forgotten: the sweep has not seen it for long.
            return None
        except SpotFailoverError as error:
            # The pool's restores wait, for as long as this lasts, and all else about its services goes on.
            if self._reporter is not None:
                self._reporter.unfinished(error, probe)
            return None
        times = [task.started_at for task in tasks if task.runs and task.provider == provider]
        return min((at for at in times if at is not None), default=None)

    def seen_probe(self, service: ServiceKey, providers: Iterable[str]) -> None:
        """The sweep has seen a probe service."""
        for provider in providers:
            key = PoolKey.of(service, provider)
            pool = self._pools.get(key) or self._read(key)
            probed = pool.probed(service, self._worker.now())
            self._pools[key] = self._worker.shared.put_pool(probed) if probed is not pool else pool

    def start(self, service: ServiceKey, pools: Iterable[Pool], takes: timedelta) -> None:
        """Write down that a service tries, which takes so long at most.

        Raises
        ------
        ConflictError
            Another worker wrote a pool since it was read: left to the next tick.
        """
        for pool in pools:
            if service.record_id in pool.proving:
                continue
            now = self._worker.now()
            try:
                self._pools[pool.key] = self._worker.shared.put_pool(pool.started(service, now).wanted(now + takes))
            except ConflictError:
                self._pools.pop(pool.key, None)
                raise

    def wanted(self, pools: Iterable[Pool], at_least_until: datetime) -> None:
        """A failed-over service waits: while one does, an open breaker stays so."""
        for pool in pools:
            wanted = pool.wanted(at_least_until)
            if wanted is pool:
                continue
            try:
                self._pools[pool.key] = self._worker.shared.put_pool(wanted)
            except (ConflictError, TransientError):
                # The next look writes it, long before it counts.
                self._pools.pop(pool.key, None)

    def note_shortage(self, services: Sequence[ServiceKey], providers: Iterable[str], policy: Policy) -> None:
        """Fresh placement failures of these providers, of services of one cluster: their pools' next canaries wait."""
        for provider in providers:
            key = PoolKey.of(services[0], provider)
            try:
                told = pool = self._pools.get(key) or self._read(key)
                for service in services:
                    told = told.shortage_told(service, policy.restore, self._worker.now())
                self._pools[key] = self._worker.shared.put_pool(told) if told is not pool else pool
            except SpotFailoverError:
                # The failovers come first. A conflict is with news that say as much; for the rest a canary goes early.
                self._pools.pop(key, None)

    def _read(self, key: PoolKey) -> Pool:
        return self._worker.shared.pool(key).at(self._worker.now())

    def _settle(self, pool: Pool, policy: Policy) -> Pool:
        """The pool after all that has become of its services, in the order in which it did."""
        tries = [self._try(pool, record_id, since) for record_id, since in pool.proving.items()]
        for one in sorted(tries, key=lambda one: one.ended_at):
            match one.end:
                case _End.PROVEN:
                    pool = pool.proven(one.record_id, one.ended_at)
                case _End.FAILED:
                    pool = pool.failed(one.record_id, policy.restore, self._worker.chance(), one.ended_at)
                case _End.NOTHING_LEARNED:
                    pool = pool.dropped(one.record_id)
        return pool

    def _try(self, pool: Pool, record_id: str, since: datetime) -> _Try:
        now = self._worker.now()
        try:
            record = self._worker.records.get(ServiceKey.from_record_id(record_id, pool.key.region))
        except RefusedError:
            # The tick tells of an item that can't be read; the pool's other services need not wait for a person.
            return _Try(record_id, now, _End.NOTHING_LEARNED if now - since > UNCONFIRMED else None)
        at = record.phase_since
        ended_at = at if at is not None and at >= since else None
        match record.phase:
            case Phase.PROVING:
                return _Try(record_id, now, None)
            case Phase.RESTORING:
                refused = at is not None and now - at > INTENT_LIMIT + record.shift_takes
                return _Try(record_id, now, _End.NOTHING_LEARNED if refused else None)
            case Phase.CLOSED if record.reason == Reason.RESTORED and ended_at is not None:
                return _Try(record_id, ended_at, _End.PROVEN)
            case Phase.FAILING_OVER | Phase.FAILED_OVER if (
                record.reason == Reason.RESTORE_FAILED and ended_at is not None
            ):
                return _Try(record_id, ended_at, _End.FAILED)
        over = ended_at is not None or now - since > UNCONFIRMED
        return _Try(record_id, now, _End.NOTHING_LEARNED if over else None)
