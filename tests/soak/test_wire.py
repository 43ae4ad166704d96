"""Calls of functions go wrong, those of others do not, even in the middle of a function's."""

from __future__ import annotations

import random
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from tests.soak.clock import StillClock
from tests.soak.wire import CALM, Killed, Life, Rates, Wire


@pytest.fixture
def wire() -> Iterator[Wire]:
    with StillClock(1_772_323_200.0) as clock:
        wire = Wire(clock, random.Random(1))  # noqa: S311  (repeatable, not secret)
        yield wire
        wire.close()


def test_what_falls_due_in_the_middle_of_an_invocation_is_not_its_own(wire: Wire) -> None:
    own = Life(wire.clock.now() + 60)
    seen: list[tuple[Life | None, int]] = []
    wire.clock.call_later(5, lambda: seen.append((wire.lives[-1], wire.under_way)), name="an owner's call")
    wire.lives.append(own)

    wire.clock.advance(10)

    assert seen == [(None, 1)]
    assert wire.lives == [own]


def test_of_an_invocation_that_was_killed_no_further_call_is_answered(wire: Wire) -> None:
    call: Any = SimpleNamespace(headers={})
    own, other = Life(wire.clock.now() + 60), Life(wire.clock.now() + 60)
    wire.set(Rates(killed=1.0))
    wire._process_request = lambda _request: None
    wire.lives.append(own)
    with pytest.raises(Killed):
        wire._process(call)
    wire.set(CALM)

    with pytest.raises(Killed):
        wire._process(call)
    wire.lives[-1] = other
    assert wire._process(call) is None
