"""Restores begin only within a window; all else goes on outside it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from spot_failover.core.policy import Policy, RestorePolicy
from spot_failover.core.record import Phase
from spot_failover.core.windows import Window
from tests.doubles.builders import FALLBACK, SPOT, deployment, service
from tests.doubles.fleet import A, B, fail, fleet, restored
from tests.doubles.installation import Installation

# It is 02:11 UTC on a Sunday.
NIGHT = Policy(restore=RestorePolicy(window=Window.parse("22:00-02:00")))
TAG = "spot-failover:restore-window"


def tagged(installation: Installation, window: str) -> None:
    installation.services.add(replace(installation.services.live[A], tags={TAG: window}))


def tick_until(installation: Installation, end: datetime) -> None:
    """Ticks 5 minutes apart, none of them after the end."""
    while installation.clock.now() + timedelta(minutes=5) <= end:
        installation.clock.advance(minutes=5)
        installation.tick()


def test_a_restore_waits_for_its_window() -> None:
    installation = fleet(A, policy=NIGHT)
    installation.tick()
    assert installation.told.lines == [("wait", "RESTORE_WINDOW")]
    assert installation.record(A).due_at == installation.clock.now().replace(microsecond=0) + timedelta(minutes=15)
    tick_until(installation, datetime(2026, 3, 1, 21, 58, tzinfo=UTC))
    assert restored(installation) == []
    tick_until(installation, datetime(2026, 3, 1, 22, 5, tzinfo=UTC))
    assert restored(installation) == [A]


def test_it_is_due_when_its_window_begins() -> None:
    installation = fleet(A, policy=NIGHT)
    installation.clock.time = datetime(2026, 3, 1, 21, 55, tzinfo=UTC)
    installation.tick()
    assert installation.record(A).due_at == datetime(2026, 3, 1, 22, tzinfo=UTC)


def test_the_service_s_own_window_goes_before() -> None:
    installation = fleet(A, B, policy=NIGHT)
    tagged(installation, "Sun 02:00-03:00")
    installation.tick()
    assert restored(installation) == [A]


@pytest.mark.parametrize("window", ["Mon-Sat 02:00-03:00", "02:00-03:00 +05:00", "whenever you like"])
def test_a_window_of_the_tag_that_is_shut_or_unreadable_leaves_it_on_its_fallback(window: str) -> None:
    installation = fleet(A)
    tagged(installation, window)
    installation.tick()
    assert installation.told.lines == [("wait", "RESTORE_WINDOW")]
    assert installation.switches == []


def test_a_tag_that_is_taken_off_is_seen_at_the_next_look() -> None:
    installation = fleet(A)
    tagged(installation, "never")
    installation.tick()
    installation.services.add(replace(installation.services.live[A], tags={}))
    installation.clock.advance(minutes=15)
    installation.tick()
    assert restored(installation) == [A]


def test_a_restore_that_has_begun_ends_outside_its_window() -> None:
    installation = fleet(A, B)
    installation.tick()
    for key in (A, B):
        live = installation.services.live[key]
        installation.services.add(replace(live, tags={TAG: "Mon 02:00-03:00"}))
    fail(installation, A)
    installation.clock.advance(minutes=1)
    installation.tick()
    assert installation.strategy(A) == FALLBACK
    installation.services.settle()
    installation.clock.advance(minutes=1)
    installation.tick()
    assert installation.record(B).phase is Phase.CLOSED


def test_a_service_at_zero_needs_no_window() -> None:
    installation = fleet(A, policy=NIGHT)
    installation.services.add(service(deployment(FALLBACK, desired=0, running=0), desired=0, key=A))
    installation.tick()
    assert installation.strategy(A) == SPOT


def test_a_canary_s_place_is_not_taken_by_one_outside_its_window() -> None:
    installation = fleet(A, B, policy=Policy(restore=RestorePolicy(max_proving=1)))
    tagged(installation, "Mon 02:00-03:00")
    installation.tick()
    assert restored(installation) == [B]
