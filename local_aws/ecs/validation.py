"""What ECS refuses in a capacity provider strategy and in identifiers."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

from local_aws.ecs.errors import InvalidParameterError
from local_aws.ecs.strategy import FARGATE_PROVIDERS, Strategy

MAX_ITEMS, MAX_WEIGHT, MAX_BASE = 20, 1000, 100_000

_ARN = re.compile(r"arn:[\w-]+:ecs:(?P<region>[^:]*):(?P<account>[^:]*):(?P<kind>[^/]+)/(?P<path>.+)")


def check_strategy(strategy: Strategy, attached: Collection[str], exists: Callable[[str], bool]) -> None:
    """Refuse a strategy as CreateService, UpdateService and PutClusterCapacityProviders do.

    Parameters
    ----------
    strategy
        What was asked for.
    attached
        The capacity providers associated with the cluster.
    exists
        Whether the account and Region have a capacity provider of that name.

    Raises
    ------
    InvalidParameterError
        With ECS's own words where they are known.
    """
    _check_numbers(strategy)
    for item in strategy:
        if not exists(item.provider):
            raise InvalidParameterError(
                "The specified capacity provider was not found. Specify a valid capacity provider and try again."
            )
        if item.provider not in attached:
            raise InvalidParameterError(
                "The specified capacity provider strategy cannot contain a capacity provider that is not associated "
                "with the cluster. Associate the capacity provider with the cluster or specify a valid capacity "
                "provider and try again."
            )
    if len({item.provider in FARGATE_PROVIDERS for item in strategy}) > 1:
        raise InvalidParameterError(
            "The specified capacity provider strategy cannot contain both Fargate and Auto Scaling group capacity "
            "providers. Specify a strategy with one kind and try again."
        )


def _check_numbers(strategy: Strategy) -> None:
    if len(strategy) > MAX_ITEMS:
        raise InvalidParameterError(
            f"The specified capacity provider strategy has {len(strategy)} items: it can contain a maximum of "
            f"{MAX_ITEMS} capacity providers."
        )
    names = [item.provider for item in strategy]
    if len(set(names)) != len(names):
        raise InvalidParameterError(
            "The specified capacity provider strategy cannot contain duplicate capacity providers. Remove the "
            "duplicates and try again."
        )
    for item in strategy:
        if not 0 <= item.weight <= MAX_WEIGHT:
            raise InvalidParameterError(f"The weight {item.weight} is not within 0 and {MAX_WEIGHT}.")
        if not 0 <= item.base <= MAX_BASE:
            raise InvalidParameterError(f"The base {item.base} is not within 0 and {MAX_BASE}.")
    if sum(item.base > 0 for item in strategy) > 1:
        raise InvalidParameterError(
            "The specified capacity provider strategy can contain only one capacity provider with a base value "
            "greater than 0."
        )
    if strategy and not any(item.weight > 0 for item in strategy):
        raise InvalidParameterError(
            "The specified capacity provider strategy must contain at least one capacity provider with a weight "
            "value greater than 0."
        )


def short_name(identifier: str, kind: str, account: str, region: str) -> str:
    """The last part of a name or ARN of a cluster, service or task.

    Raises
    ------
    InvalidParameterError
        The ARN is of another account, Region or kind of resource than the request's.
    """
    return path_of(identifier, kind, account, region)[-1]


def path_of(identifier: str, kind: str, account: str, region: str) -> list[str]:
    """The parts of a name or ARN: ``[name]``, or ``[cluster, name]`` where a long ARN tells both."""
    if not identifier.startswith("arn:"):
        return identifier.split("/")
    match = _ARN.fullmatch(identifier)
    if match is None or match["kind"] != kind:
        raise InvalidParameterError(f"Invalid identifier: {identifier} is not the ARN of a {kind}.")
    if match["region"] != region:
        raise InvalidParameterError(f"Invalid identifier: Identifier is for {match['region']}. Your region is {region}")
    if match["account"] != account:
        raise InvalidParameterError(
            f"Invalid identifier: Identifier is for {match['account']}. Your accountId is {account}"
        )
    return match["path"].split("/")
