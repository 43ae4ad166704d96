"""The virtual clock."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from local_aws.clock import Clock, TimerFailedError

START = 1_800_000_000.0


@pytest.fixture
def clock() -> Iterator[Clock]:
    with Clock(START) as running:
        yield running


def test_the_process_sees_virtual_time(clock: Clock) -> None:
    clock.advance(3600)
    assert START + 3600 <= time.time() < START + 3660
    assert datetime.now(UTC).timestamp() == pytest.approx(clock.now(), abs=5)


def test_monotonic_time_stays_real(clock: Clock) -> None:
    before = time.monotonic()
    clock.advance(3600)
    assert time.monotonic() - before < 60


def test_timeouts_of_threads_stay_real(clock: Clock) -> None:
    before = time.monotonic()
    waiting = threading.Thread(target=threading.Event().wait, args=(30,), daemon=True)
    waiting.start()
    clock.advance(3600)
    assert waiting.is_alive()
    assert time.monotonic() - before < 30


def test_timers_run_in_order_of_time_and_then_of_their_making(clock: Clock) -> None:
    ran: list[str] = []
    clock.call_later(20, lambda: ran.append("late"), name="late")
    when = clock.now() + 10
    for name in ("first", "second", "third"):
        clock.call_at(when, lambda name=name: ran.append(name), name=name)  # type: ignore[misc]
    clock.advance(30)
    assert ran == ["first", "second", "third", "late"]


def test_what_a_timer_schedules_inside_the_span_runs_too(clock: Clock) -> None:
    times: list[float] = []

    def again() -> None:
        times.append(clock.now() - START)
        clock.call_later(60, again, name="again")

    clock.call_later(60, again, name="again")
    clock.advance(601)
    assert len(times) == 10
    assert times == pytest.approx([60 * n for n in range(1, 11)], abs=1)


def test_a_timer_sees_the_time_it_was_set_for(clock: Clock) -> None:
    seen: list[float] = []
    when = clock.now() + 100
    clock.call_at(when, lambda: seen.append(time.time()), name="look")
    clock.advance(1000)
    assert seen[0] == pytest.approx(when, abs=0.5)
    assert seen[0] >= when


def test_a_cancelled_timer_does_not_run(clock: Clock) -> None:
    ran: list[str] = []
    clock.call_later(1, lambda: ran.append("x"), name="x").cancel()
    clock.advance(10)
    assert ran == []


def test_timers_run_when_nobody_advances(clock: Clock) -> None:
    done = threading.Event()
    clock.call_later(0.05, done.set, name="soon")
    assert done.wait(10)


def test_a_timer_that_fails_is_told_by_advance_and_the_others_still_run(clock: Clock) -> None:
    ran: list[str] = []

    def fail() -> None:
        raise OSError("no luck")

    clock.call_later(1, fail, name="deliver x")
    clock.call_later(2, lambda: ran.append("y"), name="y")
    with pytest.raises(TimerFailedError, match="deliver x: OSError: no luck"):
        clock.advance(10)
    assert ran == ["y"]
    clock.advance(1)


def test_time_does_not_go_back(clock: Clock) -> None:
    with pytest.raises(ValueError, match="only moves forward"):
        clock.advance(-1)


def test_an_action_cannot_advance_the_clock(clock: Clock) -> None:
    clock.call_later(1, lambda: clock.advance(1), name="loop")
    with pytest.raises(TimerFailedError, match="wait for itself"):
        clock.advance(10)


def test_an_hour_with_many_timers_is_cheap(clock: Clock) -> None:
    ran: list[int] = []
    for second in range(3600):
        clock.call_later(second, lambda second=second: ran.append(second), name="tick")  # type: ignore[misc]
    before = time.monotonic()
    clock.advance(3600)
    assert len(ran) == 3600
    assert time.monotonic() - before < 5


def test_concurrent_advances_add_up(clock: Clock) -> None:
    before = clock.now()
    callers = [threading.Thread(target=clock.advance, args=(100,)) for _ in range(4)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert clock.now() - before == pytest.approx(400, abs=5)


def test_nothing_jumps_while_somebody_holds_the_clock(clock: Clock) -> None:
    """Work on another thread belongs to its moment: what is due runs meanwhile, and later timers wait for it."""
    order: list[str] = []
    at_work, done = threading.Event(), threading.Event()

    def begin() -> None:
        clock.hold()

        def work() -> None:
            at_work.wait(30)
            order.append("work")
            clock.release()

        threading.Thread(target=work, daemon=True).start()

    def due() -> None:
        order.append("due")
        at_work.set()

    def later() -> None:
        order.append("later")
        done.set()

    when = clock.now() + 10
    clock.call_at(when, begin, name="begin")
    clock.call_at(when, due, name="due")
    clock.call_at(when + 600, later, name="later")
    clock.advance(700)
    assert order == ["due", "work", "later"]
    assert done.is_set()
