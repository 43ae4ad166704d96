"""Who may take a record where: a decision that is not the decider's to make is refused before anything is done."""

from __future__ import annotations

import pytest

from spot_failover.core.decision import Decision, Situation
from spot_failover.core.policy import Policy
from spot_failover.core.reason import Action, Reason
from spot_failover.core.record import Phase, Record
from spot_failover.core.transitions import begin_failover, begin_restore
from tests.doubles.builders import FALLBACK, SPOT, WEB, deployment, failure, service
from tests.doubles.clock import START
from tests.doubles.installation import Installation
from tests.unit.records import record

EVENT = failure()
BEGUN = begin_failover(Record(WEB), SPOT, FALLBACK, EVENT, Reason.FAILED_OVER, Policy(), START)
FAIL_OVER = Decision(Action.FAIL_OVER, Reason.FAILED_OVER, record=BEGUN, target=FALLBACK)
WAITING = record(Phase.FAILED_OVER)
RESTORE = Decision(Action.RESTORE, Reason.RESTORED, record=begin_restore(WAITING, START), target=SPOT)


@pytest.mark.parametrize(
    ("situation", "decision", "refused"),
    [
        (Situation(service(), Record(WEB), Policy(), START), FAIL_OVER, "the tick may not take a record from closed"),
        (
            Situation(service(deployment(FALLBACK)), WAITING, Policy(), START, event=EVENT),
            RESTORE,
            "the event may not take a record from failed_over",
        ),
    ],
    ids=["a tick fails nothing over", "an event restores nothing"],
)
def test_it_is_not_done(situation: Situation, decision: Decision, refused: str) -> None:
    installation = Installation().with_services(situation.live)

    with pytest.raises(ValueError, match=refused):
        installation.worker().carry_out(situation, decision)

    assert installation.switches == []
    assert installation.records.history == []


def test_whose_it_is_does_it() -> None:
    installation = Installation().with_services(service())

    installation.worker().carry_out(Situation(service(), Record(WEB), Policy(), START, event=EVENT), FAIL_OVER)

    assert installation.switches == [FALLBACK]
