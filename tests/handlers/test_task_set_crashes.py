"""Method task_set: a crash or a lost answer between any two calls starts no second execution, and loses none."""

from __future__ import annotations

import pytest

from spot_failover.core.errors import AccessDeniedError, BusyError, RefusedError, TransientError, UnclearError
from spot_failover.core.record import Phase
from tests.doubles.builders import failure
from tests.doubles.faults import Crash
from tests.doubles.installation import Installation
from tests.doubles.task_set_story import asked, failed_over, next_tick, restoring, shortage

TO_ON_DEMAND, TO_SPOT = [("FARGATE_SPOT", 0, 0), ("FARGATE", 10, 0)], [("FARGATE_SPOT", 1, 0)]
POINTS = ("after the intent", "before the start", "after the start", "before it is written down")


def crash(installation: Installation, point: str) -> None:
    match point:
        case "after the intent":
            installation.records.faults.after("put", Crash())
        case "before the start":
            installation.replacements.faults.before("start", Crash())
        case "after the start":
            installation.replacements.faults.after("start", Crash())
        case _:
            installation.records.faults.before("put", Crash(), skip=1)


@pytest.mark.parametrize("redelivery", ["event", "tick"])
@pytest.mark.parametrize("point", POINTS)
def test_a_crash_in_a_failover_is_finished_by_the_next_delivery_or_tick(point: str, redelivery: str) -> None:
    installation = shortage()
    crash(installation, point)
    with pytest.raises(Crash):
        installation.deliver(failure())
    assert isinstance(installation.deliver(failure())[0], BusyError)
    installation.clock.advance(seconds=90)
    if redelivery == "event":
        assert installation.deliver(failure()) == [None]
    else:
        assert not installation.tick().errors
    assert asked(installation) == [TO_ON_DEMAND]
    installation.replacements.succeed()
    next_tick(installation)
    assert installation.record().phase is Phase.FAILED_OVER


@pytest.mark.parametrize("point", POINTS)
def test_a_crash_in_a_restore_is_finished_by_the_next_tick(point: str) -> None:
    installation = failed_over()
    crash(installation, point)
    with pytest.raises(Crash):
        installation.tick()
    installation.clock.advance(seconds=90)
    # An event gives up no restore of which nobody knows whether it has begun.
    assert installation.deliver(failure(time=installation.clock.now(), event_id="later")) == [None]
    assert installation.told.last == ("wait", "RESTORE_WAITING")
    installation.tick()
    assert asked(installation) == [TO_ON_DEMAND, TO_SPOT]
    installation.replacements.succeed()
    next_tick(installation)
    assert installation.record().phase is Phase.CLOSED


@pytest.mark.parametrize("end", ["succeed", "fail"])
def test_a_crash_before_the_end_is_written_down_loses_nothing(end: str) -> None:
    installation = shortage()
    installation.deliver(failure())
    if end == "succeed":
        installation.replacements.succeed()
    else:
        installation.replacements.fail("PutBack")
    installation.records.faults.before("put", Crash())
    with pytest.raises(Crash):
        next_tick(installation)
    next_tick(installation)
    assert installation.record().phase is (Phase.FAILED_OVER if end == "succeed" else Phase.FAILING_OVER)
    assert installation.record().rollbacks == (0 if end == "succeed" else 1)
    assert asked(installation) == [TO_ON_DEMAND]


def test_an_execution_that_ended_before_its_answer_arrived_is_not_started_again() -> None:
    installation = shortage()
    installation.replacements.faults.after("start", UnclearError("time-out"))
    assert isinstance(installation.deliver(failure())[0], UnclearError)
    installation.replacements.fail("TakenError")
    assert installation.deliver(failure()) == [None]
    assert installation.told.last == ("wait", "DEPLOYMENT_IN_PROGRESS")
    assert asked(installation) == [TO_ON_DEMAND]


def test_a_start_whose_answer_got_lost_is_made_again_at_once_under_the_same_name() -> None:
    installation = shortage()
    installation.replacements.faults.before("start", UnclearError("502"))
    assert isinstance(installation.deliver(failure())[0], TransientError)
    name = installation.record().execution
    assert installation.deliver(failure()) == [None]
    assert [order.name for order in installation.replacements.orders] == [name]


def test_an_execution_that_is_not_told_of_yet_is_waited_for() -> None:
    installation = shortage()
    installation.deliver(failure())
    executions, installation.replacements.executions = installation.replacements.executions, {}
    installation.clock.advance(seconds=50)
    installation.tick()
    assert installation.told.last == ("wait", "FALLBACK_STARTING")
    installation.replacements.executions = executions
    assert asked(installation) == [TO_ON_DEMAND]


def test_a_missing_permission_or_state_machine_is_an_error_and_the_intent_stays() -> None:
    installation = shortage()
    installation.replacements.denied = True
    assert isinstance(installation.deliver(failure())[0], AccessDeniedError)
    installation.replacements.denied = False
    installation.replacements.state_machines.clear()
    assert isinstance(installation.deliver(failure())[0], RefusedError)
    record = installation.record()
    assert (record.phase, record.lease) == (Phase.FAILING_OVER, None)
    installation.replacements.state_machines.add("controlled-scaledown")
    installation.clock.advance(minutes=15)
    installation.tick()
    assert asked(installation) == [TO_ON_DEMAND]


def test_what_can_not_be_looked_at_is_left_to_the_next_tick() -> None:
    installation = restoring()
    installation.replacements.faults.before("look", TransientError("throttled"))
    installation.clock.advance(minutes=1)
    assert len(installation.tick().errors) == 1
    installation.replacements.succeed()
    next_tick(installation)
    assert installation.record().phase is Phase.CLOSED


def test_who_wakes_after_the_lease_starts_no_execution() -> None:
    installation = shortage()
    installation.records.faults.after("put", lambda: installation.clock.advance(minutes=30))
    [error] = installation.deliver(failure())
    assert isinstance(error, BusyError)
    assert asked(installation) == []
    assert not installation.tick().errors
    assert asked(installation) == [TO_ON_DEMAND]
