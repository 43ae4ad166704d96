"""The product: its own flows and decisions, woken by queues and schedules as the deployed functions are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from itertools import count
from random import Random

from spot_failover.core.errors import SpotFailoverError
from spot_failover.core.events import Event, Interruption, PlacementFailure, TaskStateChange
from spot_failover.core.policy import Policy
from spot_failover.core.service_key import ServiceKey
from spot_failover.core.shortage import seems_short
from spot_failover.core.sweep_messages import SweepOrder
from spot_failover.flow.event_flow import EventFlow
from spot_failover.flow.pace import Pace
from spot_failover.flow.restore_flow import RestoreFlow
from spot_failover.flow.sweep_flow import SweepFlow
from spot_failover.flow.task_state_flow import TaskStateFlow
from spot_failover.flow.twin_tick import TwinTick
from spot_failover.flow.worker import Worker
from spotctl.simulation import ports, view
from spotctl.simulation.ecs import Ecs
from spotctl.simulation.ecs_state import Service, Task
from spotctl.simulation.timeline import moment

LIFE = timedelta(seconds=60)
"""A function's time-out."""
MOST_RECEIVES = 50
"""Deliveries of a message that can't be handled, before it goes to the dead-letter queue."""


@dataclass(frozen=True)
class Queue:
    """How messages wait: `delay` from told to handled, `again` until a message that failed comes back; seconds."""

    delay: float
    batch: int
    again: float = 90.0


@dataclass(frozen=True)
class Installation:
    """What else than the policy is set: the defaults of the module's variables, and the events that get lost."""

    look_after: float = 30.0
    tick: float = 300.0
    sweep: float = 300.0
    latency: float = 2.0
    """From ECS's event to the function, beside any delay that is asked for."""
    lost: float = 0.0
    """Share of all events that never arrive."""
    lost_failures: float = 0.0
    """Share of placement failures that ECS does not tell."""


class Product:
    """Hears of events, ticks and sweeps, and does what the product does then."""

    def __init__(self, ecs: Ecs, policy: Policy, installation: Installation, random: Random) -> None:
        self.ecs, self.policy, self._installation, self._random = ecs, policy, installation, random
        self.services = ports.SimulatedServices(ecs)
        self.records, self.shared, self.twins = ports.Records(), ports.Shared(), ports.Twins()
        self.registry, self.orders, self.tally = ports.Registry(), ports.Orders(), ports.Tally()
        self.autoscaling, self.replacements = ports.NobodyScales(), ports.NothingReplaced()
        self.failed: list[Exception] = []
        """What no delivery and no tick got done."""
        self._failures = Queue(installation.latency, batch=10)
        self._interruptions = Queue(installation.latency + installation.look_after, batch=10)
        self._task_states = Queue(installation.latency + 5.0, batch=100)
        self._waiting: defaultdict[tuple[Queue, float], list[tuple[Event, int]]] = defaultdict(list)
        self._numbers = count(1)
        timeline = ecs.timeline
        timeline.every(installation.tick, self.tick, first=random.uniform(1, installation.tick))
        timeline.every(installation.sweep, self.sweep, first=random.uniform(1, installation.sweep))

    def noticed(self, task: Task, *, ended: bool) -> None:  # noqa: ARG002 - the product is told of both alike
        """An interruption's event: at the notice, and again as the task ends."""
        key, now = task.service.key, self.ecs.timeline.moment()
        arn = f"arn:aws:ecs:{key.region}:{key.account}:task/{key.cluster}/{task.number:032x}"
        event = Interruption(
            event_id=f"event-{next(self._numbers)}",
            key=key,
            source="aws.ecs",
            time=now.replace(microsecond=0),
            arrived=now,
            providers=(task.provider,),
            cause="SpotInterruption",
            task_arn=arn,
            task_created_at=moment(task.created_at),
        )
        self._send(self._interruptions, event)

    def not_placed(self, service: Service, provider: str) -> None:
        """A placement failure's event."""
        if self._random.random() < self._installation.lost_failures:
            return
        self._send(self._failures, self._event(PlacementFailure, service.key, providers=(provider,)))

    def changed(self, task: Task) -> None:
        """A task's event, which only twins need."""
        if self.policy.twin.enabled:
            self._send(self._task_states, self._event(TaskStateChange, task.service.key))

    def _event(self, kind: type[Event], key: ServiceKey, providers: Sequence[str] = ()) -> Event:
        now = self.ecs.timeline.moment()
        sent = now.replace(microsecond=0)
        return kind(f"event-{next(self._numbers)}", key, "aws.ecs", sent, now, providers=tuple(providers))

    def _send(self, queue: Queue, event: Event) -> None:
        if self._installation.lost and self._random.random() < self._installation.lost:
            return
        self._put(queue, queue.delay, event, 1)

    def _put(self, queue: Queue, delay: float, event: Event, receive: int) -> None:
        slot = queue, self.ecs.timeline.now + delay
        if slot not in self._waiting:
            self.ecs.timeline.at(slot[1], partial(self._deliver, slot))
        self._waiting[slot].append((event, receive))

    def _deliver(self, slot: tuple[Queue, float]) -> None:
        queue, messages = slot[0], self._waiting.pop(slot)
        for first in range(0, len(messages), queue.batch):
            batch = messages[first : first + queue.batch]
            flow = TaskStateFlow if queue is self._task_states else EventFlow
            errors = flow(self._worker(), self.policy, self.tally).handle([event for event, _ in batch])
            for (event, receive), error in zip(batch, errors, strict=True):
                if error is None:
                    continue
                self.tally.unfinished(error, event.key)
                if receive < MOST_RECEIVES:
                    self._put(queue, queue.again, event, receive + 1)
                else:
                    self.failed.append(error)

    def tick(self) -> None:
        """The restore schedule, where anything is due."""
        now = self.ecs.timeline.moment()
        if next(self.records.due(now), None) is not None:
            self.failed += RestoreFlow(self._worker(), self.policy, self.tally, threads=1).run().errors.values()
        if next(self.twins.due(now), None) is not None:
            self.failed += TwinTick(self._worker(), self.policy, self.tally, threads=1).run().errors.values()

    def sweep(self) -> None:
        """The sweep's schedule. Where no service seems short it would do nothing, and is left out to save time."""
        if not any(self._may_be_short(service) for service in self.ecs.services.values()):
            return
        account, region = next((key.account, key.region) for key in self.ecs.services)
        worker = self._worker()
        path = self.registry.path(account, region)
        self.registry.put_path(replace(path, heard_at=worker.now()))
        pace = Pace(1e6, worker.now, lambda _seconds: None)
        flow = SweepFlow(worker, self.policy, self.tally, self.registry, self.orders, pace)
        try:
            flow.run(SweepOrder(f"sweep-{next(self._numbers)}", account, region))
        except SpotFailoverError as error:
            self.tally.unfinished(error)

    def _may_be_short(self, service: Service) -> bool:
        if service.whole:
            return False
        now, threshold = self.ecs.timeline.moment(), self.policy.shortage_threshold
        return seems_short(view.live(service), self.policy.spot_providers, now, threshold)

    def _worker(self) -> Worker:
        now = self.ecs.timeline.moment
        return Worker(
            name=f"invocation-{next(self._numbers)}",
            services=self.services,
            records=self.records,
            shared=self.shared,
            twins=self.twins,
            autoscaling=self.autoscaling,
            replacements=self.replacements,
            now=now,
            ends_at=now() + LIFE,
            chance=self._random.random,
        )
