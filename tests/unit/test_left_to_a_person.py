"""What docs/operations.md says of records that are left to a person: how each of them ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from spot_failover.core import lifecycle, transitions
from spot_failover.core.decision import Decision, Situation
from spot_failover.core.policy import Policy
from spot_failover.core.reason import Action, Reason
from spot_failover.core.record import Phase, Record
from spot_failover.core.restore_decision import decide_restore
from spot_failover.core.strategy import Strategy
from tests.doubles.builders import FALLBACK, MIXED, SPOT, deployment, service
from tests.doubles.clock import START
from tests.unit.records import AFTER, record

FOREVER = datetime.max.replace(tzinfo=UTC)
OTHER = MIXED
ROLLED_BACK = replace(
    record(Phase.FAILING_OVER), reason=Reason.FAILOVER_ROLLED_BACK, held_until=FOREVER, rollbacks=4, due_at=START
)
OVERRULED = replace(record(Phase.FAILED_OVER), reason=Reason.RESTORE_OVERRULED, held_until=FOREVER, due_at=START)


def tick(of: Record, live: Strategy) -> Decision:
    """The restore tick's decision, with the service whole on this strategy, which somebody set after the switch."""
    return decide_restore(Situation(service(deployment(live, created_at=AFTER)), of, Policy(), START))


def told(decision: Decision) -> tuple[Action, Reason]:
    return decision.action, decision.reason


def test_setting_the_baseline_changes_nothing_for_a_failover_that_was_rolled_back() -> None:
    assert told(tick(ROLLED_BACK, SPOT)) == (Action.WAIT, Reason.HELD)


def test_released_it_is_tried_once_more_and_held_again() -> None:
    released = transitions.release(ROLLED_BACK, START)
    decision = tick(released, SPOT)
    assert (decision.action, decision.target) == (Action.FAIL_OVER, FALLBACK)
    again = transitions.failover_rolled_back(replace(released, phase=Phase.FAILED_OVER), lifecycle.INTENT_LIMIT, START)
    assert (again.held_until, again.held_by) == (FOREVER, "")


def test_setting_the_fallback_confirms_it_and_it_stays_there_until_released() -> None:
    decision = tick(ROLLED_BACK, FALLBACK)
    assert told(decision) == (Action.CONFIRM, Reason.FAILED_OVER)
    assert decision.record is not None
    there = replace(decision.record, due_at=START, restore_at=START)
    assert lifecycle.stuck(there, Policy(), START)
    assert told(tick(there, FALLBACK)) == (Action.WAIT, Reason.HELD)
    assert told(tick(transitions.release(there, START), FALLBACK)) == (Action.RESTORE, Reason.RESTORE_STARTED)


@pytest.mark.parametrize(
    ("left", "live"), [(ROLLED_BACK, OTHER), (OVERRULED, OTHER), (OVERRULED, SPOT)], ids=["other", "other", "baseline"]
)
def test_another_strategy_closes_the_record(left: Record, live: Strategy) -> None:
    decision = tick(left, live)
    assert told(decision) == (Action.CLOSE, Reason.SUPERSEDED)
    assert decision.record is not None
    assert (decision.record.phase, decision.record.held_until) == (Phase.CLOSED, None)


def test_an_overruled_restore_is_tried_again_once_released() -> None:
    assert told(tick(OVERRULED, FALLBACK)) == (Action.WAIT, Reason.HELD)
    released = replace(transitions.release(OVERRULED, START), restore_at=START)
    assert told(tick(released, FALLBACK)) == (Action.RESTORE, Reason.RESTORE_STARTED)


@pytest.mark.parametrize("phase", [phase for phase in Phase if phase.open])
def test_a_strategy_that_is_neither_of_the_two_closes_any_record(phase: Phase) -> None:
    assert told(tick(record(phase), OTHER)) == (Action.CLOSE, Reason.SUPERSEDED)
