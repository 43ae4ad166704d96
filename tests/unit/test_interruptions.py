"""Interruptions are counted, each task once, and enough of them fail a service over."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from spot_failover.core.decision import Situation
from spot_failover.core.event_decision import decide_event
from spot_failover.core.events import CLOCK_SKEW, Interruption
from spot_failover.core.interruptions import count, often
from spot_failover.core.policy import InterruptionPolicy, InterruptionResponse, Policy
from spot_failover.core.reason import Action, Reason
from spot_failover.core.record import Phase, Record
from tests.doubles.builders import TASK, WEB, interruption, service
from tests.doubles.clock import START
from tests.unit.records import record

WINDOW = timedelta(minutes=10)


def interruptions(number: int, *, minutes_ago: float = 0, first: int = 0) -> list[Interruption]:
    prefix = TASK.rpartition("/")[0]
    at = START - timedelta(minutes=minutes_ago)
    return [interruption(task_arn=f"{prefix}/{task}", time=at) for task in range(first, first + number)]


def after(number: int, *, of: Record | None = None, desired: int = 6, **policy: object) -> Situation:
    counted = count(of or Record(WEB), interruptions(number), WINDOW, START)
    chosen = replace(InterruptionPolicy(), **policy)  # type: ignore[arg-type]
    return Situation(service(desired=desired), counted, Policy(interruption=chosen), START, event=interruption())


def test_each_task_counts_once() -> None:
    once = count(Record(WEB), interruptions(3), WINDOW, START)
    assert len(once.interrupted) == 3
    assert count(once, interruptions(3), WINDOW, START) is once
    assert len(count(once, interruptions(2, first=2), WINDOW, START).interrupted) == 4


def test_what_is_older_than_the_window_is_forgotten() -> None:
    old = count(Record(WEB), interruptions(2, minutes_ago=9), WINDOW, START)
    later = START + timedelta(minutes=1)
    now = count(old, interruptions(1, first=7), WINDOW, later)
    assert set(now.interrupted) == {"7"}
    assert count(Record(WEB), interruptions(2, minutes_ago=10), WINDOW, START).interrupted == {}


def test_synthetic_ones_and_those_that_name_no_task_are_not_counted() -> None:
    events = [interruption(synthetic=True), interruption(task_arn="")]
    assert count(Record(WEB), events, WINDOW, START).interrupted == {}


def test_tasks_of_the_deployment_before_a_switch_do_not_count() -> None:
    switched = replace(record(Phase.CLOSED), switched_at=START + timedelta(seconds=6))
    assert count(switched, interruptions(3), WINDOW, START) is switched
    counted = count(Record(WEB), interruptions(3), WINDOW, START)
    assert often(Situation(service(), counted, Policy(), START))
    assert not often(Situation(service(), replace(counted, switched_at=START + timedelta(seconds=6)), Policy(), START))


def test_tasks_that_a_redeployment_replaces_do_not_count_however_late_their_notice() -> None:
    redeployed = replace(Record(WEB), redeployed_at=START - timedelta(minutes=1))
    [event] = interruptions(1)
    made_before = replace(event, task_created_at=START - timedelta(hours=1))
    assert count(redeployed, [made_before], WINDOW, START) is redeployed
    made_after = replace(event, task_created_at=START - timedelta(seconds=50))
    assert len(count(redeployed, [made_after], WINDOW, START).interrupted) == 1


@pytest.mark.parametrize(("after", "number"), [(CLOCK_SKEW, 1), (CLOCK_SKEW + timedelta(seconds=1), 0)])
@pytest.mark.parametrize("latest", ["switched_at", "redeployed_at"])
def test_clocks_may_differ_a_little_and_the_latest_change_counts(after: timedelta, number: int, latest: str) -> None:
    long_ago = replace(Record(WEB), switched_at=START - timedelta(days=1), redeployed_at=START - timedelta(days=2))
    changed = replace(long_ago, **{latest: START + after})  # type: ignore[arg-type]
    assert len(count(changed, interruptions(1), WINDOW, START).interrupted) == number


def test_a_closed_record_that_counts_expires_and_an_open_one_does_not() -> None:
    assert count(Record(WEB), interruptions(1), WINDOW, START).expires_at == START + timedelta(days=30)
    open_one = replace(record(Phase.PROVING), switched_at=None)
    assert count(open_one, interruptions(1), WINDOW, START).expires_at is None


def test_a_storm_does_not_outgrow_an_item_and_the_latest_are_remembered() -> None:
    early = interruptions(50, minutes_ago=5, first=5000)
    storm = count(Record(WEB), [*interruptions(1000, minutes_ago=1), *early], WINDOW, START)
    assert set(storm.interrupted) == {str(task) for task in range(1000)}
    later = count(storm, interruptions(1, first=9000), WINDOW, START)
    assert len(later.interrupted) == 1000
    assert "9000" in later.interrupted


def test_a_task_is_lost_when_that_is_told_first() -> None:
    noticed = count(Record(WEB), interruptions(1, minutes_ago=2), WINDOW, START)
    stopped = count(noticed, interruptions(2), WINDOW, START)
    assert stopped.interrupted == {"0": START - timedelta(minutes=2), "1": START}


@pytest.mark.parametrize(
    ("lost", "desired", "enough"),
    [(2, 4, False), (3, 6, True), (3, 7, False), (4, 7, True), (50, 100, True), (50, 101, False)],
)
def test_enough_is_both_a_number_and_a_part_of_the_desired_count(lost: int, desired: int, *, enough: bool) -> None:
    assert often(after(lost, desired=desired)) is enough


@pytest.mark.parametrize("response", [InterruptionResponse.AUTO, InterruptionResponse.REDEPLOY])
def test_a_storm_fails_a_whole_service_over(response: InterruptionResponse) -> None:
    decision = decide_event(after(3, response=response), interruption())
    assert (decision.action, decision.reason) == (Action.FAIL_OVER, Reason.INTERRUPTION_STORM)
    assert decision.record is not None
    assert decision.record.interrupted == {}


def test_under_none_it_is_only_counted() -> None:
    decision = decide_event(after(6, response=InterruptionResponse.NONE), interruption())
    assert (decision.action, decision.reason) == (Action.IGNORE, Reason.RESPONSE_NONE)


@pytest.mark.parametrize("lost", [1, 6])
def test_failover_asks_for_no_shortage_and_no_storm(lost: int) -> None:
    decision = decide_event(after(lost, response=InterruptionResponse.FAILOVER), interruption())
    assert (decision.action, decision.reason) == (Action.FAIL_OVER, Reason.INTERRUPTED)
