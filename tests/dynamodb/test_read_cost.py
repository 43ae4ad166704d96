"""What ticks and sweeps read: DynamoDB's own counts, which are the same on every machine."""

from __future__ import annotations

import pytest

from benchmarks.table_cost.measure import claims, measure_on
from tests.dynamodb.database import Database


@pytest.mark.slow
def test_a_tick_reads_no_more_of_a_larger_table_and_a_sweep_no_more_for_each_account(
    dynamodb_local: Database, endpoint: str
) -> None:
    assert dynamodb_local.table
    assert [claim for claim in claims(measure_on(endpoint, (100, 1_000))) if not claim.holds] == []
