"""ECS task by task: services start, replace and stop tasks as time goes, and tell of it by events."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count

from spot_failover.core.events import Event, PlacementFailure, TaskStateChange
from spot_failover.core.service import LiveService, ServiceEvent
from spot_failover.core.service_key import ServiceKey
from spot_failover.core.task import PROVISIONING, RUNNING, Task
from tests.doubles.builders import NO_CAPACITY, failure, interruption
from tests.doubles.clock import Clock
from tests.doubles.services import InMemoryServices

STARTS_IN = timedelta(seconds=30)
"""From placed to RUNNING."""
NOTICE = timedelta(minutes=2)
STEP = 5
"""Seconds between two looks of ECS."""


@dataclass(frozen=True)
class _Leaving:
    task: Task
    ends_at: datetime


class World(InMemoryServices):
    """Only tasks are true here; every count is made from them."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self._time = clock
        self.made: dict[ServiceKey, list[Task]] = {}
        self.leaving: dict[ServiceKey, list[_Leaving]] = {}
        self.no_spot: set[str] = set()
        """Accounts that get no new Spot tasks."""
        self.events: list[Event] = []
        """What ECS has told and nobody has fetched."""
        self._ids = count()

    def place(self, live: LiveService) -> None:
        """A service that has run for long with all its tasks."""
        long_ago = self._time.now() - timedelta(days=1)
        self.live[live.key] = live
        self.made[live.key], self.leaving[live.key] = [], []
        for _ in range(live.desired):
            provider = self._next_provider(live)
            self.made[live.key].append(Task(_primary(live), provider, RUNNING, long_ago, long_ago))
        self._count(live.key)

    def run(self, *, seconds: float = 0, minutes: float = 0) -> None:
        """Let time pass."""
        for _ in range(int((seconds + minutes * 60) / STEP)):
            self._time.advance(seconds=STEP)
            self.look()

    def look(self) -> None:
        """What ECS does at this moment."""
        for key in list(self.live):
            self._look(key)

    def notice(self, key: ServiceKey, tasks: int) -> None:
        """Running Spot tasks get their notice, and ECS looks for others at once."""
        spot = [task for task in self.made[key] if task.provider in self.spot_providers and task.runs]
        for task in spot[:tasks]:
            self.made[key].remove(task)
            self.leaving[key].append(_Leaving(task, self._time.now() + NOTICE))
            arn = f"arn:aws:ecs:{key.region}:{key.account}:task/{key.cluster}/{next(self._ids):032x}"
            told = interruption(key, time=self._time.now(), event_id=f"notice-{next(self._ids)}", task_arn=arn)
            self.events += [told, self._state_change(key)]
        self._look(key)

    def lose(self, key: ServiceKey) -> None:
        """No Spot any more, and every Spot task gets its notice."""
        self.no_spot.add(key.account)
        self.notice(key, len(self.made[key]))

    def fetch(self) -> list[Event]:
        """What was told since the last time."""
        told, self.events = self.events, []
        return told

    def runs(self, key: ServiceKey) -> int:
        """Tasks that run, those under notice too."""
        return sum(task.runs for task in self.made[key]) + len(self.leaving[key])

    def settled(self, key: ServiceKey) -> int:
        """Tasks that nobody has told to stop and that have run for a minute."""
        past = self._time.now() - timedelta(minutes=1)
        return sum(task.started_at is not None and task.started_at <= past for task in self.made[key])

    def tasks(self, key: ServiceKey) -> tuple[Task, ...]:
        self._enter("tasks", key)
        return tuple(self.made[key])

    def scale(self, key: ServiceKey, desired: int) -> None:
        self._want(key, desired)
        self._look(key)

    def _want(self, key: ServiceKey, desired: int) -> None:
        live = self.live[key]
        deployments = tuple(replace(one, desired=desired) for one in live.deployments)
        self.live[key] = replace(live, desired=desired, deployments=deployments)

    def _look(self, key: ServiceKey) -> None:
        now, live = self._time.now(), self.live[key]
        self.leaving[key] = [each for each in self.leaving[key] if not self._ended(key, each, now)]
        for number, task in enumerate(self.made[key]):
            if not task.runs and now - task.created_at >= STARTS_IN:
                self.made[key][number] = replace(task, last_status=RUNNING, started_at=now)
                self.events.append(self._state_change(key))
        while len(self.made[key]) > live.desired:
            self.made[key].pop()
            self.events.append(self._state_change(key))
        lacking = False
        while len(self.made[key]) < live.desired and not lacking:
            provider = self._next_provider(live)
            lacking = provider in self.spot_providers and key.account in self.no_spot
            if not lacking:
                self.made[key].append(Task(_primary(live), provider, PROVISIONING, now))
        if lacking and not any(message >= now - timedelta(minutes=5) for message in live.capacity_messages):
            self.live[key] = replace(live, events=(ServiceEvent(now, NO_CAPACITY), *live.events[:20]))
            self.events.append(self._placement_failure(key))
        self._count(key)

    def _ended(self, key: ServiceKey, leaving: _Leaving, now: datetime) -> bool:
        if now < leaving.ends_at:
            return False
        self.events.append(self._state_change(key))
        return True

    def _next_provider(self, live: LiveService) -> str:
        """As ECS does: the base first, then whoever is furthest behind its weight."""
        has = [task.provider for task in self.made[live.key]]
        for item in live.strategy:
            if has.count(item.provider) < item.base:
                return item.provider
        items = [item for item in live.strategy if item.weight]
        return min(items, key=lambda item: (has.count(item.provider) - item.base + 1) / item.weight).provider

    def _count(self, key: ServiceKey) -> None:
        live, tasks = self.live[key], self.made[key]
        running = sum(task.runs for task in tasks) + len(self.leaving[key])
        pending = sum(not task.runs for task in tasks)
        deployments = tuple(replace(one, running=running, pending=pending) for one in live.deployments)
        self.live[key] = replace(live, running=running, pending=pending, deployments=deployments)

    def _state_change(self, key: ServiceKey) -> TaskStateChange:
        now = self._time.now()
        return TaskStateChange(f"task-{next(self._ids)}", key, "aws.ecs", now, now)

    def _placement_failure(self, key: ServiceKey) -> PlacementFailure:
        return failure(key, time=self._time.now(), event_id=f"failure-{next(self._ids)}")


def _primary(live: LiveService) -> str:
    return live.deployments[0].id
