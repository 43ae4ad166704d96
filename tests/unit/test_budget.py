"""The failovers of an account in an hour."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from spot_failover.core.budget import FailoverBudget, hour_of
from spot_failover.core.service_key import ServiceKey
from tests.doubles.clock import START

TWO = datetime(2026, 3, 1, 2, tzinfo=UTC)


def test_an_hour_is_an_hour_of_the_clock() -> None:
    assert hour_of(START) == TWO
    assert hour_of(TWO) == TWO
    assert hour_of(TWO - timedelta(microseconds=1)) == TWO - timedelta(hours=1)
    assert hour_of(START.astimezone(timezone(timedelta(hours=1)))) == TWO


def test_what_was_used_in_the_hour_is_kept_and_with_the_next_forgotten() -> None:
    budget = FailoverBudget("111111111111", TWO, version=3).one_more().one_more()
    assert (budget.used, budget.next_hour) == (2, TWO + timedelta(hours=1))
    assert budget.at(TWO + timedelta(minutes=59, seconds=59)) == budget
    fresh = budget.at(budget.next_hour)
    assert (fresh.used, fresh.hour, fresh.version) == (0, budget.next_hour, 3)


def test_its_item_outlives_its_hour_and_no_service_has_its_id() -> None:
    budget = FailoverBudget("111111111111", TWO)
    assert budget.expires_at == TWO + timedelta(days=1)
    assert budget.version == 0
    assert budget.record_id == "failovers::111111111111"
    with pytest.raises(ValueError, match="unpack"):
        ServiceKey.from_record_id(budget.record_id, "us-east-1")
