"""Method task_set: failovers that wait before they begin, restores that are always refused, ends in between."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from spot_failover.core.errors import TransientError
from spot_failover.core.events import OperatorFailover
from spot_failover.core.execution import ExecutionState
from spot_failover.core.policy import Policy
from spot_failover.core.reason import Reason
from spot_failover.core.record import Phase
from spot_failover.core.service import Deployment
from spot_failover.core.transitions import hold_by_operator, release
from tests.doubles.builders import FALLBACK, WEB, failure
from tests.doubles.fleet import A
from tests.doubles.installation import Installation
from tests.doubles.task_set_story import (
    ENABLED,
    asked,
    foreign_deployment,
    next_tick,
    restoring,
    shortage,
    whole_again,
)

TO_ON_DEMAND, TO_SPOT = [("FARGATE_SPOT", 0, 0), ("FARGATE", 10, 0)], [("FARGATE_SPOT", 1, 0)]


def waiting(policy: Policy = ENABLED) -> Installation:
    """A failover that somebody's pipeline keeps waiting."""
    installation = shortage(policy)
    foreign_deployment(installation, runs=True)
    installation.deliver(failure())
    assert installation.record().phase is Phase.FAILING_OVER
    return installation


def ours(installation: Installation) -> Deployment:
    """The task set that was there before somebody's pipeline began."""
    return next(each for each in installation.services.live[WEB].deployments if each.status == "PRIMARY")


def test_a_failover_that_waits_for_others_counts_once_against_the_hour() -> None:
    installation = waiting(replace(ENABLED, max_failovers_per_hour=1))
    assert installation.shared.budgets == {}
    installation.deliver(failure(event_id="again"))
    next_tick(installation)
    foreign_deployment(installation, runs=False)
    next_tick(installation)
    assert asked(installation) == [TO_ON_DEMAND]
    assert installation.shared.budgets[WEB.account].used == 1
    installation.replacements.fail("TakenError")
    installation.clock.advance(minutes=6)
    installation.tick()
    installation.clock.advance(minutes=6)
    installation.tick()
    assert asked(installation) == [TO_ON_DEMAND] * 2
    assert installation.shared.budgets[WEB.account].used == 1


def test_one_that_waited_for_others_waits_for_its_hour_too() -> None:
    installation = waiting(replace(ENABLED, max_failovers_per_hour=1))
    installation.with_services(replace(installation.services.live[WEB], key=A, deployments=(ours(installation),)))
    installation.deliver(failure(A, time=installation.clock.now()))
    assert len(asked(installation)) == 1
    foreign_deployment(installation, runs=False)
    next_tick(installation)
    assert ("alert", "FAILOVER_LIMIT") in installation.told.lines
    assert len(asked(installation)) == 1
    installation.clock.advance(minutes=49)
    installation.tick()
    assert len(asked(installation)) == 2


def test_a_service_that_flaps_while_a_pipeline_works_uses_up_nothing() -> None:
    installation = shortage(replace(ENABLED, max_failovers_per_hour=3))
    installation.with_services(replace(installation.services.live[WEB], key=A))
    short = installation.services.live[WEB]
    for nth in range(3):
        installation.services.live[WEB] = short
        foreign_deployment(installation, runs=True)
        installation.deliver(failure(event_id=f"flap-{nth}", time=installation.clock.now()))
        assert installation.record().phase is Phase.FAILING_OVER
        whole_again(installation)
        foreign_deployment(installation, runs=True)
        next_tick(installation)
        assert installation.record().phase is Phase.CLOSED
    assert asked(installation) == []
    installation.deliver(failure(A, time=installation.clock.now()))
    assert len(asked(installation)) == 1


def test_a_provider_that_the_cluster_lacks_is_told_at_once_not_after_the_wait() -> None:
    installation = shortage()
    installation.services.attached = frozenset({"FARGATE_SPOT"})
    foreign_deployment(installation, runs=True)
    installation.deliver(failure())
    assert installation.told.last == ("alert", "FALLBACK_PROVIDER_MISSING")
    assert installation.record().phase is Phase.CLOSED


