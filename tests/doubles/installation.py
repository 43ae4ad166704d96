"""A whole installation in memory: the product's flows between the doubles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count

from spot_failover.core.events import Event, Heartbeat
from spot_failover.core.policy import Policy
from spot_failover.core.record import Record
from spot_failover.core.service import LiveService
from spot_failover.core.service_key import ServiceKey
from spot_failover.core.strategy import Strategy
from spot_failover.core.sweep_messages import SweepOrder
from spot_failover.flow.event_flow import EventFlow
from spot_failover.flow.pace import Pace
from spot_failover.flow.restore_flow import RestoreFlow
from spot_failover.flow.sweep_flow import SweepFlow
from spot_failover.flow.task_state_flow import TaskStateFlow
from spot_failover.flow.tick import Tick
from spot_failover.flow.twin_tick import TwinTick
from spot_failover.flow.watch_flow import Watch, WatchFlow
from spot_failover.flow.worker import Worker
from tests.doubles.builders import WEB
from tests.doubles.clock import Clock
from tests.doubles.records import InMemoryRecords
from tests.doubles.registry import InMemoryOrders, InMemoryRegistry
from tests.doubles.replacements import InMemoryReplacements
from tests.doubles.reporter import Told
from tests.doubles.services import InMemoryServices
from tests.doubles.shared import InMemoryShared
from tests.doubles.twins import InMemoryAutoscaling, InMemoryTwins

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
    registry: InMemoryRegistry = field(default_factory=InMemoryRegistry)
    orders: InMemoryOrders = field(default_factory=InMemoryOrders)
    twins: InMemoryTwins = field(default_factory=InMemoryTwins)
    autoscaling: InMemoryAutoscaling = field(default_factory=InMemoryAutoscaling)
    services: InMemoryServices = field(init=False)
    replacements: InMemoryReplacements = field(init=False)
    _names: count[int] = field(default_factory=count)

    def __post_init__(self) -> None:
        self.services = InMemoryServices(self.clock)
        self.replacements = InMemoryReplacements(self.clock, self.services)

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
            twins=self.twins,
            autoscaling=self.autoscaling,
            replacements=self.replacements,
            now=self.clock.now,
            ends_at=self.clock.now() + LIFE,
            chance=lambda: 0.0,
        )

    def deliver(self, *events: Event) -> Sequence[Exception | None]:
        """One batch in one invocation."""
        return EventFlow(self.worker(), self.policy, self.told).handle(events)

    def deliver_task_states(self, *events: Event) -> Sequence[Exception | None]:
        """One batch of starts and stops in one invocation."""
        return TaskStateFlow(self.worker(), self.policy, self.told).handle(events)

    def tick(self, *, threads: int = 1) -> Tick:
        """One run of the restore schedule; in one thread, so that what goes wrong goes wrong where a test says."""
        tick = RestoreFlow(self.worker(), self.policy, self.told, threads=threads).run()
        tick.add(TwinTick(self.worker(), self.policy, self.told, threads=threads).run())
        return tick

    def hear(self, account: str = WEB.account, region: str = WEB.region) -> None:
        """A heartbeat of an account and Region."""
        self.heartbeat(Heartbeat("heartbeat-1", account, region, self.clock.now()))

    def heartbeat(self, heartbeat: Heartbeat) -> None:
        """One heartbeat, whenever it was sent."""
        self._watch().heartbeat(heartbeat)

    def watch(self) -> Watch:
        """One run of the sweep's schedule."""
        return self._watch().run()

    def sweep(self) -> None:
        """One run of the sweep's schedule, and all that it orders, each in an invocation of its own."""
        self.watch()
        while self.orders.waiting:
            self.carry_out(self.orders.waiting.pop(0))

    def carry_out(self, order: SweepOrder) -> None:
        """One order, in one invocation."""
        worker = self.worker()
        pace = Pace(5, worker.now, lambda seconds: None)
        SweepFlow(worker, self.policy, self.told, self.registry, self.orders, pace).run(order)

    def _watch(self) -> WatchFlow:
        names = (f"sweep-{number}" for number in self._names)
        return WatchFlow(self.worker(), self.policy, self.told, self.registry, self.orders, lambda: next(names))

    def record(self, key: ServiceKey = WEB) -> Record:
        return self.records.stored(key)

    def strategy(self, key: ServiceKey = WEB) -> Strategy:
        return self.services.live[key].strategy

    @property
    def switches(self) -> list[Strategy | None]:
        """Strategies that were set, in order; None for a redeployment."""
        return [update.strategy for update in self.services.updates]
