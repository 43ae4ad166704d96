"""A crash or a lost answer between any two calls: finished later, and not done twice."""

from __future__ import annotations

import pytest

from spot_failover.core.errors import BusyError, TransientError, UnclearError
from spot_failover.core.record import Phase
from tests.doubles.builders import FALLBACK, SPOT, failure
from tests.doubles.faults import Crash
from tests.doubles.installation import LIFE
from tests.doubles.shortage import shortage


@pytest.mark.parametrize("redelivery", ["event", "tick"])
@pytest.mark.parametrize("point", ["after the intent", "after the call", "before the confirmation"])
def test_a_crash_anywhere_is_finished_by_the_next_delivery_or_tick(point: str, redelivery: str) -> None:
    installation = shortage()
    match point:
        case "after the intent":
            installation.records.faults.after("put", Crash())
        case "after the call":
            installation.services.faults.after("switch", Crash())
        case _:
            installation.records.faults.before("put", Crash(), skip=1)
    with pytest.raises(Crash):
        installation.deliver(failure())
    assert installation.record().baseline == SPOT
    installation.clock.advance(seconds=90)
    assert installation.deliver(failure()) == [None] if redelivery == "event" else not installation.tick().errors
    assert installation.switches == [FALLBACK]
    assert installation.record().phase is Phase.FAILED_OVER


def test_the_lease_of_a_crashed_worker_outlives_it_and_no_more() -> None:
    installation = shortage()
    installation.records.faults.after("put", Crash())
    with pytest.raises(Crash):
        installation.deliver(failure())
    installation.clock.advance(seconds=LIFE.total_seconds() + 9)
    assert isinstance(installation.deliver(failure())[0], BusyError)
    installation.clock.advance(seconds=1)
    assert installation.deliver(failure()) == [None]


@pytest.mark.parametrize("phase", ["restoring", "failing the restore"])
def test_a_crash_in_a_restore_is_finished_by_the_next_tick(phase: str) -> None:
    installation = shortage()
    installation.deliver(failure())
    installation.services.settle()
    installation.clock.advance(minutes=5)
    if phase == "restoring":
        installation.services.faults.after("switch", Crash())
        with pytest.raises(Crash):
            installation.tick()
        wanted = ([FALLBACK, SPOT], Phase.PROVING)
    else:
        installation.tick()
        installation.clock.advance(hours=2)
        installation.services.faults.after("switch", Crash())
        with pytest.raises(Crash):
            installation.tick()
        wanted = ([FALLBACK, SPOT, FALLBACK], Phase.FAILED_OVER)
    installation.clock.advance(seconds=90)
    installation.tick()
    assert (installation.switches, installation.record().phase) == wanted


def test_an_answer_that_got_lost_is_looked_for() -> None:
    installation = shortage()
    installation.services.faults.after("switch", UnclearError("time-out"))
    assert installation.deliver(failure()) == [None]
    assert installation.switches == [FALLBACK]
    assert installation.record().phase is Phase.FAILED_OVER


def test_a_lost_call_is_not_repeated_before_it_would_show() -> None:
    installation = shortage()
    installation.services.answers_late = True
    installation.services.faults.after("switch", UnclearError("time-out"))
    first, second = installation.deliver(failure(), failure(event_id="again"))
    assert isinstance(first, TransientError)
    assert isinstance(second, BusyError)
    assert not installation.tick().handled
    assert installation.switches == [FALLBACK]
    installation.clock.advance(seconds=90)
    assert installation.deliver(failure()) == [None]
    assert installation.switches == [FALLBACK]
    assert installation.record().phase is Phase.FAILED_OVER


def test_a_call_that_had_no_effect_is_made_again() -> None:
    installation = shortage()
    installation.services.faults.before("switch", UnclearError("502"))
    assert isinstance(installation.deliver(failure())[0], TransientError)
    assert installation.switches == []
    installation.clock.advance(seconds=90)
    assert installation.deliver(failure()) == [None]
    assert installation.switches == [FALLBACK]


def test_a_throttled_call_is_made_again_at_the_next_delivery_without_waiting_for_a_lease() -> None:
    installation = shortage()
    installation.services.faults.before("switch", TransientError("throttled"))
    assert isinstance(installation.deliver(failure())[0], TransientError)
    assert installation.deliver(failure()) == [None]
    assert installation.switches == [FALLBACK]
