"""The restore tick: what to do with a record that is due."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from spot_failover.core.decision import Decision, Situation
from spot_failover.core.policy import Policy, RestorePolicy
from spot_failover.core.reason import Action, Reason
from spot_failover.core.record import Lease, Phase, Record
from spot_failover.core.restore_decision import decide_restore
from spot_failover.core.service import LiveService
from tests.doubles.builders import FALLBACK, SPOT, deployment, service
from tests.doubles.clock import START
from tests.unit.records import AFTER, SWITCHED_AT, ours, record

DUE = record(Phase.FAILED_OVER)


def decide(live: LiveService, of: Record = DUE, policy: Policy | None = None, now: datetime = START) -> Decision:
    return decide_restore(Situation(live, of, policy or Policy(), now))


def told(decision: Decision) -> tuple[Action, Reason]:
    return decision.action, decision.reason


def test_a_whole_service_gets_its_baseline_back() -> None:
    decision = decide(service(ours()))
    assert told(decision) == (Action.RESTORE, Reason.RESTORE_STARTED)
    assert decision.target == SPOT
    assert decision.record is not None
    assert decision.record.phase is Phase.RESTORING


def test_another_worker_s_lease_is_respected() -> None:
    leased = replace(DUE, lease=Lease("other", START + timedelta(seconds=1)))
    assert told(decide(service(ours()), leased)) == (Action.RETRY, Reason.BUSY)
    assert decide(service(ours()), replace(DUE, lease=Lease("other", START))).action is Action.RESTORE


def test_an_old_answer_of_the_index_is_nothing() -> None:
    assert told(decide(service(ours()), record(Phase.CLOSED))) == (Action.IGNORE, Reason.NOT_DUE)
    later = replace(DUE, due_at=START + timedelta(seconds=1))
    assert told(decide(service(ours()), later)) == (Action.IGNORE, Reason.NOT_DUE)


@pytest.mark.parametrize(
    ("tags", "held_until"),
    [({"spot-failover:hold-until": "2026-03-02"}, None), ({}, START + timedelta(hours=1))],
)
def test_a_held_service_is_looked_at_later(tags: dict[str, str], held_until: datetime | None) -> None:
    decision = decide(service(ours(), tags=tags), replace(DUE, held_until=held_until))
    assert told(decision) == (Action.WAIT, Reason.HELD)
    assert decision.record is not None
    assert decision.record.due_at == START + timedelta(minutes=15)


def test_a_hold_that_is_over_holds_nothing() -> None:
    live = service(ours(), tags={"spot-failover:hold-until": "2026-02-28"})
    assert decide(live, replace(DUE, held_until=START)).action is Action.RESTORE


def test_a_service_that_opted_out_meanwhile_is_still_brought_back() -> None:
    live = service(ours(), tags={"spot-failover:enabled": "false"})
    assert decide(live).action is Action.RESTORE


def test_a_service_at_zero_gets_its_baseline_back_even_if_it_could_not_roll() -> None:
    live = service(replace(ours(), desired=0, running=0), desired=0, minimum_healthy_percent=0)
    assert told(decide(live)) == (Action.RESTORE, Reason.RESTORED_AT_ZERO)


def test_somebody_else_s_deployment_is_waited_for() -> None:
    theirs = deployment(FALLBACK, id="ecs-svc/release", rollout_state="IN_PROGRESS", created_at=AFTER)
    assert told(decide(service(theirs))) == (Action.WAIT, Reason.DEPLOYMENT_IN_PROGRESS)
    assert decide(service(replace(theirs, rollout_state="COMPLETED"))).action is Action.RESTORE


def test_the_fallback_gets_its_time_to_start() -> None:
    starting = service(ours("IN_PROGRESS", running=1))
    early = SWITCHED_AT + timedelta(minutes=14, seconds=59)
    assert told(decide(starting, now=early, of=replace(DUE, due_at=early))) == (Action.WAIT, Reason.FALLBACK_STARTING)


def test_a_fallback_that_ecs_brought_back_gets_that_time_anew() -> None:
    starting, now = service(ours("IN_PROGRESS", running=3)), SWITCHED_AT + timedelta(hours=1)
    brought_back = replace(DUE, phase_since=now - timedelta(minutes=14, seconds=59), due_at=now, restore_at=now)
    assert told(decide(starting, now=now, of=brought_back)) == (Action.WAIT, Reason.FALLBACK_STARTING)
    brought_back = replace(brought_back, phase_since=now - timedelta(minutes=15))
    assert told(decide(starting, now=now, of=brought_back)) == (Action.ALERT, Reason.FALLBACK_SHORT)


def test_a_fallback_that_does_not_get_whole_is_told_once_and_spot_is_tried() -> None:
    starting = service(ours("IN_PROGRESS", running=1))
    decision = decide(starting)
    assert told(decision) == (Action.ALERT, Reason.FALLBACK_SHORT)
    assert decision.again
    assert decision.record is not None
    assert decide(starting, decision.record).action is Action.RESTORE


def test_a_restore_that_was_brought_forward_does_not_wait_for_the_fallback() -> None:
    starting = service(ours("IN_PROGRESS", running=1))
    early = SWITCHED_AT + timedelta(minutes=2)
    brought_forward = replace(DUE, due_at=early, alerted=frozenset({Reason.FALLBACK_SHORT}))
    assert decide(starting, brought_forward, now=early).action is Action.RESTORE


def test_an_unfinished_rollout_that_is_whole_does_not_matter() -> None:
    assert decide(service(ours("IN_PROGRESS"))).action is Action.RESTORE
    assert decide(service(ours(None))).action is Action.RESTORE


@pytest.mark.parametrize(
    ("minimum", "maximum", "desired"),
    [(99, 200, 4), (0, 200, 4), (100, 100, 4), (100, 124, 4), (100, 150, 1)],
)
def test_what_could_drop_healthy_tasks_is_told_once_and_left(minimum: int, maximum: int, desired: int) -> None:
    fallback = replace(ours(), desired=desired, running=desired)
    live = service(fallback, desired=desired, minimum_healthy_percent=minimum, maximum_percent=maximum)
    decision = decide(live)
    assert told(decision) == (Action.ALERT, Reason.UNSAFE_TO_RESTORE)
    assert decision.record is not None
    assert decision.record.due_at == START + timedelta(minutes=15)
    again = decide(live, decision.record, now=decision.record.due_at)
    assert told(again) == (Action.WAIT, Reason.UNSAFE_TO_RESTORE)
    allowed = Policy(restore=RestorePolicy(allow_disruption=True))
    assert decide(live, policy=allowed).action is Action.RESTORE


@pytest.mark.parametrize(("maximum", "desired"), [(200, 1), (125, 4), (101, 100)])
def test_room_for_one_more_task_is_enough(maximum: int, desired: int) -> None:
    fallback = replace(ours(), desired=desired, running=desired)
    live = service(fallback, desired=desired, maximum_percent=maximum)
    assert decide(live).action is Action.RESTORE


def test_the_day_s_limit_waits_for_tomorrow_and_is_looked_at_until_then() -> None:
    used_up = replace(DUE, restore_day="2026-03-01", restores_that_day=48)
    decision = decide(service(ours()), used_up)
    assert told(decision) == (Action.WAIT, Reason.RESTORE_LIMIT)
    assert decision.record is not None
    assert decision.record.due_at == START + timedelta(minutes=15)
    yesterday = replace(used_up, restore_day="2026-02-28")
    assert decide(service(ours()), yesterday).action is Action.RESTORE
