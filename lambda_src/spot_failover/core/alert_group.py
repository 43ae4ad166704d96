"""Alerts of one reason in one account and Region, told together: once per service and day, and once an hour at most."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from spot_failover.core.record import Lease

TOLD_AGAIN_AFTER = timedelta(hours=24)
"""How long the same is not told again of the same service."""
PAUSE = timedelta(hours=1)
"""Between two messages of one group."""
MOST_WAITING = 200
"""Services that wait by name; of the others only the number is told."""
MOST_TOLD = 400
"""Services of which is known that they were told of, the last ones: with `MOST_WAITING` and the longest names that ECS
allows (255 characters each of cluster and service) the item stays under DynamoDB's 400 KB."""
AT_ONCE = datetime.fromtimestamp(0, UTC)
NOTE = 300
"""Characters of a note that are kept."""


@dataclass(frozen=True, order=True)
class AlertKey:
    """Which group."""

    account: str
    region: str
    reason: str

    @property
    def record_id(self) -> str:
        """Hash key of its item in the state table: no service can have it, since `incident` is no account."""
        return f"incident::alert::{self.account}::{self.reason}"

    def __str__(self) -> str:
        return f"alerts {self.reason} of account {self.account}, Region {self.region}"


@dataclass(frozen=True)
class AlertGroup:
    """The item of one group. `version` counts its writes; 0 was never written."""

    key: AlertKey
    waiting: Mapping[str, str] = field(default_factory=dict)
    """`cluster/service` -> note, of what is to be told; `-` stands for the account and Region itself."""
    more: int = 0
    """Services that are to be told of, beyond those."""
    told: Mapping[str, datetime] = field(default_factory=dict)
    sent_at: datetime | None = None
    lease: Lease | None = None
    """Who is telling right now."""
    version: int = 0
    expires_at: datetime | None = None

    @property
    def due_at(self) -> datetime | None:
        """When it is to be told; None: nothing is."""
        if not self.waiting and not self.more:
            return None
        return AT_ONCE if self.sent_at is None else self.sent_at + PAUSE

    def at(self, now: datetime) -> AlertGroup:
        """The group as it counts now: what was told long ago may be told again."""
        recent = {name: at for name, at in self.told.items() if now - at < TOLD_AGAIN_AFTER}
        return replace(self, told=recent)

    def noted(self, alerts: Mapping[str, str], now: datetime) -> AlertGroup:
        """With further alerts. Itself, where all of them wait or were told lately."""
        recent = self.at(now).told
        new = {name: note[:NOTE] for name, note in alerts.items() if name not in recent and name not in self.waiting}
        if not new:
            return self
        fit = dict(list(new.items())[: max(0, MOST_WAITING - len(self.waiting))])
        waiting = {**self.waiting, **fit}
        return replace(self, waiting=waiting, more=self.more + len(new) - len(fit), told=recent, expires_at=None)

    def telling(self, lease: Lease) -> AlertGroup:
        """Somebody is about to tell."""
        return replace(self, lease=lease)

    def sent(self, names: Collection[str], more: int, now: datetime) -> AlertGroup:
        """Once these have been told; what came meanwhile waits for the next message."""
        waiting = {name: note for name, note in self.waiting.items() if name not in names}
        left = max(0, self.more - more)
        told = {**self.at(now).told, **dict.fromkeys(names, now)}
        return replace(
            self,
            waiting=waiting,
            more=left,
            told=dict(sorted(told.items(), key=lambda one: one[1])[-MOST_TOLD:]),
            sent_at=now,
            lease=None,
            expires_at=None if waiting or left else now + 2 * TOLD_AGAIN_AFTER,
        )

    def not_sent(self) -> AlertGroup:
        """Telling has failed: the next tick tries again."""
        return replace(self, lease=None)
