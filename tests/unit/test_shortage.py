"""Evidence that Spot lacks, and what is none: each test is one way a service can be short."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from spot_failover.core.decision import Situation
from spot_failover.core.event_decision import decide_event
from spot_failover.core.events import SilentShortage
from spot_failover.core.policy import Policy
from spot_failover.core.reason import Action, Reason
from spot_failover.core.record import Phase, Record
from spot_failover.core.service import LiveService, ServiceEvent
from spot_failover.core.shortage import needs_tasks, seems_short, shares, spot_lacks
from spot_failover.core.strategy import Strategy
from spot_failover.core.task import Task
from tests.doubles.builders import FALLBACK, MIXED, SPOT, WEB, deployment, failure, interruption, service
from tests.doubles.clock import START
from tests.unit.records import SWITCHED_AT, ours, record

SPOT_NAMES = frozenset({"FARGATE_SPOT"})
THRESHOLD = Policy().shortage_threshold
LONG_ENOUGH = START - THRESHOLD
TOO_SHORT = LONG_ENOUGH + timedelta(seconds=1)
SHORT = service(deployment(SPOT, running=3))


def tasks(
    *providers: str, status: str = "RUNNING", created_at: datetime = LONG_ENOUGH, of: str = "ecs-svc/1"
) -> tuple[Task, ...]:
    return tuple(Task(of, provider, status, created_at, created_at) for provider in providers)


def look() -> SilentShortage:
    return SilentShortage("sweep-1/shop/web", WEB, "sweep", START, START)


def situation(
    live: LiveService, seen: tuple[Task, ...] | None = None, of: Record | None = None, policy: Policy | None = None
) -> Situation:
    found = tasks(*["FARGATE_SPOT"] * 3) if seen is None else seen
    return Situation(live, of or Record(WEB), policy or Policy(), START, event=look(), tasks=found)


def told(of: Situation) -> tuple[Action, Reason]:
    decision = decide_event(of, look())
    return decision.action, decision.reason


class TestWhatSeemsShort:
    def test_a_whole_service_does_not(self) -> None:
        assert not seems_short(service(), SPOT_NAMES, START, THRESHOLD)

    @pytest.mark.parametrize(
        "live",
        [
            SHORT,
            service(deployment(SPOT, id="ecs-svc/2", running=1), deployment(SPOT, status="ACTIVE", running=4)),
            service(deployment(FALLBACK, running=3)),
        ],
        ids=["tasks lack", "old tasks hide it", "on its fallback"],
    )
    def test_one_that_lacks_tasks_does(self, live: LiveService) -> None:
        assert seems_short(live, SPOT_NAMES, START, THRESHOLD)

    def test_pending_tasks_count_until_the_deployment_is_older_than_the_threshold(self) -> None:
        coming = deployment(SPOT, running=3, pending=1, created_at=TOO_SHORT)
        assert not seems_short(service(coming), SPOT_NAMES, START, THRESHOLD)
        assert seems_short(service(replace(coming, created_at=LONG_ENOUGH)), SPOT_NAMES, START, THRESHOLD)

    def test_one_that_wants_nothing_or_never_heard_of_spot_does_not(self) -> None:
        assert not seems_short(replace(SHORT, desired=0), SPOT_NAMES, START, THRESHOLD)
        assert not seems_short(SHORT, frozenset({"spot-group"}), START, THRESHOLD)


class TestCapacityMessages:
    @pytest.mark.parametrize(("at", "lacks"), [(LONG_ENOUGH, True), (TOO_SHORT, False)])
    def test_one_counts_once_it_is_as_old_as_the_threshold(self, at: datetime, *, lacks: bool) -> None:
        assert spot_lacks(situation(replace(SHORT, events=service(capacity_messages=(at,)).events))) is lacks

    def test_the_oldest_that_stands_tells_since_when(self) -> None:
        live = replace(SHORT, events=service(capacity_messages=(START, TOO_SHORT, LONG_ENOUGH)).events)
        assert spot_lacks(situation(live))

    def test_a_steady_state_since_then_ends_it(self) -> None:
        steady = ServiceEvent(LONG_ENOUGH + timedelta(minutes=1), "(service web) has reached a steady state.")
        live = replace(SHORT, events=(steady, *service(capacity_messages=(LONG_ENOUGH,)).events))
        assert not spot_lacks(situation(live))

    def test_one_of_an_older_deployment_is_not_about_this_one(self) -> None:
        released = deployment(SPOT, running=3, created_at=LONG_ENOUGH + timedelta(minutes=1))
        live = service(released, capacity_messages=(LONG_ENOUGH,))
        assert not spot_lacks(situation(live))

    def test_one_from_before_the_last_switch_is_not_about_this_one(self) -> None:
        closed = replace(record(Phase.CLOSED), switched_at=LONG_ENOUGH + timedelta(minutes=1))
        live = replace(SHORT, events=service(capacity_messages=(LONG_ENOUGH,)).events)
        assert not spot_lacks(situation(live, of=closed))

    def test_where_only_on_demand_lacks_its_share_the_message_is_about_that(self) -> None:
        mixed = service(deployment(MIXED, running=3), capacity_messages=(LONG_ENOUGH,))
        assert not spot_lacks(situation(mixed, tasks(*["FARGATE_SPOT"] * 3)))
        assert spot_lacks(situation(mixed, tasks("FARGATE", "FARGATE", "FARGATE_SPOT")))
        assert spot_lacks(situation(mixed, tasks("FARGATE_SPOT")))

    @pytest.mark.parametrize(
        ("on_demand", "spot", "lacks"),
        [
            # Of 8 tasks 2 3/4 are to run on demand and 5 1/4 on Spot.
            (2, 5, False),
            (3, 4, True),
            (1, 4, True),
            (0, 4, True),
            (0, 5, False),
            (2, 4, True),
        ],
    )
    def test_of_a_rounded_share_the_next_task_is_whose_part_is_larger(
        self, on_demand: int, spot: int, *, lacks: bool
    ) -> None:
        running = on_demand + spot
        one = deployment(MIXED, desired=8, running=running)
        mixed = service(one, desired=8, capacity_messages=(LONG_ENOUGH,))
        seen = tasks(*["FARGATE"] * on_demand, *["FARGATE_SPOT"] * spot)
        assert spot_lacks(situation(mixed, seen)) is lacks

    def test_shares_are_counted_in_the_primary_alone(self) -> None:
        rolling = deployment(MIXED, id="ecs-svc/2", running=3)
        mixed = service(rolling, deployment(MIXED, status="ACTIVE", running=1), capacity_messages=(LONG_ENOUGH,))
        old = tasks("FARGATE")
        assert not spot_lacks(situation(mixed, (*old, *tasks(*["FARGATE_SPOT"] * 3, of="ecs-svc/2"))))


class TestTasksThatWait:
    GROUPS = Policy(fallback_pairs={"spot-group": "on-demand-group"})
    ON_GROUP = Strategy.of(("spot-group", 1, 0))

    def waiting(self, created_at: datetime, *, status: str = "PROVISIONING", provider: str = "spot-group") -> Situation:
        live = service(deployment(self.ON_GROUP, running=3, pending=1))
        seen = (*tasks(*["spot-group"] * 3), *tasks(provider, status=status, created_at=created_at))
        return situation(live, seen, policy=self.GROUPS)

    @pytest.mark.parametrize(
        ("created_at", "decision"),
        [
            (LONG_ENOUGH, (Action.FAIL_OVER, Reason.SILENT_SHORTAGE)),
            (TOO_SHORT, (Action.IGNORE, Reason.NOT_SHORT)),
        ],
    )
    def test_one_in_provisioning_is_coming_until_the_threshold(
        self, created_at: datetime, decision: tuple[Action, Reason]
    ) -> None:
        assert told(self.waiting(created_at)) == decision

    @pytest.mark.parametrize(("status", "provider"), [("PENDING", "spot-group"), ("PROVISIONING", "on-demand-group")])
    def test_one_that_pulls_its_image_or_waits_for_another_provider_shows_nothing(
        self, status: str, provider: str
    ) -> None:
        stuck = self.waiting(LONG_ENOUGH, status=status, provider=provider)
        assert told(stuck) == (Action.REPORT, Reason.SHORT_NOT_CAPACITY)


def test_a_short_service_without_evidence_is_reported_and_left_alone() -> None:
    decision = decide_event(situation(SHORT), look())
    assert (decision.action, decision.reason) == (Action.REPORT, Reason.SHORT_NOT_CAPACITY)
    assert decision.record is None


def test_the_checks_of_an_event_come_first() -> None:
    out = replace(SHORT, tags={"spot-failover:enabled": "false"})
    assert told(situation(out)) == (Action.IGNORE, Reason.OUT_OF_SCOPE)
    probe = replace(SHORT, tags={"spot-failover:probe": "true"})
    assert told(situation(probe)) == (Action.IGNORE, Reason.PROBE)
    odd = replace(SHORT, tags={"spot-failover:method": "magic"})
    assert told(situation(odd)) == (Action.IGNORE, Reason.OUT_OF_SCOPE)


class TestFailedOver:
    def test_short_beyond_the_deadline_is_told_and_the_restore_brought_forward(self) -> None:
        short = service(ours(running=3))
        decision = decide_event(situation(short, (), record(Phase.FAILED_OVER)), look())
        assert (decision.action, decision.reason) == (Action.ALERT, Reason.FALLBACK_SHORT)
        assert decision.record is not None
        assert decision.record.restore_at == START
        assert not decision.again
        told_once = situation(short, (), decision.record)
        assert told(told_once) == (Action.IGNORE, Reason.NOT_SHORT)

    def test_starting_or_whole_is_left_alone(self) -> None:
        starting = replace(record(Phase.FAILED_OVER), switched_at=START - timedelta(minutes=1))
        assert told(situation(service(ours(running=3)), (), starting)) == (Action.WAIT, Reason.FALLBACK_STARTING)
        assert told(situation(service(ours()), (), record(Phase.FAILED_OVER))) == (Action.IGNORE, Reason.NOT_SHORT)


class TestProving:
    def test_tasks_that_wait_for_longer_than_the_threshold_are_evidence(self) -> None:
        proving = replace(record(Phase.PROVING), deployment_id="ecs-svc/2")
        rolling = deployment(
            SPOT, id="ecs-svc/2", rollout_state="IN_PROGRESS", running=3, pending=1, created_at=SWITCHED_AT
        )
        live = service(rolling)
        seen = tasks(*["FARGATE_SPOT"] * 3, of="ecs-svc/2")
        waits = tasks("FARGATE_SPOT", status="PROVISIONING", of="ecs-svc/2")
        assert told(situation(live, (*seen, *waits), proving)) == (Action.FAIL_OVER, Reason.RESTORE_FAILED)
        comes = tasks("FARGATE_SPOT", status="PROVISIONING", created_at=TOO_SHORT, of="ecs-svc/2")
        assert told(situation(live, (*seen, *comes), proving)) == (Action.WAIT, Reason.RESTORE_WAITING)


class TestWhenTasksAreLookedAt:
    def of(self, live: LiveService, event: SilentShortage | None, record_of: Record | None = None) -> bool:
        return needs_tasks(Situation(live, record_of or Record(WEB), Policy(), START, event=event))

    def test_for_the_sweep_and_a_restore_that_waits_for_long(self) -> None:
        pending = service(deployment(SPOT, running=3, pending=1))
        assert self.of(SHORT, look())
        assert not self.of(replace(SHORT, desired=0), look())
        assert not self.of(pending, None)
        assert self.of(pending, None, record(Phase.PROVING))
        assert not self.of(SHORT, None, record(Phase.PROVING))
        assert not self.of(pending, None, replace(record(Phase.PROVING), switched_at=TOO_SHORT))
        assert not self.of(pending, None, record(Phase.FAILED_OVER))

    def test_for_a_failover_that_waits_to_begin_where_pending_tasks_make_the_service_whole(self) -> None:
        pending = service(deployment(SPOT, running=3, pending=1))
        by_task_set = replace(pending, controller="EXTERNAL")
        begun = record(Phase.FAILING_OVER)
        limited = replace(begun, alerted=frozenset({Reason.FAILOVER_LIMIT}))
        left = replace(begun, alerted=frozenset({Reason.TASK_SET_LEFT}))
        for event in (None, failure()):
            assert needs_tasks(Situation(pending, limited, Policy(), START, event=event))
        assert self.of(by_task_set, None, limited)
        assert self.of(by_task_set, None, begun)
        assert not self.of(pending, None, begun)
        assert not self.of(by_task_set, None, left)
        assert not self.of(by_task_set, None, replace(begun, execution="run"))
        assert not self.of(service(), None, limited)
        assert not self.of(service(deployment(SPOT, running=2, pending=1)), None, limited)
        assert not self.of(pending, None, replace(limited, phase=Phase.RESTORING))

    def test_once(self) -> None:
        assert not needs_tasks(situation(SHORT))
        assert not needs_tasks(Situation(SHORT, Record(WEB), Policy(), START, event=interruption()))


@pytest.mark.parametrize(
    ("strategy", "desired", "wanted"),
    [
        (MIXED, 4, {"FARGATE": "7/4", "FARGATE_SPOT": "9/4"}),
        (MIXED, 0, {"FARGATE": "0", "FARGATE_SPOT": "0"}),
        (Strategy.of(("a", 1, 5), ("b", 1, 0)), 3, {"a": "3", "b": "0"}),
        (Strategy.of(("a", 0, 2), ("b", 0, 0)), 5, {"a": "2", "b": "0"}),
        (Strategy.of(("a", 1, 0), ("b", 1, 0), ("c", 2, 2)), 10, {"a": "2", "b": "2", "c": "6"}),
    ],
)
def test_shares(strategy: Strategy, desired: int, wanted: dict[str, str]) -> None:
    assert {provider: str(share) for provider, share in shares(strategy, desired).items()} == wanted