def test_a_hold_stops_what_still_waits_and_its_release_lets_it_begin() -> None:
    installation = waiting()
    now = installation.clock.now()
    installation.records.put(hold_by_operator(installation.record(), "anna", now + timedelta(hours=2), now))
    foreign_deployment(installation, runs=False)
    next_tick(installation)
    assert installation.told.last == ("wait", "HELD")
    installation.clock.advance(hours=1)
    assert installation.tick().stuck == 0
    assert asked(installation) == []
    installation.records.put(release(installation.record(), installation.clock.now()))
    next_tick(installation)
    assert asked(installation) == [TO_ON_DEMAND]


def test_an_operator_s_failover_that_was_put_back_is_tried_again_though_the_service_is_whole() -> None:
    installation = shortage()
    whole_again(installation)
    now = installation.clock.now()
    request = OperatorFailover(
        "request-1", WEB, "spotctl", now, now, synthetic=True, providers=("FARGATE_SPOT",), cause="anna"
    )
    installation.deliver(request)
    installation.replacements.fail("PutBack")
    next_tick(installation)
    assert installation.told.last == ("alert", "FAILOVER_ROLLED_BACK")
    assert installation.record().reason == Reason.OPERATOR_REQUEST
    installation.clock.advance(hours=1)
    installation.tick()
    assert asked(installation) == [TO_ON_DEMAND] * 2


def test_one_that_is_put_back_four_times_is_left_to_a_person() -> None:
    installation = shortage()
    installation.deliver(failure())
    for _ in range(4):
        installation.replacements.fail("PutBack")
        next_tick(installation)
        installation.clock.advance(hours=9)
        installation.tick()
    assert asked(installation) == [TO_ON_DEMAND] * 4
    assert (installation.record().reason, installation.record().stuck) == (Reason.FAILOVER_ROLLED_BACK, True)


def test_a_restore_that_is_always_refused_is_tried_more_and_more_seldom_and_uses_nothing_up() -> None:
    installation = restoring()
    began = installation.clock.now()
    while installation.clock.now() - began < timedelta(hours=12):
        if installation.replacements.running:
            installation.replacements.fail("NotReplaceableError", "none of the target groups is tagged")
        installation.clock.advance(minutes=5)
        installation.tick()
    refused = [action for action, reason in installation.told.lines if reason == "TASK_SET_REFUSED"]
    assert set(refused) == {"alert"}  # which people are told of once a day
    assert 12 <= len(refused) <= 14  # after 10, 20, 40 minutes, and then every hour
    assert installation.record().restores_that_day <= 1
    assert installation.strategy() == FALLBACK
    assert not installation.record().stuck
    for _ in range(24):
        if installation.replacements.running:
            installation.replacements.fail("NotReplaceableError")
        installation.clock.advance(hours=1)
        installation.tick()
    assert ("alert", "STUCK") in installation.told.lines


def test_one_that_was_held_is_not_stuck_as_soon_as_it_begins() -> None:
    installation = waiting()
    now = installation.clock.now()
    installation.records.put(hold_by_operator(installation.record(), "anna", now + timedelta(hours=12), now))
    foreign_deployment(installation, runs=False)
    for _ in range(10):
        installation.clock.advance(hours=1)
        assert installation.tick().stuck == 0
    installation.records.put(release(installation.record(), installation.clock.now()))
    installation.clock.advance(minutes=1)
    assert installation.tick().stuck == 0
    assert asked(installation) == [TO_ON_DEMAND]


@pytest.mark.parametrize("error", ["", "PutBackFailed"])
def test_an_end_in_between_is_told_though_the_new_task_set_is_there(error: str) -> None:
    installation = shortage()
    installation.deliver(failure())
    name = installation.record().execution
    installation.replacements.succeed()
    good = installation.replacements.executions[name]
    installation.replacements.executions[name] = replace(good, state=ExecutionState.FAILED, error=error)
    next_tick(installation)
    assert ("alert", "TASK_SET_LEFT") in installation.told.lines
    assert installation.record().phase is Phase.FAILED_OVER
    assert installation.record().alerted == {Reason.TASK_SET_LEFT}


def test_ten_events_of_one_service_look_at_its_execution_once() -> None:
    installation = shortage()
    installation.deliver(failure())
    looks: list[None] = []
    installation.replacements.faults.before("look", lambda: looks.append(None))
    installation.replacements.faults.before("look", TransientError("looked at twice"), skip=1)
    installation.clock.advance(minutes=2)
    results = installation.deliver(*(failure(event_id=f"more-{nth}") for nth in range(10)))
    assert results == [None] * 10
    assert len(looks) == 1
