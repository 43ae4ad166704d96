"""How many a story begins: Spot capacity has just gone."""

from __future__ import annotations

from spot_failover.core.strategy import Strategy
from tests.doubles.builders import SPOT, deployment, service
from tests.doubles.installation import Installation


def shortage(strategy: Strategy = SPOT) -> Installation:
    """A service whose Spot tasks have just gone."""
    installation = Installation().with_services(service(deployment(strategy)))
    installation.services.lose_spot()
    return installation
