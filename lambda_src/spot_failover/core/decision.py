"""What a decision returns: an action, its reason, and what carrying it out needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from spot_failover.core.events import Event
from spot_failover.core.execution import Execution
from spot_failover.core.policy import Policy
from spot_failover.core.pool import Pool, PoolKey
from spot_failover.core.reason import Action, Reason
from spot_failover.core.record import Record
from spot_failover.core.service import LiveService
from spot_failover.core.strategy import Strategy
from spot_failover.core.task import Task, carrying


@dataclass(frozen=True)
class Situation:
    """All that a decision about one service may look at."""

    live: LiveService
    record: Record
    policy: Policy
    now: datetime
    chance: float = 0.0
    """From 0 to 1: spreads delays, so that services that failed together do not come back together."""
    event: Event | None = None
    """None: the restore tick asks."""
    intended: int | None = None
    """Tasks of the service that ECS wants to keep, the interrupted ones left out; None: nobody has counted."""
    primary_intended: int | None = None
    """The same of the PRIMARY deployment alone."""
    tasks: tuple[Task, ...] | None = None
    """The tasks that ECS wants to keep, one by one: they count in place of all numbers. None: nobody has looked."""
    pools: tuple[Pool, ...] = ()
    """The pools that the baseline draws from, where the decision hangs on them."""
    probes: Mapping[PoolKey, datetime | None] = field(default_factory=dict)
    """Of those pools that have a probe service: since when its task runs; None: it does not."""
    execution: Execution | None = None
    """Of the record's intent, where it names one; None: nobody has looked."""

    @property
    def service_whole(self) -> bool:
        """Whether all deployments together have as many tasks, running or coming, as desired."""
        if self.tasks is not None:
            return self._carrying(self.tasks) >= self.live.desired
        return self.live.whole if self.intended is None else self.intended >= self.live.desired

    @property
    def primary_whole(self) -> bool:
        """Whether the PRIMARY deployment has all its tasks."""
        primary = self.live.primary
        if primary is None:
            return self.service_whole
        if self.tasks is not None:
            return self._carrying(task for task in self.tasks if task.deployment_id == primary.id) >= primary.desired
        if self.primary_intended is None:
            return self.live.primary_whole
        return self.primary_intended >= primary.desired

    def _carrying(self, tasks: Iterable[Task]) -> int:
        return carrying(tasks, self.now, self.policy.shortage_threshold)


@dataclass(frozen=True)
class Decision:
    """What to do and why.

    For an action that changes the service, `record` is the intent to write first and `target` the strategy to set (None
    for a redeployment). For any other, `record` is what to write, None where nothing changes; a `target` is what an
    intent that has to wait is going to set.
    """

    action: Action
    reason: Reason
    record: Record | None = None
    target: Strategy | None = None
    again: bool = False
    """Afterwards decide again from the top."""
    note: str = ""
    """What a person needs to know beyond the reason code."""
