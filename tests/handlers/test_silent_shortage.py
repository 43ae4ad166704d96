"""With no event at all, the sweep finds what runs short of Spot, and leaves alone what is short for other reasons."""

from __future__ import annotations

from dataclasses import replace

import pytest

from spot_failover.core.policy import AccountOverride, Mode, Policy, Scope
from spot_failover.core.record import Phase
from spot_failover.core.service import ServiceEvent
from spot_failover.core.strategy import Strategy
from tests.doubles.builders import API, FALLBACK, OTHER, SPOT, WEB, deployment, failure, service
from tests.doubles.installation import Installation

TICK = 5
"""Minutes between two runs of the sweep's schedule."""


def swept(policy: Policy | None = None) -> Installation:
    installation = Installation(policy or Policy()).with_services(service(), service(key=OTHER))
    for key in (WEB, OTHER):
        installation.hear(key.account, key.region)
    installation.told.clear()
    return installation


def sweep_for(installation: Installation, minutes: int) -> None:
    """Heartbeats and sweeps, and no event."""
    for _ in range(0, minutes, TICK):
        for key in (WEB, OTHER):
            installation.hear(key.account, key.region)
        installation.sweep()
        installation.clock.advance(minutes=TICK)


def test_a_shortage_is_found_within_the_threshold_and_a_tick() -> None:
    installation = swept()
    installation.services.lose_spot()
    sweep_for(installation, 10)
    assert installation.switches == []
    sweep_for(installation, TICK)
    assert installation.switches == [FALLBACK, FALLBACK]
    assert installation.record().reason == "SILENT_SHORTAGE"
    assert installation.record().baseline == SPOT
    assert installation.record().event["kind"] == "SilentShortage"


def test_it_is_restored_like_any_other() -> None:
    installation = swept()
    installation.services.lose_spot()
    sweep_for(installation, 15)
    installation.services.spot = True
    for _ in range(4):
        installation.services.settle()
        installation.tick()
        sweep_for(installation, TICK)
    assert installation.strategy() == SPOT
    assert installation.record().phase is Phase.CLOSED
    assert installation.switches.count(FALLBACK) == 2


@pytest.mark.parametrize(
    "message",
    [
        "(service web) has started 1 tasks: (task 1).",
        "(service web) is unable to consistently start tasks successfully.",
        "(service web) (port 80) is unhealthy in (target-group x) due to (reason Health checks failed).",
        "(service web) was unable to place a task because no container instance met all of its requirements.",
        "(service web) (task 1) failed container health checks.",
        "(service web) deployment ecs-svc/1 deployment failed: tasks failed to start.",
    ],
)
def test_an_application_that_does_not_start_is_reported_and_untouched(message: str) -> None:
    installation = swept()
    told = ServiceEvent(installation.clock.now(), message)
    installation.services.add(replace(service(deployment(SPOT, running=1)), events=(told,)))
    sweep_for(installation, 30)
    assert installation.switches == []
    lines = {outcome.key: (outcome.action, str(outcome.decision.reason)) for outcome in installation.told.outcomes}
    assert lines[WEB] == ("report", "SHORT_NOT_CAPACITY")
    assert OTHER not in lines
    assert installation.records.history == []


def test_a_group_without_instances_is_found_by_its_waiting_tasks() -> None:
    policy = Policy(fallback_pairs={"FARGATE_SPOT": "FARGATE", "shop/spot-group": "on-demand-group"})
    installation = swept(policy)
    on_group = Strategy.of(("spot-group", 1, 0))
    installation.services.attached |= {"spot-group", "on-demand-group"}
    installation.services.add(service(deployment(on_group, running=3, pending=1)))
    installation.services.pending_since[WEB] = installation.clock.now()
    sweep_for(installation, 10)
    assert installation.switches == []
    sweep_for(installation, TICK)
    assert installation.switches == [Strategy.of(("spot-group", 0, 0), ("on-demand-group", 10, 0))]


