"""A failover that a person asks for: as any other, but that nothing has to lack."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from spot_failover.core.decision import Decision, Situation
from spot_failover.core.event_decision import decide_event
from spot_failover.core.events import OperatorFailover
from spot_failover.core.policy import Policy
from spot_failover.core.reason import Action, Reason
from spot_failover.core.record import Phase, Record
from spot_failover.core.service import LiveService
from tests.doubles.builders import FALLBACK, ON_DEMAND, SPOT, WEB, deployment, service
from tests.doubles.clock import START
from tests.unit.records import AFTER, record

REQUEST = OperatorFailover("request-1", WEB, "spotctl", START, START)
WHOLE = service(deployment(SPOT))


def decided(of: Record, at: LiveService) -> Decision:
    return decide_event(Situation(at, of, Policy(), START, event=REQUEST), REQUEST)


def test_a_service_that_lacks_nothing_is_failed_over_all_the_same() -> None:
    found = decided(Record(WEB), WHOLE)
    assert (found.action, found.reason, found.target) == (Action.FAIL_OVER, Reason.OPERATOR_REQUEST, FALLBACK)
    assert found.record is not None
    assert (found.record.phase, found.record.baseline) == (Phase.FAILING_OVER, SPOT)


def test_a_restore_that_is_still_proving_is_taken_back_and_counts_as_failed() -> None:
    proving = record(Phase.PROVING)
    at = service(deployment(SPOT, id="ecs-svc/restore", rollout_state="IN_PROGRESS", created_at=AFTER, running=4))
    found = decided(proving, at)
    assert (found.action, found.reason, found.target) == (Action.FAIL_OVER, Reason.OPERATOR_REQUEST, FALLBACK)
    assert found.record is not None
    assert (found.record.phase, found.record.failures) == (Phase.FAILING_OVER, proving.failures + 1)
    assert "operator" in found.note


@pytest.mark.parametrize(
    ("of", "at", "reason"),
    [
        (Record(WEB, held_until=START + timedelta(hours=1), held_by="anna"), WHOLE, Reason.HELD),
        (Record(WEB), replace(WHOLE, desired=0), Reason.SCALED_TO_ZERO),
        (Record(WEB), service(deployment(ON_DEMAND)), Reason.NO_ACTIVE_SPOT),
    ],
)
def test_what_keeps_a_service_from_failing_over_keeps_it_here_too(of: Record, at: LiveService, reason: Reason) -> None:
    found = decided(of, at)
    assert (found.action, found.reason, found.record) == (Action.IGNORE, reason, None)
