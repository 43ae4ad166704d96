"""The life of two services: everything that may happen to them, at any time and in any order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from spot_failover.core.errors import SpotFailoverError, TransientError, UnclearError
from spot_failover.core.events import Event
from spot_failover.core.phase_table import TOLD_WITHIN
from spot_failover.core.policy import Policy
from spot_failover.core.reason import Reason
from spot_failover.core.record import Phase
from spot_failover.core.service import Deployment
from spot_failover.core.service_key import ServiceKey
from spot_failover.core.strategy import Strategy
from tests.doubles.builders import API, MIXED, ON_DEMAND, SPOT, WEB, deployment, failure, interruption, service
from tests.doubles.faults import Crash
from tests.doubles.installation import Installation
from tests.properties.watch import TRIED_AGAIN, Watch

KEYS = (WEB, API)
STALE_FOR = 30
"""Seconds after which ECS no longer answers with what was before."""


class Life:
    """Every public method is something that may happen."""

    def __init__(self, policy: Policy) -> None:
        self.installation = Installation(policy).with_services(
            service(deployment(SPOT), key=WEB), service(deployment(MIXED), key=API)
        )
        self.services, self.records = self.installation.services, self.installation.records
        self.watch = Watch(self.installation)
        for key, live in self.services.live.items():
            self.watch.owner_set(key, live.strategy)
        self.sent: list[Event] = []
        self.before = {key: live.deployments[0] for key, live in self.services.live.items()}
        self.first = dict(self.before)
        self.complete = dict(self.before)
        """The last deployments that were complete, where ECS goes back to."""

    def nothing(self) -> None:
        """What the steps of a failing life that do not matter shrink to."""

    def failure(self, key: ServiceKey, providers: tuple[str, ...] = ("FARGATE_SPOT",)) -> None:
        """ECS could not place a task, on Spot or where it says so."""
        if "FARGATE" in providers:
            self.watch.on_demand_lacked(key)
        self._send(failure(key, time=self._now(), providers=providers, event_id=f"event-{len(self.sent)}"))

    def interruption(self, key: ServiceKey) -> None:
        self.services.interrupt(key, 1)
        self._send(interruption(key, time=self._now(), event_id=f"event-{len(self.sent)}"))

    def again(self, first: int, many: int) -> None:
        """Old events are delivered once more, and out of order."""
        self._deliver(self.sent[::-1][first : first + many])

    def tick(self) -> None:
        self._survive(self.installation.tick)

    def sweep(self) -> None:
        """A heartbeat, the sweep's schedule, and what it orders; an order that fails comes with the next run again."""
        self._survive(self._sweep)

    def _sweep(self) -> None:
        try:
            self.installation.hear()
            self.installation.sweep()
        except SpotFailoverError:
            self.installation.orders.waiting.clear()

    def registry_forgets(self) -> None:
        """The registry's next write loses its answer."""
        self.installation.registry.faults.after("put_path", UnclearError("lost"))

    def wait(self, seconds: int) -> None:
        self.installation.clock.advance(seconds=seconds)
        if seconds > STALE_FOR:
            self.services.stale.clear()

    def spot_goes(self) -> None:
        self.services.lose_spot()

    def spot_returns(self) -> None:
        self.services.spot = True
        self.settle()

    def settle(self) -> None:
        self.services.settle()
        for key, live in self.services.live.items():
            if live.primary is not None and live.primary.completed:
                self.complete[key] = live.primary

    def owner(self, key: ServiceKey, strategy: Strategy) -> None:
        """The owner deploys; ECS has settled from what was before, be it its own roll-back."""
        self.services.stale.clear()
        self.installation.clock.advance(seconds=TOLD_WITHIN.seconds + 1)
        self.services.owner_sets(key, strategy)
        self.watch.owner_set(key, strategy)
        self.before[key] = self.services.live[key].deployments[0]
        self.wait(1)

    def roll_back_owner(self, key: ServiceKey) -> None:
        """The deployment circuit breaker ends what the owner has deployed since our switch."""
        record, primary, to = self.records.stored(key), self.services.live[key].primary, self.complete[key]
        theirs = primary is not None and not primary.completed and primary.id != record.deployment_id
        # A deployment without tasks is complete at once: ECS never goes back from behind a restore at zero.
        if theirs and not record.phase.intent and record.reason != Reason.RESTORED_AT_ZERO:
            self.services.roll_back(key, to)
            older = record.phase.open and record.switched_at is not None and to.created_at < record.switched_at
            ours = older or to.strategy.same_as(record.fallback)
            self.watch.owners[key] = record.baseline if ours else to.strategy
            self.watch.rolled_back(key, to.strategy, failover=record.phase is Phase.FAILED_OVER)

    def roll_back(self, key: ServiceKey) -> None:
        """The deployment circuit breaker ends our failover."""
        if self.before[key].strategy.same_as(self.records.stored(key).baseline):
            self._roll_back(key, self.before[key], Phase.FAILED_OVER)

    def roll_back_beyond(self, key: ServiceKey) -> None:
        """The same, to a deployment from before what the owner set last, which was never complete; a restore's, too."""
        self._roll_back(key, self.first[key], Phase.FAILED_OVER, Phase.PROVING)

    def roll_back_restore(self, key: ServiceKey) -> None:
        """The deployment circuit breaker ends a restore, and goes back to the fallback."""
        to = self.complete[key]
        if to.strategy.same_as(self.records.stored(key).fallback):
            self._roll_back(key, to, Phase.PROVING)

    def roll_back_again_and_again(self, key: ServiceKey) -> None:
        """No fallback of it ever starts: each failover that is tried is rolled back."""
        self.failure(key)
        for _ in range(TRIED_AGAIN + 2):
            self.roll_back(key)
            self.wait(4 * 3600)
            for _ in range(2):
                self.tick()

    def _roll_back(self, key: ServiceKey, to: Deployment, *phases: Phase) -> None:
        record, live = self.records.stored(key), self.services.live[key]
        ours = live.primary is not None and live.primary.id == record.deployment_id
        if record.phase in phases and ours:
            self.services.roll_back(key, to)
            self.watch.rolled_back(key, to.strategy, failover=record.phase is Phase.FAILED_OVER)

    def scale(self, key: ServiceKey, desired: int) -> None:
        self.services.scale(key, desired)

    def lost(self, operation: str, skip: int, *, after: bool) -> None:
        """The next answer of ECS, or the one after it, will be lost."""
        plan = self.services.faults.after if after else self.services.faults.before
        plan(operation, UnclearError("lost"), skip=skip)

    def throttled(self, operation: str) -> None:
        self.services.faults.before(operation, TransientError("throttled"))

    def unwritten(self, skip: int, *, after: bool) -> None:
        """The answer of a write of the table will be lost."""
        plan = self.records.faults.after if after else self.records.faults.before
        plan("put", UnclearError("lost"), skip=skip)

    def crash(self, operation: str, skip: int, *, after: bool) -> None:
        self._plan(operation, Crash(), skip, after=after)

    def between(self, operation: str, what: str, *, after: bool) -> None:
        """Another worker comes in between."""
        others = {"tick": self.tick, "sweep": self.sweep, "event": lambda: self._deliver(self.sent[-3:])}
        self._plan(operation, others[what], 0, after=after)

    def stale(self) -> None:
        """ECS will answer once more with what was before the next switch."""
        self.services.answers_late = True

    def heal(self) -> None:
        """All is well again: a sweep finds what ECS has left behind, and ticks alone must do the rest."""
        self.services.faults.clear()
        self.records.faults.clear()
        self.installation.registry.faults.clear()
        for key in KEYS:
            self.services.scale(key, 4)
        self.wait(3600)
        self.sweep()
        for _ in range(12):
            self.wait(3600)
            self.spot_returns()
            self.installation.tick()

    def _now(self) -> datetime:
        return self.installation.clock.now()

    def _send(self, event: Event) -> None:
        self.sent.append(event)
        self._deliver([event])

    def _deliver(self, events: Sequence[Event]) -> None:
        self._survive(lambda: self.installation.deliver(*events))

    def _plan(self, operation: str, what: BaseException | Callable[[], object], skip: int, *, after: bool) -> None:
        faults = self.records.faults if operation == "put" else self.services.faults
        (faults.after if after else faults.before)(operation, what, skip=skip)

    @staticmethod
    def _survive(run: Callable[[], object]) -> None:
        """A crash ends the worker and nothing else; any other exception that escapes fails the test."""
        try:
            run()
        except Crash:
            return


OWN = (SPOT, MIXED, ON_DEMAND)
