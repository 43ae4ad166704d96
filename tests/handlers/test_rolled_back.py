"""ECS goes back from a deployment that fails, ours or the owner's: the service is brought back all the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from spot_failover.core.errors import SpotFailoverError, TransientError
from spot_failover.core.record import Phase, Record
from spot_failover.core.service import Deployment
from spot_failover.core.service_key import ServiceKey
from spot_failover.core.strategy import Strategy
from spot_failover.flow.sweep_flow import SweepError
from tests.doubles.builders import (
    API,
    FALLBACK,
    MIXED,
    ON_DEMAND,
    SPOT,
    WEB,
    deployment,
    failure,
    interruption,
    service,
)
from tests.doubles.installation import Installation
from tests.doubles.shortage import shortage


def failed_over() -> tuple[Installation, Deployment]:
    """A service whose failover is complete, in the outage still, and that deployment."""
    installation = shortage()
    installation.deliver(failure())
    installation.services.settle()
    ours = installation.services.live[WEB].primary
    assert ours is not None
    return installation, ours


def proving() -> tuple[Installation, Deployment]:
    """The same, with a restore under way."""
    installation, ours = failed_over()
    installation.clock.advance(minutes=5)
    installation.tick()
    assert installation.record().phase is Phase.PROVING
    return installation, ours


def bring_back(installation: Installation) -> None:
    """Spot returns, and ticks pass."""
    installation.services.spot = True
    for _ in range(4):
        installation.clock.advance(hours=1)
        installation.tick()
        installation.services.settle()


@pytest.mark.parametrize("strategy", [SPOT, MIXED])
@pytest.mark.parametrize("told", [False, True])
def test_an_owner_whose_deployment_ecs_rolls_back_to_the_fallback_is_not_left_on_it(
    strategy: Strategy, *, told: bool
) -> None:
    installation, ours = failed_over()
    installation.clock.advance(minutes=3)
    installation.services.owner_sets(WEB, strategy)
    installation.clock.advance(minutes=3)
    if told:
        installation.services.settle()
        installation.deliver(interruption(time=installation.clock.now()))
    installation.tick()
    assert ("close", "SUPERSEDED") in installation.told.lines
    installation.services.roll_back(WEB, ours)
    installation.clock.advance(minutes=1)
    installation.hear()
    installation.sweep()
    assert ("alert", "CHANGE_ROLLED_BACK") in installation.told.lines
    bring_back(installation)
    assert installation.switches == [FALLBACK, SPOT]
    assert installation.record().reason == "RESTORED"


def test_a_fallback_that_its_owner_has_chosen_since_stays_whatever_ecs_goes_back_to() -> None:
    installation, _ = failed_over()
    installation.services.owner_sets(WEB, ON_DEMAND)
    installation.services.settle()
    installation.clock.advance(minutes=5)
    installation.tick()
    installation.clock.advance(hours=1)
    installation.services.owner_sets(WEB, FALLBACK)
    installation.services.settle()
    theirs = installation.services.live[WEB].deployments[0]
    installation.clock.advance(hours=1)
    installation.services.owner_releases(WEB)
    installation.services.roll_back(WEB, theirs)
    installation.hear()
    installation.sweep()
    assert installation.record().reason == "SUPERSEDED"
    assert installation.switches == [FALLBACK]


def test_what_ecs_takes_back_is_found_although_the_service_has_a_twin_by_now() -> None:
    installation, ours = failed_over()
    installation.services.owner_sets(WEB, MIXED)
    live = installation.services.live[WEB]
    by_twin = {"spot-failover:method": "failover_service", "spot-failover:twin": "web-on-demand"}
    installation.services.live[WEB] = replace(live, tags=by_twin)
    installation.clock.advance(minutes=5)
    installation.tick()
    installation.services.roll_back(WEB, ours)
    installation.clock.advance(minutes=1)
    installation.hear()
    installation.sweep()
    assert ("alert", "CHANGE_ROLLED_BACK") in installation.told.lines


def test_records_that_cannot_be_read_hide_no_shortage(monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(keys: Sequence[ServiceKey]) -> Mapping[ServiceKey, Record | SpotFailoverError]:
        monkeypatch.undo()
        raise TransientError(f"dynamodb:BatchGetItem for {keys}: lost")

    installation, ours = failed_over()
    installation.services.roll_back(WEB, ours)
    short = service(deployment(SPOT, running=0), key=API, capacity_messages=(installation.clock.now(),))
    installation.services.add(short)
    installation.clock.advance(minutes=15)
    monkeypatch.setattr(installation.records, "get_many", lost)
    installation.hear()
    with pytest.raises(SweepError, match="shop/web"):
        installation.sweep()
    assert installation.strategy(API) == FALLBACK


def test_what_an_owner_completed_stays_though_ecs_goes_back_to_it_from_a_later_release() -> None:
    installation, _ = failed_over()
    installation.services.owner_sets(WEB, ON_DEMAND)
    installation.services.settle()
    theirs = installation.services.live[WEB].deployments[0]
    installation.clock.advance(minutes=2)
    installation.services.owner_releases(WEB)
    installation.clock.advance(minutes=2)
    installation.services.roll_back(WEB, theirs)
    bring_back(installation)
    assert installation.told.lines.count(("close", "SUPERSEDED")) == 1
    assert installation.switches == [FALLBACK]


def test_a_release_after_ecs_rolled_a_restore_back_is_nobody_s_wish_for_the_fallback() -> None:
    installation, ours = proving()
    installation.clock.advance(minutes=2)
    installation.services.roll_back(WEB, ours)
    installation.clock.advance(minutes=1)
    installation.services.owner_releases(WEB)
    installation.services.settle()
    installation.clock.advance(minutes=1)
    installation.tick()
    assert ("give_up", "RESTORE_DEPLOYMENT_FAILED") in installation.told.lines
    bring_back(installation)
    assert installation.switches == [FALLBACK, SPOT, SPOT]
    assert installation.record().reason == "RESTORED"
