"""However often and by however many it is delivered: one failover."""

from __future__ import annotations

from datetime import timedelta

import pytest

from spot_failover.core.errors import BusyError, TransientError, UnclearError
from spot_failover.core.record import Phase
from tests.doubles.builders import FALLBACK, SPOT, WEB, deployment, failure, interruption, service
from tests.doubles.faults import Crash
from tests.doubles.installation import LIFE, Installation


def shortage() -> Installation:
    installation = Installation().with_services(service(deployment(SPOT)))
    installation.services.lose_spot()
    return installation


def test_duplicates_in_one_batch_make_one_call() -> None:
    installation = shortage()
    assert installation.deliver(failure(), failure(), interruption()) == [None, None, None]
    assert installation.switches == [FALLBACK]
    assert [reason for _, reason in installation.told.lines] == ["FAILED_OVER", "STALE_EVENT", "STALE_EVENT"]


def test_duplicates_across_batches_make_one_call() -> None:
    installation = shortage()
    for _ in range(5):
        installation.deliver(failure())
        installation.clock.advance(seconds=20)
    assert installation.switches == [FALLBACK]


def test_an_event_from_before_the_restore_makes_no_second_failover() -> None:
    installation = shortage()
    installation.deliver(failure())
    installation.services.settle()
    installation.services.spot = True
    installation.clock.advance(minutes=5)
    installation.tick()
    installation.services.settle()
    installation.clock.advance(minutes=1)
    installation.tick()
    installation.services.lose_spot()
    installation.deliver(failure())
    assert installation.told.last == ("ignore", "STALE_EVENT")
    assert installation.switches == [FALLBACK, SPOT]


@pytest.mark.parametrize("moment", ["describe", "put"])
def test_two_workers_that_race_make_one_effective_call(moment: str) -> None:
    installation = shortage()
    faults = installation.services.faults if moment == "describe" else installation.records.faults
    faults.after(moment, lambda: installation.deliver(failure(event_id="the-other")))
    [error] = installation.deliver(failure())
    assert error is None or isinstance(error, BusyError)
    assert installation.switches == [FALLBACK]
    assert installation.record().phase is Phase.FAILED_OVER


def test_while_another_worker_calls_the_event_goes_back_to_the_queue() -> None:
    installation = shortage()
    seen: list[Exception | None] = []
    installation.services.faults.before("switch", lambda: seen.extend(installation.deliver(failure(event_id="other"))))
    assert installation.deliver(failure()) == [None]
    assert [type(error) for error in seen] == [BusyError]
    assert installation.switches == [FALLBACK]


def test_while_another_worker_calls_the_tick_leaves_the_record() -> None:
    installation = shortage()
    left: list[int] = []
    installation.services.faults.before("switch", lambda: left.append(installation.tick().left))
    installation.deliver(failure())
    assert left == [1]
    assert installation.switches == [FALLBACK]


def test_a_service_that_is_gone_is_gone_whoever_holds_its_lease() -> None:
    installation = shortage()
    installation.records.faults.after("put", Crash())
    with pytest.raises(Crash):
        installation.deliver(failure())
    del installation.services.live[WEB]
    installation.deliver(failure())
    assert installation.told.last == ("close", "SERVICE_GONE")


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
    installation.services.stale.clear()
    old = installation.services.live[WEB]

    def stale() -> None:
        installation.services.stale[WEB] = old

    installation.services.faults.after("switch", stale)
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


def test_with_too_little_time_left_nothing_is_begun() -> None:
    installation = shortage()
    slow = LIFE - timedelta(seconds=9)
    installation.services.faults.after("describe", lambda: installation.clock.advance(seconds=slow.total_seconds()))
    assert isinstance(installation.deliver(failure())[0], BusyError)
    assert installation.records.history == []
    assert installation.switches == []


def test_what_the_owner_did_while_others_were_handled_is_seen() -> None:
    installation = shortage()

    def owner() -> None:
        installation.clock.advance(seconds=6)
        installation.services.owner_sets(WEB, FALLBACK)

    installation.services.faults.after("describe", owner)
    installation.deliver(failure())
    assert installation.switches == []
    assert installation.told.last == ("ignore", "NO_ACTIVE_SPOT")
