"""Whose tasks are counted before a decision, and what the counts change in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from spot_failover.core.decision import Decision, Situation
from spot_failover.core.event_decision import Counting, counting
from spot_failover.core.events import Event
from spot_failover.core.policy import InterruptionPolicy, InterruptionResponse, Policy
from spot_failover.core.reason import Action, Reason
from spot_failover.core.record import Phase, Record
from spot_failover.core.service import LiveService
from spot_failover.core.task import Task
from tests.doubles.builders import ON_DEMAND, SPOT, WEB, deployment, failure, interruption, service
from tests.doubles.clock import START
from tests.unit.records import record

REDEPLOY = Policy(interruption=InterruptionPolicy(response=InterruptionResponse.REDEPLOY))
NO_DEPLOYMENT = replace(service(), deployments=())


def counts(live: LiveService, event: Event, of: Record | None = None, policy: Policy | None = None) -> Counting | None:
    return counting(Situation(live, of or Record(WEB), policy or Policy(), START, event=event), event)


def test_a_placement_failure_counts_a_primary_that_looks_whole() -> None:
    assert counts(service(), failure()) == Counting("ecs-svc/1")
    assert counts(service(deployment(SPOT, running=3)), failure()) is None


def test_a_placement_failure_counts_the_primary_in_observe_and_redeploy_too() -> None:
    assert counts(service(), failure(), policy=REDEPLOY) == Counting("ecs-svc/1")


@pytest.mark.parametrize("event", [failure(), interruption()])
def test_nothing_is_counted_that_decides_nothing(event: Event) -> None:
    assert counts(service(strategy=ON_DEMAND), event) is None
    assert counts(NO_DEPLOYMENT, event) is None
    assert counts(replace(service(), desired=0), event, record(Phase.PROVING)) is None


def test_a_proving_restore_is_counted_even_if_its_provider_is_no_pair_s_any_more() -> None:
    other_pairs = Policy(fallback_pairs={"asg-spot": "asg"})
    assert counts(service(), interruption(), record(Phase.PROVING), other_pairs) == Counting(None)
    assert counts(service(), interruption(), record(Phase.CLOSED), other_pairs) is None


@pytest.mark.parametrize("event", [failure(), interruption()])
@pytest.mark.parametrize("of", [Record(WEB), record(Phase.PROVING)])
def test_nothing_is_counted_where_each_task_was_looked_at(event: Event, of: Record) -> None:
    seen = Situation(service(), of, Policy(), START, event=event, tasks=())
    assert counting(seen, event) is None
    assert counting(replace(seen, tasks=None), event) is not None


@pytest.mark.parametrize("response", [InterruptionResponse.NONE, InterruptionResponse.FAILOVER])
def test_nothing_is_counted_where_being_short_is_no_matter(response: InterruptionResponse) -> None:
    policy = Policy(interruption=InterruptionPolicy(response=response))
    assert counts(service(), interruption(), policy=policy) is None
    assert counts(service(), interruption(), record(Phase.PROVING), policy) == Counting(None)


def test_with_an_open_record_redeploy_counts_as_auto_does() -> None:
    assert counts(service(), interruption(), record(Phase.FAILING_OVER), REDEPLOY) == Counting(None)


def test_a_capacity_message_counts_from_the_time_of_the_interruption() -> None:
    at, before = START, START - timedelta(seconds=1)
    assert counts(service(capacity_messages=(at,)), interruption()) == Counting("ecs-svc/1")
    assert counts(service(capacity_messages=(before,)), interruption()) == Counting(None)


@pytest.mark.parametrize(("intended", "whole"), [(3, False), (4, True), (5, True)])
def test_the_primary_is_whole_by_the_tasks_that_ecs_intends_to_keep(intended: int, *, whole: bool) -> None:
    of = Situation(service(), Record(WEB), Policy(), START, primary_intended=intended)
    assert of.primary_whole is whole


def test_the_primary_s_own_desired_count_is_what_it_is_held_against() -> None:
    stuck = deployment(SPOT, id="ecs-svc/2", desired=2, running=2)
    of = Situation(service(stuck, deployment(SPOT, status="ACTIVE")), Record(WEB), Policy(), START)
    assert replace(of, primary_intended=2).primary_whole
    assert not replace(of, primary_intended=1).primary_whole


def test_without_a_count_or_a_primary_the_service_s_own_numbers_tell() -> None:
    of = Situation(service(deployment(SPOT, running=3)), Record(WEB), Policy(), START)
    assert not of.primary_whole
    assert not of.service_whole
    assert Situation(NO_DEPLOYMENT, Record(WEB), Policy(), START, primary_intended=1).primary_whole


@pytest.mark.parametrize(("intended", "whole"), [(3, False), (4, True)])
def test_the_service_is_whole_by_the_tasks_that_ecs_intends_to_keep(intended: int, *, whole: bool) -> None:
    assert Situation(service(), Record(WEB), Policy(), START, intended=intended).service_whole is whole


def test_tasks_that_were_looked_at_count_in_place_of_all_numbers() -> None:
    of = Situation(service(), Record(WEB), Policy(), START, intended=4, primary_intended=4)
    three = tuple(Task("ecs-svc/1", "FARGATE_SPOT", "RUNNING", START) for _ in range(3))
    old = Task("ecs-svc/0", "FARGATE_SPOT", "RUNNING", START)
    assert not replace(of, tasks=three).service_whole
    assert not replace(of, tasks=three).primary_whole
    assert replace(of, tasks=(*three, old)).service_whole
    assert not replace(of, tasks=(*three, old)).primary_whole
    assert replace(of, tasks=(*three, three[0])).primary_whole


def test_without_a_primary_the_service_s_tasks_tell() -> None:
    of = Situation(NO_DEPLOYMENT, Record(WEB), Policy(), START)
    four = tuple(Task("ecs-svc/0", "FARGATE_SPOT", "RUNNING", START) for _ in range(4))
    assert replace(of, tasks=four).primary_whole
    assert not replace(of, tasks=four[:3]).primary_whole


def test_a_decision_is_final_unless_it_says_otherwise() -> None:
    assert not Decision(Action.IGNORE, Reason.NOT_SHORT).again
