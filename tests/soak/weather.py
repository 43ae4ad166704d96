"""Spot capacity that comes and goes, and everything else that makes a bad day."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from local_aws.process import LocalAwsError
from tests.soak.ground import Ground, services, take_permissions
from tests.soak.plan import POOLS

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
SPOT, ON_DEMAND = "FARGATE_SPOT", "FARGATE"
LATE = (2.0, 30.0, 90.0, 1200.0)
"""Seconds at most by which a day's events are late; the last is longer than an event is taken for news."""


@dataclass
class Pools:
    """Capacity of every pool: the least that any outage under way leaves."""

    ground: Ground
    limits: dict[tuple[str, str, str], list[int]] = field(default_factory=dict)

    def limit(self, account: str, region: str, provider: str, capacity: int, seconds: float) -> None:
        """An outage of some length."""
        key = (account, region, provider)
        self.limits.setdefault(key, []).append(capacity)
        self._apply(key)
        self.ground.clock.call_later(seconds, lambda: self._over(key, capacity), name=f"end of an outage of {key}")

    def held(self, account: str, region: str, provider: str) -> int:
        """Tasks that run on a pool."""
        return sum(
            int(one["running"].get(provider, 0))
            for place, one in services(self.ground).items()
            if (place.account, place.region) == (account, region)
        )

    def calm(self) -> None:
        """All outages end."""
        for key, limits in self.limits.items():
            limits.clear()
            self._apply(key)

    def _over(self, key: tuple[str, str, str], capacity: int) -> None:
        if capacity in self.limits[key]:
            self.limits[key].remove(capacity)
            self._apply(key)

    def _apply(self, key: tuple[str, str, str]) -> None:
        limits = self.limits[key]
        where = dict(zip(("account", "region", "provider"), key, strict=True))
        self.ground.control("spot-capacity", **where, capacity=min(limits) if limits else None)


