"""The strategy that a failover sets: the same service, on on-demand capacity."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from spot_failover.core.strategy import MAX_ITEMS, MAX_WEIGHT, Strategy, StrategyItem


class FallbackImpossibleError(ValueError):
    """No valid fallback strategy exists for this baseline."""


def marked_as_fallback(strategy: Strategy, spot_providers: Collection[str]) -> bool:
    """Whether Spot providers stand in it and none is active, as automation leaves it."""
    return bool(strategy.providers.intersection(spot_providers)) and not strategy.active_among(spot_providers)


def fallback_strategy(baseline: Strategy, pairs: Mapping[str, str], weight: int) -> Strategy:
    """Move the share of every active Spot provider to the on-demand provider of its pair.

    A Spot item stays at weight 0 and base 0: the mark that this automation did it. The on-demand item of the pair takes
    its base, and `weight`; where other providers share the tasks it takes the sum of both weights, so that every share
    stays. A missing on-demand item goes right after its Spot item; order and all other items stay.

    Parameters
    ----------
    baseline
        A strategy with at least one active Spot provider.
    pairs
        Spot provider -> on-demand provider.
    weight
        Weight of an on-demand provider that carries the service alone, 1 to 1000.

    Raises
    ------
    FallbackImpossibleError
        Nothing to move, or no room for another item (ECS takes 20).
    """
    moved = {item.provider: item for item in baseline.active_among(pairs)}
    if not moved:
        raise FallbackImpossibleError(f"no active Spot provider in {baseline}")
    targets = {pairs[spot] for spot in moved}
    alone = len(targets) == 1 and baseline.providers <= moved.keys() | targets
    weights = {item.provider: item.weight for item in baseline}
    bases = {item.provider: item.base for item in baseline}
    order: list[str] = []
    for item in baseline:
        order.append(item.provider)
        target = pairs.get(item.provider) if item.provider in moved else None
        if target is not None and target not in baseline.providers and target not in order:
            order.append(target)
    for spot, item in moved.items():
        target = pairs[spot]
        weights[target] = weight if alone else weights.get(target, 0) + item.weight
        bases[target] = bases.get(target, 0) + item.base
        weights[spot] = bases[spot] = 0
    if len(order) > MAX_ITEMS:
        raise FallbackImpossibleError(
            f"no room for an on-demand provider: ECS takes {MAX_ITEMS} items, this needs {len(order)}"
        )
    weights = _scaled(weights)
    return Strategy(tuple(StrategyItem(provider, weights[provider], bases[provider]) for provider in order))


def _scaled(weights: Mapping[str, int]) -> dict[str, int]:
    """Bring weights over ECS's limit down together; a share that was there never becomes 0."""
    largest = max(weights.values())
    if largest <= MAX_WEIGHT:
        return dict(weights)
    return {name: max(1, value * MAX_WEIGHT // largest) if value else 0 for name, value in weights.items()}
