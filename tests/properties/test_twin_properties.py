"""Spot that comes and goes, events twice or never, autoscaling, crashes and lost answers: what a twin may never do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from hypothesis import given, settings
from hypothesis import strategies as st

from spot_failover.aws.twin_table import encode_twin
from spot_failover.core.errors import ConflictError, TransientError, UnclearError
from spot_failover.core.events import Event
from spot_failover.core.service_key import ServiceKey
from tests.doubles.builders import API, OTHER, WEB
from tests.doubles.faults import Crash
from tests.doubles.twin_story import Story
from tests.properties.twin_watch import TwinWatch

KEYS = (WEB, API, OTHER)
Step = Callable[["Life"], object]


class Life:
    """Every public method is something that may happen."""

    def __init__(self) -> None:
        self.story = Story(*KEYS)
        self.world, self.installation = self.story.world, self.story.installation
        self.sent: list[Event] = []
        self.watch = TwinWatch(self.story)

    def nothing(self) -> None:
        """What the steps of a failing life that do not matter shrink to."""

    def spot_goes(self, key: ServiceKey) -> None:
        self.world.lose(key)

    def spot_is_out(self, key: ServiceKey) -> None:
        self.world.no_spot.add(key.account)

    def spot_returns(self, key: ServiceKey) -> None:
        self.world.no_spot.discard(key.account)

    def notice(self, key: ServiceKey, tasks: int) -> None:
        self.world.notice(key, tasks)

    def scale(self, key: ServiceKey, desired: int) -> None:
        self.world.scale(key, desired)

    def wait(self, seconds: int) -> None:
        self.world.run(seconds=seconds)

    def deliver(self) -> None:
        events = self.world.fetch()
        self.sent += events
        self._send(events)

    def lose_events(self) -> None:
        self.world.fetch()

    def again(self, many: int) -> None:
        """Late, twice and in the wrong order."""
        self._send(self.sent[::-1][:many])

    def tick(self) -> None:
        self._survive(self.watch.tick)

    def crash(self, operation: str, *, after: bool) -> None:
        faults = self.installation.twins.faults if operation == "put" else self.world.faults
        (faults.after if after else faults.before)(operation, Crash())

    def lost(self, operation: str, *, after: bool) -> None:
        faults = self.installation.twins.faults if operation == "put" else self.world.faults
        (faults.after if after else faults.before)(operation, UnclearError("lost"))

    def throttled(self, operation: str) -> None:
        self.world.faults.before(operation, TransientError("throttled"))

    def lease_ends(self) -> None:
        """An invocation that was near its end when it called has a short one."""
        twins, now = self.installation.twins, self.installation.clock.now()
        for key in KEYS:
            state = twins.stored(key)
            if state.lease is not None:
                twins.items[key] = encode_twin(replace(state, lease=replace(state.lease, expires_at=now)))

    def conflict(self) -> None:
        self.installation.twins.faults.before("put", ConflictError("another"))

    def between(self, operation: str) -> None:
        """Another worker comes in between."""
        self.world.faults.before(operation, self.tick)

    def heal(self) -> None:
        """All is well again: ticks alone must do the rest."""
        self.world.faults.clear()
        self.installation.twins.faults.clear()
        self.world.no_spot.clear()
        for key in KEYS:
            self.world.scale(key, 5)
        for _ in range(12):
            self.world.run(minutes=5)
            self.world.fetch()
            self.installation.tick()

    def check(self) -> None:
        """What holds at any time."""
        self.watch.every_twin_at_work_is_due_and_no_other()
        self.watch.no_strategy_of_a_service_with_a_twin_is_switched()
        assert not self.watch.broken, self.watch.broken

    def _send(self, events: Sequence[Event]) -> None:
        since = len(self.world.calls)
        self._survive(lambda: self.story.send(list(events)))
        self.watch.events_lead_to_calls_in_their_own_accounts_alone({event.key.account for event in events}, since)

    @staticmethod
    def _survive(run: Callable[[], object]) -> None:
        try:
            run()
        except Crash:
            return


def _steps() -> list[Step]:
    steps: list[Step] = [Life.nothing]
    for key in KEYS:
        steps += [partial(Life.spot_goes, key=key)] * 2 + [partial(Life.spot_returns, key=key)] * 2
        steps += [partial(Life.spot_is_out, key=key)]
        steps += [partial(Life.notice, key=key, tasks=tasks) for tasks in (1, 2)]
        steps += [partial(Life.scale, key=key, desired=desired) for desired in (0, 3, 5, 8, 30)]
    steps += [partial(Life.wait, seconds=seconds) for seconds in (5, 5, 30, 30, 70, 120, 300, 700, 1300)]
    steps += [Life.deliver] * 12 + [Life.tick] * 10 + [Life.lose_events] * 3
    steps += [partial(Life.again, many=many) for many in (1, 5)]
    for after in (False, True):
        steps += [partial(Life.crash, operation=operation, after=after) for operation in ("put", "set_desired")]
        steps += [partial(Life.lost, operation=operation, after=after) for operation in ("put", "set_desired")]
    steps += [partial(Life.throttled, operation=operation) for operation in ("describe", "tasks", "set_desired")]
    steps += [partial(Life.between, operation=operation) for operation in ("describe", "tasks", "set_desired")]
    return [*steps, Life.conflict]


def _steps_after_a_call() -> list[Step]:
    """One twin, little time, and calls that fail: ECS may still answer with what was before, and does not have to."""
    steps: list[Step] = [Life.nothing]
    steps += [partial(Life.scale, key=WEB, desired=desired) for desired in (0, 0, 0, 2, 5, 9)]
    steps += [partial(Life.wait, seconds=seconds) for seconds in (10, 10, 30, 75)]
    steps += [partial(Life.throttled, operation="set_desired")] * 2
    steps += [partial(Life.crash, operation="set_desired", after=after) for after in (False, True)]
    steps += [Life.deliver] * 4 + [Life.tick] * 3 + [partial(Life.again, many=4)]
    return [*steps, Life.lease_ends]


SOON_AFTER_A_CALL = st.lists(st.sampled_from(_steps_after_a_call()), min_size=12, max_size=12)
LIVES = st.lists(st.sampled_from(_steps()), min_size=40, max_size=40)


@settings(max_examples=200)
@given(LIVES)
def test_never(steps: Sequence[Step]) -> None:
    life = Life()
    for step in steps:
        step(life)
        life.check()
    life.heal()
    life.check()
    for key in KEYS:
        assert life.story.wanted(key) == 0
        assert not life.installation.twins.stored(key).active


@settings(max_examples=200)
@given(SOON_AFTER_A_CALL)
def test_no_twin_with_tasks_is_forgotten_whatever_fails_soon_after_a_call(steps: Sequence[Step]) -> None:
    life = Life()
    life.spot_goes(WEB)
    life.deliver()
    for step in steps:
        step(life)
        life.check()
        assert life.story.wanted(WEB) == 0 or life.installation.twins.stored(WEB).active


TROUBLES = st.lists(
    st.tuples(
        st.sampled_from(("goes", "returns", "notice", "wait")), st.integers(1, 3), st.sampled_from((15, 45, 120, 400))
    ),
    min_size=6,
    max_size=14,
)


@settings(max_examples=100)
@given(TROUBLES)
def test_where_events_arrive_no_task_is_missed_for_longer_than_a_start_takes(
    troubles: Sequence[tuple[str, int, int]],
) -> None:
    """The notice comes two minutes before the end: until then the twin's tasks run."""
    story = Story()
    for trouble, tasks, seconds in troubles:
        match trouble:
            case "goes":
                story.world.lose(WEB)
            case "returns":
                story.world.no_spot.clear()
            case "notice":
                story.world.notice(WEB, tasks)
            case _:
                pass
        for passed in range(0, seconds, 5):
            story.deliver()
            story.world.run(seconds=5)
            if passed % 60 == 0:
                story.installation.tick()
            assert story.runs() >= 5, f"{story.runs()} of 5 run"
