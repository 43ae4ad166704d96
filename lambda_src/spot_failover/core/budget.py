"""How many failovers an account may have in an hour: a brake for installations that want one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta


@dataclass(frozen=True)
class FailoverBudget:
    """Failovers of one account in one clock hour."""

    account: str
    hour: datetime
    used: int = 0
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
        return self if hour == self.hour else replace(self, hour=hour, used=0)

    def one_more(self) -> FailoverBudget:
        """The budget after another failover."""
        return replace(self, used=self.used + 1)


def hour_of(now: datetime) -> datetime:
    """The clock hour that holds a moment."""
    return now.replace(minute=0, second=0, microsecond=0)
