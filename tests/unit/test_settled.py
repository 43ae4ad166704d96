"""What a record says of an event by itself, so that a storm does not look at the same service again and again."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from spot_failover.core.event_decision import settled
from spot_failover.core.events import Event, OperatorFailover, SilentShortage
from spot_failover.core.reason import Action, Reason
from spot_failover.core.record import Phase, Record
from tests.doubles.builders import FALLBACK, SPOT, WEB, failure, interruption
from tests.doubles.clock import START

SECOND = timedelta(seconds=1)
MOVED = Record(WEB, phase=Phase.FAILED_OVER, baseline=SPOT, fallback=FALLBACK, switched_at=START + 3 * SECOND)


@pytest.mark.parametrize("event", [failure(), interruption()])
def test_what_came_in_before_the_failover_is_about_what_was_before_it(event: Event) -> None:
    assert event.arrived == START + SECOND
    decision = settled(event, MOVED)
    assert decision is not None
    assert (decision.action, decision.reason) == (Action.IGNORE, Reason.STALE_EVENT)


def test_what_comes_in_later_is_stale_by_its_own_time_as_ever() -> None:
    late = failure(arrived=START + timedelta(minutes=1))
    assert settled(late, MOVED) is None
    old = settled(late, replace(MOVED, switched_at=START + 6 * SECOND))
    assert old is not None
    assert old.reason is Reason.STALE_EVENT


@pytest.mark.parametrize("switched_at", [START + SECOND, None])
def test_what_came_in_at_that_very_moment_or_nobody_knows_when_is_looked_at(switched_at: datetime | None) -> None:
    assert settled(failure(), replace(MOVED, switched_at=switched_at)) is None


@pytest.mark.parametrize("phase", [phase for phase in Phase if phase is not Phase.FAILED_OVER])
def test_in_every_other_phase_the_service_is_looked_at(phase: Phase) -> None:
    assert settled(failure(), replace(MOVED, phase=phase)) is None


@pytest.mark.parametrize(
    "event",
    [
        failure(synthetic=True),
        SilentShortage("sweep-1", WEB, "sweep", START, START),
        OperatorFailover("request-1", WEB, "spotctl", START, START),
    ],
)
def test_what_asks_for_a_look_gets_one(event: Event) -> None:
    assert settled(event, MOVED) is None
