"""Capacity provider strategies: reading, comparing, and how ECS spreads tasks over their providers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

SPOT_PROVIDER = "FARGATE_SPOT"
FARGATE_PROVIDERS = frozenset({"FARGATE", SPOT_PROVIDER})


@dataclass(frozen=True)
class Item:
    """One capacity provider of a strategy. A weight or base that a request leaves out is 0."""

    provider: str
    weight: int = 0
    base: int = 0


Strategy = tuple[Item, ...]


def parse(wire: Sequence[Mapping[str, Any]]) -> Strategy:
    """The strategy in an API request."""
    return tuple(
        Item(str(item.get("capacityProvider") or ""), int(item.get("weight") or 0), int(item.get("base") or 0))
        for item in wire
    )


def to_wire(strategy: Strategy) -> list[dict[str, Any]]:
    """The strategy as the API returns it: weight and base always present."""
    return [{"capacityProvider": item.provider, "weight": item.weight, "base": item.base} for item in strategy]


def same(one: Strategy, other: Strategy) -> bool:
    """Whether two strategies mean the same: order does not matter."""
    return frozenset(one) == frozenset(other)


@lru_cache(maxsize=4096)
def sequence(strategy: Strategy, count: int) -> tuple[str, ...]:
    """The providers of ``count`` tasks, one after another.

    The base is filled first; what is beyond it is spread in the ratio of the weights (weights 1 and 4: of five tasks
    four go to the second). An item of weight 0 gets nothing beyond its base.
    """
    providers: list[str] = []
    for item in strategy:
        providers += [item.provider] * min(item.base, count - len(providers))
    weighted = [item for item in strategy if item.weight > 0]
    beyond: Counter[str] = Counter()
    while weighted and len(providers) < count:
        chosen = min(weighted, key=lambda item: (beyond[item.provider] + 1) / item.weight)
        beyond[chosen.provider] += 1
        providers.append(chosen.provider)
    return tuple(providers)
