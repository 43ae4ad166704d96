"""The tick handles several accounts and Regions at a time: none waits for, or fails with, another."""

from __future__ import annotations

from dataclasses import replace
from threading import Barrier

from spot_failover.core.errors import TransientError
from tests.doubles.fleet import A, B, fleet, restored
from tests.doubles.installation import Installation

ACCOUNTS = [replace(A, account=f"{number}" * 12) for number in range(1, 7)]


def organization() -> Installation:
    return fleet(*ACCOUNTS)


def test_an_account_that_fails_stops_none_of_the_others() -> None:
    installation = organization()
    installation.services.denied = {ACCOUNTS[2].account}
    tick = installation.tick(threads=4)
    assert (tick.handled, tick.left, set(tick.errors)) == (5, 0, {ACCOUNTS[2]})
    assert set(restored(installation)) == set(ACCOUNTS) - {ACCOUNTS[2]}


def test_one_that_is_throttled_fails_alone() -> None:
    installation = organization()
    installation.services.faults.before("switch", TransientError("throttled"))
    tick = installation.tick(threads=4)
    assert (tick.handled, len(tick.errors)) == (5, 1)
    installation.clock.advance(minutes=1)
    assert installation.tick(threads=4).errors == {}
    assert sorted(restored(installation)) == ACCOUNTS


def test_accounts_are_handled_at_the_same_time() -> None:
    installation = organization()
    together = Barrier(3, timeout=20)
    for _ in range(3):
        installation.services.faults.before("switch", lambda: together.wait() and None)
    assert installation.tick(threads=3).handled == 6
    assert not together.broken


def test_services_of_one_account_and_region_are_handled_one_after_another() -> None:
    keys = [replace(A, service=f"web-{number}") for number in range(8)]
    installation = fleet(*keys)
    installation.tick(threads=8)
    assert restored(installation) == keys


def test_two_regions_of_an_account_are_two_groups() -> None:
    elsewhere = replace(B, region="eu-west-1")
    installation = fleet(A, elsewhere)
    together = Barrier(2, timeout=20)
    for _ in range(2):
        installation.services.faults.before("switch", lambda: together.wait() and None)
    assert installation.tick(threads=2).handled == 2
    assert not together.broken
