"""All that is compared: the product's profiles and its twin, and what people do instead."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from random import Random

from spot_failover.core.policy import Policy, RestorePolicy, TwinPolicy
from spot_failover.core.profiles import PROFILES, Profile
from spot_failover.core.strategy import Strategy
from spotctl.simulation import others
from spotctl.simulation.ecs import Ecs, Listener
from spotctl.simulation.ecs_state import ON_DEMAND_PROVIDER, SPOT_PROVIDER
from spotctl.simulation.product import Installation, Product

SPOT = Strategy.of((SPOT_PROVIDER, 1, 0))
ON_DEMAND = Strategy.of((ON_DEMAND_PROVIDER, 1, 0))
Build = Callable[[Ecs, Installation, Random], Listener]


@dataclass(frozen=True)
class Contender:
    """One policy; `name` is what tables and plots call it."""

    name: str
    build: Build
    strategy: Strategy = SPOT
    twin: bool = False
    product: bool = False
    """It runs the product's own decisions."""


@dataclass(frozen=True)
class _ByProduct:
    policy: Policy
    changes: dict[str, float] = field(default_factory=dict)

    def __call__(self, ecs: Ecs, installation: Installation, random: Random) -> Listener:
        return Product(ecs, self.policy, replace(installation, **self.changes), random)


def by_product(name: str, restore: RestorePolicy, **changes: float) -> Contender:
    """The product with these restore settings, and with changes of its installation."""
    return Contender(name, _ByProduct(Policy(restore=restore), changes), product=True)


def profile(which: Profile) -> Contender:
    """The product with one of its profiles."""
    return by_product(str(which), PROFILES[which])


def switcher(name: str, wait: others.Wait) -> Contender:
    """Failover at a placement failure, restore by a rule."""
    return Contender(name, partial(_switch, wait))


def _nothing(_ecs: Ecs, _installation: Installation, _random: Random) -> Listener:
    return others.DoNothing()


def _redeploy(ecs: Ecs, _installation: Installation, _random: Random) -> Listener:
    return others.Redeploy(ecs)


def _switch(wait: others.Wait, ecs: Ecs, _installation: Installation, _random: Random) -> Listener:
    return others.Switcher(ecs, wait)


NOTHING = Contender("do nothing", _nothing)
ALWAYS_ON_DEMAND = Contender("always on-demand", _nothing, strategy=ON_DEMAND)
BALANCED, CHEAPEST, CALM = profile(Profile.BALANCED), profile(Profile.CHEAPEST), profile(Profile.CALM)
TWIN = Contender("on-demand twin", _ByProduct(Policy(twin=TwinPolicy(enabled=True))), twin=True, product=True)
OTHERS = (
    NOTHING,
    Contender("redeploy on interruption", _redeploy),
    switcher("one way to on-demand", others.never),
    switcher("restore at every 1 min tick", others.EVERY_MINUTE),
    switcher("restore at every 5 min tick", others.EVERY_FIVE_MINUTES),
    switcher("backoff 1 h to 24 h, climbing", others.climbing),
    switcher("restore once a day", others.daily),
    ALWAYS_ON_DEMAND,
)
OURS = (BALANCED, CHEAPEST, CALM, TWIN)