def test_the_pair_of_a_cluster_holds_there_alone() -> None:
    policy = Policy(fallback_pairs={"FARGATE_SPOT": "FARGATE", "elsewhere/spot-group": "on-demand-group"})
    installation = swept(policy)
    installation.services.attached |= {"spot-group", "on-demand-group"}
    installation.services.add(service(deployment(Strategy.of(("spot-group", 1, 0)), running=3, pending=1)))
    installation.services.pending_since[WEB] = installation.clock.now()
    sweep_for(installation, 30)
    assert installation.switches == []


def test_a_fallback_that_gets_short_is_told_at_the_next_sweep() -> None:
    installation = swept()
    installation.services.lose_spot()
    sweep_for(installation, 15)
    installation.services.settle()
    installation.told.clear()
    live = installation.services.live[WEB]
    assert live.primary is not None
    installation.clock.advance(minutes=15)
    short = replace(live.primary, running=1)
    installation.services.add(replace(live, running=1, deployments=(short,)))
    installation.hear()
    installation.sweep()
    assert ("alert", "FALLBACK_SHORT") in installation.told.news


def test_scope_switch_and_observe_mode_hold_for_the_sweep() -> None:
    policy = Policy(
        scope=Scope(exclude_clusters=("shop",)), account_overrides={OTHER.account: AccountOverride(mode=Mode.OBSERVE)}
    )
    installation = swept(policy)
    installation.services.lose_spot()
    sweep_for(installation, 20)
    assert installation.switches == []
    assert installation.told.news[-1] == ("would_fail_over", "SILENT_SHORTAGE")
    assert {outcome.key for outcome in installation.told.outcomes if outcome.key.service} == {OTHER}


def test_the_kill_switch_orders_no_sweep_and_stops_one_that_was_ordered() -> None:
    installation = swept(Policy(enabled=False))
    assert installation.watch().ordered == 0
    installation.policy = Policy()
    installation.watch()
    installation.policy = Policy(enabled=False)
    calls = len(installation.services.calls)
    for order in installation.orders.waiting:
        installation.carry_out(order)
    assert installation.told.news == [("ignore", "DISABLED")] * 2
    assert len(installation.services.calls) == calls


def test_findings_are_told_when_they_are_new_and_when_they_are_over() -> None:
    installation = swept()
    installation.services.attached = frozenset({"FARGATE_SPOT"})
    sweep_for(installation, 15)
    assert installation.told.news == [("report", "FALLBACK_PROVIDER_MISSING")] * 2
    installation.told.clear()
    installation.services.attached = frozenset({"FARGATE", "FARGATE_SPOT"})
    sweep_for(installation, 10)
    assert installation.told.news == [("report", "READY")] * 2
    assert installation.registry.stored[WEB.account, WEB.region].findings == {}


def test_a_finding_of_a_service_that_is_gone_is_forgotten() -> None:
    installation = swept()
    installation.services.attached = frozenset({"FARGATE_SPOT"})
    sweep_for(installation, TICK)
    del installation.services.live[WEB]
    installation.services.add(service(key=API))
    sweep_for(installation, TICK)
    assert set(installation.registry.stored[WEB.account, WEB.region].findings) == {"shop/api"}


def test_events_do_the_same_faster_and_the_sweep_then_changes_nothing() -> None:
    installation = swept()
    installation.services.lose_spot()
    installation.deliver(failure(WEB, time=installation.clock.now()))
    installation.services.settle()
    sweep_for(installation, 30)
    assert [update.key for update in installation.services.updates if update.strategy == FALLBACK] == [WEB, OTHER]


def test_a_restore_that_hangs_without_a_word_fails_after_the_threshold() -> None:
    installation = swept()
    installation.services.lose_spot()
    sweep_for(installation, 15)
    installation.services.settle()
    installation.clock.advance(minutes=5)
    installation.tick()
    assert installation.record().phase is Phase.PROVING
    live = installation.services.live[WEB]
    assert live.primary is not None
    hanging = replace(live.primary, pending=4)
    installation.services.add(replace(live, running=0, pending=4, deployments=(hanging,)))
    installation.services.pending_since[WEB] = installation.clock.now()
    installation.clock.advance(minutes=9)
    installation.tick()
    assert installation.record().phase is Phase.PROVING
    installation.clock.advance(minutes=1)
    installation.tick()
    assert installation.record().phase is Phase.FAILED_OVER
    assert installation.record().reason == "RESTORE_FAILED"
