"""An incident: services of one Spot pool that are on on-demand capacity at the same time, told as one thing.

Told at most three times: that it has begun, once that it has grown, and that it is over.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from spot_failover.core.pool import PoolKey
from spot_failover.core.record import Lease

OVER_AFTER = timedelta(minutes=10)
"""No service of the pool has been on on-demand for so long: a service that fails over meanwhile goes on with it."""
GROWN_BY = timedelta(minutes=30)
"""An incident that never stops growing is told again by then."""
MOST_SERVICES = 600
"""Services that an incident remembers by name: with the longest ones that ECS allows (255 characters each of cluster
and service) its item stays under DynamoDB's 400 KB."""
KEEP = timedelta(days=1)
TWINS = "on-demand twin"
"""In place of a pool's provider, for services whose on-demand twin is at work."""


class Stage(StrEnum):
    """What is told of an incident."""

    OPENED = "opened"
    GROWN = "grown"
    OVER = "over"


@dataclass(frozen=True)
class Member:
    """A service that is on on-demand capacity."""

    since: datetime
    tasks: int = 0
    """Tasks that it wanted when it was moved there, or that its twin has."""
    reason: str = ""


@dataclass(frozen=True)
class Incident:
    """The item of one pool. `version` counts its writes; 0 was never written."""

    pool: PoolKey
    opened_at: datetime | None = None
    """None: there is no incident."""
    services: Mapping[str, Member] = field(default_factory=dict)
    """Record ids of the services that are on on-demand now."""
    beyond: int = 0
    """Further ones, of which only the number is remembered."""
    seen: int = 0
    """Services that have been part of it, each as often as it came."""
    most: int = 0
    """Most services at once."""
    grew_at: datetime | None = None
    """When a service last came to it."""
    quiet_since: datetime | None = None
    """Since when no service is on on-demand."""
    looked_at: datetime | None = None
    told: tuple[Stage, ...] = ()
    told_of: int = 0
    """What `seen` was when something was last told."""
    lease: Lease | None = None
    """Who is telling right now."""
    version: int = 0
    expires_at: datetime | None = None

    @property
    def record_id(self) -> str:
        """Hash key of its item in the state table: no service can have it, since `incident` is no account."""
        return f"incident::{self.pool.record_id}"

    @property
    def open(self) -> bool:
        """Whether there is one."""
        return self.opened_at is not None

    @property
    def size(self) -> int:
        """Services that are on on-demand now."""
        return len(self.services) + self.beyond

    def seen_with(self, found: Mapping[str, Member], still: Collection[str], now: datetime) -> Incident:
        """The incident after a look: services that were looked at, and those of its own that are still on on-demand."""
        stay = {name: found.get(name, member) for name, member in self.services.items() if name in still}
        new = {name: member for name, member in found.items() if name not in stay}
        fit = dict(sorted(new.items())[: MOST_SERVICES - len(stay)])
        services, beyond = {**stay, **fit}, len(new) - len(fit)
        came = len(fit) + max(0, beyond - self.beyond)
        if not self.open and not services:
            return self
        return replace(
            self,
            opened_at=self.opened_at or now,
            services=services,
            beyond=beyond,
            seen=self.seen + came,
            most=max(self.most, len(services) + beyond),
            grew_at=now if came else self.grew_at,
            quiet_since=None if services else self.quiet_since or now,
            looked_at=now,
            expires_at=None,
        )

    def to_tell(self, now: datetime) -> Stage | None:
        """What is to be told now, if anything."""
        if self.opened_at is None:
            return None
        if self.quiet_since is not None and now - self.quiet_since >= OVER_AFTER:
            return Stage.OVER
        if Stage.OPENED not in self.told:
            return Stage.OPENED
        if Stage.GROWN in self.told or self.seen == self.told_of or not self.services:
            return None
        settled = self.grew_at is not None and self.grew_at < now
        return Stage.GROWN if settled or now - self.opened_at >= GROWN_BY else None

    def telling(self, lease: Lease) -> Incident:
        """Somebody is about to tell."""
        return replace(self, lease=lease)

    def told_now(self, stage: Stage, now: datetime) -> Incident:
        """The incident once a stage has been told; an empty item once that is its end."""
        if stage is Stage.OVER:
            return Incident(self.pool, version=self.version, expires_at=now + KEEP)
        return replace(self, told=(*self.told, stage), told_of=self.seen, lease=None)

    def not_told(self) -> Incident:
        """Telling has failed: the next look tries again."""
        return replace(self, lease=None)

    def minutes(self, after: Incident, now: datetime) -> tuple[float, float]:
        """(service minutes, task minutes) on on-demand since the last look, as the incident is `after` this one."""
        services = tasks = 0.0
        for name, member in {**self.services, **after.services}.items():
            begin = member.since if name not in self.services else max(member.since, self.looked_at or member.since)
            passed = max(0.0, (now - begin) / timedelta(minutes=1))
            services += passed
            tasks += passed * member.tasks
        return services, tasks
