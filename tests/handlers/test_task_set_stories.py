"""Method task_set: a state machine gives a service with the EXTERNAL controller another task set, and its own again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from spot_failover.core.errors import BusyError
from spot_failover.core.policy import AccountOverride, Mode, Policy
from spot_failover.core.reason import Reason
from spot_failover.core.record import Phase
from spot_failover.core.strategy import Strategy
from spot_failover.flow.pool_book import PoolBook
from tests.doubles.builders import FALLBACK, ON_DEMAND, SPOT, WEB, failure, interruption
from tests.doubles.task_set_story import (
    ENABLED,
    asked,
    capacity_message,
    failed_over,
    next_tick,
    restoring,
    shortage,
)

TO_ON_DEMAND, TO_SPOT = [("FARGATE_SPOT", 0, 0), ("FARGATE", 10, 0)], [("FARGATE_SPOT", 1, 0)]


def test_it_fails_over_and_is_restored_exactly() -> None:
    installation = shortage()
    assert installation.deliver(failure()) == [None]
    record = installation.record()
    assert (record.phase, record.baseline, record.lease) == (Phase.FAILING_OVER, SPOT, None)
    (order,) = installation.replacements.orders
    assert (order.name, order.state_machine) == (record.execution, "controlled-scaledown")
    assert order.given == {
        "cluster": "shop",
        "serviceName": "web",
        "capacityProviderStrategy": FALLBACK.to_api(),
        "waitForService": 600,
        "scaledown_decrement": 10,
        "scaledown_wait": 60,
    }

    installation.clock.advance(minutes=5)
    installation.tick()
    assert installation.told.last == ("wait", "FALLBACK_STARTING")
    installation.clock.advance(minutes=15)
    installation.replacements.succeed()
    next_tick(installation)
    assert installation.record().phase is Phase.FAILED_OVER
    assert installation.record().execution == ""

    installation.services.spot = True
    installation.clock.advance(minutes=5)
    installation.tick()
    assert installation.record().phase is Phase.RESTORING
    assert installation.strategy() == FALLBACK
    installation.clock.advance(minutes=20)
    installation.replacements.succeed()
    next_tick(installation)
    assert installation.strategy() == SPOT
    assert (installation.record().phase, installation.record().reason) == (Phase.CLOSED, Reason.RESTORED)
    assert asked(installation) == [TO_ON_DEMAND, TO_SPOT]
    assert installation.services.updates == []
    assert [line for line in installation.told.lines if line[0] not in {"wait", "ignore"}] == [
        ("fail_over", "FAILED_OVER"),
        ("confirm", "FAILED_OVER"),
        ("restore", "RESTORE_STARTED"),
        ("confirm", "RESTORE_STARTED"),
        ("close", "RESTORED"),
    ]


@pytest.mark.parametrize(
    "policy",
    [Policy(), replace(ENABLED, account_overrides={WEB.account: AccountOverride(task_set=False)})],
    ids=["nowhere", "not in this account"],
)
def test_where_it_is_not_enabled_such_a_service_is_reported_and_left_alone(policy: Policy) -> None:
    installation = shortage(policy)
    installation.deliver(failure())
    assert installation.told.last == ("alert", "UNSUPPORTED_CONTROLLER")
    assert "task_set is not enabled for account 111111111111" in installation.told.outcomes[-1].decision.note
    assert (asked(installation), installation.record().version) == ([], 0)


def test_one_account_alone_may_have_it() -> None:
    installation = shortage(Policy(account_overrides={WEB.account: AccountOverride(task_set=True)}))
    installation.deliver(failure())
    assert asked(installation) == [TO_ON_DEMAND]


@pytest.mark.parametrize(
    ("tags", "told"),
    [
        ({"spot-failover:enabled": "false"}, ("ignore", "OUT_OF_SCOPE")),
        ({"spot-failover:hold-until": "2030-01-01"}, ("ignore", "HELD")),
        ({"spot-failover:mode": "observe"}, ("would_fail_over", "FAILED_OVER")),
    ],
)
def test_tags_and_modes_hold_as_for_every_method(tags: dict[str, str], told: tuple[str, str]) -> None:
    installation = shortage(tags=tags)
    installation.deliver(failure())
    assert installation.told.last == told
    assert asked(installation) == []


def test_observing_starts_nothing() -> None:
    installation = shortage(replace(ENABLED, mode=Mode.OBSERVE))
    installation.deliver(failure())
    installation.tick()
    assert installation.told.last == ("would_fail_over", "FAILED_OVER")
    assert (asked(installation), installation.record().version) == ([], 0)


def test_a_cluster_without_the_on_demand_provider_is_told() -> None:
    installation = shortage()
    installation.services.attached = frozenset({"FARGATE_SPOT"})
    installation.deliver(failure())
    assert installation.told.last == ("alert", "FALLBACK_PROVIDER_MISSING")
    assert asked(installation) == []


def test_an_interruption_does_not_redeploy_it_but_fails_over_where_it_is_short() -> None:
    installation = shortage(tags={"spot-failover:interruption-response": "redeploy"})
    installation.deliver(interruption())
    assert asked(installation) == [TO_ON_DEMAND]
    assert installation.services.updates == []


def test_the_sweep_finds_a_silent_shortage() -> None:
    installation = shortage()
    installation.hear()
    installation.clock.advance(minutes=11)
    installation.sweep()
    assert ("fail_over", "SILENT_SHORTAGE") in installation.told.lines
    installation.clock.advance(minutes=5)
    installation.hear()
    installation.sweep()
    assert asked(installation) == [TO_ON_DEMAND]


def test_events_while_an_execution_runs_end_and_start_no_second_one() -> None:
    installation = shortage()
    assert installation.deliver(failure(), failure(event_id="again")) == [None, None]
    assert installation.told.last == ("wait", "FALLBACK_STARTING")
    assert asked(installation) == [TO_ON_DEMAND]

    installation = restoring()
    installation.clock.advance(minutes=1)
    assert installation.deliver(failure(time=installation.clock.now(), event_id="later")) == [None]
    assert installation.told.last == ("wait", "RESTORE_WAITING")
    assert installation.record().phase is Phase.RESTORING
    assert asked(installation) == [TO_ON_DEMAND, TO_SPOT]


def test_a_failover_that_was_put_back_is_told_and_tried_again_three_times() -> None:
    installation = shortage()
    installation.deliver(failure())
    for number in range(1, 5):
        installation.replacements.fail("PutBack", "no task became healthy")
        next_tick(installation)
        told = [each for each in installation.told.outcomes if each.decision.reason is Reason.FAILOVER_ROLLED_BACK]
        assert [each.action for each in told].count("alert") == number
        assert "PutBack: no task became healthy" in told[-1].decision.note
        assert (installation.record().phase, installation.record().rollbacks) == (Phase.FAILING_OVER, number)
        installation.clock.advance(minutes=4)
        assert asked(installation) == [TO_ON_DEMAND] * number
        installation.clock.advance(hours=1)
        installation.tick()
    assert asked(installation) == [TO_ON_DEMAND] * 4
    assert installation.told.last in {("wait", "HELD"), ("alert", "STUCK")}
    names = [order.name for order in installation.replacements.orders]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(("told", "reason"), [(True, Reason.RESTORE_FAILED), (False, Reason.RESTORE_DEPLOYMENT_FAILED)])
def test_a_restore_that_was_put_back_waits_for_longer(told: bool, reason: Reason) -> None:
    installation = restoring()
    installation.clock.advance(minutes=3)
    if told:
        capacity_message(installation)
    installation.clock.advance(minutes=7)
    installation.replacements.fail("PutBack", "after waitForService 0 of 4 run")
    next_tick(installation)
    record = installation.record()
    assert installation.told.last == ("give_up", str(reason))
    assert (record.phase, record.failures, record.reason) == (Phase.FAILED_OVER, 1, reason)
    assert record.restore_at is not None
    assert record.restore_at - installation.clock.now() > installation.policy.restore.initial_delay
    assert installation.strategy() == FALLBACK


def test_ecs_that_still_answers_with_the_old_task_set_is_asked_again() -> None:
    installation = shortage()
    installation.deliver(failure())
    installation.clock.advance(minutes=20)
    before = installation.services.live[WEB]
    installation.replacements.succeed()
    installation.services.stale[WEB] = before
    assert installation.tick().left == 1
    assert installation.record().phase is Phase.FAILING_OVER
    installation.services.stale[WEB] = before
    assert isinstance(installation.deliver(failure(event_id="again"))[0], BusyError)
    installation.tick()
    assert installation.record().phase is Phase.FAILED_OVER


@pytest.mark.parametrize("strategy", [SPOT, ON_DEMAND], ids=["the baseline", "another"])
def test_what_an_owner_sets_afterwards_is_the_new_baseline(strategy: Strategy) -> None:
    installation = failed_over()
    live = installation.services.live[WEB]
    made = replace(live.deployments[0], id="ecs-svc/owner", strategy=strategy, created_at=installation.clock.now())
    installation.services.live[WEB] = replace(live, strategy=strategy, deployments=(made,))
    installation.tick()
    assert (installation.record().phase, installation.record().reason) == (Phase.CLOSED, Reason.SUPERSEDED)
    assert asked(installation) == [TO_ON_DEMAND]


def test_a_service_scaled_to_zero_gets_its_baseline_back_at_once() -> None:
    installation = shortage()
    installation.deliver(failure())
    installation.replacements.succeed()
    next_tick(installation)
    installation.services.scale(WEB, 0)
    installation.clock.advance(minutes=5)
    installation.tick()
    installation.replacements.succeed()
    next_tick(installation)
    assert (installation.record().phase, installation.record().reason) == (Phase.CLOSED, Reason.RESTORED_AT_ZERO)


def test_a_service_that_is_deleted_closes_its_record() -> None:
    installation = restoring()
    del installation.services.live[WEB]
    next_tick(installation)
    assert (installation.record().phase, installation.record().reason) == (Phase.CLOSED, Reason.SERVICE_GONE)


def test_an_execution_that_takes_its_time_is_not_stuck_and_one_that_takes_longer_is() -> None:
    installation = shortage()
    installation.deliver(failure())
    installation.clock.advance(minutes=69)
    assert installation.tick().stuck == 0
    installation.clock.advance(minutes=2)
    assert installation.tick().stuck == 1


def test_a_failover_that_is_put_back_late_is_not_stuck_meanwhile() -> None:
    """Half an hour, and its waits: for new tasks, after each step, for the new ones again, and for the old ones."""
    installation = shortage()
    installation.deliver(failure())
    assert installation.record().shift_takes == timedelta(minutes=40)
    for _ in range(13):
        installation.clock.advance(minutes=5)
        assert installation.tick().stuck == 0
    installation.replacements.fail("PutBack")
    next_tick(installation)
    assert ("alert", "STUCK") not in installation.told.lines
    assert ("alert", "FAILOVER_ROLLED_BACK") in installation.told.lines


def test_once_it_is_confirmed_only_the_waits_of_the_way_forward_are_added_to_deadlines() -> None:
    assert failed_over().record().shift_takes == timedelta(minutes=20)


@pytest.mark.parametrize(("after", "tries"), [(69, True), (71, False)])
def test_a_restore_that_is_put_back_late_is_its_pool_s_canary_until_then(after: int, *, tries: bool) -> None:
    installation = restoring()
    installation.clock.advance(minutes=after)
    book = PoolBook(installation.worker())
    (pool,) = book.settled(installation.shared.pools, installation.policy)
    assert (WEB.record_id in pool.proving) is tries


def test_a_restore_that_spot_did_not_carry_opens_the_breaker_of_its_pool() -> None:
    installation = restoring()
    installation.clock.advance(minutes=3)
    capacity_message(installation)
    installation.replacements.fail("PutBack")
    next_tick(installation)
    installation.clock.advance(hours=2)
    installation.tick()
    (pool,) = installation.shared.pools.values()
    assert (pool.open, pool.last_failed) == (True, WEB.record_id)
