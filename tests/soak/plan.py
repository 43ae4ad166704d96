"""Where the services of a run are, and what they are: the same for both modes."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

CENTRAL = "123456789012"
HOME = "us-east-1"
"""Region of the automation."""
ACCOUNTS = ("111111111111", "222222222222", "333333333333", "444444444444", "555555555555")
SECOND_REGION = {"111111111111": "eu-west-1", "222222222222": "eu-west-1"}
"""Accounts that have services in a Region other than the automation's too."""
ORGANIZATION = "o-exampleorg1"

TRIED_AGAIN = 3
"""How often a failover that ECS rolled back is tried again before it is left to a person (docs/guarantees.md). The
product's own number would be right whatever it is."""

Wire = list[dict[str, Any]]
"""A strategy as the API takes it."""


def items(*parts: tuple[str, int, int]) -> Wire:
    """A strategy of (provider, weight, base)."""
    return [{"capacityProvider": name, "weight": weight, "base": base} for name, weight, base in parts]


SPOT = items(("FARGATE_SPOT", 1, 0))
STRATEGIES: tuple[Wire, ...] = (
    SPOT,
    items(("FARGATE", 1, 1), ("FARGATE_SPOT", 3, 0)),
    items(("FARGATE_SPOT", 4, 2), ("FARGATE", 1, 0)),
    items(("FARGATE_SPOT", 1, 1)),
)
ON_DEMAND = items(("FARGATE", 1, 0))
"""What an owner may choose who has had enough of Spot for a while."""


def same(one: Sequence[Any], other: Sequence[Any]) -> bool:
    """Whether two strategies mean the same; weight and base are 0 where they are left out."""
    return _parts(one) == _parts(other)


def _parts(strategy: Sequence[Any]) -> set[tuple[str, int, int]]:
    return {(item["capacityProvider"], int(item.get("weight") or 0), int(item.get("base") or 0)) for item in strategy}


@dataclass(frozen=True, order=True)
class Place:
    """One service, by what names it."""

    account: str
    region: str
    cluster: str
    service: str

    @property
    def record_id(self) -> str:
        """Hash key of its record."""
        return f"{self.account}::{self.cluster}::{self.service}"

    @property
    def image(self) -> str:
        """The image of its task definition: of no other service in the account."""
        return f"example/{self.region}-{self.cluster}-{self.service}:1"

    @property
    def arn(self) -> str:
        """Its long ARN."""
        return f"arn:aws:ecs:{self.region}:{self.account}:service/{self.cluster}/{self.service}"

    def __str__(self) -> str:
        return f"{self.account} {self.region} {self.cluster}/{self.service}"


def regions(account: str) -> tuple[str, ...]:
    """Where an account has services."""
    return (HOME, SECOND_REGION[account]) if account in SECOND_REGION else (HOME,)


POOLS = tuple((account, region) for account in ACCOUNTS for region in regions(account))


def places(count: int) -> tuple[Place, ...]:
    """Services spread over all accounts and Regions, three clusters in each. Names repeat, as they do in real life."""
    found = []
    for number in range(count):
        account, region = POOLS[number % len(POOLS)]
        nth = number // len(POOLS)
        found.append(Place(account, region, ("shop", "store", "batch")[nth % 3], f"web-{nth // 3}"))
    return tuple(found)


def options(place: Place, dice: random.Random) -> dict[str, Any]:
    """Parameters of CreateService beyond names."""
    chosen: dict[str, Any] = {
        "desiredCount": dice.choice((1, 2, 2, 3, 4, 6)),
        "capacityProviderStrategy": dice.choice(STRATEGIES),
    }
    if dice.random() < 0.3:
        breaker = {"enable": True, "rollback": True}
        chosen["deploymentConfiguration"] = {"deploymentCircuitBreaker": breaker}
    if dice.random() < 0.2:
        chosen["tags"] = [{"key": "spot-failover:interruption-response", "value": "redeploy"}]
    return chosen
