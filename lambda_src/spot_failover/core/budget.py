"""How many failovers an account may have in an hour: a brake for installations that want one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import blake2s

from spot_failover.core.record import Record

MOST_COUNTED = 200
"""Failovers that are remembered one by one. What is tried again comes within minutes; one that was forgotten counts
once more, and none goes uncounted."""


@dataclass(frozen=True)
class FailoverBudget:
    """Failovers of one account in one clock hour."""

    account: str
    hour: datetime
    used: int = 0
    counted: tuple[str, ...] = ()
    """The latest of them, as `failover_of` names them."""
    version: int = 0

    @property
    def record_id(self) -> str:
        """Hash key of its item in the state table."""
        return f"failovers::{self.account}"

    @property
    def next_hour(self) -> datetime:
        """When the account may have failovers again."""
        return self.hour + timedelta(hours=1)

    @property
    def expires_at(self) -> datetime:
        """When its item is of no more use."""
        return self.hour + timedelta(days=1)

    def at(self, now: datetime) -> FailoverBudget:
        """The budget of the hour that holds now."""
        hour = hour_of(now)
        return self if hour == self.hour else replace(self, hour=hour, used=0, counted=())

    def one_more(self, failover: str) -> FailoverBudget:
        """The budget after another failover."""
        return replace(self, used=self.used + 1, counted=(*self.counted, failover)[-MOST_COUNTED:])


def failover_of(record: Record) -> str:
    """Name of the failover that begins with this record: of its service, and of the phase that it leaves.

    Whoever else decides on it meanwhile, and every further try, gives it the same name; the service's next has another.
    It is short, so that the item stays small.
    """
    since = record.phase_since.isoformat() if record.phase_since is not None else ""
    return blake2s(f"{record.key.record_id}::{record.key.region}::{since}".encode(), digest_size=8).hexdigest()


def hour_of(now: datetime) -> datetime:
    """The clock hour that holds a moment."""
    return now.replace(minute=0, second=0, microsecond=0)
