"""A twin whose primary asks for none any more, and one of whose primary nothing is known."""

from __future__ import annotations

from dataclasses import replace

from spot_failover.core.reason import Action, Reason
from spot_failover.core.twin import decide_twin
from tests.doubles.builders import failure
from tests.unit.test_twin_decision import AT_WORK, situation, told


def test_a_twin_that_has_no_tasks_when_its_primary_stops_asking_for_one_says_why() -> None:
    one = situation(state=AT_WORK)
    assert one.primary is not None
    untagged = replace(one, primary=replace(one.primary, live=replace(one.primary.live, tags={})))
    assert told(decide_twin(untagged)) == (Action.CLOSE, Reason.OUT_OF_SCOPE, None)


def test_tasks_that_nobody_has_listed_carry_nothing() -> None:
    one = situation(event=failure())
    assert one.primary is not None
    unlisted = replace(one, primary=replace(one.primary, tasks=None))
    assert told(decide_twin(unlisted)) == (Action.SCALE_TWIN, Reason.TWIN_RAISED, 5)
