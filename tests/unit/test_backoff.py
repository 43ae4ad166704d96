"""How long to wait before Spot is tried again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from spot_failover.core.backoff import JITTER, restore_delay
from spot_failover.core.policy import RestorePolicy

POLICY = RestorePolicy(initial_delay=timedelta(minutes=5), factor=2, max_delay=timedelta(hours=1))


@pytest.mark.parametrize(("failures", "minutes"), [(0, 5), (1, 10), (2, 20), (3, 40), (4, 60), (5, 60), (10**6, 60)])
def test_doubles_up_to_the_maximum(failures: int, minutes: int) -> None:
    assert restore_delay(POLICY, failures, 0) == timedelta(minutes=minutes)


def test_a_factor_of_one_never_climbs() -> None:
    steady = RestorePolicy(factor=1)
    assert restore_delay(steady, 1000, 0) == steady.initial_delay


def test_chance_takes_off_no_more_than_the_jitter() -> None:
    assert restore_delay(POLICY, 0, 1) == timedelta(minutes=5) * (1 - JITTER)
    assert restore_delay(POLICY, 9, 0.5) == timedelta(hours=1) * (1 - JITTER / 2)
