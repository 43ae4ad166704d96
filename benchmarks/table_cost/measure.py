"""Runs the product's restore tick and its sweep on tables of growing size."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any
from unittest.mock import patch

from botocore.config import Config

from benchmarks.claim import Claim
from benchmarks.table_cost.known import DUE, Whole, fill, places
from benchmarks.table_cost.meter import Meter
from spot_failover.aws.incident_table import IncidentTable
from spot_failover.aws.registry import RegistryTable
from spot_failover.aws.shared_items import SharedItems
from spot_failover.aws.state_table import StateTable
from spot_failover.aws.twin_table import TwinTable
from spot_failover.flow.incident_flow import IncidentFlow
from tests.doubles.clock import START, Clock
from tests.doubles.installation import Installation
from tests.dynamodb.database import Database, with_state_table
from tools.dynamodb_local.install import install
from tools.dynamodb_local.server import running

SIZES = (100, 1_000, 10_000, 100_000)
UNHURRIED = Config(read_timeout=300, retries={"total_max_attempts": 1})
"""A busy machine's database may take longer than the functions would wait; a call is counted once."""
FLAT = 1.05
"""How much more the largest table's restore may cost than the smallest's."""
KNOWN, WAITING = 1_000, 500
"""Of so many known services, so many are on on-demand and not due."""
MOST_PER_OPEN = 0.1
"""Read units of a restore tick for each of these: some pages of an index."""
MOST_PER_NEW = 1.3
"""Read units for each open record that a tick sees for the first time, to tell people of it."""
MOST_PER_PLACE = 5.5
"""Read units of a sweep for each account and Region."""


@dataclass(frozen=True)
class Cost:
    """What one run took."""

    read_units: float
    write_units: float
    calls: int


@dataclass(frozen=True)
class Size:
    """One table."""

    known: int
    waiting: int
    """Records that are open and not due."""
    places: int
    """Accounts and Regions."""
    first_look: Cost
    """The restore tick's look for what people are to be told of, when it is all new."""
    restore: Cost
    scan: Cost
    """The due records found by reading the whole table."""
    sweep: Cost
    described: int
    """DescribeServices calls of the sweep."""
    listed: int
    """Its other calls to ECS."""


def measure(sizes: Sequence[int] = SIZES, tell: Callable[[str], None] = lambda _: None) -> list[Size]:
    """Measure all sizes, each in a table of its own, on a DynamoDB Local of its own."""
    environment = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local", "AWS_DEFAULT_REGION": "us-east-1"}
    with (
        tempfile.TemporaryDirectory() as folder,
        patch.dict("os.environ", environment),
        running(install(), Path(folder) / "log") as endpoint,
    ):
        return measure_on(endpoint, sizes, tell)


def measure_on(endpoint: str, sizes: Sequence[int], tell: Callable[[str], None] = lambda _: None) -> list[Size]:
    """The same on one that runs."""
    found = []
    for known in sizes:
        tell(f"state table of {known} services")
        found.append(_measure(with_state_table(endpoint), known))
    tell(f"state table of {KNOWN} services, {WAITING} of them on on-demand")
    return [*found, _measure(with_state_table(endpoint), KNOWN, WAITING)]


def claims(sizes: Sequence[Size]) -> list[Claim]:
    """What is said of them."""
    crowded = sizes[-1]
    sizes = [size for size in sizes if not size.waiting]
    least, most = sizes[0], sizes[-1]
    growth = most.restore.read_units / least.restore.read_units
    calls = most.restore.calls / least.restore.calls
    each = [size.sweep.read_units / size.places for size in sizes]
    return [
        Claim(
            "table_cost",
            f"restore tick, {DUE} due: read units at {most.known:,} known services over those at {least.known:,}",
            growth,
            FLAT,
            " x",
        ),
        Claim("table_cost", "the same of its DynamoDB calls", calls, FLAT, " x"),
        Claim(
            "table_cost",
            f"restore tick: further read units for each open record that is not due ({crowded.waiting} of them)",
            (crowded.restore.read_units - least.restore.read_units) / crowded.waiting,
            MOST_PER_OPEN,
        ),
        Claim(
            "table_cost",
            "restore tick: read units for each open record that is new to it",
            crowded.first_look.read_units / (crowded.waiting + DUE),
            MOST_PER_NEW,
        ),
        Claim("table_cost", f"for comparison: read units of a full scan at {most.known:,}", most.scan.read_units),
        Claim("table_cost", "sweep: read units for each account and Region (the most)", max(each), MOST_PER_PLACE),
        Claim(
            "table_cost", "sweep: the most of these over the least, whatever the size", max(each) / min(each), 1.5, " x"
        ),
        Claim(
            "table_cost",
            "sweep: DescribeServices calls for each ten services",
            max(size.described * 10 / size.known for size in sizes),
            1.0,
        ),
    ]


def _measure(database: Database, known: int, waiting: int = 0) -> Size:
    meter, clock = Meter(), Clock(START + timedelta(minutes=1))
    client = meter.attach(database.connect(UNHURRIED))
    on_demand = fill(database.connect(UNHURRIED), database.table, known, waiting)
    names = count()
    stores: tuple[Any, str, Callable[[], str]] = (client, database.table, lambda: f"write-{next(names)}")
    installation = Installation(clock=clock)
    installation.services = services = Whole(clock, on_demand)
    parts: Any = {
        "records": StateTable(*stores),
        "shared": SharedItems(*stores),
        "registry": RegistryTable(*stores),
        "twins": TwinTable(*stores),
    }
    for name, part in parts.items():
        setattr(installation, name, part)

    scan = _scan(client, database.table, meter)
    for account, region in places(known):
        installation.hear(account, region)
    meter.reset()
    installation.sweep()
    sweep, described = _cost(meter), services.described
    incidents = IncidentTable(*stores)
    meter.reset()
    _look(installation, incidents)
    first_look = _cost(meter)
    meter.reset()
    _restore(installation, incidents)
    at = len(places(known))
    return Size(known, waiting, at, first_look, _cost(meter), scan, sweep, described, services.listed)


def _restore(installation: Installation, incidents: IncidentTable) -> None:
    """All that the restore function does at a tick: it tells people first."""
    _look(installation, incidents)
    tick = installation.tick()
    if tick.errors or tick.handled < DUE:
        raise AssertionError(f"{tick.handled} records handled, not {DUE}; errors: {tick.errors}")


def _look(installation: Installation, incidents: IncidentTable) -> None:
    until = installation.clock.now() + timedelta(seconds=30)
    board = IncidentFlow(installation.worker(), installation.policy, incidents, None, until).run()
    if board.errors:
        raise AssertionError(f"not all was looked at: {board.errors}")


def _scan(client: Any, table: str, meter: Meter) -> Cost:
    """What finding due records takes without the index."""
    meter.reset()
    found = 0
    for page in client.get_paginator("scan").paginate(
        TableName=table,
        ConsistentRead=True,
        FilterExpression="due_at <= :now",
        ExpressionAttributeValues={":now": {"N": str(int(START.timestamp()) + 60)}},
    ):
        found += len(page["Items"])
    if found != DUE:
        raise AssertionError(f"{found} records are due, not {DUE}")
    return _cost(meter)


def _cost(meter: Meter) -> Cost:
    return Cost(meter.read_units, meter.write_units, sum(meter.calls.values()))
