"""Capacity provider strategies: where ECS places the tasks of a service."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

MAX_ITEMS = 20
"""Items that a strategy may hold (ECS API reference, CreateService, capacityProviderStrategy)."""
MAX_WEIGHT = 1000
"""Largest weight of an item (ECS API reference, CapacityProviderStrategyItem)."""


@dataclass(frozen=True, order=True)
class StrategyItem:
    """One provider with its share (`weight`) and its first tasks (`base`), both counts from 0."""

    provider: str
    weight: int = 0
    base: int = 0

    @property
    def active(self) -> bool:
        """Whether ECS may place a task on this provider."""
        return self.weight > 0 or self.base > 0


@dataclass(frozen=True)
class Strategy:
    """An ordered list of items. Order is kept for the owner's eyes and means nothing to ECS: compare with `same_as`."""

    items: tuple[StrategyItem, ...] = ()

    @classmethod
    def of(cls, *items: tuple[str, int, int]) -> Strategy:
        """A strategy from (provider, weight, base) triples."""
        return cls(tuple(StrategyItem(*item) for item in items))

    @classmethod
    def from_api(cls, items: Iterable[Mapping[str, Any]] | None) -> Strategy:
        """From the ECS API's list of `{capacityProvider, weight, base}`; a missing weight or base is 0."""
        return cls(
            tuple(
                StrategyItem(item["capacityProvider"], int(item.get("weight") or 0), int(item.get("base") or 0))
                for item in items or ()
            )
        )

    def to_api(self) -> list[dict[str, Any]]:
        """The list that the ECS API takes, weight and base always given."""
        return [{"capacityProvider": item.provider, "weight": item.weight, "base": item.base} for item in self.items]

    def __iter__(self) -> Iterator[StrategyItem]:
        return iter(self.items)

    def __bool__(self) -> bool:
        return bool(self.items)

    def __str__(self) -> str:
        if not self.items:
            return "(none)"
        return ", ".join(
            f"{item.provider} weight {item.weight}" + (f" base {item.base}" if item.base else "") for item in self.items
        )

    @property
    def providers(self) -> frozenset[str]:
        """Names of all providers, active or not."""
        return frozenset(item.provider for item in self.items)

    def same_as(self, other: Strategy) -> bool:
        """Whether both mean the same to ECS: equal as sets, whatever the order."""
        return len(self.items) == len(other.items) and set(self.items) == set(other.items)

    def active_among(self, providers: Collection[str]) -> tuple[StrategyItem, ...]:
        """The active items whose provider is one of `providers`."""
        return tuple(item for item in self.items if item.active and item.provider in providers)


NO_STRATEGY = Strategy()
"""Of a service that runs by launch type, and of a record that never held one."""
