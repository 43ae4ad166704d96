"""Evidence that Spot lacks, at its edges: to the second, to the task, and where ECS tells less than usual."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from spot_failover.core.decision import Situation
from spot_failover.core.events import CLOCK_SKEW, SilentShortage
from spot_failover.core.policy import Policy
from spot_failover.core.record import Phase, Record
from spot_failover.core.service import LiveService, ServiceEvent
from spot_failover.core.shortage import needs_tasks, seems_short, spot_lacks
from spot_failover.core.strategy import Strategy
from spot_failover.core.task import Task
from tests.doubles.builders import MIXED, SPOT, WEB, deployment, service
from tests.doubles.clock import START
from tests.unit.records import record

SPOT_NAMES = frozenset({"FARGATE_SPOT"})
THRESHOLD = Policy().shortage_threshold
SECOND = timedelta(seconds=1)
LONG_ENOUGH = START - THRESHOLD
COMING = service(deployment(SPOT, running=3, pending=1))
EVENLY = Strategy.of(("FARGATE", 1, 0), ("FARGATE_SPOT", 1, 0))
GROUPS = Policy(fallback_pairs={"spot-a": "on-demand", "spot-b": "on-demand"})


def tasks(*providers: str, of: str = "ecs-svc/1", status: str = "RUNNING") -> tuple[Task, ...]:
    return tuple(Task(of, provider, status, LONG_ENOUGH, LONG_ENOUGH) for provider in providers)


def lacks(live: LiveService, *seen: Task, policy: Policy | None = None) -> bool:
    return spot_lacks(Situation(live, Record(WEB), policy or Policy(), START, tasks=seen))


def told(strategy: Strategy, desired: int = 4, *, running: int = 3) -> LiveService:
    """A service that lacks tasks, and of which ECS has told for long enough that capacity is unavailable."""
    one = deployment(strategy, desired=desired, running=running)
    return service(one, desired=desired, capacity_messages=(LONG_ENOUGH,))


class TestWhatSeemsShort:
    def test_a_service_whose_new_desired_count_has_reached_no_deployment(self) -> None:
        assert seems_short(replace(service(), desired=5), SPOT_NAMES, START, THRESHOLD)

    def test_pending_tasks_of_no_deployment_are_coming(self) -> None:
        assert not seems_short(replace(COMING, deployments=()), SPOT_NAMES, START, THRESHOLD)


class TestWhenTasksAreLookedAt:
    def needed(self, switched_at: datetime | None) -> bool:
        proving = replace(record(Phase.PROVING), switched_at=switched_at)
        return needs_tasks(Situation(COMING, proving, Policy(), START))

    def test_a_restore_has_waited_for_long_once_it_is_as_old_as_the_threshold(self) -> None:
        assert self.needed(LONG_ENOUGH)
        assert not self.needed(LONG_ENOUGH + SECOND)

    def test_one_that_was_never_confirmed_has_not_waited(self) -> None:
        assert not self.needed(None)

    def test_those_of_a_failover_only_where_it_waits_to_begin_but_for_the_sweep(self) -> None:
        begun = Situation(COMING, record(Phase.FAILING_OVER), Policy(), START)
        assert not needs_tasks(begun)
        assert needs_tasks(replace(begun, event=SilentShortage("sweep-1", WEB, "sweep", START, START)))


class TestSinceWhenMessagesCount:
    @pytest.mark.parametrize(("after", "counts"), [(CLOCK_SKEW, True), (CLOCK_SKEW + SECOND, False)])
    def test_clocks_may_differ_a_little(self, after: timedelta, *, counts: bool) -> None:
        made = deployment(SPOT, running=3, created_at=LONG_ENOUGH + after)
        assert lacks(service(made, capacity_messages=(LONG_ENOUGH,))) is counts

    @pytest.mark.parametrize(("before", "counts"), [(timedelta(), True), (SECOND, False)])
    def test_without_a_deployment_they_count_for_a_day(self, before: timedelta, *, counts: bool) -> None:
        message = START - timedelta(days=1) - before
        live = replace(service(deployment(SPOT, running=3), capacity_messages=(message,)), deployments=())
        assert lacks(live) is counts

    def test_without_a_deployment_a_steady_state_ends_them_too(self) -> None:
        live = replace(told(SPOT), deployments=())
        steady = ServiceEvent(LONG_ENOUGH + 2 * CLOCK_SKEW, "(service web) has reached a STEADY state.")
        assert not lacks(replace(live, events=(steady, *live.events)))


def test_a_task_that_has_not_waited_for_long_is_no_evidence() -> None:
    fresh = replace(tasks("FARGATE_SPOT", status="PROVISIONING")[0], created_at=LONG_ENOUGH + SECOND)
    assert not lacks(COMING, fresh)
    assert lacks(COMING, replace(fresh, created_at=LONG_ENOUGH))


class TestWhoseCapacityLacks:
    def test_nobody_has_looked_at_the_tasks_or_there_is_no_deployment(self) -> None:
        live = told(MIXED)
        seen = tasks(*["FARGATE_SPOT"] * 3)
        assert not lacks(live, *seen)
        assert spot_lacks(Situation(live, Record(WEB), Policy(), START))
        assert lacks(replace(live, deployments=()), *seen)

    def test_tasks_of_the_deployment_before_are_no_share_of_this_one(self) -> None:
        live = told(EVENLY)
        old = tasks("FARGATE_SPOT", "FARGATE_SPOT", of="ecs-svc/0")
        assert lacks(live, *old, *tasks("FARGATE"))
        assert not lacks(live, *old, *tasks("FARGATE_SPOT", "FARGATE_SPOT"))

    def test_a_provider_without_a_task_lacks_its_whole_share(self) -> None:
        # Of 2 tasks 1 1/4 are to run on demand and 3/4 on Spot.
        assert lacks(told(MIXED, 2, running=1), *tasks("FARGATE"))

    def test_a_whole_task_of_spot_is_never_rounding(self) -> None:
        assert lacks(told(EVENLY, 8, running=5), *tasks(*["FARGATE"] * 2, *["FARGATE_SPOT"] * 3))

    def test_where_all_providers_are_spot_it_is_spot_that_lacks(self) -> None:
        live = told(Strategy.of(("spot-a", 1, 0), ("spot-b", 1, 0)), 2, running=1)
        assert lacks(live, *tasks("spot-a"), policy=GROUPS)
        assert lacks(live, *tasks("spot-a", "spot-b"), policy=GROUPS)

    def test_where_both_lack_the_same_part_it_may_be_spot(self) -> None:
        assert lacks(told(EVENLY, 1, running=0))

    @pytest.mark.parametrize(("spot_a", "spot_b"), [(2, 0), (0, 2)])
    def test_one_of_two_spot_providers_that_lacks_is_enough(self, spot_a: int, spot_b: int) -> None:
        live = told(Strategy.of(("spot-a", 1, 0), ("spot-b", 1, 0), ("on-demand", 1, 0)), 6)
        seen = tasks(*["spot-a"] * spot_a, *["spot-b"] * spot_b, "on-demand")
        assert lacks(live, *seen, policy=GROUPS)

    @pytest.mark.parametrize(("first", "second"), [(2, 0), (0, 2)])
    def test_one_of_two_other_providers_that_lacks_is_enough(self, first: int, second: int) -> None:
        live = told(Strategy.of(("spot-a", 1, 0), ("on-demand", 1, 0), ("reserved", 1, 0)), 6)
        seen = tasks("spot-a", "spot-a", *["on-demand"] * first, *["reserved"] * second)
        assert not lacks(live, *seen, policy=GROUPS)
