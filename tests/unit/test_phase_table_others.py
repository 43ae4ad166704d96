"""What the live strategy says about a record's phase where it is neither the baseline nor the fallback."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from spot_failover.core.events import Event, SilentShortage
from spot_failover.core.reason import Action, Reason
from spot_failover.core.record import Phase
from spot_failover.core.service import LiveService, ServiceEvent
from spot_failover.core.strategy import NO_STRATEGY, Strategy
from tests.doubles.builders import (
    FALLBACK,
    NO_CAPACITY,
    ON_DEMAND,
    SPOT,
    WEB,
    deployment,
    failure,
    interruption,
    service,
)
from tests.doubles.clock import START
from tests.unit.records import AFTER, BEFORE, record
from tests.unit.test_phase_table import ON_OTHER, after, step, told


@pytest.mark.parametrize("phase", [phase for phase in Phase if phase.open])
@pytest.mark.parametrize("strategy", [ON_DEMAND, NO_STRATEGY])
def test_anything_else_supersedes_every_phase(phase: Phase, strategy: Strategy) -> None:
    decision = step(record(phase), replace(ON_OTHER, strategy=strategy))
    assert told(decision) == (Action.CLOSE, Reason.SUPERSEDED)
    assert decision.again
    assert after(decision).phase is Phase.CLOSED
    assert after(decision).due_at is None


IN_PROGRESS = replace(service(deployment(ON_DEMAND, rollout_state="IN_PROGRESS", created_at=AFTER)), rolls_back=True)
BY_OWNER = replace(service(deployment(SPOT, rollout_state="IN_PROGRESS", created_at=AFTER)), rolls_back=True)
SWEPT = SilentShortage("sweep-1", WEB, "sweep", START, START)


@pytest.mark.parametrize(
    ("phase", "event"),
    [
        (Phase.FAILED_OVER, None),
        (Phase.FAILED_OVER, SWEPT),
        (Phase.PROVING, None),
    ],
)
def test_somebody_s_deployment_supersedes_once_ecs_cannot_roll_it_back_any_more(
    phase: Phase, event: Event | None
) -> None:
    assert told(step(record(phase), IN_PROGRESS, event)) == (Action.WAIT, Reason.DEPLOYMENT_IN_PROGRESS)
    if phase is Phase.FAILED_OVER:
        assert told(step(record(phase), BY_OWNER, event)) == (Action.WAIT, Reason.DEPLOYMENT_IN_PROGRESS)
    for settled in (replace(IN_PROGRESS, rolls_back=False), replace(ON_OTHER, rolls_back=True)):
        assert told(step(record(phase), settled, event)) == (Action.CLOSE, Reason.SUPERSEDED)


@pytest.mark.parametrize(
    ("phase", "live", "event"),
    [
        (Phase.FAILING_OVER, IN_PROGRESS, None),
        (Phase.FAILED_OVER, IN_PROGRESS, failure(time=AFTER)),
        (Phase.FAILED_OVER, IN_PROGRESS, interruption(time=AFTER)),
        (Phase.FAILED_OVER, replace(BY_OWNER, events=(ServiceEvent(AFTER, NO_CAPACITY),)), SWEPT),
    ],
)
def test_what_may_have_to_fail_over_does_not_wait_for_it(phase: Phase, live: LiveService, event: Event | None) -> None:
    assert told(step(record(phase), live, event)) == (Action.CLOSE, Reason.SUPERSEDED)


BEYOND = service(deployment(ON_DEMAND, created_at=BEFORE))
"""What ECS brings back where neither the owner's last deployment nor ours was ever complete."""


def test_a_failover_that_ecs_rolled_back_beyond_the_baseline_is_tried_again() -> None:
    decision = step(record(Phase.FAILED_OVER), BEYOND)
    assert told(decision) == (Action.ALERT, Reason.FAILOVER_ROLLED_BACK)
    assert (after(decision).phase, after(decision).baseline) == (Phase.FAILING_OVER, SPOT)


@pytest.mark.parametrize(
    "begun", [{"rollbacks": 1}, {"reason": Reason.RESTORE_FAILED}, {"reason": Reason.RESTORE_DEPLOYMENT_FAILED}]
)
def test_the_intent_of_a_failover_goes_on_from_beyond_the_baseline(begun: dict[str, Any]) -> None:
    decision = step(replace(record(Phase.FAILING_OVER), **begun), BEYOND)
    assert (decision.action, decision.target) == (Action.FAIL_OVER, FALLBACK)
    assert after(decision).baseline == SPOT


def test_the_intent_of_a_restore_goes_on_from_beyond_the_fallback() -> None:
    decision = step(record(Phase.RESTORING), BEYOND)
    assert (decision.action, decision.target) == (Action.RESTORE, SPOT)


@pytest.mark.parametrize(
    ("messages", "reason"), [((), Reason.RESTORE_DEPLOYMENT_FAILED), ((AFTER,), Reason.RESTORE_FAILED)]
)
def test_a_restore_that_ecs_rolled_back_beyond_the_fallback_has_failed(
    messages: tuple[datetime, ...], reason: Reason
) -> None:
    live = service(deployment(ON_DEMAND, created_at=BEFORE), capacity_messages=messages)
    decision = step(record(Phase.PROVING), live)
    assert (*told(decision), decision.target) == (Action.FAIL_OVER, reason, FALLBACK)
    again = after(decision)
    assert (again.phase, again.baseline, again.failures, again.reason) == (Phase.FAILING_OVER, SPOT, 1, reason)


def test_beyond_the_baseline_nothing_goes_on_but_what_ecs_rolled_back() -> None:
    rolled_back = replace(record(Phase.FAILED_OVER), rollbacks=1)
    never_switched = [replace(rolled_back, phase=phase, switched_at=None) for phase in Phase if phase.open]
    by_somebody = [replace(rolled_back, phase=phase) for phase in Phase if phase.open]
    task_sets = [(of, replace(BEYOND, controller="EXTERNAL")) for of in by_somebody]
    for of, live in (
        (record(Phase.FAILING_OVER), BEYOND),
        *((of, BEYOND) for of in never_switched),
        *task_sets,
        *((of, ON_OTHER) for of in by_somebody),
    ):
        assert told(step(of, live)) == (Action.CLOSE, Reason.SUPERSEDED)
