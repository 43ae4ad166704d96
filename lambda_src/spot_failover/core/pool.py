"""The breaker of a Spot pool: after a failed restore, one service tries for all the others.

A pool is where Spot capacity comes from: account, Region and provider, for Auto Scaling group providers the cluster
too. Pools are never shared between accounts, so no account can hold back another's restores.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from spot_failover.core.backoff import restore_delay
from spot_failover.core.policy import RestorePolicy
from spot_failover.core.reason import Reason
from spot_failover.core.service_key import ServiceKey

TOLD_AGAIN_AFTER = timedelta(hours=1)
"""How often one service's placement failures may postpone the canary: a single service must not hold up the pool."""
WORTH_WRITING = timedelta(minutes=1)
"""A storm of failures tells the same over and over: less than this is not postponed, nor its teller remembered."""
KEEP = timedelta(days=30)
"""How long an unused pool is remembered."""
PROBE_KEPT = timedelta(hours=2)
"""A probe that no sweep has seen for so long is gone: nothing waits for it."""
UNCLAIMED_AFTER = timedelta(minutes=15)
"""Restore ticks are no further apart: after so long no service of the pool could take the canary's turn."""
WANTED_FOR = timedelta(hours=1)
"""How much longer an open breaker counts than a service is known to want it: ticks may be late, or fail."""
SHARED_PROVIDERS = frozenset({"FARGATE_SPOT"})
"""Providers whose capacity all clusters of an account and Region share; any other belongs to one cluster."""


@dataclass(frozen=True, order=True)
class PoolKey:
    """Which pool."""

    account: str
    region: str
    provider: str
    cluster: str = ""
    """Empty for Fargate."""

    @classmethod
    def of(cls, service: ServiceKey, provider: str) -> PoolKey:
        """The pool that a provider of a service draws from."""
        return cls(service.account, service.region, provider, "" if provider in SHARED_PROVIDERS else service.cluster)

    @property
    def record_id(self) -> str:
        """Hash key of its item in the state table: no service can have it, since `pool` is no account."""
        return f"pool::{self.account}::{self.cluster}::{self.provider}"

    def __str__(self) -> str:
        where = f" of cluster {self.cluster}" if self.cluster else ""
        return f"Spot pool {self.provider}{where} in account {self.account}, Region {self.region}"


