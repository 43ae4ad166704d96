"""Whatever a service's tasks do: the sweep fails over where ECS shows that Spot lacks, and nowhere else."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from spot_failover.core.decision import Situation
from spot_failover.core.event_decision import decide_event
from spot_failover.core.events import SilentShortage
from spot_failover.core.policy import Policy
from spot_failover.core.reason import Action, Reason
from spot_failover.core.record import Record
from spot_failover.core.service import ServiceEvent
from spot_failover.core.task import Task
from tests.doubles.builders import MIXED, NO_CAPACITY, SPOT, WEB, deployment, service
from tests.doubles.clock import START

EVENT = SilentShortage("sweep-1/shop/web", WEB, "sweep", START, START)
THRESHOLD = Policy().shortage_threshold
AGES = st.sampled_from((0, 30, 599, 600, 601, 1200, 4000)).map(lambda seconds: timedelta(seconds=seconds))
MESSAGES = st.sampled_from(
    (
        NO_CAPACITY,
        "(service web) has reached a steady state.",
        "(service web) was unable to place a task. Reason: RESOURCE:ENI.",
        "(service web) has started 1 tasks: (task 1).",
        "(service web) deployment ecs-svc/1 deployment failed: tasks failed to start.",
    )
)


@st.composite
def situations(draw: st.DrawFn) -> Situation:
    """A service of four tasks, with fewer of them, some on their way, and anything in its events."""
    strategy = draw(st.sampled_from((SPOT, MIXED)))
    providers = sorted(strategy.providers)
    primary = deployment(strategy, created_at=START - draw(AGES) - THRESHOLD, running=draw(st.integers(0, 4)))
    tasks = tuple(
        Task(primary.id, draw(st.sampled_from(providers)), status, START - age, START - age)
        for status, age in draw(
            st.lists(st.tuples(st.sampled_from(("RUNNING", "PENDING", "PROVISIONING")), AGES), max_size=5)
        )
    )
    events = tuple(
        ServiceEvent(START - age, text) for age, text in draw(st.lists(st.tuples(AGES, MESSAGES), max_size=4))
    )
    live = service(primary, desired=4)
    return Situation(
        type(live)(**{**vars(live), "events": events}), Record(WEB), Policy(), START, event=EVENT, tasks=tasks
    )


def carried(situation: Situation) -> int:
    """Tasks that run, or have been on their way for less than the threshold."""
    return sum(task.runs or START - task.created_at < THRESHOLD for task in situation.tasks or ())


def waits_for_spot(situation: Situation) -> bool:
    """Whether a Spot task has waited for a place for as long as the threshold."""
    return any(
        (task.provider, task.last_status) == ("FARGATE_SPOT", "PROVISIONING") and START - task.created_at >= THRESHOLD
        for task in situation.tasks or ()
    )


def told_of_capacity(situation: Situation) -> bool:
    """Whether ECS has told that capacity lacks, the threshold ago or longer."""
    return any(
        event.message == NO_CAPACITY and START - event.created_at >= THRESHOLD for event in situation.live.events
    )


@settings(max_examples=300)
@given(situations())
def test_without_evidence_nothing_is_touched(situation: Situation) -> None:
    decision = decide_event(situation, EVENT)
    if waits_for_spot(situation) or told_of_capacity(situation):
        return
    assert decision.action in {Action.IGNORE, Action.REPORT}
    assert decision.record is None


@settings(max_examples=300)
@given(situations())
def test_what_is_whole_is_left_alone_whatever_was_told(situation: Situation) -> None:
    decision = decide_event(situation, EVENT)
    if carried(situation) >= 4:
        assert (decision.action, decision.reason) == (Action.IGNORE, Reason.NOT_SHORT)
    else:
        assert decision.reason in {Reason.SILENT_SHORTAGE, Reason.SHORT_NOT_CAPACITY}


@settings(max_examples=300)
@given(situations())
def test_a_spot_task_that_waits_for_its_place_is_enough(situation: Situation) -> None:
    decision = decide_event(situation, EVENT)
    if carried(situation) < 4 and waits_for_spot(situation):
        assert (decision.action, decision.reason) == (Action.FAIL_OVER, Reason.SILENT_SHORTAGE)
