"""What the live strategy says about a record's phase where it is neither the baseline nor the fallback."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from spot_failover.core.decision import Situation
from spot_failover.core.phase_table import resolve
from spot_failover.core.policy import Policy
from spot_failover.core.reason import Action, Reason
from spot_failover.core.record import Phase, Record
from spot_failover.core.service import LiveService, ServiceEvent
from spot_failover.core.strategy import NO_STRATEGY, Strategy
from tests.doubles.builders import (
    FALLBACK,
    ON_DEMAND,
    SPOT,
    deployment,
    service,
)
from tests.doubles.clock import START
from tests.unit.records import AFTER, BEFORE, SWITCHED_AT, ours, record
from tests.unit.test_phase_table import ON_OTHER, after, step, told


@pytest.mark.parametrize("phase", [phase for phase in Phase if phase.open])
@pytest.mark.parametrize("strategy", [ON_DEMAND, NO_STRATEGY])
def test_anything_else_supersedes_every_phase(phase: Phase, strategy: Strategy) -> None:
    decision = step(record(phase), replace(ON_OTHER, strategy=strategy))
    assert told(decision) == (Action.CLOSE, Reason.SUPERSEDED)
    assert decision.again
    assert after(decision).phase is Phase.CLOSED
    assert after(decision).due_at is None


def rolled_back(*at: datetime, to: str = "x") -> tuple[ServiceEvent, ...]:
    """What ECS tells then of going back to a deployment."""
    return tuple(ServiceEvent(one, f"(service web) rolling back to deployment {to}.") for one in at)


CLOSED_AT = AFTER
TAKEN_BACK = replace(
    record(Phase.CLOSED), reason=Reason.SUPERSEDED, phase_since=CLOSED_AT, deployment_id="ecs-svc/ours", failures=2
)
BACK = service(ours(), desired=4)


def back_told(at: datetime) -> LiveService:
    """ECS has made a new deployment of the fallback, and told of a roll-back then."""
    live = service(deployment(FALLBACK, id="ecs-svc/new", created_at=START))
    return replace(live, events=rolled_back(at, to="ecs-svc/ours"))


@pytest.mark.parametrize("live", [BACK, back_told(CLOSED_AT)], ids=["the old deployment", "a new one"])
def test_what_superseded_a_failover_and_was_rolled_back_opens_its_record_again(live: LiveService) -> None:
    decision = step(TAKEN_BACK, live)
    assert told(decision) == (Action.ALERT, Reason.CHANGE_ROLLED_BACK)
    again, primary = after(decision), live.primary
    assert primary is not None
    assert (again.phase, again.baseline, again.fallback) == (Phase.FAILED_OVER, SPOT, FALLBACK)
    assert (again.deployment_id, again.switched_at) == (primary.id, primary.created_at)
    assert (again.failures, again.expires_at) == (2, None)
    assert again.restore_at is not None
    assert again.restore_at >= START + timedelta(minutes=16)


@pytest.mark.parametrize(
    ("of", "live"),
    [
        (replace(TAKEN_BACK, reason=Reason.RESTORED), BACK),
        (replace(TAKEN_BACK, phase_since=None), BACK),
        (replace(TAKEN_BACK, phase_since=START - timedelta(seconds=59)), BACK),
        (TAKEN_BACK, replace(BACK, controller="EXTERNAL")),
        (TAKEN_BACK, replace(BACK, deployments=())),
        (TAKEN_BACK, service(deployment(ON_DEMAND, created_at=BEFORE))),
        (TAKEN_BACK, service(deployment(FALLBACK, created_at=CLOSED_AT))),
        (TAKEN_BACK, back_told(CLOSED_AT - timedelta(seconds=1))),
        (replace(TAKEN_BACK, deployment_id="ecs-svc/our"), back_told(CLOSED_AT)),
    ],
    ids=[
        "restored",
        "of old",
        "an old answer",
        "task sets",
        "no deployment",
        "another",
        "set anew",
        "told before",
        "told of another",
    ],
)
def test_a_fallback_that_somebody_may_wish_for_stays(of: Record, live: LiveService) -> None:
    assert resolve(Situation(live, of, Policy(), START)) is None


@pytest.mark.parametrize(
    ("reason", "again"), [(Reason.RESTORE_OVERRULED, False), (Reason.FAILED_OVER, True), (Reason.RESTORED, True)]
)
def test_a_fallback_that_somebody_wished_for_during_a_restore_is_not_ours_to_take_back(
    reason: Reason, *, again: bool
) -> None:
    closed = after(step(replace(record(Phase.FAILED_OVER), reason=reason), ON_OTHER))
    later = START + timedelta(minutes=1)
    assert (resolve(Situation(BACK, closed, Policy(), later)) is not None) is again
    assert resolve(Situation(BACK, closed, Policy(), later - timedelta(seconds=1))) is None


def test_a_fallback_of_which_nobody_can_tell_whose_it_is_is_left_alone() -> None:
    told_so = replace(service(deployment(FALLBACK, created_at=AFTER)), events=rolled_back(AFTER))
    for of, live in (
        (record(Phase.PROVING), replace(told_so, deployments=())),
        (replace(record(Phase.PROVING), switched_at=None), told_so),
    ):
        assert step(of, live).action is Action.HOLD


@pytest.mark.parametrize(("to", "action"), [("before", Action.GIVE_UP), ("ours", Action.HOLD)])
def test_that_ecs_went_back_to_our_restore_excuses_nobody_who_sets_the_fallback(to: str, action: Action) -> None:
    live = service(deployment(FALLBACK, created_at=AFTER + timedelta(minutes=1)))
    events = rolled_back(AFTER, to=f"ecs-svc/{to}")
    assert step(record(Phase.PROVING), replace(live, events=events)).action is action


@pytest.mark.parametrize(
    ("created_at", "messages", "rollout_reason", "reason"),
    [
        (AFTER, (BEFORE,), "rolling back to x", Reason.FAILOVER_ROLLED_BACK),
        (SWITCHED_AT, (SWITCHED_AT,), "", Reason.FAILOVER_ROLLED_BACK),
        (AFTER, (AFTER, AFTER + timedelta(minutes=9)), "", Reason.FAILOVER_ROLLED_BACK),
        (AFTER, (), "", Reason.SUPERSEDED),
    ],
    ids=["told before the switch", "at once", "told of others too", "not told"],
)
def test_which_messages_tell_of_a_roll_back_of_ours(
    created_at: datetime, messages: tuple[datetime, ...], rollout_reason: str, reason: Reason
) -> None:
    live = service(deployment(ON_DEMAND, created_at=created_at, rollout_reason=rollout_reason))
    assert step(record(Phase.FAILED_OVER), replace(live, events=rolled_back(*messages))).reason is reason


@pytest.mark.parametrize(
    ("at", "action"), [(SWITCHED_AT, Action.GIVE_UP), (SWITCHED_AT - timedelta(seconds=1), Action.HOLD)]
)
def test_what_ecs_told_before_the_restore_is_no_roll_back_of_it(at: datetime, action: Action) -> None:
    live = replace(service(deployment(FALLBACK, created_at=AFTER)), events=rolled_back(at))
    assert step(record(Phase.PROVING), live).action is action


@pytest.mark.parametrize(("seconds", "reason"), [(5, Reason.FAILOVER_ROLLED_BACK), (6, Reason.SUPERSEDED)])
@pytest.mark.parametrize("sign", [1, -1])
def test_what_ecs_made_at_another_time_than_it_told_of_a_roll_back_is_somebody_s(
    seconds: int, sign: int, reason: Reason
) -> None:
    live = service(deployment(ON_DEMAND, created_at=AFTER, rollout_reason="rolling back to x"))
    events = rolled_back(AFTER + sign * timedelta(seconds=seconds))
    assert step(record(Phase.FAILED_OVER), replace(live, events=events)).reason is reason


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
    by_somebody = [replace(record(phase), rollbacks=1) for phase in Phase if phase.open]
    never_switched = [replace(of, switched_at=None) for of in by_somebody]
    task_sets = [(of, replace(BEYOND, controller="EXTERNAL")) for of in by_somebody]
    for of, live in (
        (record(Phase.FAILING_OVER), BEYOND),
        *((of, BEYOND) for of in never_switched),
        *task_sets,
        *((of, ON_OTHER) for of in by_somebody),
    ):
        assert told(step(of, live)) == (Action.CLOSE, Reason.SUPERSEDED)
