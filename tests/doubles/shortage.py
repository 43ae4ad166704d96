"""How many a story begins: Spot capacity has just gone."""

from __future__ import annotations

from spot_failover.core.strategy import Strategy
from tests.doubles.builders import FALLBACK, SPOT, WEB, deployment, failure, service
from tests.doubles.installation import Installation


def shortage(strategy: Strategy = SPOT) -> Installation:
    """A service whose Spot tasks have just gone."""
    installation = Installation().with_services(service(deployment(strategy)))
    installation.services.lose_spot()
    return installation


def rolled_back_too_often() -> Installation:
    """The same after eight more failures; ECS has rolled back every failover that there was."""
    installation = shortage()
    before = installation.services.live[WEB].deployments[0]
    installation.deliver(failure())
    for _ in range(8):
        installation.clock.advance(minutes=2)
        if installation.strategy() == FALLBACK:
            installation.services.roll_back(WEB, before)
        installation.tick()
        installation.deliver(failure(time=installation.clock.now()))
        installation.clock.advance(hours=1)
        installation.tick()
    return installation
