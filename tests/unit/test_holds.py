"""Whose hold counts where there are two, when one has ended, and when a service that is let go is looked at."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from spot_failover.core.lifecycle import KEEP_CLOSED, kept_until
from spot_failover.core.record import Phase
from spot_failover.core.transitions import hold_by_operator, release
from tests.doubles.clock import START
from tests.unit.records import record

SOON, LATE = START + timedelta(hours=1), START + timedelta(hours=2)
FOREVER = datetime.max.replace(tzinfo=UTC)
OPEN = [phase for phase in Phase if phase.open]


@pytest.mark.parametrize("phase", list(Phase))
@pytest.mark.parametrize(("first", "then"), [(LATE, SOON), (SOON, LATE)])
def test_the_next_person_s_hold_replaces_the_one_before_and_may_end_earlier(
    phase: Phase, first: datetime, then: datetime
) -> None:
    annas = hold_by_operator(record(phase), "anna", first, START)
    bens = hold_by_operator(annas, "ben", then, START)
    assert (bens.held_until, bens.held_by) == (then, "ben")


@pytest.mark.parametrize("until", [SOON, LATE])
def test_a_hold_of_the_automation_s_own_stays_its_own_and_only_grows(until: datetime) -> None:
    own = replace(record(Phase.FAILED_OVER), held_until=SOON, held_by="")
    held = hold_by_operator(own, "anna", until, START)
    assert held == replace(own, held_until=until)


def test_a_hold_of_the_automation_s_own_that_ends_this_moment_is_over() -> None:
    own = replace(record(Phase.FAILED_OVER), held_until=START, held_by="")
    held = hold_by_operator(own, "anna", SOON, START)
    assert (held.held_until, held.held_by) == (SOON, "anna")


@pytest.mark.parametrize("phase", OPEN)
@pytest.mark.parametrize(
    ("due", "then"), [(START - timedelta(minutes=1), START - timedelta(minutes=1)), (LATE, START), (None, START)]
)
def test_an_open_record_that_is_let_go_is_due_at_once_or_stays_overdue(
    phase: Phase, due: datetime | None, then: datetime
) -> None:
    held = replace(record(phase), held_until=FOREVER, held_by="anna", due_at=due)
    free = release(held, START)
    assert (free.held_until, free.held_by, free.due_at) == (None, "", then)


@pytest.mark.parametrize(
    ("until", "by", "kept"),
    [
        (None, "", START + KEEP_CLOSED),
        (None, "anna", START + KEEP_CLOSED),
        (SOON, "anna", START + KEEP_CLOSED),
        (START + 2 * KEEP_CLOSED, "anna", START + 2 * KEEP_CLOSED),
        (FOREVER, "anna", None),
        (FOREVER, "", START + KEEP_CLOSED),
    ],
)
def test_a_closed_record_is_kept_for_30_days_and_as_long_as_a_person_s_hold(
    until: datetime | None, by: str, kept: datetime | None
) -> None:
    assert timedelta(days=30) == KEEP_CLOSED
    assert kept_until(replace(record(Phase.CLOSED), held_until=until, held_by=by), START) == kept
