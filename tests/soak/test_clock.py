"""Time stands still until it is let go by, and nobody in between can catch what fails meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tests.soak.clock import StillClock

START = 1_772_323_200.0


@pytest.fixture
def clock() -> Iterator[StillClock]:
    with StillClock(START) as clock:
        yield clock


def test_what_falls_due_runs_in_order_at_its_time(clock: StillClock) -> None:
    seen: list[tuple[str, float]] = []
    for name, delay in (("later", 20.0), ("soon", 10.0), ("too late", 40.0)):
        clock.call_later(delay, lambda name=name: seen.append((name, clock.now() - START)), name=name)  # type: ignore[misc]

    clock.advance(30)

    assert seen == [("soon", 10.0), ("later", 20.0)]
    assert datetime.now(UTC).timestamp() == clock.now() == START + 30


def test_others_work_while_one_waits(clock: StillClock) -> None:
    seen: list[str] = []

    def slow() -> None:
        seen.append("begins")
        clock.advance(15)
        seen.append("ends")

    clock.call_later(10, slow, name="slow")
    clock.call_later(20, lambda: seen.append("other"), name="other")
    clock.advance(60)

    assert seen == ["begins", "other", "ends"]


def test_a_failure_in_between_reaches_the_outermost(clock: StillClock) -> None:
    def fails() -> None:
        raise LookupError("broken")

    def careless() -> None:
        clock.advance(10)

    clock.call_later(1, careless, name="careless")
    clock.call_later(5, fails, name="fails")

    with pytest.raises(LookupError, match="broken"):
        clock.advance(60)
    assert clock.now() == START + 11
