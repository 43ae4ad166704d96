"""Native blue/green, linear and canary deployments bake: so much longer is every deadline."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from spot_failover.aws.ecs_model import live_service
from spot_failover.core import lifecycle
from spot_failover.core.decision import Decision, Situation
from spot_failover.core.event_decision import decide_event
from spot_failover.core.phase_table import confirmed
from spot_failover.core.policy import Policy
from spot_failover.core.proving import decide_proving
from spot_failover.core.reason import Reason
from spot_failover.core.record import Phase, Record
from spot_failover.core.restore_decision import decide_restore
from spot_failover.core.service import LiveService
from spot_failover.core.traffic_shift import TrafficShift
from tests.doubles.builders import FALLBACK, SPOT, WEB, deployment, failure, service
from tests.doubles.clock import START
from tests.unit.records import SWITCHED_AT, ours, record

MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
BAKE = 45 * MINUTE
BLUE_GREEN = TrafficShift("BLUE_GREEN", bake=BAKE)
ALL_SET = TrafficShift(bake=5 * MINUTE, canary_bake=7 * MINUTE, step_bake=3 * MINUTE, step_percent=25.0)


@pytest.mark.parametrize(
    ("strategy", "minutes"),
    [("ROLLING", 0), ("BLUE_GREEN", 5), ("CANARY", 7 + 5), ("LINEAR", 3 * 3 + 5), ("SOMETHING_NEW", 0)],
)
def test_what_counts_under_each_strategy(strategy: str, minutes: int) -> None:
    assert replace(ALL_SET, strategy=strategy).takes == minutes * MINUTE


@pytest.mark.parametrize(
    ("percent", "waits"),
    [(100.0, 0), (99.9, 1), (50.1, 1), (50.0, 1), (49.9, 2), (33.4, 2), (33.3, 3), (11.0, 9), (10.0, 9), (3.0, 33)],
)
def test_a_linear_deployment_waits_between_its_steps_and_not_after_the_last(percent: float, waits: int) -> None:
    assert TrafficShift("LINEAR", step_bake=MINUTE, step_percent=percent).takes == waits * MINUTE


def test_a_step_of_nothing_divides_nothing() -> None:
    assert TrafficShift("LINEAR", step_bake=MINUTE, step_percent=0.0).takes == 999 * MINUTE


@pytest.mark.parametrize(
    ("configuration", "minutes"),
    [
        ({}, 0),
        ({"bakeTimeInMinutes": 30}, 0),
        ({"strategy": "ROLLING", "bakeTimeInMinutes": 30}, 0),
        ({"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 30}, 30),
        ({"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 0}, 0),
        ({"strategy": "CANARY", "canaryConfiguration": {"canaryPercent": 5.0, "canaryBakeTimeInMinutes": 4}}, 4),
        ({"strategy": "CANARY", "canaryConfiguration": {"canaryBakeTimeInMinutes": 0}, "bakeTimeInMinutes": 2}, 2),
        ({"strategy": "CANARY", "bakeTimeInMinutes": 2}, 12),
        ({"strategy": "LINEAR", "linearConfiguration": {"stepPercent": 20.0, "stepBakeTimeInMinutes": 3}}, 12),
        ({"strategy": "LINEAR", "linearConfiguration": {"stepPercent": 33.3}, "bakeTimeInMinutes": 1}, 19),
        ({"strategy": "LINEAR", "bakeTimeInMinutes": 1}, 55),
    ],
)
def test_it_is_read_as_ecs_tells_it_with_the_defaults_of_ecs(configuration: dict[str, Any], minutes: int) -> None:
    live = live_service(WEB, {"status": "ACTIVE", "deploymentConfiguration": configuration})
    assert live.traffic_shift.takes == minutes * MINUTE


def test_a_switch_keeps_how_long_its_own_deployment_takes() -> None:
    live = replace(service(ours()), traffic_shift=BLUE_GREEN)
    intent = record(Phase.FAILING_OVER)
    after = confirmed(intent, ours(), Situation(live, intent, Policy(), START))
    assert after.shift_takes == BAKE
    restoring = replace(after, phase=Phase.RESTORING)
    tries = confirmed(restoring, ours(), Situation(service(ours()), restoring, Policy(), START))
    assert (tries.phase, tries.shift_takes) == (Phase.PROVING, timedelta())


def test_the_first_restore_and_the_look_at_the_fallback_come_so_much_later() -> None:
    intent = record(Phase.FAILING_OVER)
    at_once = confirmed(intent, ours(), Situation(service(ours()), intent, Policy(), START))
    baking = replace(service(ours()), traffic_shift=BLUE_GREEN)
    later = confirmed(intent, ours(), Situation(baking, intent, Policy(), START))
    assert at_once.restore_at is not None
    assert later.restore_at == at_once.restore_at + BAKE
    assert at_once.due_at is not None
    assert later.due_at == at_once.due_at + BAKE


def test_a_new_task_set_has_arrived_when_it_is_confirmed_whatever_ecs_says_of_deployments() -> None:
    intent = record(Phase.FAILING_OVER)
    at_once = confirmed(intent, ours(), Situation(service(ours()), intent, Policy(), START))
    replaced = replace(service(ours(), controller="EXTERNAL"), traffic_shift=BLUE_GREEN)
    after = confirmed(intent, ours(), Situation(replaced, intent, Policy(), START))
    assert (after.restore_at, after.due_at) == (at_once.restore_at, at_once.due_at)


def proving(shift: timedelta) -> Record:
    return replace(record(Phase.PROVING), deployment_id="ecs-svc/restore", shift_takes=shift)


@pytest.mark.parametrize("shift", [timedelta(), BAKE])
def test_patience_with_a_restore_ends_so_much_later(shift: timedelta) -> None:
    started = deployment(SPOT, id="ecs-svc/restore", rollout_state="IN_PROGRESS", created_at=SWITCHED_AT)
    live = service(started, deployment(FALLBACK, id="ecs-svc/ours", status="ACTIVE"))

    def reason(at: datetime) -> Reason:
        return decide_proving(Situation(live, proving(shift), Policy(), at)).reason

    end = SWITCHED_AT + Policy().restore.patience + shift
    assert reason(end - SECOND) is Reason.RESTORE_WAITING
    assert reason(end) is Reason.RESTORE_FAILED


@pytest.mark.parametrize("shift", [timedelta(), BAKE])
def test_the_fallback_is_short_so_much_later(shift: timedelta) -> None:
    live = service(ours("IN_PROGRESS", running=3))
    deadline = SWITCHED_AT + Policy().failover_deadline + shift

    def decide(at: datetime) -> Decision:
        due = replace(record(Phase.FAILED_OVER), due_at=at, restore_at=at, shift_takes=shift)
        return decide_restore(Situation(live, due, Policy(), at))

    assert decide(deadline - SECOND).reason is Reason.FALLBACK_STARTING
    assert decide(deadline).reason is Reason.FALLBACK_SHORT


@pytest.mark.parametrize(
    ("phase", "without"),
    [
        (Phase.FAILING_OVER, 30 * MINUTE),
        (Phase.FAILED_OVER, timedelta(hours=24)),
        (Phase.RESTORING, 30 * MINUTE),
        (Phase.PROVING, timedelta(hours=2, minutes=30)),
    ],
)
@pytest.mark.parametrize("shift", [timedelta(), BAKE])
def test_a_record_is_stuck_so_much_later(phase: Phase, without: timedelta, shift: timedelta) -> None:
    waiting = replace(record(phase), phase_since=START, shift_takes=shift)
    assert not lifecycle.stuck(waiting, Policy(), START + without + shift)
    assert lifecycle.stuck(waiting, Policy(), START + without + shift + SECOND)


def test_a_closed_one_has_no_limit() -> None:
    assert lifecycle.limit(replace(record(Phase.CLOSED), shift_takes=BAKE), Policy()) is None


def test_a_shortage_is_none_the_less_one() -> None:
    """The tasks of the new deployment are to start before any traffic shifts: what lacks then lacks at once."""
    live: LiveService = replace(service(deployment(SPOT, running=1)), traffic_shift=BLUE_GREEN)
    decision = decide_event(Situation(live, Record(WEB), Policy(), START, event=failure()), failure())
    assert decision.reason is Reason.FAILED_OVER
