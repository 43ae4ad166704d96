"""Events of services whose task set is replaced: where they differ from those that ECS rolls."""

from __future__ import annotations

from dataclasses import replace

import pytest

from spot_failover.core.event_decision import decide_event
from spot_failover.core.events import Event, OperatorFailover
from spot_failover.core.reason import Action, Reason
from spot_failover.core.record import Phase, Record
from tests.doubles.builders import FALLBACK, SPOT, WEB, failure, interruption
from tests.doubles.clock import START
from tests.unit.executions import SECOND, live, situation

REQUEST = OperatorFailover("request-1", WEB, "spotctl", START, START)


@pytest.mark.parametrize("event", [failure(), REQUEST])
def test_a_failover_while_another_s_task_set_comes_is_noted_with_its_target_and_waits(event: Event) -> None:
    at = situation(Record(WEB), live(SPOT, replace(SECOND, strategy=SPOT)), event=event)
    found = decide_event(at, event)
    assert (found.action, found.reason) == (Action.WAIT, Reason.DEPLOYMENT_IN_PROGRESS)
    assert found.target == FALLBACK
    assert found.record is not None
    assert (found.record.phase, found.record.baseline, found.record.fallback) == (Phase.FAILING_OVER, SPOT, FALLBACK)


def test_an_interruption_never_redeploys_one_whatever_its_tag_says() -> None:
    tags = {"spot-failover:interruption-response": "redeploy"}
    at, event = replace(live(SPOT, running=4), tags=tags), interruption()
    external = decide_event(situation(Record(WEB), at, event=event), event)
    assert (external.action, external.reason) == (Action.IGNORE, Reason.NOT_SHORT)
    rolled = replace(at, controller="ECS")
    assert decide_event(situation(Record(WEB), rolled, event=event), event).action is Action.REDEPLOY
