"""A whole installation in memory: the product's flows between the doubles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count

from spot_failover.core.events import Event
from spot_failover.core.policy import Policy
from spot_failover.core.record import Record
from spot_failover.core.service import LiveService
from spot_failover.core.service_key import ServiceKey
from spot_failover.core.strategy import Strategy
from spot_failover.flow.event_flow import EventFlow
from spot_failover.flow.restore_flow import RestoreFlow, Tick
from spot_failover.flow.worker import Worker
from tests.doubles.builders import WEB
from tests.doubles.clock import Clock
from tests.doubles.records import InMemoryRecords
from tests.doubles.reporter import Told
from tests.doubles.services import InMemoryServices
from tests.doubles.shared import InMemoryShared

LIFE = timedelta(seconds=60)
"""A function's time-out."""


@dataclass
class Installation:
    """Deliver events, let time pass, tick, and look at what has become of a service."""

    policy: Policy = field(default_factory=Policy)
    clock: Clock = field(default_factory=Clock)
    told: Told = field(default_factory=Told)
    records: InMemoryRecords = field(default_factory=InMemoryRecords)
    shared: InMemoryShared = field(default_factory=InMemoryShared)
    services: InMemoryServices = field(init=False)
    _names: count[int] = field(default_factory=count)

    def __post_init__(self) -> None:
        self.services = InMemoryServices(self.clock)

    def with_services(self, *services: LiveService) -> Installation:
        self.services.add(*services)
        return self

    def worker(self) -> Worker:
        """A fresh invocation."""
        return Worker(
            name=f"invocation-{next(self._names)}",
            services=self.services,
            records=self.records,
            shared=self.shared,
            now=self.clock.now,
            ends_at=self.clock.now() + LIFE,
            chance=lambda: 0.0,
        )

    def deliver(self, *events: Event) -> Sequence[Exception | None]:
        """One batch in one invocation."""
        return EventFlow(self.worker(), self.policy, self.told).handle(events)

    def tick(self, *, threads: int = 1) -> Tick:
        """One run of the restore schedule; in one thread, so that what goes wrong goes wrong where a test says."""
        return RestoreFlow(self.worker(), self.policy, self.told, threads=threads).run()

    def record(self, key: ServiceKey = WEB) -> Record:
        return self.records.stored(key)

    def strategy(self, key: ServiceKey = WEB) -> Strategy:
        return self.services.live[key].strategy

    @property
    def switches(self) -> list[Strategy | None]:
        """Strategies that were set, in order; None for a redeployment."""
        return [update.strategy for update in self.services.updates]
