"""Whether a service can be replaced step by step, and what its listeners are moved to."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from spot_failover.core.errors import ChangedByHandError, NotReplaceableError
from spot_failover.core.scaledown_input import ScaledownInput
from spot_failover.core.scaledown_plan import (
    Move,
    Plan,
    blueprint,
    make_plan,
    moved_by_hand,
    not_moved,
    plan_moves,
    token_of,
)
from spot_failover.core.scaledown_record import ScaledownRecord, plan_from, plan_text
from spot_failover.core.strategy import Strategy
from spot_failover.core.task_set import Blueprint, ExternalService, Listener, TargetGroup, TaskSet
from tests.doubles.clock import START
from tests.doubles.scaledown import BLUE, GREEN, KEY, MAIN, NLB, OLD, TEST

TASKS = TaskSet("ecs-svc/1", "PRIMARY", "", 80.0, 4, 4, 0, True, (BLUE,), OLD)
SERVICE = ExternalService(KEY, "EXTERNAL", 5, (TASKS,))
GROUPS = (TargetGroup(GREEN, "false"), TargetGroup(BLUE, "TRUE"))
PLAN = Plan("execution", token_of("execution"), "ecs-svc/1", 80.0, NLB, BLUE, GREEN, "TRUE", "false")
LISTENERS = (Listener(TEST, 8443, (GREEN,)), Listener(MAIN, 443, (BLUE,)))


def test_the_plan_says_how_all_is_now() -> None:
    assert make_plan("execution", SERVICE, NLB, GROUPS) == PLAN
    assert make_plan("execution", SERVICE, NLB, GROUPS[::-1]) == PLAN
    assert not PLAN.swapping


def test_a_first_task_set_need_not_be_the_primary() -> None:
    service = replace(SERVICE, task_sets=(replace(TASKS, status="ACTIVE"),))
    assert make_plan("execution", service, NLB, GROUPS) == PLAN


def test_tokens_are_short_the_same_at_every_retry_and_no_other_execution_s() -> None:
    assert token_of("one") == token_of("one") != token_of("two")
    assert len(token_of("one")) == 32


@pytest.mark.parametrize(
    ("service", "groups", "told"),
    [
        (replace(SERVICE, controller="ECS"), GROUPS, "controller is ECS; it must be EXTERNAL"),
        (replace(SERVICE, task_sets=()), GROUPS, "task sets are none; it must have exactly one"),
        (replace(SERVICE, task_sets=(TASKS, TASKS)), GROUPS, r"ecs-svc/1 \(PRIMARY\), ecs-svc/1 \(PRIMARY\)"),
        (SERVICE, (), r"forwards to 0 target groups \(none\)"),
        (SERVICE, GROUPS[:1], rf"forwards to 1 target groups \({GREEN}\)"),
        (SERVICE, (*GROUPS, TargetGroup("third", None)), rf"forwards to 3 target groups \({GREEN}, {BLUE}, third\)"),
        (SERVICE, (TargetGroup(GREEN, None), TargetGroup(BLUE, None)), "0 of the target groups"),
        (SERVICE, (TargetGroup(GREEN, "true"), TargetGroup(BLUE, "true")), "2 of the target groups"),
        (SERVICE, (TargetGroup(GREEN, "true"), TargetGroup(BLUE, "no")), "is in .*blue.*, but .*green.* has the tag"),
        (replace(SERVICE, task_sets=(replace(TASKS, target_groups=()),)), GROUPS, "is in no target group"),
        (replace(SERVICE, task_sets=(replace(TASKS, target_groups=(BLUE, GREEN)),)), GROUPS, "blue.*, .*green"),
    ],
)
def test_a_service_that_cannot_be_replaced_is_told_why(
    service: ExternalService, groups: tuple[TargetGroup, ...], told: str
) -> None:
    with pytest.raises(NotReplaceableError, match=told):
        make_plan("execution", service, NLB, groups)


def test_the_production_listeners_go_first_and_the_others_take_their_place() -> None:
    extra = Listener("extra", 80, (BLUE,))
    elsewhere = (Listener("elsewhere", 1, ("third",)), Listener("fixed", 2, ()))
    assert plan_moves(KEY, PLAN, (*LISTENERS, extra, *elsewhere)) == (
        Move("extra", 80, BLUE, GREEN),
        Move(MAIN, 443, BLUE, GREEN),
        Move(TEST, 8443, GREEN, BLUE),
    )


def test_without_a_listener_for_production_or_with_weights_nothing_is_moved() -> None:
    with pytest.raises(ChangedByHandError, match="no listener of"):
        plan_moves(KEY, PLAN, LISTENERS[:1])
    for weighted in ((BLUE, GREEN), (BLUE, "third"), ("third", GREEN)):
        with pytest.raises(ChangedByHandError, match="by weight"):
            plan_moves(KEY, PLAN, (*LISTENERS, Listener("weighted", 80, weighted)))
    assert plan_moves(KEY, PLAN, (*LISTENERS, Listener("other", 1, ("third", "fourth"))))


def test_which_listeners_are_moved_and_which_somebody_changed() -> None:
    plan = replace(PLAN, moves=plan_moves(KEY, PLAN, LISTENERS))
    main, test = plan.moves
    assert (moved_by_hand(plan, LISTENERS), not_moved(plan, LISTENERS)) == ((), (main, test))
    swapped = (Listener(TEST, 8443, (BLUE,)), Listener(MAIN, 443, (GREEN,)))
    assert (moved_by_hand(plan, swapped), not_moved(plan, swapped)) == ((), ())
    gone = (Listener(MAIN, 443, (GREEN, BLUE)),)
    assert (moved_by_hand(plan, gone), not_moved(plan, gone)) == ((main, test), (main, test))


def test_a_new_task_set_need_not_be_listed_for_a_minute() -> None:
    plan = replace(PLAN, created_at=START)
    assert [plan.unlisted_yet(START + timedelta(seconds=age)) for age in (0, 59, 60)] == [True, True, False]
    assert not PLAN.unlisted_yet(START)


def test_a_plan_from_before_creations_were_dated_is_read() -> None:
    fields = json.loads(plan_text(PLAN))
    del fields["created_at"]
    assert plan_from(json.dumps(fields)) == PLAN


def test_the_new_task_set_is_like_the_current_one_but_for_what_the_input_says() -> None:
    same = blueprint(ScaledownInput("shop", "stream"), TASKS, GREEN)
    assert same == replace(OLD, target_group=GREEN)
    on_ec2 = replace(TASKS, blueprint=Blueprint("stream:7", launch_type="EC2", assign_public_ip=True))
    assert blueprint(ScaledownInput("shop", "stream"), on_ec2, GREEN) == replace(on_ec2.blueprint, target_group=GREEN)
    wanted = ScaledownInput(
        "shop",
        "stream",
        task_definition="stream:8",
        subnets=("subnet-1",),
        security_groups=("sg-1",),
        strategy=Strategy.of(("FARGATE", 1, 0)),
        assign_public_ip=False,
    )
    assert blueprint(wanted, on_ec2, GREEN) == Blueprint(
        "stream:8",
        strategy=Strategy.of(("FARGATE", 1, 0)),
        subnets=("subnet-1",),
        security_groups=("sg-1",),
        target_group=GREEN,
    )


def test_the_new_task_set_is_where_the_input_says_and_not_where_the_current_one_is() -> None:
    moved = ScaledownInput("shop", "stream", subnets=("subnet-1",), security_groups=("sg-1",))
    assert blueprint(moved, TASKS, GREEN) == replace(
        OLD, subnets=("subnet-1",), security_groups=("sg-1",), target_group=GREEN
    )


def test_a_record_changes_hands_with_its_plan_and_a_plan_survives_as_text() -> None:
    plan = replace(PLAN, moves=plan_moves(KEY, PLAN, LISTENERS), new="ecs-svc/2", idle_mark=None)
    assert plan_from(plan_text(plan)) == plan
    dated = replace(plan, created_at=START)
    assert plan_from(plan_text(dated)) == dated
    record = ScaledownRecord(KEY, version=3, owner="one", plan=plan, back_since=START, last="zero")
    taken = record.taken_by("two")
    assert taken == replace(record, owner="two", back_since=None)
    assert replace(taken, back_since=START).in_order() == replace(taken, plan=None)
    released = taken.released(START, "done", "all is done")
    kept_until = START + timedelta(days=1)
    assert released == ScaledownRecord(
        KEY, version=3, last="two", outcome="done", note="all is done", expires_at=kept_until
    )
    assert released.taken_by("three").expires_at is None


def test_a_service_that_was_never_worked_on_has_no_owner_and_version_zero() -> None:
    never = ScaledownRecord(KEY)
    assert (never.version, never.owner, never.plan) == (0, "", None)
