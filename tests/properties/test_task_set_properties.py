"""A service whose task set is replaced: events, ticks, ends of executions, owners and faults in any order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from hypothesis import given, settings
from hypothesis import strategies as st

from spot_failover.core.errors import TransientError, UnclearError
from spot_failover.core.execution import ExecutionOrder
from spot_failover.core.record import Phase
from spot_failover.core.strategy import Strategy
from tests.doubles.builders import MIXED, SPOT, WEB, deployment, failure, interruption, service
from tests.doubles.faults import Crash
from tests.doubles.installation import Installation
from tests.doubles.task_set_story import ENABLED, capacity_message, foreign_deployment, whole_again


class Stream:
    """Every public method is something that may happen."""

    def __init__(self) -> None:
        external = service(deployment(SPOT), controller="EXTERNAL")
        self.installation = Installation(ENABLED).with_services(external)
        self.replacements, self.records = self.installation.replacements, self.installation.records
        self.replacements.watch = self._started
        self.broken: list[str] = []
        self.failovers = 0
        """That took effect since the baseline was last set."""
        self._events = 0

    def nothing(self) -> None:
        """What the steps of a failing life that do not matter shrink to."""

    def failure(self) -> None:
        self._send(failure(time=self.installation.clock.now(), event_id=self._name()))

    def interruption(self) -> None:
        self.installation.services.interrupt(WEB, 1)
        self._send(interruption(time=self.installation.clock.now(), event_id=self._name()))

    def tick(self) -> None:
        self._survive(self.installation.tick)

    def wait(self, seconds: int) -> None:
        self.installation.clock.advance(seconds=seconds)

    def spot_goes(self) -> None:
        self.installation.services.spot = False
        self.installation.services.lose_spot()

    def shortage(self) -> None:
        """Spot goes, and ECS tells."""
        self.spot_goes()
        self.failure()

    def later(self) -> None:
        """A tick after a while."""
        self.wait(900)
        self.tick()

    def spot_returns(self) -> None:
        self.installation.services.spot = True
        whole_again(self.installation)

    def says_that_capacity_lacks(self) -> None:
        if self.installation.services.live[WEB].events:
            capacity_message(self.installation)

    def succeeds(self) -> None:
        if self.replacements.running:
            self.failovers += self.replacements.running[0].name.startswith("spot-failover")
            if self.replacements.running[0].name.startswith("spot-restore"):
                self.failovers = 0
            self._expect(self.failovers <= 1, "a second failover took effect")
            self.replacements.succeed()

    def fails(self, error: str) -> None:
        if self.replacements.running:
            self.replacements.fail(error, "because")

    def late(self) -> None:
        """The next look at an execution does not find it yet."""
        self.replacements.late = 1

    def others(self, *, runs: bool) -> None:
        foreign_deployment(self.installation, runs=runs)

    def owner(self, strategy: Strategy) -> None:
        """A pipeline deploys, which it can't while an execution runs."""
        if self.replacements.running:
            return
        self.wait(1)
        live, now = self.installation.services.live[WEB], self.installation.clock.now()
        made = deployment(strategy, id=f"ecs-svc/{self._name()}", created_at=now, desired=live.desired)
        made = replace(made, running=live.desired)
        self.installation.services.live[WEB] = replace(
            live, strategy=strategy, deployments=(made,), running=live.desired
        )
        self.failovers = 0
        self.wait(1)

    def scale(self, desired: int) -> None:
        self.installation.services.scale(WEB, desired)

    def fault(self, operation: str, what: BaseException, *, after: bool) -> None:
        faults = self.records.faults if operation == "put" else self.replacements.faults
        (faults.after if after else faults.before)(operation, what)

    def between(self, operation: str, what: Callable[[Stream], Callable[[], object]], *, after: bool) -> None:
        """Another worker comes in between."""
        faults = self.records.faults if operation == "put" else self.replacements.faults
        (faults.after if after else faults.before)(operation, what(self))

    def heal(self) -> None:
        """All is well again: ticks and executions that succeed must do the rest."""
        self.records.faults.clear()
        self.replacements.faults.clear()
        self.replacements.late = 0
        self.others(runs=False)
        self.scale(4)
        for _ in range(16):
            self.wait(3600)
            self.spot_returns()
            self.installation.tick()
            self.succeeds()

    def _name(self) -> str:
        self._events += 1
        return f"event-{self._events}"

    def _send(self, event: object) -> None:
        self._survive(lambda: self.installation.deliver(event))  # type: ignore[arg-type]

    def _survive(self, run: Callable[[], object]) -> None:
        try:
            run()
        except Crash:
            return

    def _expect(self, kept: bool, broken: str) -> None:
        if not kept:
            self.broken.append(broken)

    def _started(self, order: ExecutionOrder) -> None:
        """What must be so whenever an execution begins."""
        record, live = self.installation.record(), self.installation.services.live[WEB]
        asked = Strategy.from_api(order.given["capacityProviderStrategy"])
        self._expect(not self.replacements.running, "two executions at once")
        self._expect(order.name == record.execution, f"{order.name} started, {record.execution} written down")
        self._expect(bool(record.baseline.active_among({"FARGATE_SPOT"})), f"saved {record.baseline}")
        if record.phase is Phase.RESTORING:
            self._expect(asked.same_as(record.baseline), f"restored to {asked}")
            self._expect(live.strategy.same_as(record.fallback), f"a restore replaces {live.strategy}")
        else:
            self._expect(record.phase is Phase.FAILING_OVER, f"started while {record.phase}")
            self._expect(asked.same_as(record.fallback), f"failed over to {asked}")
            self._expect(live.strategy.same_as(record.baseline), f"{live.strategy} replaced, {record.baseline} saved")


