"""Heartbeats late, twice, in the wrong order or not at all, and writes that fail: what is known stays true."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

from hypothesis import given, settings
from hypothesis import strategies as st

from spot_failover.core.errors import ConflictError, SpotFailoverError, TransientError, UnclearError
from spot_failover.core.events import Heartbeat
from spot_failover.core.path import LEAVES_AFTER, REFUSED_AGAIN
from spot_failover.core.reason import Reason
from tests.doubles.builders import OTHER, WEB, service
from tests.doubles.faults import Crash
from tests.doubles.installation import Installation

PATHS = ((WEB.account, WEB.region), (OTHER.account, OTHER.region))
Place = tuple[str, str]
Step = Callable[["Life"], object]


class Life:
    """Every public method up to `check` is something that may happen."""

    def __init__(self) -> None:
        self.installation = Installation().with_services(service(key=WEB), service(key=OTHER))
        self.registry, self.services = self.installation.registry, self.installation.services
        self.after = self.installation.policy.silent_after
        self.latest: dict[Place, datetime] = {}
        """When the latest heartbeat was sent that has arrived."""
        self.told: dict[Place, int] = dict.fromkeys(PATHS, 0)
        """How often a path was told as silent since something was last heard of it."""
        self.unwritten: dict[Place, int] = dict.fromkeys(PATHS, 0)
        """How often, since then, a run of the schedule could not write down what it had told."""
        self.refused: dict[Place, datetime] = {}
        """Since when no sweep has been let in, with no long time without one."""
        self.refused_last: dict[Place, datetime] = {}

    def nothing(self) -> None:
        """What the steps of a failing life that do not matter shrink to."""

    def heartbeat(self, place: Place, minutes_ago: int) -> None:
        sent = self.installation.clock.now() - timedelta(minutes=minutes_ago)
        news = place not in self.latest or sent > self.latest[place]
        ended = self._try(lambda: self.installation.heartbeat(Heartbeat("heartbeat", *place, sent)))
        known = self.registry.stored.get(place)
        if known is not None and known.heard_at == sent and news:
            self.latest[place], self.told[place], self.unwritten[place] = sent, 0, 0
        elif ended and news and place in self.latest:
            raise AssertionError(f"a heartbeat sent at {sent} is not remembered: {known}")

    def schedule(self) -> None:
        """The sweep's schedule. Where nothing went wrong, what it finds is how things are."""
        self.installation.orders.waiting.clear()
        self.installation.told.clear()
        ended = self._try(self.installation.watch)
        for outcome in self.installation.told.outcomes:
            place = (outcome.key.account, outcome.key.region)
            if outcome.decision.reason is Reason.PATH_SILENT:
                self.told[place] += 1
                self.unwritten[place] += not self.registry.stored[place].silent
            if outcome.decision.reason is Reason.ACCOUNT_LEFT and not outcome.key.service:
                self.who_left_was_neither_heard_nor_let_anybody_in(place)
                del self.latest[place]
        if ended:
            self.whoever_is_late_is_told_as_silent_and_nobody_else()
            self.every_known_path_is_swept_and_no_other()

    def sweeps(self) -> None:
        """All that was ordered is carried out."""
        for order in list(self.installation.orders.waiting):
            place = (order.account, order.region)
            if place[0] in self.services.denied:
                now = self.installation.clock.now()
                if place in self.refused and now - self.refused_last[place] > REFUSED_AGAIN:
                    del self.refused[place]
                self.refused.setdefault(place, now)
                self.refused_last[place] = now
            self.installation.told.clear()
            self._try(partial(self.installation.carry_out, order))
            if ("report", "SWEPT") in self.installation.told.lines:
                self.refused.pop(place, None)
        self.installation.orders.waiting.clear()

    def refuse(self, place: Place) -> None:
        self.services.denied.add(place[0])

    def accept(self, place: Place) -> None:
        self.services.denied.discard(place[0])

    def wait(self, minutes: int) -> None:
        self.installation.clock.advance(minutes=minutes)

    def day(self) -> None:
        """Whatever else happens, the sweep goes on."""
        for _ in range(25):
            self.wait(minutes=60)
            self.schedule()
            self.sweeps()

    def fails(self, error: BaseException, *, after: bool) -> None:
        """The registry's next write."""
        (self.registry.faults.after if after else self.registry.faults.before)("put_path", error)

    def check(self) -> None:
        self.what_was_heard_is_never_forgotten_for_something_older()
        self.nobody_is_told_as_silent_twice_unless_it_could_not_be_written_down()
        self.whoever_counts_as_silent_was_told()

    def what_was_heard_is_never_forgotten_for_something_older(self) -> None:
        for place, sent in self.latest.items():
            assert self.registry.stored[place].heard_at == sent

    def nobody_is_told_as_silent_twice_unless_it_could_not_be_written_down(self) -> None:
        for place, count in self.told.items():
            assert count <= 1 + self.unwritten[place], place

    def whoever_counts_as_silent_was_told(self) -> None:
        for place in self.latest:
            assert self.told[place] >= 1 or not self.registry.stored[place].silent, place

    def whoever_is_late_is_told_as_silent_and_nobody_else(self) -> None:
        now = self.installation.clock.now()
        for place, sent in self.latest.items():
            assert self.registry.stored[place].silent == (now - sent > self.after), place

    def every_known_path_is_swept_and_no_other(self) -> None:
        now = self.installation.clock.now()
        under_way = {place for place in self.latest if self.registry.stored[place].sweeping(now)}
        ordered = [(order.account, order.region) for order in self.installation.orders.waiting]
        assert sorted(ordered) == sorted(self.latest.keys() - under_way)

    def who_left_was_neither_heard_nor_let_anybody_in(self, place: Place) -> None:
        now = self.installation.clock.now()
        assert now - self.latest[place] >= LEAVES_AFTER
        assert now - self.refused[place] >= LEAVES_AFTER
        assert now - self.refused_last[place] <= REFUSED_AGAIN

    @staticmethod
    def _try(run: Callable[[], object]) -> bool:
        """Whether it came to its end; what does not comes again."""
        try:
            result = run()
        except (Crash, SpotFailoverError):
            return False
        return not getattr(result, "errors", None)


def _steps() -> list[Step]:
    steps: list[Step] = [Life.nothing]
    for place in PATHS:
        steps += [partial(Life.heartbeat, place=place, minutes_ago=minutes) for minutes in (0, 0, 0, 1, 7, 14, 16, 90)]
        steps += [partial(Life.refuse, place=place), partial(Life.accept, place=place)]
    steps += [partial(Life.wait, minutes=minutes) for minutes in (1, 5, 5, 5, 11, 15, 60, 800, 1440)]
    steps += [Life.schedule] * 8 + [Life.sweeps] * 6 + [Life.day]
    for after in (False, True):
        for error in (Crash(), UnclearError("lost"), TransientError("throttled")):
            steps += [partial(Life.fails, error=error, after=after)]
    return [*steps, partial(Life.fails, error=ConflictError("another"), after=False)]


@settings(max_examples=300)
@given(st.lists(st.sampled_from(_steps()), min_size=40, max_size=40))
def test_never(steps: Sequence[Step]) -> None:
    life = Life()
    for step in steps:
        step(life)
        life.check()
