"""What is known of the path from one account and Region to here, and of the sweep's work there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

LEAVES_AFTER = timedelta(days=1)
"""For how long an account must have sent no heartbeat and refused its role before it counts as offboarded."""
REFUSED_AGAIN = timedelta(hours=1)
"""Two refusals that are further apart, four times the slowest schedule, tell nothing of the time between them."""


@dataclass(frozen=True)
class Path:
    """One account and Region that has sent a heartbeat."""

    account: str
    region: str
    heard_at: datetime | None = None
    """When the last heartbeat was sent; None: nothing was ever heard, or the account was offboarded."""
    silent: bool = False
    """A person has been told that nothing is heard."""
    refused_since: datetime | None = None
    """Since when every sweep has been refused, by the automation role or behind it, with never more than
    `REFUSED_AGAIN` between two that were refused the role."""
    refused_at: datetime | None = None
    """When one was last refused the role itself; None: it was entered (or an older version has written down the first
    alone)."""
    sweep: str = ""
    """Id of the sweep that is under way."""
    sweep_until: datetime | None = None
    """Until when no other sweep begins."""
    swept_at: datetime | None = None
    """When the last complete sweep ended."""
    failed: str = ""
    """Services and clusters that the last sweep, or that under way, could not decide about, as far as there is room."""
    offboarded_at: datetime | None = None
    """When an operator took it off the list: for a while it goes on sending, until somebody removes what sends."""
    findings: Mapping[str, str] = field(default_factory=dict)
    """What would stop a failover, as told last: `cluster/service` -> reason code."""
    version: int = 0

    @property
    def record_id(self) -> str:
        """Hash key of its item in the state table: no service can have it, since `path` is no account."""
        return f"path::{self.account}"

    def __str__(self) -> str:
        return f"account {self.account}, Region {self.region}"

    def heard(self, sent: datetime) -> Path:
        """A heartbeat has arrived. Itself, where a later one had before, or it was offboarded less than a day ago."""
        if self.heard_at is not None and sent <= self.heard_at:
            return self
        if self.leaving(sent):
            return self
        return replace(self, heard_at=sent, silent=False, offboarded_at=None)

    def leaving(self, now: datetime) -> bool:
        """Whether an operator has offboarded it, and its heartbeats do not make it known again yet."""
        return self.offboarded_at is not None and now - self.offboarded_at < LEAVES_AFTER

    def offboarded(self, now: datetime) -> Path:
        """An operator takes it off the list: no sweep visits it, and nothing that was known of it stays."""
        return Path(self.account, self.region, offboarded_at=now, version=self.version)

    def known_again(self) -> Path:
        """The next heartbeat counts."""
        return replace(self, offboarded_at=None)

    def is_silent(self, now: datetime, silent_after: timedelta) -> bool:
        """Whether its last heartbeat is too old."""
        return self.heard_at is not None and now - self.heard_at > silent_after

    def refused(self, now: datetime) -> Path:
        """A sweep was refused the role."""
        since = self.refused_since if self._refused_lately(now) else None
        return replace(self, refused_at=now, refused_since=since or now)

    def may_not_look(self, now: datetime) -> Path:
        """A sweep entered the role, and may not look at the account: somebody is there."""
        return replace(self, refused_at=None, refused_since=self.refused_since or now)

    def let_in(self) -> Path:
        """A sweep could look at the account."""
        return replace(self, refused_at=None, refused_since=None)

    def _refused_lately(self, now: datetime) -> bool:
        return self.refused_at is not None and now - self.refused_at <= REFUSED_AGAIN

    def has_left(self, now: datetime) -> bool:
        """Whether nobody is there any more: neither heartbeat nor role for a day.

        A role alone that is refused may be a mistake that somebody mends, and a heartbeat alone that is missing too:
        of neither is anything closed. Nor after a time in which no sweep ran: heartbeats were not read then either.
        """
        if self.heard_at is None or self.refused_since is None or not self._refused_lately(now):
            return False
        return now - self.heard_at >= LEAVES_AFTER and now - self.refused_since >= LEAVES_AFTER

    def sweeping(self, now: datetime) -> bool:
        """Whether a sweep is under way."""
        return self.sweep_until is not None and now < self.sweep_until