Step = Callable[[Stream], object]


def _steps() -> list[Step]:
    steps: list[Step] = [Stream.nothing]
    steps += [Stream.failure] * 6 + [Stream.interruption] * 3 + [Stream.tick] * 12
    steps += [Stream.spot_goes] * 6 + [Stream.spot_returns] * 3 + [Stream.says_that_capacity_lacks] * 2
    steps += [Stream.shortage] * 10 + [Stream.later] * 16 + [Stream.succeeds] * 14 + [Stream.late] * 3
    ends = ("PutBack", "PutBack", "TakenError", "NotReplaceableError", "PutBackFailed", "")
    steps += [partial(Stream.fails, error=error) for error in ends]
    steps += [partial(Stream.others, runs=runs) for runs in (True, False, False)]
    steps += [partial(Stream.owner, strategy=strategy) for strategy in (SPOT, MIXED)]
    steps += [partial(Stream.scale, desired=desired) for desired in (0, 4, 4, 6)]
    steps += [partial(Stream.wait, seconds=seconds) for seconds in (1, 20, 69, 90, 300, 300, 300, 900, 3600, 86400)]
    for after in (False, True):
        for what in (Crash(), UnclearError("lost")):
            steps += [partial(Stream.fault, operation="start", what=what, after=after)] * 2
            steps += [partial(Stream.fault, operation="put", what=what, after=after)]
        for operation in ("start", "put"):
            for other in (lambda stream: stream.tick, lambda stream: stream.failure):
                steps += [partial(Stream.between, operation=operation, what=other, after=after)]
    steps += [partial(Stream.fault, operation="look", what=TransientError("throttled"), after=False)]
    return steps


@settings(max_examples=400)
@given(st.lists(st.sampled_from(_steps()), min_size=60, max_size=60))
def test_never_two_executions_never_a_strange_strategy_and_always_an_end(steps: Sequence[Step]) -> None:
    stream = Stream()
    for step in steps:
        step(stream)
        assert not stream.broken, stream.broken
    stream.heal()
    assert not stream.broken, stream.broken
    record = stream.installation.record()
    held = record.held_until is not None and record.held_until > stream.installation.clock.now()
    assert record.phase is Phase.CLOSED or held, f"{record} never ends"
