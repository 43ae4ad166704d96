"""How many tasks a twin should have, row by row and at every border."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from spot_failover.core.decision import Situation
from spot_failover.core.events import Event, SilentShortage, TaskStateChange
from spot_failover.core.policy import InterruptionPolicy, InterruptionResponse, Policy, TwinPolicy
from spot_failover.core.reason import Action, Reason
from spot_failover.core.record import Lease, Record
from spot_failover.core.task import PROVISIONING, RUNNING, Task
from spot_failover.core.twin import TwinDecision, TwinSituation, decide_twin
from spot_failover.core.twin_state import TwinState
from tests.doubles.builders import WEB, failure, interruption
from tests.doubles.clock import START
from tests.doubles.twin_story import primary, twin

NAME = "web-on-demand"
POLICY = Policy(twin=TwinPolicy(enabled=True, max_tasks=8))
CHANGE = TaskStateChange("task-1", WEB, "aws.ecs", START, START)
SILENT = SilentShortage("sweep-1", WEB, "sweep", START, START)
LONG = timedelta(hours=3)
AT_WORK = TwinState(WEB, twin=NAME, wanted=3, version=2, due_at=START, evidence_at=START - LONG, raised_at=START - LONG)


def runs(number: int, *, since: timedelta = LONG) -> tuple[Task, ...]:
    at = START - since
    return tuple(Task("ecs-svc/1", "FARGATE_SPOT", RUNNING, at, at) for _ in range(number))


def comes(number: int, *, since: timedelta = timedelta(seconds=20)) -> tuple[Task, ...]:
    return tuple(Task("ecs-svc/1", "FARGATE_SPOT", PROVISIONING, START - since) for _ in range(number))


def situation(
    *tasks: Task,
    state: TwinState | None = None,
    has: int = 0,
    event: Event | None = None,
    policy: Policy = POLICY,
    desired: int = 5,
    grace: timedelta = timedelta(),
    now: datetime = START,
) -> TwinSituation:
    live = replace(primary(desired=desired), health_grace=grace)
    before = Situation(live, Record(WEB), policy, now, event=event, tasks=tasks)
    return TwinSituation(
        state or TwinState(WEB), policy, now, before, name=NAME, twin=replace(twin(desired=has), running=has)
    )


def told(decision: TwinDecision) -> tuple[Action, Reason, int | None]:
    return decision.action, decision.reason, decision.count


IGNORED = (Action.IGNORE, Reason.NOT_SHORT, None)


@pytest.mark.parametrize(
    ("tasks", "wanted"),
    [
        (runs(2), (Action.SCALE_TWIN, Reason.TWIN_RAISED, 3)),
        (runs(2) + comes(1), (Action.SCALE_TWIN, Reason.TWIN_RAISED, 2)),
        (runs(2) + comes(3), (Action.WAIT, Reason.NOT_SHORT, None)),
        (runs(2) + comes(3, since=timedelta(minutes=10)), (Action.SCALE_TWIN, Reason.TWIN_RAISED, 3)),
        (runs(2) + comes(3, since=timedelta(minutes=9, seconds=59)), (Action.WAIT, Reason.NOT_SHORT, None)),
        (runs(5), IGNORED),
        (runs(4) + runs(1, since=timedelta(seconds=59)), (Action.WAIT, Reason.NOT_SHORT, None)),
        (runs(4) + runs(1, since=timedelta(seconds=60)), IGNORED),
        (runs(10), IGNORED),
        ((), (Action.SCALE_TWIN, Reason.TWIN_RAISED, 5)),
    ],
)
@pytest.mark.parametrize("event", [failure(), interruption()])
def test_a_twin_at_rest_wakes_by_what_its_primary_lacks(
    tasks: tuple[Task, ...], wanted: tuple[Action, Reason, int | None], event: Event
) -> None:
    assert told(decide_twin(situation(*tasks, event=event))) == wanted


def test_the_intent_says_all_that_a_later_look_needs() -> None:
    decision = decide_twin(situation(*runs(2), event=failure()))
    assert decision.state == TwinState(WEB, NAME, 3, due_at=START, evidence_at=START, raised_at=START)
    watched = decide_twin(situation(*runs(2), *comes(3), event=failure())).state
    assert watched == TwinState(WEB, due_at=START, evidence_at=START)


def test_no_more_than_the_most_and_it_says_so() -> None:
    decision = decide_twin(situation(event=failure(), desired=20))
    assert (decision.count, decision.note) == (8, "20 tasks lack, max_tasks is 8")
    assert decide_twin(situation(event=failure(), desired=8)).note == ""


@pytest.mark.parametrize("event", [None, CHANGE])
def test_neither_tick_nor_task_wakes_a_twin(event: Event | None) -> None:
    assert told(decide_twin(situation(event=event))) == (Action.IGNORE, Reason.TWIN_IDLE, None)


def test_the_sweep_wakes_it_by_evidence_alone() -> None:
    short = runs(2)
    assert told(decide_twin(situation(*short, event=SILENT))) == (Action.REPORT, Reason.SHORT_NOT_CAPACITY, None)
    waits = comes(3, since=timedelta(minutes=10))
    assert told(decide_twin(situation(*short, *waits, event=SILENT))) == (Action.SCALE_TWIN, Reason.TWIN_RAISED, 3)
    young = comes(3)
    assert told(decide_twin(situation(*short, *young, event=SILENT))) == IGNORED


@pytest.mark.parametrize("response", list(InterruptionResponse))
def test_a_response_to_interruptions_is_to_count_or_to_look(response: InterruptionResponse) -> None:
    policy = replace(POLICY, interruption=InterruptionPolicy(response=response))
    decision = decide_twin(situation(*runs(2), event=interruption(), policy=policy))
    if response is InterruptionResponse.NONE:
        assert told(decision) == (Action.IGNORE, Reason.RESPONSE_NONE, None)
    else:
        assert told(decision) == (Action.SCALE_TWIN, Reason.TWIN_RAISED, 3)
    assert told(decide_twin(situation(*runs(2), event=failure(), policy=policy))).count(3) == 1


def test_a_synthetic_event_asks_for_one_task_where_none_lacks() -> None:
    assert told(decide_twin(situation(*runs(5), event=failure(synthetic=True)))) == (
        Action.SCALE_TWIN,
        Reason.TWIN_RAISED,
        1,
    )
    assert decide_twin(situation(*runs(1), event=failure(synthetic=True))).count == 4


@pytest.mark.parametrize("event", [None, CHANGE, failure(), SILENT])
@pytest.mark.parametrize(
    ("tasks", "has", "wanted"),
    [
        (runs(1), 3, (Action.SCALE_TWIN, Reason.TWIN_RAISED, 4)),
        (runs(1) + comes(1), 3, (Action.IGNORE, Reason.TWIN_STEADY, None)),
        (runs(2), 3, (Action.IGNORE, Reason.TWIN_STEADY, None)),
        (runs(2) + comes(3), 3, (Action.IGNORE, Reason.TWIN_STEADY, None)),
        (runs(2) + runs(2, since=timedelta(seconds=59)), 3, (Action.IGNORE, Reason.TWIN_STEADY, None)),
        (runs(2) + runs(2, since=timedelta(seconds=60)), 3, (Action.SCALE_TWIN, Reason.TWIN_LOWERED, 1)),
        (runs(4), 9, (Action.SCALE_TWIN, Reason.TWIN_LOWERED, 1)),
        ((), 5, (Action.IGNORE, Reason.TWIN_STEADY, None)),
        (runs(5), 3, (Action.SCALE_TWIN, Reason.TWIN_STEPPED_DOWN, 2)),
    ],
)
def test_at_work_it_follows_in_both_directions_whoever_asks(
    tasks: tuple[Task, ...], has: int, wanted: tuple[Action, Reason, int | None], event: Event | None
) -> None:
    assert told(decide_twin(situation(*tasks, state=AT_WORK, has=has, event=event))) == wanted


def test_a_twin_over_the_most_is_lowered_to_it() -> None:
    decision = decide_twin(situation(state=AT_WORK, has=12, desired=20))
    assert told(decision) == (Action.SCALE_TWIN, Reason.TWIN_LOWERED, 8)


@pytest.mark.parametrize(
    ("grace", "since", "lowered"),
    [(0, 60, True), (30, 60, True), (120, 119, False), (120, 120, True), (86400, 599, False), (86400, 600, True)],
)
def test_the_health_check_grace_period_says_how_long_a_task_takes(grace: int, since: int, *, lowered: bool) -> None:
    tasks = runs(2) + runs(2, since=timedelta(seconds=since))
    decision = decide_twin(situation(*tasks, state=AT_WORK, has=3, grace=timedelta(seconds=grace)))
    assert (decision.action is Action.SCALE_TWIN) is lowered


@pytest.mark.parametrize(
    ("since", "raised", "steps"),
    [(600, LONG, True), (599, LONG, False), (3600, timedelta(minutes=10), True), (3600, timedelta(seconds=599), False)],
)
def test_a_step_waits_for_the_primary_to_be_whole_for_a_while(since: int, raised: timedelta, *, steps: bool) -> None:
    tasks = runs(3) + runs(2, since=timedelta(seconds=since))
    state = replace(AT_WORK, raised_at=START - raised)
    decision = decide_twin(situation(*tasks, state=state, has=3))
    assert decision.reason is (Reason.TWIN_STEPPED_DOWN if steps else Reason.TWIN_STEADY)
    assert steps or decision.note == "until its primary has been whole for 0:10:00"


def test_a_task_more_than_desired_does_not_begin_the_wait_anew() -> None:
    tasks = runs(5) + runs(2, since=timedelta(seconds=5))
    assert decide_twin(situation(*tasks, state=AT_WORK, has=3)).reason is Reason.TWIN_STEPPED_DOWN


@pytest.mark.parametrize(("ago", "steps"), [(119, False), (120, True)])
def test_a_step_waits_for_the_one_before(ago: int, *, steps: bool) -> None:
    state = replace(AT_WORK, stepped_at=START - timedelta(seconds=ago), step_from=3)
    decision = decide_twin(situation(*runs(5), state=state, has=2))
    assert told(decision) == (
        (Action.SCALE_TWIN, Reason.TWIN_STEPPED_DOWN, 1) if steps else (Action.IGNORE, Reason.TWIN_STEADY, None)
    )


@pytest.mark.parametrize(
    ("begin", "percent", "counts"),
    [
        (8, 25, [6, 4, 2, 0]),
        (7, 25, [5, 3, 1, 0]),
        (1, 25, [0]),
        (3, 100, [0]),
        (3, 34, [1, 0]),
        (3, 33, [2, 1, 0]),
        (100, 1, list(range(99, -1, -1))),
        (5000, 100, [0]),
    ],
)
def test_steps_are_parts_of_what_it_had_before_the_first_rounded_up(
    begin: int, percent: int, counts: list[int]
) -> None:
    policy = replace(POLICY, twin=TwinPolicy(enabled=True, step_percent=percent, step_wait=timedelta()))
    state, has, asked = AT_WORK, begin, []
    while has:
        decision = decide_twin(situation(*runs(5), state=state, has=has, policy=policy))
        assert decision.count is not None
        assert decision.state is not None
        state, has = decision.state, decision.count
        asked.append(has)
    assert asked == counts


def test_more_between_two_steps_begins_them_anew() -> None:
    state = replace(AT_WORK, stepped_at=START, step_from=8)
    decision = decide_twin(situation(*runs(1), state=state, has=2))
    assert decision.state is not None
    assert (decision.count, decision.state.step_from, decision.state.stepped_at) == (4, 0, None)


@pytest.mark.parametrize(
    ("tasks", "changes", "closes"),
    [
        (runs(5), {}, True),
        (runs(5), {"raised_at": START - timedelta(minutes=1)}, True),
        (runs(4) + comes(1), {"raised_at": START - timedelta(minutes=9)}, False),
        (runs(4) + comes(1), {}, True),
        (runs(4) + comes(1), {"wanted": 0, "evidence_at": START - timedelta(seconds=599)}, False),
        (runs(4) + comes(1), {"wanted": 0, "evidence_at": START - timedelta(minutes=10)}, True),
        (runs(4) + comes(1), {"wanted": 0, "evidence_at": None}, True),
        (runs(4), {"wanted": 0}, True),
    ],
)
def test_a_twin_without_tasks_rests_once_nothing_may_lack(
    tasks: tuple[Task, ...], changes: dict[str, object], *, closes: bool
) -> None:
    state = replace(AT_WORK, told={"X": START}, **changes)  # type: ignore[arg-type]
    decision = decide_twin(situation(*tasks, state=state))
    assert (decision.action is Action.CLOSE) is closes
    if closes:
        assert decision.reason is Reason.TWIN_IDLE
        rest = TwinState(WEB, version=2, told={"X": START}, expires_at=START + timedelta(days=1))
        assert decision.state == rest


def test_a_lease_holds_until_it_is_over() -> None:
    for seconds, action in ((1, Action.RETRY), (0, Action.SCALE_TWIN)):
        lease = Lease("another", START + timedelta(seconds=seconds))
        decision = decide_twin(situation(*runs(1), state=replace(AT_WORK, lease=lease), has=3))
        assert decision.action is action


def test_a_primary_that_wants_nothing_lets_its_twin_go_at_once() -> None:
    assert told(decide_twin(situation(state=AT_WORK, has=3, desired=0))) == (
        Action.SCALE_TWIN,
        Reason.TWIN_LOWERED,
        0,
    )
    assert told(decide_twin(situation(state=AT_WORK, desired=0)))[:2] == (Action.CLOSE, Reason.SCALED_TO_ZERO)
    assert told(decide_twin(situation(event=failure(), desired=0)))[:2] == (Action.IGNORE, Reason.SCALED_TO_ZERO)


@pytest.mark.parametrize(("ago", "runs_", "alert"), [(15, 2, True), (14, 2, False), (15, 3, False)])
def test_a_twin_that_gets_no_tasks_itself(ago: int, runs_: int, *, alert: bool) -> None:
    state = replace(AT_WORK, raised_at=START - timedelta(minutes=ago))
    before = situation(*runs(2), state=state, has=3)
    assert before.twin is not None
    decision = decide_twin(replace(before, twin=replace(before.twin, running=runs_)))
    assert decision.reason is (Reason.FALLBACK_SHORT if alert else Reason.TWIN_STEADY)
    if alert:
        assert decision.state is not None
        again = decide_twin(replace(before, state=decision.state, twin=replace(before.twin, running=runs_)))
        assert told(again) == (Action.IGNORE, Reason.TWIN_STEADY, None)
