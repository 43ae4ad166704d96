"""One policy on one history."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from random import Random

from spot_failover.core.service_key import ServiceKey
from spotctl.simulation.contenders import ON_DEMAND, Contender
from spotctl.simulation.ecs import Ecs, Times
from spotctl.simulation.meter import SPOT_PRICE, Bound, Meter
from spotctl.simulation.owners import Owners, Ownership
from spotctl.simulation.product import Installation, Product
from spotctl.simulation.timeline import Timeline
from spotctl.simulation.traces import Trace

ACCOUNT, REGION, CLUSTER = "111111111111", "us-east-1", "shop"


@dataclass(frozen=True)
class Scenario:
    """The world in which policies are compared."""

    name: str = "base"
    sizes: tuple[int, ...] = (8, 4, 3, 1)
    """Tasks of each of the pool's services."""
    times: Times = field(default_factory=Times)
    owners: Owners = field(default_factory=Owners)
    installation: Installation = field(default_factory=Installation)
    seed: int = 1


@dataclass(frozen=True)
class Result:
    """Raw figures of one run. Task-seconds, but for `days` and the counts."""

    policy: str
    trace: str
    scenario: str
    days: float
    services: int
    desired: float
    missing: float
    missing_at_notice: float
    zero: float
    """Service-seconds without a single task."""
    spot: float
    """Paid on Spot."""
    on_demand: float
    """Paid on-demand."""
    bound: float
    """What the clairvoyant optimum costs."""
    deployments: int
    """Made by the policy, owners' releases left out."""
    starts: int
    shortages: int
    """Times that a service fell below desired."""
    throttled: int
    undone: int
    """Messages and records that were given up."""
    reasons: dict[str, int]

    @property
    def cost(self) -> float:
        """In on-demand task-seconds."""
        return self.on_demand + SPOT_PRICE * self.spot

    @property
    def over_bound(self) -> float:
        """Cost as a multiple of the clairvoyant optimum's."""
        return self.cost / self.bound


def run(trace: Trace, contender: Contender, scenario: Scenario) -> Result:
    """Simulate it. The same arguments give the same figures."""
    timeline = Timeline()
    # One chance for each part: what one draws does not change what another gets.
    chance = partial(_chance, f"{trace.name} {scenario.seed}")
    ecs = Ecs(timeline, scenario.times, chance("ecs"))
    meters = _services(ecs, contender, scenario)
    bound = Bound(meters)
    for meter in meters:
        meter.bound = bound
    Ownership(ecs, scenario.owners, chance("owners"), trace.days)
    if contender.twin:
        _add_twins(ecs)
    listener = ecs.listener = contender.build(ecs, scenario.installation, chance("policy"))
    now, tasks = 0.0, sum(scenario.sizes)
    for step in trace.steps:
        bound.settle(now)
        bound.limit = trace.limit(step.capacity, tasks)
        ecs.set_limit(bound.limit)
        now += step.seconds
        timeline.run(now)
    bound.settle(now)
    ecs.close()
    product = listener if isinstance(listener, Product) else None
    return Result(
        policy=contender.name,
        trace=trace.name,
        scenario=scenario.name,
        days=trace.days,
        services=len(meters),
        desired=sum(meter.desired_seconds for meter in meters),
        missing=sum(meter.missing_seconds for meter in meters),
        missing_at_notice=sum(meter.missing_at_notice_seconds for meter in meters),
        zero=sum(meter.zero_seconds for meter in meters),
        spot=sum(meter.spot_seconds for meter in meters),
        on_demand=sum(meter.on_demand_seconds for meter in meters),
        bound=bound.cost,
        deployments=sum(service.deploys for service in ecs.services.values()),
        starts=sum(meter.starts for meter in meters),
        shortages=sum(meter.shortages for meter in meters),
        throttled=product.services.reads.refused + product.services.writes.refused if product else 0,
        undone=len(product.failed) if product else 0,
        reasons=dict(product.tally.reasons) if product else {},
    )


def _chance(of: str, part: str) -> Random:
    return Random(f"{of} {part}")  # noqa: S311 - a simulation's, that repeats


def _services(ecs: Ecs, contender: Contender, scenario: Scenario) -> list[Meter]:
    meters = []
    for number, size in enumerate(scenario.sizes):
        meter = Meter(size)
        ecs.add(ServiceKey(ACCOUNT, REGION, CLUSTER, f"service-{number}"), contender.strategy, size, meter)
        meters.append(meter)
    return meters


def _add_twins(ecs: Ecs) -> None:
    for primary in list(ecs.services.values()):
        name = f"{primary.key.service}-on-demand"
        primary.tags = {"spot-failover:method": "failover_service", "spot-failover:twin": name}
        twin = ecs.add(ServiceKey(ACCOUNT, REGION, CLUSTER, name), ON_DEMAND, 0, primary.meter)
        twin.tags = {"spot-failover:twin": primary.key.service}
