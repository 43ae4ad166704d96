"""What ticks and sweeps read, on DynamoDB Local: counts, which are the same on every machine."""

from __future__ import annotations

import pytest

from benchmarks.table_cost.measure import claims, measure
from tools.dynamodb_local.install import installed


@pytest.mark.slow
@pytest.mark.skipif(not installed(), reason="DynamoDB Local is not installed: `make dynamodb-local` does it")
def test_a_tick_reads_no_more_of_a_larger_table_and_a_sweep_no_more_for_each_account() -> None:
    assert [claim for claim in claims(measure((100, 1_000))) if not claim.holds] == []
