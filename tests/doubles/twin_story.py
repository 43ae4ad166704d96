"""A primary on mixed capacity with its twin, several of them in several accounts, and a world that runs their tasks."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from spot_failover.core.events import Event, TaskStateChange
from spot_failover.core.policy import Policy, TwinPolicy
from spot_failover.core.service import LiveService
from spot_failover.core.service_key import ServiceKey
from tests.doubles.builders import API, MIXED, ON_DEMAND, OTHER, WEB, deployment, service
from tests.doubles.installation import Installation
from tests.doubles.world import World

PRIMARIES = (WEB, API, OTHER)
TARGET_GROUPS = frozenset({"arn:aws:elasticloadbalancing:us-east-1:111111111111:targetgroup/web/0123456789abcdef"})
TWIN_POLICY = Policy(twin=TwinPolicy(enabled=True, max_tasks=8))
TICK = timedelta(minutes=5)


def twin_of(key: ServiceKey) -> ServiceKey:
    return replace(key, service=f"{key.service}-on-demand")


def primary(key: ServiceKey = WEB, *, desired: int = 5, **tags: str) -> LiveService:
    """A service that names its twin."""
    wanted = {"spot-failover:method": "failover_service", "spot-failover:twin": twin_of(key).service}
    wanted |= {f"spot-failover:{name}": value for name, value in tags.items()}
    live = service(deployment(MIXED, desired=desired, running=desired), key=key, desired=desired, tags=wanted)
    return replace(live, target_groups=TARGET_GROUPS)


def twin(key: ServiceKey = WEB, *, desired: int = 0) -> LiveService:
    """Its twin, on-demand alone."""
    live = service(
        deployment(ON_DEMAND, desired=desired, running=desired),
        key=twin_of(key),
        desired=desired,
        tags={"spot-failover:twin": key.service},
    )
    return replace(live, target_groups=TARGET_GROUPS)


class Story:
    """Deliver what the world tells, let time pass, and look at the twins."""

    def __init__(self, *keys: ServiceKey, policy: Policy = TWIN_POLICY) -> None:
        self.keys = keys or (WEB,)
        self.installation = Installation(policy)
        self.world = World(self.installation.clock)
        self.installation.services = self.world
        for key in self.keys:
            self.world.place(primary(key))
            self.world.place(twin(key))

    def deliver(self) -> list[Exception | None]:
        """All that was told since the last time, to the functions whose queues it reaches."""
        return self.send(self.world.fetch())

    def send(self, events: list[Event]) -> list[Exception | None]:
        changes = [event for event in events if isinstance(event, TaskStateChange)]
        others = [event for event in events if not isinstance(event, TaskStateChange)]
        results = list(self.installation.deliver(*others))
        return results + list(self.installation.deliver_task_states(*changes))

    def go_on(self, *, minutes: float, tick: bool = True) -> None:
        """Time passes; what is told is delivered every 15 s, and the tick comes every 5 minutes."""
        for quarter in range(int(minutes * 4)):
            self.world.run(seconds=15)
            self.deliver()
            if tick and quarter % 20 == 19:
                self.installation.tick()

    def wanted(self, key: ServiceKey = WEB) -> int:
        """Tasks that the twin is asked for."""
        return self.world.live[twin_of(key)].desired

    def runs(self, key: ServiceKey = WEB) -> int:
        """Tasks that run, of primary and twin together."""
        return self.world.runs(key) + self.world.runs(twin_of(key))

    @property
    def counts(self) -> list[int]:
        """All that was asked for, in order."""
        return [count for _, count in self.world.counts]

    @property
    def reasons(self) -> list[str]:
        return [str(outcome.decision.reason) for outcome in self.installation.told.outcomes]
