"""Method task_set: others at work on the service, one that is not arranged for it, and what is left in between."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from spot_failover.core.record import Phase
from tests.doubles.builders import WEB, failure
from tests.doubles.task_set_story import (
    asked,
    failed_over,
    foreign_deployment,
    next_tick,
    restoring,
    shortage,
    whole_again,
)

TO_ON_DEMAND, TO_SPOT = [("FARGATE_SPOT", 0, 0), ("FARGATE", 10, 0)], [("FARGATE_SPOT", 1, 0)]


def test_another_execution_on_the_service_is_waited_for_and_the_failover_is_not_lost() -> None:
    installation = shortage()
    installation.deliver(failure())
    installation.replacements.fail("TakenError", "execution deploy-7 works on it")
    next_tick(installation)
    assert installation.told.last == ("wait", "DEPLOYMENT_IN_PROGRESS")
    assert installation.record().phase is Phase.FAILING_OVER
    installation.clock.advance(minutes=4)
    installation.tick()
    assert asked(installation) == [TO_ON_DEMAND]
    installation.clock.advance(minutes=2)
    installation.tick()
    assert asked(installation) == [TO_ON_DEMAND] * 2
    installation.replacements.succeed()
    next_tick(installation)
    assert installation.record().phase is Phase.FAILED_OVER
    assert ("alert", "FAILOVER_ROLLED_BACK") not in installation.told.lines


def test_a_restore_that_meets_another_execution_is_no_failure_of_spot() -> None:
    installation = restoring()
    installation.replacements.fail("TakenError", "execution deploy-7 works on it")
    next_tick(installation)
    assert installation.told.last == ("give_up", "DEPLOYMENT_IN_PROGRESS")
    assert (installation.record().phase, installation.record().failures) == (Phase.FAILED_OVER, 0)
    installation.clock.advance(minutes=15)
    installation.tick()
    assert asked(installation) == [TO_ON_DEMAND, TO_SPOT, TO_SPOT]


def test_what_waited_for_others_is_not_begun_once_the_service_is_whole_again() -> None:
    installation = shortage()
    installation.deliver(failure())
    installation.replacements.fail("TakenError")
    next_tick(installation)
    whole_again(installation)
    installation.clock.advance(minutes=5)
    installation.tick()
    assert installation.told.last == ("close", "NOT_SHORT")
    assert asked(installation) == [TO_ON_DEMAND]


def test_tasks_that_wait_for_capacity_all_along_do_not_make_it_whole_again() -> None:
    installation = shortage()
    installation.deliver(failure())
    installation.replacements.fail("TakenError")
    next_tick(installation)
    live, since = installation.services.live[WEB], installation.clock.now()
    waits = tuple(replace(each, pending=each.desired) for each in live.deployments)
    installation.services.live[WEB] = replace(live, deployments=waits, pending=live.desired)
    installation.services.pending_since[WEB] = since - timedelta(minutes=5)
    installation.clock.advance(minutes=5)
    installation.tick()
    assert installation.record().phase is Phase.FAILING_OVER
    assert asked(installation) == [TO_ON_DEMAND] * 2


def test_while_somebody_else_makes_a_task_set_nothing_is_started_but_the_intent_stays() -> None:
    installation = shortage()
    foreign_deployment(installation, runs=True)
    assert installation.deliver(failure()) == [None]
    assert installation.told.last == ("wait", "DEPLOYMENT_IN_PROGRESS")
    assert installation.record().phase is Phase.FAILING_OVER
    installation.clock.advance(minutes=5)
    installation.tick()
    assert asked(installation) == []
    foreign_deployment(installation, runs=False)
    installation.clock.advance(minutes=5)
    installation.tick()
    assert asked(installation) == [TO_ON_DEMAND]


def test_no_restore_begins_while_somebody_else_makes_a_task_set() -> None:
    installation = failed_over()
    foreign_deployment(installation, runs=True)
    installation.tick()
    assert installation.told.last == ("wait", "DEPLOYMENT_IN_PROGRESS")
    foreign_deployment(installation, runs=False)
    installation.clock.advance(minutes=5)
    installation.tick()
    assert asked(installation) == [TO_ON_DEMAND, TO_SPOT]


def test_a_service_that_is_not_arranged_for_it_is_told_once_and_tried_again() -> None:
    installation = shortage()
    installation.deliver(failure())
    for line in (("alert", "TASK_SET_REFUSED"), ("wait", "TASK_SET_REFUSED")):
        installation.replacements.fail("NotReplaceableError", "none of the target groups is tagged")
        next_tick(installation)
        assert installation.told.last == line
        installation.clock.advance(minutes=5)
        installation.tick()
    assert asked(installation) == [TO_ON_DEMAND] * 3


@pytest.mark.parametrize("error", ["PutBackIncomplete", "PutBackFailed", ""])
def test_what_is_left_in_between_is_told_and_the_next_execution_puts_it_in_order(error: str) -> None:
    installation = shortage()
    installation.deliver(failure())
    foreign_deployment(installation, runs=True)  # the new task set that was not removed
    installation.replacements.fail(error)
    next_tick(installation)
    assert installation.told.last == ("alert", "TASK_SET_LEFT")
    installation.clock.advance(hours=1)
    installation.tick()
    assert asked(installation) == [TO_ON_DEMAND] * 2

    installation = restoring()
    foreign_deployment(installation, runs=True)
    installation.replacements.fail(error)
    next_tick(installation)
    assert installation.told.last == ("alert", "TASK_SET_LEFT")
    installation.clock.advance(hours=2)
    installation.tick()
    assert asked(installation) == [TO_ON_DEMAND, TO_SPOT, TO_SPOT]
