"""What a record's phase means, and what one that was never written holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from spot_failover.core.reason import Action
from spot_failover.core.record import Lease, Phase, Record
from tests.doubles.builders import WEB
from tests.doubles.clock import START


@pytest.mark.parametrize(
    ("phase", "intent", "is_open"),
    [
        (Phase.CLOSED, False, False),
        (Phase.FAILING_OVER, True, True),
        (Phase.FAILED_OVER, False, True),
        (Phase.RESTORING, True, True),
        (Phase.PROVING, False, True),
    ],
)
def test_an_intent_announces_a_call_and_all_but_closed_is_open(phase: Phase, *, intent: bool, is_open: bool) -> None:
    assert (phase.intent, phase.open) == (intent, is_open)


@pytest.mark.parametrize("action", list(Action))
def test_four_actions_change_a_service(action: Action) -> None:
    assert action.changes_service is (action.value in {"fail_over", "restore", "redeploy", "scale_twin"})


def test_a_record_that_was_never_written_is_closed_and_counts_nothing() -> None:
    fresh = Record(WEB)
    assert (fresh.phase, fresh.version, fresh.stuck) == (Phase.CLOSED, 0, False)
    assert (fresh.desired_at_switch, fresh.failures, fresh.rollbacks, fresh.restores_that_day) == (0, 0, 0, 0)


def test_a_lease_is_over_when_it_expires() -> None:
    leased = replace(Record(WEB), lease=Lease("me", START))
    assert leased.leased(START - timedelta(microseconds=1))
    assert not leased.leased(START)
    assert not Record(WEB).leased(START)


def test_restores_are_those_of_the_day_that_is_asked_for() -> None:
    counted = replace(Record(WEB), restore_day="2026-03-01", restores_that_day=3)
    assert (counted.restores_on("2026-03-01"), counted.restores_on("2026-03-02")) == (3, 0)