@dataclass(frozen=True)
class Pool:
    """What is known of a pool.

    Closed: restores go ahead. Open: one canary at a time, and not before `next_canary_at`.
    """

    key: PoolKey
    open: bool = False
    failures: int = 0
    """Failed canaries in a row."""
    opened_at: datetime | None = None
    next_canary_at: datetime | None = None
    latest_canary_at: datetime | None = None
    """However often the next canary is postponed, it goes by then."""
    last_failed: str = ""
    """Record id of the service whose restore failed last, where none was proven since: another goes first."""
    wanted_until: datetime | None = None
    """Until when an open breaker counts: a service tries or waits until then. None: written by an earlier version."""
    proving: Mapping[str, datetime] = field(default_factory=dict)
    """Record ids of the services that try right now, and since when."""
    told: Mapping[str, datetime] = field(default_factory=dict)
    """When each service's placement failure last postponed the canary."""
    probe: str = ""
    """Record id of the service that shows whether the pool has capacity; empty: none."""
    probe_seen_at: datetime | None = None
    """When the sweep last saw it."""
    version: int = 0
    expires_at: datetime | None = None

    def at(self, now: datetime) -> Pool:
        """The pool as it counts now: the table deletes late what has expired.

        An open breaker closes once nobody has tried or waited for a while: what it tells of Spot is old, and no canary
        would come to tell otherwise. Until one is proven, services still try one at a time: `refusal`.
        """
        if self.expires_at is not None and self.expires_at <= now:
            return Pool(self.key, version=self.version)
        until = self.wanted_until or self.latest_canary_at
        return _closed(self) if self.open and until is not None and until <= now else self

    def refusal(self, service: ServiceKey, policy: RestorePolicy, now: datetime) -> Reason | None:
        """Why a service may not try now; None where it may."""
        if service.record_id in self.proving:
            return None
        if not self.open:
            most = 1 if self.last_failed else policy.max_proving
            return Reason.POOL_BUSY if len(self.proving) >= most else None
        if self.proving:
            return Reason.POOL_OPEN
        return Reason.POOL_OPEN if self.next_canary_at is not None and now < self.next_canary_at else None

    def holds_up_at_zero(self, now: datetime) -> bool:
        """Whether a service that wants no tasks waits for another to try: not, once nobody took the canary's turn."""
        if not self.open:
            return False
        if self.proving:
            return True
        return self.next_canary_at is not None and now - self.next_canary_at < UNCLAIMED_AFTER

    def started(self, service: ServiceKey, now: datetime) -> Pool:
        """A service tries."""
        return replace(self, proving={**self.proving, service.record_id: now}, expires_at=now + KEEP)

    def proven(self, record_id: str, now: datetime) -> Pool:
        """A service has shown that the pool carries it: the breaker closes."""
        return replace(_closed(self._without(record_id)), last_failed="", expires_at=now + KEEP)

    def failed(self, record_id: str, policy: RestorePolicy, chance: float, now: datetime) -> Pool:
        """A service has failed: the breaker opens, or stays open for longer."""
        since = self.proving.get(record_id)
        if self.open and self.opened_at is not None and since is not None and since < self.opened_at:
            # No canary: it began before the breaker opened, and fails with the others that did.
            return replace(self._without(record_id), last_failed=record_id)
        next_canary_at = now + restore_delay(policy, self.failures, chance)
        return replace(
            self._without(record_id),
            open=True,
            failures=self.failures + 1,
            opened_at=self.opened_at or now,
            next_canary_at=next_canary_at,
            latest_canary_at=next_canary_at + policy.max_postpone,
            last_failed=record_id,
            wanted_until=now + policy.max_delay + WANTED_FOR,
            expires_at=now + KEEP,
        )

    def wanted(self, at_least_until: datetime) -> Pool:
        """A service tries, or waits for its turn. Itself, where nothing changes that is worth writing."""
        until = at_least_until + WANTED_FOR
        known = self.wanted_until is not None and until - self.wanted_until < WANTED_FOR / 4
        return self if known or not self.open else replace(self, wanted_until=until)

    def probed(self, service: ServiceKey, now: datetime) -> Pool:
        """The sweep has seen a probe service. Itself, where that was written down lately."""
        fresh = self.probe_seen_at is not None and now - self.probe_seen_at < PROBE_KEPT / 4
        if fresh and self.probe == service.record_id:
            return self
        return replace(self, probe=service.record_id, probe_seen_at=now, expires_at=now + KEEP)

    def probe_at(self, now: datetime) -> ServiceKey | None:
        """The probe service, where the sweep has seen it lately."""
        if self.probe_seen_at is None or now - self.probe_seen_at >= PROBE_KEPT:
            return None
        return ServiceKey.from_record_id(self.probe, self.key.region)

    def dropped(self, record_id: str) -> Pool:
        """A service tries no more, and nothing was learned from it."""
        return self._without(record_id)

    def shortage_told(self, service: ServiceKey, policy: RestorePolicy, now: datetime) -> Pool:
        """A fresh placement failure: Spot is still out, so the next canary waits. Itself, where nothing changes."""
        if not self.open or self.next_canary_at is None or self.latest_canary_at is None:
            return self
        last = self.told.get(service.record_id)
        if last is not None and now - last < TOLD_AGAIN_AFTER:
            return self
        later = min(max(self.next_canary_at, now + policy.initial_delay), self.latest_canary_at)
        if later - self.next_canary_at < WORTH_WRITING:
            return self
        recent = {record_id: at for record_id, at in self.told.items() if now - at < TOLD_AGAIN_AFTER}
        return replace(self, next_canary_at=later, told={**recent, service.record_id: now})

    def _without(self, record_id: str) -> Pool:
        return replace(self, proving={other: since for other, since in self.proving.items() if other != record_id})


def _closed(pool: Pool) -> Pool:
    return replace(
        pool,
        open=False,
        failures=0,
        opened_at=None,
        next_canary_at=None,
        latest_canary_at=None,
        wanted_until=None,
        told={},
    )
