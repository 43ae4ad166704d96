"""Who is hit by the storm: accounts, Regions and services."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from math import ceil

from local_aws.chaos.quotas import QUOTAS
from tests.soak.plan import Place

REGIONS = ("us-east-1", "eu-west-1")
CLUSTER = "shop"
PAGE = 10
"""Services that one DescribeServices call takes."""


@dataclass(frozen=True)
class Size:
    """How large a storm is."""

    events: int = 10_000
    services: int = 200
    accounts: int = 20
    crowded: int = 150
    """Services in one account and Region: so many that UpdateService's quota is what has to be waited for."""
    seed: int = 1


def accounts(size: Size) -> tuple[str, ...]:
    """The workload accounts."""
    return tuple(f"{100_000_000_001 + number}" for number in range(size.accounts))


def places(size: Size) -> tuple[Place, ...]:
    """The services: a crowd in the first account and Region, the others spread evenly. No name comes twice."""
    pools = [(account, region) for region in REGIONS for account in accounts(size)]
    found = [Place(*pools[0], CLUSTER, f"crowd-{number}") for number in range(size.crowded)]
    others = range(size.services - size.crowded)
    found += [Place(*pools[1:][number % (len(pools) - 1)], CLUSTER, f"web-{number}") for number in others]
    return tuple(found)


@dataclass(frozen=True)
class Bound:
    """The least that any automation of this kind can do."""

    updates: int
    """One UpdateService for each service."""
    describes: int
    """One DescribeServices for ten services of an account and Region."""
    accounts: int
    """One AssumeRole for each."""
    baselines: int
    """One write of a baseline for each service."""
    seconds: float
    """What UpdateService's quota alone takes: a burst, then so many a second."""


def bound(size: Size) -> Bound:
    """Computed from the services and ECS's quotas alone."""
    crowds = Counter((place.account, place.region) for place in places(size))
    quota = next(quota for quota in QUOTAS if "update_service" in quota.operations)
    return Bound(
        updates=size.services,
        describes=sum(ceil(many / PAGE) for many in crowds.values()),
        accounts=len({account for account, _ in crowds}),
        baselines=size.services,
        seconds=max((max(0, many - quota.burst) / quota.rate for many in crowds.values()), default=0.0),
    )
