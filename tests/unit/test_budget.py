"""The failovers of an account in an hour."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from spot_failover.core.budget import MOST_COUNTED, FailoverBudget, failover_of, hour_of
from spot_failover.core.record import Lease, Record
from spot_failover.core.service_key import ServiceKey
from tests.doubles.builders import API, WEB
from tests.doubles.clock import START

TWO = datetime(2026, 3, 1, 2, tzinfo=UTC)


def test_an_hour_is_an_hour_of_the_clock() -> None:
    assert hour_of(START) == TWO
    assert hour_of(TWO) == TWO
    assert hour_of(TWO - timedelta(microseconds=1)) == TWO - timedelta(hours=1)
    assert hour_of(START.astimezone(timezone(timedelta(hours=1)))) == TWO


def test_what_was_used_in_the_hour_is_kept_and_with_the_next_forgotten() -> None:
    budget = FailoverBudget("111111111111", TWO, version=3).one_more("a").one_more("b")
    assert (budget.used, budget.counted, budget.next_hour) == (2, ("a", "b"), TWO + timedelta(hours=1))
    assert budget.at(TWO + timedelta(minutes=59, seconds=59)) == budget
    fresh = budget.at(budget.next_hour)
    assert (fresh.used, fresh.counted, fresh.hour, fresh.version) == (0, (), budget.next_hour, 3)


def test_of_many_failovers_all_are_counted_and_the_latest_remembered() -> None:
    budget = FailoverBudget("111111111111", TWO)
    assert MOST_COUNTED == 200
    for number in range(MOST_COUNTED + 1):
        budget = budget.one_more(str(number))
    assert (budget.used, len(budget.counted)) == (MOST_COUNTED + 1, MOST_COUNTED)
    assert (budget.counted[0], budget.counted[-1]) == ("1", str(MOST_COUNTED))


def test_a_failover_is_named_by_its_service_and_the_phase_that_it_leaves() -> None:
    since = Record(WEB, phase_since=START)
    others = [
        Record(WEB),
        Record(API, phase_since=START),
        Record(replace(WEB, region="eu-west-1"), phase_since=START),
        Record(WEB, phase_since=START + timedelta(microseconds=1)),
    ]
    assert len({failover_of(record) for record in (since, *others)}) == 5
    written = replace(since, version=7, interrupted={"task": START}, lease=Lease("another", START))
    assert failover_of(written) == failover_of(since)
    assert len(failover_of(since)) == 16


def test_its_item_outlives_its_hour_and_no_service_has_its_id() -> None:
    budget = FailoverBudget("111111111111", TWO)
    assert budget.expires_at == TWO + timedelta(days=1)
    assert budget.version == 0
    assert budget.record_id == "failovers::111111111111"
    with pytest.raises(ValueError, match="unpack"):
        ServiceKey.from_record_id(budget.record_id, "us-east-1")
