"""Capacity provider strategies as the demo shows and compares them.

Deliberately not the product's own code: the demo is a witness, and must not share the mistakes of what it watches.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

SPOT = "FARGATE_SPOT"
ON_DEMAND = "FARGATE"


@dataclass(frozen=True, order=True)
class Item:
    """One entry of a strategy."""

    provider: str
    weight: int = 0
    base: int = 0

    def __str__(self) -> str:
        return f"{self.provider} {self.weight}" + (f" (base {self.base})" if self.base else "")


Strategy = tuple[Item, ...]


def parse(items: Iterable[Mapping[str, Any]]) -> Strategy:
    """A strategy from ECS's form of it; a missing weight or base is 0."""
    return tuple(
        Item(str(item["capacityProvider"]), int(item.get("weight") or 0), int(item.get("base") or 0)) for item in items
    )


def to_ecs(strategy: Strategy) -> list[dict[str, Any]]:
    """ECS's form of ``strategy``."""
    return [{"capacityProvider": item.provider, "weight": item.weight, "base": item.base} for item in strategy]


def same(one: Strategy, other: Strategy) -> bool:
    """Whether two strategies are equal to ECS, which does not look at the order."""
    return frozenset(one) == frozenset(other)


def text(strategy: Strategy | None, separator: str = ", ") -> str:
    """``FARGATE 10 (base 1), FARGATE_SPOT 0``: provider, weight, and the base where there is one."""
    if strategy is None:
        return "unchanged"
    return separator.join(str(item) for item in strategy) or "none"


def uses_spot(strategy: Strategy) -> bool:
    """Whether ``strategy`` would place tasks on Spot."""
    return any(item.provider == SPOT and (item.weight or item.base) for item in strategy)
