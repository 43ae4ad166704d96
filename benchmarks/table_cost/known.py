"""A table that knows many services, of which a few are due, and an ECS in which they all run well."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from spot_failover.aws.record_codec import encode
from spot_failover.core.record import Phase, Record
from spot_failover.core.service import LiveService
from spot_failover.core.service_key import ServiceKey
from tests.doubles.builders import FALLBACK, SPOT, deployment, failure, service
from tests.doubles.clock import START
from tests.doubles.services import InMemoryServices

DUE = 20
"""Records that are due, however many are known."""
PER_PLACE = 50
"""Services of one account and Region."""
CLUSTER = "shop"
BATCH = 25
"""Items that one BatchWriteItem takes."""


def places(many: int) -> list[tuple[str, str]]:
    """Accounts and Regions of so many services."""
    regions = ("us-east-1", "eu-west-1")
    return [(f"{100_000_000_000 + number // 2}", regions[number % 2]) for number in range(many // PER_PLACE)]


def keys(many: int) -> Iterator[ServiceKey]:
    """So many services."""
    for account, region in places(many):
        yield from keys_of(account, region)


def keys_of(account: str, region: str) -> list[ServiceKey]:
    """The services of one account and Region."""
    return [ServiceKey(account, region, CLUSTER, f"web-{number:03d}") for number in range(PER_PLACE)]


def fill(client: Any, table: str, many: int, waiting: int = 0) -> list[ServiceKey]:
    """Write a record for each service; returns those that are on on-demand: due, or `waiting` for a later tick."""
    every = list(keys(many))
    due_at = dict.fromkeys(every[: 5 * DUE : 5], START)  # of the same accounts and Regions whatever the size
    due_at |= dict.fromkeys(every[5 * DUE : 5 * DUE + waiting], START + timedelta(hours=1))
    items = iter([{"PutRequest": {"Item": encode(_record(key, due_at.get(key)))}} for key in every])
    while batch := list(islice(items, BATCH)):
        left: Any = {table: batch}
        while left:
            left = client.batch_write_item(RequestItems=left).get("UnprocessedItems")
    return sorted(due_at)


def _record(key: ServiceKey, due_at: datetime | None) -> Record:
    """What a service leaves behind that has been on on-demand once, or is."""
    closed = Record(
        key,
        phase=Phase.CLOSED,
        baseline=SPOT,
        fallback=FALLBACK,
        event=failure(key).to_record(),
        reason="RESTORED",
        version=4,
        phase_since=START,
        deployment_id="ecs-svc/2",
        desired_at_switch=2,
        switched_at=START,
        proven_at=START,
    )
    if due_at is None:
        return closed
    return replace(
        closed, phase=Phase.FAILED_OVER, reason="FAILED_OVER", due_at=due_at, restore_at=due_at, proven_at=None
    )


class Whole(InMemoryServices):
    """Every service runs all that it wants: some on the fallback, the others on Spot."""

    def __init__(self, clock: Any, on_demand: Sequence[ServiceKey]) -> None:
        super().__init__(clock)
        for key in on_demand:
            self.add(service(deployment(FALLBACK, id="ecs-svc/2", created_at=START), key=key))
        self.described = 0
        self.listed = 0

    def describe(self, keys: Sequence[ServiceKey]) -> Mapping[ServiceKey, LiveService | None]:
        """See `Services.describe`."""
        self.described += 1
        return {key: self.live.get(key) or service(key=key) for key in keys}

    def clusters(self, account: str, region: str) -> Mapping[str, frozenset[str]]:  # noqa: ARG002 - all alike
        """See `Services.clusters`."""
        self.listed += 2  # ListClusters, DescribeClusters
        return {CLUSTER: self.attached}

    def names(self, account: str, region: str, cluster: str) -> list[ServiceKey]:  # noqa: ARG002 - all alike
        """See `Services.names`."""
        self.listed += 1
        return keys_of(account, region)
