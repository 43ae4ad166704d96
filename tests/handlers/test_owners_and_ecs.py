"""What the owner and ECS itself do meanwhile: taken for what it is, and not overruled."""

from __future__ import annotations

import pytest

from spot_failover.core.events import OperatorFailover
from spot_failover.core.policy import Policy
from spot_failover.core.record import Phase
from spot_failover.core.strategy import Strategy
from tests.doubles.builders import (
    FALLBACK,
    MIXED,
    MIXED_FALLBACK,
    ON_DEMAND,
    SPOT,
    WEB,
    deployment,
    failure,
    interruption,
    service,
)
from tests.doubles.faults import Crash
from tests.doubles.installation import Installation
from tests.doubles.shortage import rolled_back_too_often, shortage


def test_a_failover_that_ecs_rolls_back_is_tried_again_three_times_and_then_held() -> None:
    installation = rolled_back_too_often()
    assert installation.switches == [FALLBACK] * 4
    assert installation.told.last == ("wait", "HELD")
    assert installation.told.lines.count(("alert", "FAILOVER_ROLLED_BACK")) == 4


def test_a_failover_whose_answer_got_lost_before_ecs_rolled_it_back_is_one_of_them() -> None:
    installation = shortage()
    before = installation.services.live[WEB].deployments[0]
    for _ in range(8):
        if not installation.record().held_until:
            installation.services.faults.after("switch", Crash())
            with pytest.raises(Crash):
                installation.deliver(failure(time=installation.clock.now()))
            installation.clock.advance(minutes=1)
            installation.services.roll_back(WEB, before)
        installation.clock.advance(minutes=4)
        installation.tick()
        installation.clock.advance(hours=4)
    assert installation.switches == [FALLBACK] * 4
    assert installation.record().rollbacks == 4


def test_a_gone_service_closes_its_record() -> None:
    installation = shortage()
    installation.deliver(failure())
    del installation.services.live[WEB]
    installation.clock.advance(minutes=5)
    installation.tick()
    assert installation.told.last == ("close", "SERVICE_GONE")
    assert installation.record().phase is Phase.CLOSED


def test_what_the_owner_set_is_the_baseline_although_ecs_rolls_a_failover_back_to_what_was_before() -> None:
    installation = shortage()
    complete = installation.services.live[WEB].deployments[0]
    installation.services.owner_sets(WEB, MIXED)
    installation.services.lose_spot()
    installation.clock.advance(minutes=1)
    installation.deliver(failure(time=installation.clock.now()))
    installation.clock.advance(minutes=2)
    installation.services.roll_back(WEB, complete)
    installation.deliver(failure(time=installation.clock.now(), event_id="later"))
    assert ("alert", "FAILOVER_ROLLED_BACK") in installation.told.lines
    assert installation.record().baseline == MIXED
    installation.clock.advance(hours=1)
    installation.tick()
    assert installation.switches == [MIXED_FALLBACK, MIXED_FALLBACK]
    installation.services.spot = True
    for _ in range(3):
        installation.services.settle()
        installation.clock.advance(hours=1)
        installation.tick()
    assert installation.switches == [MIXED_FALLBACK, MIXED_FALLBACK, MIXED]
    assert installation.record().reason == "RESTORED"


@pytest.mark.parametrize("status", ["INACTIVE", "DRAINING"])
def test_a_service_that_is_not_active_is_gone_although_somebody_works_on_it(status: str) -> None:
    installation = Installation().with_services(service(status=status))
    installation.deliver(failure())
    assert installation.told.lines == [("ignore", "SERVICE_GONE")]
    assert installation.records.history == []


def test_a_cluster_without_the_on_demand_provider_is_told_and_nothing_is_written() -> None:
    installation = shortage()
    installation.services.attached = frozenset({"FARGATE_SPOT"})
    assert installation.deliver(failure()) == [None]
    assert installation.told.lines == [("alert", "FALLBACK_PROVIDER_MISSING")]
    assert installation.records.history == []
    assert installation.switches == []


def test_a_pair_that_the_policy_gets_during_an_outage_takes_no_fallback_for_a_baseline() -> None:
    both = Strategy.of(("spot-a", 3, 0), ("spot-b", 1, 0))
    installation = Installation(Policy(fallback_pairs={"spot-a": "on-demand"}))
    installation.with_services(service(deployment(both, running=1)))
    installation.services.attached |= {"spot-a", "spot-b", "on-demand"}
    installation.deliver(failure(synthetic=True, providers=("spot-a",)))
    fallback = installation.strategy()
    assert fallback == Strategy.of(("spot-a", 0, 0), ("on-demand", 3, 0), ("spot-b", 1, 0))
    installation.policy = Policy(fallback_pairs={"spot-a": "on-demand", "spot-b": "on-demand"})
    installation.clock.advance(minutes=2)
    now = installation.clock.now()
    for event in (
        interruption(providers=("spot-b",), time=now, event_id="later"),
        failure(synthetic=True, providers=("spot-b",), time=now, event_id="by-hand"),
        OperatorFailover("asked", WEB, "spotctl", now, now),
    ):
        installation.deliver(event)
        assert installation.told.last == ("ignore", "NO_ACTIVE_SPOT")
    assert installation.record().baseline == both
    assert installation.switches == [fallback]


def test_the_owner_s_own_strategy_supersedes_the_record_and_is_the_new_baseline() -> None:
    installation = shortage()
    installation.deliver(failure())
    installation.services.settle()
    installation.clock.advance(minutes=5)
    installation.services.owner_sets(WEB, MIXED)
    installation.services.lose_spot()
    installation.told.clear()
    installation.deliver(failure(time=installation.clock.now()))
    assert installation.told.lines == [("close", "SUPERSEDED"), ("fail_over", "FAILED_OVER")]
    assert installation.record().baseline == MIXED
    assert installation.strategy() == MIXED_FALLBACK


@pytest.mark.parametrize("strategy", [ON_DEMAND, SPOT])
def test_a_tick_leaves_the_owner_s_strategy_alone(strategy: Strategy) -> None:
    installation = shortage()
    installation.deliver(failure())
    installation.clock.advance(minutes=5)
    installation.services.owner_sets(WEB, strategy)
    installation.tick()
    assert ("close", "SUPERSEDED") in installation.told.lines
    assert installation.strategy() == strategy
    assert installation.switches == [FALLBACK]
    assert installation.record().phase is Phase.CLOSED


def test_the_owner_who_sets_the_fallback_while_proving_is_not_overruled() -> None:
    installation = shortage()
    installation.deliver(failure())
    installation.services.settle()
    installation.clock.advance(minutes=5)
    installation.tick()
    installation.clock.advance(minutes=5)
    installation.services.owner_sets(WEB, FALLBACK)
    for _ in range(10):
        installation.tick()
        installation.clock.advance(hours=5)
    assert ("hold", "RESTORE_OVERRULED") in installation.told.lines
    assert installation.switches == [FALLBACK, SPOT]
