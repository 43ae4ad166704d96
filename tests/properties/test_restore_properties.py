"""Whatever strategy a service had: after failover and restore it has exactly that one again."""

from __future__ import annotations

from hypothesis import assume, given

from spot_failover.core.fallback import FallbackImpossibleError, fallback_strategy
from spot_failover.core.policy import Policy
from spot_failover.core.record import Phase
from spot_failover.core.strategy import Strategy
from tests.doubles.builders import deployment, failure, service
from tests.doubles.installation import Installation
from tests.properties.strategies import NAMES, PAIRS, capacity_strategies


@given(capacity_strategies())
def test_failover_and_restore_are_the_identity(baseline: Strategy) -> None:
    assume(baseline.active_among(PAIRS))
    installation = Installation(Policy(fallback_pairs=PAIRS)).with_services(service(deployment(baseline)))
    installation.services.attached = frozenset(NAMES)
    installation.services.spot_providers = frozenset(PAIRS)
    installation.services.lose_spot()

    installation.deliver(failure(providers=("spot-a",), synthetic=True))
    try:
        fallback = fallback_strategy(baseline, PAIRS, 10)
    except FallbackImpossibleError:
        assert installation.told.last == ("alert", "FALLBACK_IMPOSSIBLE")
        assert installation.switches == []
        return
    assert installation.strategy() == fallback
    for _ in range(3):
        installation.services.spot = True
        installation.services.settle()
        installation.clock.advance(minutes=5)
        installation.tick()
    assert installation.strategy() == baseline
    assert installation.switches == [fallback, baseline]
    assert installation.record().phase is Phase.CLOSED
