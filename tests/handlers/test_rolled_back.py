"""ECS goes back from a deployment that fails, ours or the owner's: the service is brought back all the same."""

from __future__ import annotations

from dataclasses import replace

import pytest

from spot_failover.core.record import Phase
from spot_failover.core.service import Deployment
from spot_failover.core.strategy import Strategy
from tests.doubles.builders import FALLBACK, MIXED, MIXED_FALLBACK, SPOT, WEB, failure
from tests.doubles.installation import Installation
from tests.doubles.shortage import shortage


def failed_over() -> tuple[Installation, Deployment]:
    """A service whose failover is complete, in the outage still, and that deployment."""
    installation = shortage()
    installation.services.live[WEB] = replace(installation.services.live[WEB], rolls_back=True)
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
def test_an_owner_whose_deployment_ecs_rolls_back_to_the_fallback_is_not_left_on_it(strategy: Strategy) -> None:
    installation, ours = failed_over()
    installation.clock.advance(minutes=3)
    installation.services.owner_sets(WEB, strategy)
    installation.clock.advance(minutes=3)
    installation.tick()
    assert installation.told.last == ("wait", "DEPLOYMENT_IN_PROGRESS")
    installation.hear()
    installation.sweep()
    installation.services.roll_back(WEB, ours)
    bring_back(installation)
    assert installation.switches == [FALLBACK, SPOT]
    assert installation.record().reason == "RESTORED"


def test_an_owner_s_change_of_a_proving_service_that_ecs_rolls_back_fails_the_restore() -> None:
    installation, ours = proving()
    installation.clock.advance(minutes=3)
    installation.services.owner_sets(WEB, MIXED)
    installation.clock.advance(minutes=3)
    installation.tick()
    assert installation.told.last == ("wait", "DEPLOYMENT_IN_PROGRESS")
    installation.services.roll_back(WEB, ours)
    bring_back(installation)
    assert ("give_up", "RESTORE_DEPLOYMENT_FAILED") in installation.told.lines
    assert installation.switches == [FALLBACK, SPOT, SPOT]
    assert installation.record().reason == "RESTORED"


def test_an_owner_s_change_supersedes_once_its_deployment_is_complete() -> None:
    installation, _ = failed_over()
    installation.services.owner_sets(WEB, MIXED)
    installation.clock.advance(minutes=3)
    installation.tick()
    installation.services.spot = True
    installation.services.settle()
    installation.clock.advance(minutes=3)
    installation.tick()
    assert installation.told.last == ("close", "SUPERSEDED")
    assert installation.strategy() == MIXED


def test_a_shortage_of_what_the_owner_set_does_not_wait_for_its_deployment() -> None:
    installation, _ = failed_over()
    installation.services.owner_sets(WEB, MIXED)
    installation.clock.advance(minutes=3)
    installation.tick()
    installation.services.lose_spot()
    installation.deliver(failure(time=installation.clock.now(), event_id="later"))
    assert installation.switches == [FALLBACK, MIXED_FALLBACK]
    assert installation.record().baseline == MIXED


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
