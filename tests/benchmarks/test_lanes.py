"""Things that happen at once in virtual time, on threads that take turns."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from benchmarks.storm.lanes import LaneLock, Lanes, Threads
from tests.soak.clock import StillClock


@pytest.fixture
def lanes() -> Iterator[Lanes]:
    with StillClock(1000.0) as clock, Lanes(clock) as made:
        yield made


def test_lanes_that_sleep_do_so_at_the_same_time(lanes: Lanes) -> None:
    ended: list[tuple[str, float]] = []

    def sleeper(name: str, seconds: float) -> None:
        lanes.sleep(seconds)
        ended.append((name, lanes.clock.now() - 1000))

    lanes.start(lambda: sleeper("long", 5.0), 9999.0)
    lanes.start(lambda: sleeper("short", 2.0), 9999.0)
    lanes.clock.advance(10.0)
    assert ended == [("short", 2.0), ("long", 5.0)]


def test_threads_of_an_invocation_share_its_work(lanes: Lanes) -> None:
    found: list[tuple[list[int], float]] = []

    def same(number: int) -> int:
        lanes.sleep(1.0)
        return number

    def work() -> None:
        with Threads(2) as threads:
            results = list(threads.map(same, range(4)))
        found.append((results, lanes.clock.now() - 1000))

    lanes.start(work, 9999.0)
    lanes.clock.advance(10.0)
    assert found == [([0, 1, 2, 3], 2.0)]


def test_what_a_thread_raises_reaches_its_invocation(lanes: Lanes) -> None:
    caught: list[str] = []

    def fails(_: int) -> None:
        raise ValueError("no")

    def work() -> None:
        try:
            with Threads(2) as threads:
                threads.map(fails, range(2))
        except ValueError as error:
            caught.append(str(error))

    lanes.start(work, 9999.0)
    lanes.clock.advance(1.0)
    assert caught == ["no"]


def test_who_waits_for_a_lock_lets_its_holder_go_on(lanes: Lanes) -> None:
    lock, order = LaneLock(), list[str]()

    def hold(name: str) -> None:
        with lock:
            lanes.sleep(1.0)
            order.append(name)

    lanes.start(lambda: hold("first"), 9999.0)
    lanes.start(lambda: hold("second"), 9999.0)
    lanes.clock.advance(5.0)
    assert order == ["first", "second"]
