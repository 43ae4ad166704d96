"""What is remembered of a service and its on-demand twin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from spot_failover.core.reason import Reason
from spot_failover.core.record import Lease
from spot_failover.core.service_key import ServiceKey

TELL_EVERY = timedelta(hours=1)
"""How often the same alert is told of the same service."""
KEEP_RESTING = timedelta(days=1)
"""How long an item is kept that nobody has to look at: longer than an alert is held back."""


@dataclass(frozen=True)
class TwinState:
    """The item of one primary in the state table. `version` counts its writes; 0 was never written."""

    primary: ServiceKey
    twin: str = ""
    """Name of the twin that was last scaled."""
    wanted: int = 0
    """Tasks that the twin was last told to have, or is about to be told: written before the call."""
    version: int = 0
    due_at: datetime | None = None
    """When the restore tick looks at it: at every one while the twin is at work; None: it rests."""
    evidence_at: datetime | None = None
    """When an event last told that the primary loses Spot tasks."""
    called_at: datetime | None = None
    """When ECS last took a count for the twin."""
    taken: int = 0
    """That count: `wanted` may have been announced after it, and never asked for."""
    raised_at: datetime | None = None
    """When the twin last got more tasks."""
    stepped_at: datetime | None = None
    """When the twin last gave up a part of its tasks because its primary was whole."""
    step_from: int = 0
    """How many tasks it had before the first of these steps; 0: none was made since it last got more."""
    told: Mapping[str, datetime] = field(default_factory=dict)
    """Alerts by reason code, and when each was last told."""
    lease: Lease | None = None
    expires_at: datetime | None = None
    """When DynamoDB may delete the item; only resting ones expire."""

    @property
    def record_id(self) -> str:
        """Hash key of its item in the state table: no service can have it, since `twin` is no account."""
        return f"twin::{self.primary.record_id}"

    @property
    def active(self) -> bool:
        """Whether the twin has tasks, or may soon need some."""
        return self.due_at is not None

    def leased(self, now: datetime) -> bool:
        """Whether a call that changes the twin may be under way."""
        return self.lease is not None and now < self.lease.expires_at

    def may_tell(self, reason: Reason, now: datetime) -> bool:
        """Whether an alert was not told lately."""
        return str(reason) not in self.told or now - self.told[str(reason)] >= TELL_EVERY

    def telling(self, reason: Reason, now: datetime) -> TwinState:
        """The state once an alert has been told."""
        recent = {name: at for name, at in self.told.items() if now - at < TELL_EVERY}
        told = replace(self, told={**recent, str(reason): now})
        return told if self.active else replace(told, expires_at=now + KEEP_RESTING)

    def naming(self, twin: str) -> TwinState:
        """The state about a twin of this name: what ECS took for another one says nothing of it."""
        return self if twin == self.twin else replace(self, twin=twin, called_at=None, taken=0)

    def resting(self, now: datetime) -> TwinState:
        """The state once nothing is left to do; alerts stay told."""
        return TwinState(self.primary, version=self.version, told=self.told, expires_at=now + KEEP_RESTING)


def primary_of(record_id: str, region: str) -> ServiceKey:
    """The primary whose item has this id.

    Raises
    ------
    ValueError
        The id is of something else.
    """
    return ServiceKey.from_record_id(record_id.removeprefix("twin::"), region)
