"""A due record that waits: for which reason of several, until when, and what the fallback's state has to do with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from spot_failover.core.decision import Decision, Situation
from spot_failover.core.policy import Policy
from spot_failover.core.pool import Pool, PoolKey
from spot_failover.core.reason import Action, Reason
from spot_failover.core.record import Lease, Phase, Record
from spot_failover.core.restore_decision import decide_restore
from spot_failover.core.service import Deployment, LiveService
from tests.doubles.builders import API, FALLBACK, ON_DEMAND, SPOT, WEB, deployment, service
from tests.doubles.clock import START
from tests.unit.records import AFTER, SWITCHED_AT, ours, record

DUE = record(Phase.FAILED_OVER)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
RECHECK = START + 15 * MINUTE
USED_UP = replace(DUE, restore_day=START.date().isoformat(), restores_that_day=48)
HELD = {"spot-failover:hold-until": "2026-03-02"}
SHUT = {"spot-failover:restore-window": "12:00-13:00"}
UNSAFE = service(ours(), minimum_healthy_percent=0)
POOL = Pool(PoolKey.of(WEB, "FARGATE_SPOT"))
OPEN = replace(POOL, open=True, next_canary_at=START + 5 * MINUTE)
THEIRS = deployment(FALLBACK, id="ecs-svc/release", rollout_state="IN_PROGRESS", created_at=AFTER)


def decide(live: LiveService, of: Record = DUE, *pools: Pool, now: datetime = START) -> Decision:
    return decide_restore(Situation(live, of, Policy(), now, pools=pools))


def told(decision: Decision) -> tuple[Action, Reason]:
    return decision.action, decision.reason


def waits(decision: Decision, reason: Reason, until: datetime) -> None:
    assert told(decision) == (Action.WAIT, reason)
    assert decision.record is not None
    assert decision.record.due_at == until
    assert decision.record.phase is Phase.FAILED_OVER


def test_a_lease_comes_before_the_phase_table() -> None:
    leased = replace(DUE, lease=Lease("other", START + SECOND))
    assert decide(service(strategy=ON_DEMAND), leased).reason is Reason.BUSY


def test_the_phase_table_comes_before_the_due_time() -> None:
    later = replace(record(Phase.FAILING_OVER), due_at=START + MINUTE)
    assert decide(service(deployment(SPOT, running=1)), later).action is Action.FAIL_OVER
    superseded = replace(DUE, due_at=START + MINUTE)
    assert decide(service(deployment(ON_DEMAND, created_at=AFTER)), superseded).reason is Reason.SUPERSEDED


@pytest.mark.parametrize(
    "of",
    [
        replace(record(Phase.CLOSED), due_at=START),
        replace(DUE, due_at=None),
        replace(DUE, due_at=START + SECOND),
    ],
)
def test_what_is_not_due_waits_for_nothing_else(of: Record) -> None:
    decision = decide(service(ours(), tags=HELD), of)
    assert (told(decision), decision.record) == ((Action.IGNORE, Reason.NOT_DUE), None)


def test_a_hold_comes_before_a_look_at_the_fallback() -> None:
    waits(decide(service(ours(), tags=HELD), replace(DUE, restore_at=START + MINUTE)), Reason.HELD, RECHECK)


@pytest.mark.parametrize(
    ("live", "of", "reason"),
    [
        (service(THEIRS, tags=SHUT, minimum_healthy_percent=0), USED_UP, Reason.DEPLOYMENT_IN_PROGRESS),
        (replace(UNSAFE, tags=SHUT), USED_UP, Reason.RESTORE_WINDOW),
        (UNSAFE, USED_UP, Reason.UNSAFE_TO_RESTORE),
        (service(ours()), USED_UP, Reason.RESTORE_LIMIT),
        (service(ours()), DUE, Reason.POOL_OPEN),
    ],
)
def test_the_first_of_several_reasons_to_wait_is_told(live: LiveService, of: Record, reason: Reason) -> None:
    assert decide(live, of, OPEN).reason is reason


def test_a_window_that_opens_soon_is_not_missed_and_one_that_opens_late_is_looked_at_again() -> None:
    soon = service(ours(), tags={"spot-failover:restore-window": "02:20-03:00"})
    begin = START.replace(hour=2, minute=20, second=0)
    assert START < begin < RECHECK
    waits(decide(soon), Reason.RESTORE_WINDOW, begin)
    waits(decide(service(ours(), tags=SHUT)), Reason.RESTORE_WINDOW, RECHECK)


def test_a_window_that_cannot_be_read_is_looked_at_again() -> None:
    unreadable = service(ours(), tags={"spot-failover:restore-window": "at night"})
    waits(decide(unreadable), Reason.RESTORE_WINDOW, RECHECK)


def test_before_its_restore_is_due_a_whole_service_waits_for_it() -> None:
    restore_at = START + 40 * MINUTE
    early = replace(DUE, restore_at=restore_at)
    waits(decide(service(ours()), early), Reason.NOT_DUE, RECHECK)
    waits(decide(service(THEIRS), early), Reason.NOT_DUE, RECHECK)
    soon = replace(DUE, restore_at=RECHECK - SECOND)
    waits(decide(service(ours()), soon), Reason.NOT_DUE, RECHECK - SECOND)
    assert decide(service(ours()), replace(DUE, restore_at=START)).action is Action.RESTORE


def test_before_its_restore_is_due_a_short_fallback_is_found() -> None:
    early = replace(DUE, restore_at=START + 40 * MINUTE)
    short = service(ours(running=1))
    assert told(decide(short, early)) == (Action.ALERT, Reason.FALLBACK_SHORT)
    assert told(decide(short, replace(early, switched_at=START - 2 * MINUTE))) == (
        Action.WAIT,
        Reason.FALLBACK_STARTING,
    )


def test_a_hold_holds_a_service_at_zero_too() -> None:
    none = service(replace(ours(), desired=0, running=0), desired=0, tags=HELD)
    waits(decide(none), Reason.HELD, RECHECK)


def test_a_service_at_zero_does_not_wait_for_its_restore() -> None:
    early = replace(DUE, restore_at=START + 40 * MINUTE)
    none = service(replace(ours(), desired=0, running=0), desired=0)
    assert told(decide(none, early)) == (Action.RESTORE, Reason.RESTORED_AT_ZERO)
    one = service(replace(ours(), desired=1, running=1), desired=1)
    assert decide(one, early).reason is Reason.NOT_DUE


def test_a_service_at_zero_waits_for_the_canary_of_an_open_pool() -> None:
    none = service(replace(ours(), desired=0, running=0), desired=0)
    waits(decide(none, DUE, OPEN), Reason.POOL_OPEN, RECHECK)
    waits(decide(none, DUE, POOL, OPEN), Reason.POOL_OPEN, RECHECK)
    assert decide(none, DUE, POOL).reason is Reason.RESTORED_AT_ZERO


@pytest.mark.parametrize(
    ("canary", "goes"),
    [
        (START - 15 * MINUTE, True),
        (START - 15 * MINUTE + SECOND, False),
        (START - 30 * MINUTE, True),
        (START + 5 * MINUTE, False),
    ],
)
def test_a_service_at_zero_goes_in_the_place_of_a_canary_that_nobody_can_be(canary: datetime, *, goes: bool) -> None:
    none = service(replace(ours(), desired=0, running=0), desired=0)
    pool = replace(OPEN, next_canary_at=canary)
    if goes:
        assert told(decide(none, DUE, POOL, pool)) == (Action.RESTORE, Reason.RESTORED_AT_ZERO)
    else:
        waits(decide(none, DUE, POOL, pool), Reason.POOL_OPEN, RECHECK)
    waits(decide(none, DUE, replace(pool, proving={"another": START})), Reason.POOL_OPEN, RECHECK)


def test_a_service_at_zero_goes_where_an_open_pool_names_no_time() -> None:
    none = service(replace(ours(), desired=0, running=0), desired=0)
    assert told(decide(none, DUE, replace(OPEN, next_canary_at=None))) == (Action.RESTORE, Reason.RESTORED_AT_ZERO)


@pytest.mark.parametrize(
    ("canary", "due"), [(START + 5 * MINUTE, START + 5 * MINUTE), (RECHECK, RECHECK), (RECHECK + SECOND, RECHECK)]
)
def test_an_open_pool_is_asked_again_at_its_next_canary(canary: datetime, due: datetime) -> None:
    waits(decide(service(ours()), DUE, replace(OPEN, next_canary_at=canary)), Reason.POOL_OPEN, due)


@pytest.mark.parametrize("canary", [None, START - MINUTE, START])
def test_while_another_service_is_the_canary_the_next_tick_asks_again(canary: datetime | None) -> None:
    pool = replace(OPEN, next_canary_at=canary, proving={API.record_id: START})
    decision = decide(service(ours()), DUE, pool)
    assert (told(decision), decision.record) == ((Action.WAIT, Reason.POOL_OPEN), None)


def test_every_pool_of_the_baseline_has_to_agree() -> None:
    other = Pool(PoolKey.of(WEB, "asg-spot"))
    assert decide(service(ours()), DUE, POOL, other).action is Action.RESTORE
    busy = replace(other, proving={f"111111111111::shop::{number}": START for number in range(10)})
    decision = decide(service(ours()), DUE, POOL, busy)
    assert told(decision) == (Action.WAIT, Reason.POOL_BUSY)
    assert "asg-spot" in decision.note


@pytest.mark.parametrize("rollout_state", ["COMPLETED", None])
def test_a_finished_rollout_whose_tasks_are_coming_is_whole(rollout_state: str | None) -> None:
    assert decide(service(replace(ours(rollout_state, running=3), pending=1))).action is Action.RESTORE


@pytest.mark.parametrize(
    "primary",
    [
        ours("COMPLETED", running=3),
        ours(None, running=3),
        replace(ours("IN_PROGRESS", running=3), pending=1),
        replace(THEIRS, rollout_state="COMPLETED", running=3),
        replace(THEIRS, rollout_state="FAILED", running=3),
    ],
)
def test_one_task_short_of_the_fallback_is_short(primary: Deployment) -> None:
    assert told(decide(service(primary))) == (Action.ALERT, Reason.FALLBACK_SHORT)
    never = replace(DUE, switched_at=None)
    assert told(decide(service(primary), never)) == (Action.ALERT, Reason.FALLBACK_SHORT)


def test_the_fallback_has_exactly_its_deadline_to_start() -> None:
    starting = service(ours("IN_PROGRESS", running=1))
    deadline = SWITCHED_AT + Policy().failover_deadline
    at, before = replace(DUE, due_at=SWITCHED_AT), deadline - SECOND
    assert decide(starting, at, now=before).reason is Reason.FALLBACK_STARTING
    assert decide(starting, at, now=deadline).reason is Reason.FALLBACK_SHORT


def test_a_short_fallback_brings_the_restore_forward_and_says_what_was_told() -> None:
    late = replace(DUE, restore_at=START + 40 * MINUTE)
    told_of = decide(service(ours(running=1)), late).record
    assert told_of is not None
    assert (told_of.alerted, told_of.restore_at) == (frozenset({Reason.FALLBACK_SHORT}), START)


def test_without_a_deployment_nothing_is_in_the_way() -> None:
    assert decide(replace(service(ours()), deployments=())).action is Action.RESTORE


def test_what_could_not_be_restored_safely_is_told_once_whatever_was_told_before() -> None:
    for before in (frozenset[str](), frozenset({Reason.FALLBACK_SHORT})):
        first = decide(UNSAFE, replace(DUE, alerted=before))
        assert first.record is not None
        assert (first.action, first.record.alerted) == (Action.ALERT, before | {Reason.UNSAFE_TO_RESTORE})
        again = decide(UNSAFE, first.record, now=RECHECK)
        assert told(again) == (Action.WAIT, Reason.UNSAFE_TO_RESTORE)
        assert again.record is not None
        assert again.record.alerted == first.record.alerted


def test_two_alerts_do_not_take_turns() -> None:
    """A short fallback that could not be restored safely either: each is told once, and both stay told."""
    both = service(ours(running=1), minimum_healthy_percent=50)
    record, tellings = DUE, []
    for tick in range(12):
        now = START + tick * 5 * MINUTE
        if record.due_at is not None and record.due_at > now:
            continue
        for _ in range(3):
            decision = decide(both, record, now=now)
            record = decision.record or record
            tellings += [decision.reason] if decision.action is Action.ALERT else []
            if not decision.again:
                break
    assert tellings == [Reason.FALLBACK_SHORT, Reason.UNSAFE_TO_RESTORE]


def test_one_restore_fewer_than_the_day_s_limit_may_begin() -> None:
    assert decide(service(ours()), replace(USED_UP, restores_that_day=47)).action is Action.RESTORE
    waits(decide(service(ours()), replace(USED_UP, restores_that_day=49)), Reason.RESTORE_LIMIT, RECHECK)


def test_the_next_day_begins_sooner_than_the_next_look() -> None:
    late = datetime(2026, 3, 1, 23, 55, tzinfo=START.tzinfo)
    tomorrow = datetime(2026, 3, 2, tzinfo=START.tzinfo)
    waits(decide(service(ours()), USED_UP, now=late), Reason.RESTORE_LIMIT, tomorrow)
