"""However often and by however many it is delivered: one failover."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from spot_failover.core.errors import BusyError
from spot_failover.core.record import Phase
from tests.doubles.builders import (
    FALLBACK,
    MIXED,
    MIXED_FALLBACK,
    ON_DEMAND,
    SPOT,
    WEB,
    failure,
    interruption,
)
from tests.doubles.faults import Crash
from tests.doubles.installation import LIFE, Installation
from tests.doubles.shortage import shortage


def test_duplicates_in_one_batch_make_one_call() -> None:
    installation = shortage()
    assert installation.deliver(failure(), failure(), interruption()) == [None, None, None]
    assert installation.switches == [FALLBACK]
    assert [reason for _, reason in installation.told.lines] == ["FAILED_OVER", "STALE_EVENT", "STALE_EVENT"]


@pytest.mark.parametrize("apart", [False, True], ids=["in one batch", "apart"])
def test_an_event_that_names_both_providers_says_nothing_of_the_fallback_that_it_led_to(*, apart: bool) -> None:
    installation = shortage(MIXED)
    event = failure(providers=("FARGATE", "FARGATE_SPOT"))
    burst = replace(event, event_id="failure-2")
    if apart:
        for each in (event, event, burst):
            installation.deliver(each)
            installation.clock.advance(seconds=1)
    else:
        installation.deliver(event, event, burst)
    installation.clock.advance(minutes=1)
    installation.tick()
    assert installation.switches == [MIXED_FALLBACK]
    assert installation.told.lines[0] == ("fail_over", "FAILED_OVER")
    assert not {"FALLBACK_SHORT", "RESTORE_STARTED"} & {reason for _, reason in installation.told.lines}


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


def asleep(installation: Installation) -> None:
    """A laptop is shut, and opened again when its command's lease has long expired."""
    installation.clock.advance(minutes=30)


def test_who_wakes_after_the_lease_calls_nothing_and_the_next_tick_finishes_the_intent() -> None:
    installation = shortage()
    installation.records.faults.after("put", lambda: asleep(installation))
    [error] = installation.deliver(failure())
    assert isinstance(error, BusyError)
    assert installation.switches == []
    assert (installation.record().phase, installation.record().lease) == (Phase.FAILING_OVER, None)
    assert installation.tick().errors == {}
    assert installation.switches == [FALLBACK]
    assert installation.record().phase is Phase.FAILED_OVER


def test_who_wakes_after_others_went_on_makes_no_second_deployment() -> None:
    installation = shortage()

    def others_go_on() -> None:
        asleep(installation)
        assert installation.tick().errors == {}
        installation.services.owner_sets(WEB, ON_DEMAND)

    installation.records.faults.after("put", others_go_on)
    [error] = installation.deliver(failure())
    assert isinstance(error, BusyError)
    assert "its lease stays" in "".join(error.__notes__)
    assert installation.switches == [FALLBACK]
    assert installation.strategy() == ON_DEMAND
