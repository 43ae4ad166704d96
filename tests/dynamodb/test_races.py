"""Many workers at one record at once: of those that read a version, one writes over it. On DynamoDB Local only."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest

from spot_failover.aws.state_table import StateTable
from spot_failover.core.errors import ConflictError
from spot_failover.core.record import Lease, Phase, Record
from tests.doubles.builders import FALLBACK, SPOT, WEB
from tests.dynamodb.database import Database
from tests.dynamodb.full_record import FAR

pytestmark = pytest.mark.slow
WORKERS = 8
ROUNDS = 40
RECORD = Record(WEB, phase=Phase.FAILING_OVER, baseline=SPOT, fallback=FALLBACK)


def test_each_version_has_exactly_one_winner(dynamodb_local: Database) -> None:
    """All read the same version, wait for each other, and write over it: 40 times, a new record first."""
    tables = [dynamodb_local.records() for _ in range(WORKERS)]
    barrier = Barrier(WORKERS, timeout=60)

    def work(number: int) -> list[int]:
        won: list[int] = []
        for _ in range(ROUNDS):
            read = tables[number].get(WEB)
            barrier.wait()
            won += attempt(tables[number], read, number)
            barrier.wait()
        return won

    with ThreadPoolExecutor(WORKERS) as pool:
        won = list(pool.map(work, range(WORKERS)))
    winners = Counter(version for versions in won for version in versions)
    assert winners == Counter(range(1, ROUNDS + 1))
    last = tables[0].get(WEB)
    assert last.version == ROUNDS
    [owner] = [number for number, versions in enumerate(won) if ROUNDS in versions]
    assert last.lease == Lease(f"worker {owner}", FAR)


def test_nothing_that_was_counted_gets_lost(dynamodb_local: Database) -> None:
    """Each worker adds its share to one counter, reading anew after each conflict, in no step with the others."""
    tables = [dynamodb_local.records() for _ in range(WORKERS)]

    def work(table: StateTable) -> None:
        for _ in range(10):
            while True:
                read = table.get(WEB)
                try:
                    table.put(replace(read, phase=Phase.FAILED_OVER, failures=read.failures + 1))
                except ConflictError:
                    continue
                break

    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(work, tables))
    last = tables[0].get(WEB)
    assert (last.failures, last.version) == (WORKERS * 10, WORKERS * 10)


def attempt(table: StateTable, read: Record, number: int) -> list[int]:
    """The version that this worker has written; none where another was faster."""
    try:
        return [table.put(replace(RECORD, version=read.version, lease=Lease(f"worker {number}", FAR))).version]
    except ConflictError:
        return []