@dataclass
class Weather:
    """Everything that nobody wants, by chance, until `until` (epoch seconds).

    `faults` sets how often calls and functions go wrong by themselves: 1 is usual, 0 never. `haste`: how many times as
    much happens in a given time.
    """

    ground: Ground
    dice: random.Random
    until: float
    faults: Callable[[float], None]
    haste: float = 1.0
    happened: Counter[str] = field(default_factory=Counter)
    pools: Pools = field(init=False)
    on_outage: Callable[[str, str], None] = field(default=lambda _account, _region: None)
    """Called when Spot goes in an account and Region: people react."""
    denials: list[tuple[str, float, float]] = field(default_factory=list)
    """Accounts whose role had no permissions, from when until when."""
    _denied: dict[str, tuple[float, Callable[[], None]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.pools = Pools(self.ground)

    def begin(self) -> None:
        """Let it happen from now on."""
        for pool in POOLS:
            self.often(10 * DAY, partial(self._outage, *pool, "long", 2 * HOUR, 10 * HOUR))
            self.often(5 * DAY, partial(self._outage, *pool, "short", 3 * MINUTE, 40 * MINUTE))
            self.often(20 * DAY, partial(self._flicker, *pool))
            self.often(12 * DAY, partial(self._no_on_demand, *pool))
            self.often(30 * HOUR, partial(self._interrupt, *pool))
            self.often(15 * DAY, partial(self._deny, pool[0]))
        self._new_day()

    def often(self, mean: float, what: Callable[[], None]) -> None:
        """Do something again and again, at random times with this mean distance in seconds."""
        when = self.ground.clock.now() + self.dice.expovariate(self.haste / mean)

        def happen() -> None:
            if self.ground.clock.now() < self.until:
                what()
                self.often(mean, what)

        if when < self.until:
            self.ground.clock.call_at(when, happen, name="weather")

    def end(self) -> None:
        """Nothing new happens from now on."""
        self.until = min(self.until, self.ground.clock.now())

    def calm(self) -> None:
        """All is well from now on."""
        self.end()
        self.faults(0.0)
        self.pools.calm()
        for account in list(self._denied):
            self._mend(account)
        control = self.ground.control
        control("chaos/quotas", enabled=False)
        for name in ("reads", "events", "queues"):
            control(f"chaos/{name}")

    def _new_day(self) -> None:
        """Every day is bad in its own way."""
        if self.ground.clock.now() >= self.until:
            return
        dice, bad = self.dice, self.dice.choice((0.3, 1.0, 1.0, 2.0))
        seeds = [dice.getrandbits(32) for _ in range(4)]
        late = dice.choice(LATE)
        self.faults(bad)
        control = self.ground.control
        control("chaos/quotas", enabled=True, others=0.01 * bad, seed=seeds[3])
        control("chaos/reads", stale_seconds=5.0, probability=0.3, seed=seeds[0])
        control("chaos/events", duplicate=0.05 * bad, drop=0.03 * bad, delay_seconds=late, seed=seeds[1])
        control("chaos/queues", duplicate=0.04 * bad, concurrent=0.05 * bad, delay_seconds=300.0, seed=seeds[2])
        self.ground.clock.call_later(DAY / self.haste, self._new_day, name="new day")

    def _outage(self, account: str, region: str, name: str, least: float, most: float) -> None:
        seconds = self.dice.uniform(least, most)
        self.happened[f"{name} outages of Spot"] += 1
        some = self.pools.held(account, region, SPOT)
        remains = 0 if self.dice.random() < 0.7 else self.dice.randint(0, some)
        self.pools.limit(account, region, SPOT, remains, seconds)
        self.on_outage(account, region)

    def _flicker(self, account: str, region: str) -> None:
        """Gone and back, several times within an hour or two."""
        self.happened["flickers of Spot"] += 1
        for _ in range(self.dice.randint(4, 10)):
            at, long = self.dice.uniform(0, 2) * HOUR, self.dice.uniform(1, 8) * MINUTE
            self.ground.clock.call_later(at, partial(self._gone, account, region, long), name="flicker")

    def _gone(self, account: str, region: str, seconds: float) -> None:
        if self.ground.clock.now() < self.until:
            self.pools.limit(account, region, SPOT, 0, seconds)

    def _no_on_demand(self, account: str, region: str) -> None:
        """Spot and on-demand capacity lack together."""
        self.happened["outages of on-demand capacity too"] += 1
        seconds = self.dice.uniform(20, 60) * MINUTE
        self.pools.limit(account, region, ON_DEMAND, self.pools.held(account, region, ON_DEMAND), seconds)
        self.pools.limit(account, region, SPOT, 0, seconds)

    def _interrupt(self, account: str, region: str) -> None:
        """Notices for some tasks of one service."""
        here = [
            (place, one["running"][SPOT])
            for place, one in services(self.ground).items()
            if (place.account, place.region) == (account, region) and one["running"].get(SPOT)
        ]
        if not here:
            return
        place, running = self.dice.choice(here)
        tasks = self.dice.randint(1, running)
        try:
            self.ground.control("interrupt", **vars(place), tasks=tasks)
        except (ValueError, LocalAwsError):
            return  # some of them are on their way out already
        self.happened["interrupted tasks"] += tasks

    def _deny(self, account: str) -> None:
        """Somebody breaks the automation role of an account, and mends it."""
        if account in self._denied:
            return
        self.happened["times without permissions"] += 1
        self._denied[account] = self.ground.clock.now(), take_permissions(self.ground, account)
        self.ground.clock.call_later(self.dice.uniform(5, 60) * MINUTE, lambda: self._mend(account), name="mend a role")

    def _mend(self, account: str) -> None:
        if account in self._denied:
            since, give_back = self._denied.pop(account)
            give_back()
            self.denials.append((account, since, self.ground.clock.now()))

    def let_nobody_in(self, account: str, since: float, until: float) -> bool:
        """Whether an account's role had no permissions at some time in between."""
        return any(name == account and begun < until and ended > since for name, begun, ended in self.denials)
