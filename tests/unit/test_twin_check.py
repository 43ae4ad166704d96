"""What makes a service another's twin, and who may still get more tasks from one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from spot_failover.core.decision import Situation
from spot_failover.core.events import Event
from spot_failover.core.policy import Policy, Scope, TwinPolicy
from spot_failover.core.reason import Action, Reason
from spot_failover.core.record import Record
from spot_failover.core.service import LiveService
from spot_failover.core.task import RUNNING, Task
from spot_failover.core.twin import TwinSituation, decide_twin
from spot_failover.core.twin_check import twin_problem
from spot_failover.core.twin_state import TwinState
from tests.doubles.builders import MIXED, ON_DEMAND, WEB, failure
from tests.doubles.clock import START
from tests.doubles.twin_story import primary, twin

NAME = "web-on-demand"
POLICY = Policy(twin=TwinPolicy(enabled=True))
LONG = START - timedelta(hours=3)
AT_WORK = TwinState(WEB, twin=NAME, wanted=3, version=1, due_at=START, evidence_at=LONG, raised_at=LONG)


def problem(found: LiveService | None, name: str = NAME, policy: Policy = POLICY, *, autoscaled: bool = False) -> str:
    return twin_problem(primary(), name, found, policy, autoscaled=autoscaled)


def test_a_twin_as_it_should_be() -> None:
    assert problem(twin()) == ""
    assert problem(replace(twin(), strategy=replace(ON_DEMAND, items=()))) == ""
    bare = replace(primary(), target_groups=frozenset())
    assert twin_problem(bare, NAME, replace(twin(), target_groups=frozenset()), POLICY, autoscaled=False) == ""


@pytest.mark.parametrize(
    ("found", "name", "note"),
    [
        (None, NAME, "cluster shop has no active service web-on-demand: create the twin there"),
        (twin(), "", "tag web with spot-failover:twin and the name of its on-demand twin"),
        (twin(), "web", "web names itself as its twin"),
        (replace(twin(), tags={}), NAME, "spot-failover:twin of web-on-demand is '', not 'web'"),
        (replace(twin(), tags={"spot-failover:twin": "api"}), NAME, "is 'api', not 'web'"),
        (replace(twin(), scheduling="DAEMON"), NAME, "web-on-demand is DAEMON with controller ECS"),
        (replace(twin(), controller="CODE_DEPLOY"), NAME, "is REPLICA with controller CODE_DEPLOY"),
        (replace(twin(), strategy=MIXED), NAME, "web-on-demand runs on Spot itself (FARGATE_SPOT)"),
        (replace(twin(), target_groups=frozenset({"b", "a"})), NAME, "web-on-demand is in a, b, web in arn:"),
        (replace(twin(), target_groups=frozenset()), NAME, "web-on-demand is in no target group, web in arn:"),
    ],
)
def test_what_is_wrong_with_it(found: LiveService | None, name: str, note: str) -> None:
    assert note in problem(found, name)


def test_autoscaling_of_its_own() -> None:
    assert "web-on-demand is a scalable target" in problem(twin(), autoscaled=True)


def test_a_method_that_is_not_switched_on_comes_before_all_else() -> None:
    assert "failover_service.enabled is false" in problem(None, "", Policy())


def whole(count: int = 5) -> tuple[Task, ...]:
    return tuple(Task("ecs-svc/1", "FARGATE_SPOT", RUNNING, LONG, LONG) for _ in range(count))


def situation(
    live: LiveService,
    count: int,
    *,
    event: Event | None = None,
    policy: Policy = POLICY,
    record: Record | None = None,
    has: int = 3,
    state: TwinState = AT_WORK,
) -> TwinSituation:
    before = Situation(live, record or Record(WEB), policy, START, event=event, tasks=whole(count))
    return TwinSituation(state, policy, START, before, name=NAME, twin=replace(twin(desired=has), running=has))


@pytest.mark.parametrize(("taken", "has"), [(2, 0), (0, 2), (0, 0)])
def test_a_twin_is_empty_only_where_neither_ecs_nor_our_last_call_knows_of_tasks(taken: int, has: int) -> None:
    called = replace(AT_WORK, called_at=START, taken=taken)
    assert situation(primary(), 4, has=has, state=called).empty is (taken == has == 0)


LEFT: list[tuple[LiveService, Policy]] = [
    (primary(method="strategy"), POLICY),
    (primary(method="nonsense"), POLICY),
    (primary(enabled="false"), POLICY),
    (primary(probe="true"), POLICY),
    (replace(primary(), strategy=ON_DEMAND), POLICY),
    (replace(primary(), controller="EXTERNAL"), POLICY),
    (replace(primary(), scheduling="DAEMON"), POLICY),
    (primary(), Policy()),
    (primary(), replace(POLICY, scope=Scope(exclude_services=("web",)))),
]


@pytest.mark.parametrize(("live", "policy"), LEFT)
def test_of_a_primary_that_left_the_twin_only_goes_down(live: LiveService, policy: Policy) -> None:
    assert decide_twin(situation(live, 1, policy=policy)).action is Action.IGNORE
    lowered = decide_twin(situation(live, 4, policy=policy))
    assert (lowered.reason, lowered.count) == (Reason.TWIN_LOWERED, 1)
    assert lowered.note.startswith("its primary is left alone by now (")
    assert decide_twin(situation(live, 5, policy=policy)).count == 2
    closed = decide_twin(situation(live, 1, policy=policy, has=0))
    assert closed.action is Action.CLOSE
    assert closed.reason is not Reason.TWIN_IDLE


def test_a_hold_keeps_it_as_it_is() -> None:
    held = Record(WEB, held_until=START + timedelta(seconds=1))
    for count in (1, 5):
        decision = decide_twin(situation(primary(), count, record=held))
        assert (decision.action, decision.reason) == (Action.IGNORE, Reason.HELD)
    over = Record(WEB, held_until=START)
    assert decide_twin(situation(primary(), 1, record=over)).count == 4


def test_a_stale_event_still_lets_it_follow_and_wakes_none() -> None:
    switched = Record(WEB, switched_at=START)
    old = failure(time=START - timedelta(minutes=1))
    assert decide_twin(situation(primary(), 1, event=old, record=switched)).count == 4
    asleep = decide_twin(situation(primary(), 1, event=old, record=switched, has=0, state=TwinState(WEB)))
    assert asleep.reason is Reason.STALE_EVENT


@pytest.mark.parametrize(
    ("has", "stepped", "action"), [(3, 120, Action.SCALE_TWIN), (3, 119, Action.IGNORE), (0, 0, Action.CLOSE)]
)
def test_a_primary_that_is_gone_lets_its_twin_step_down(has: int, stepped: int, action: Action) -> None:
    state = replace(AT_WORK, raised_at=START, stepped_at=START - timedelta(seconds=stepped), step_from=4)
    gone = TwinSituation(state, POLICY, START, None, name=NAME, twin=replace(twin(desired=has), running=has))
    decision = decide_twin(gone)
    assert decision.action is action
    if action is Action.SCALE_TWIN:
        assert decision.count == 2
    if action is Action.CLOSE:
        assert decision.reason is Reason.SERVICE_GONE


def test_of_a_primary_that_is_gone_only_a_twin_that_names_it() -> None:
    stranger = replace(twin(desired=3), tags={}, running=3)
    decision = decide_twin(TwinSituation(AT_WORK, POLICY, START, None, name=NAME, twin=stranger))
    assert (decision.action, decision.reason) == (Action.ALERT, Reason.TWIN_UNUSABLE)
    assert "web-on-demand is not tagged as the twin of web" in decision.note


def test_an_unusable_twin_is_told_once_and_its_state_ends_with_its_tasks() -> None:
    short = replace(situation(primary(), 1), twin=None)
    first = decide_twin(short)
    assert (first.action, first.reason) == (Action.ALERT, Reason.TWIN_UNUSABLE)
    assert first.state is not None
    assert not first.state.active
    at_work = situation(primary(), 1)
    alert = decide_twin(replace(at_work, autoscaled=True))
    assert alert.state is not None
    assert alert.state.active
    again = decide_twin(replace(at_work, state=alert.state, autoscaled=True))
    assert (again.action, again.reason, again.state) == (Action.IGNORE, Reason.TWIN_UNUSABLE, None)
    assert again.note.startswith("told already: web-on-demand is a scalable target")
    later = replace(short, state=alert.state)
    rested = decide_twin(later)
    assert rested.action is Action.IGNORE
    assert rested.state is not None
    assert not rested.state.active


def test_a_resting_twin_that_has_enough_is_checked_before_it_is_followed() -> None:
    resting = TwinState(WEB)
    followed = decide_twin(situation(primary(), 2, event=failure(), state=resting))
    assert (followed.action, followed.reason) == (Action.CONFIRM, Reason.TWIN_STEADY)
    assert followed.state is not None
    assert (followed.state.wanted, followed.state.active) == (3, True)
    stranger = replace(situation(primary(), 2, event=failure(), state=resting), autoscaled=True)
    assert decide_twin(stranger).reason is Reason.TWIN_UNUSABLE
