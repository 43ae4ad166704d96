"""An account and Region that is heard of, falls silent, and leaves."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from spot_failover.core.path import Path
from tests.doubles.clock import START

HERE = Path("111111111111", "us-east-1")
QUARTER = timedelta(minutes=15)
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def test_of_a_path_that_was_never_written_nothing_is_known() -> None:
    assert (HERE.heard_at, HERE.swept_at, HERE.sweep, HERE.findings, HERE.version) == (None, None, "", {}, 0)
    assert not HERE.silent


def test_a_heartbeat_ends_a_silence_and_an_older_one_changes_nothing() -> None:
    silent = replace(HERE, heard_at=START, silent=True)
    assert silent.heard(START) is silent
    assert silent.heard(START - SECOND) is silent
    assert silent.heard(START + SECOND) == replace(HERE, heard_at=START + SECOND)
    assert HERE.heard(START).heard_at == START


def test_silent_is_older_than_allowed_and_nobody_who_was_never_heard() -> None:
    heard = HERE.heard(START)
    assert not heard.is_silent(START + QUARTER, QUARTER)
    assert heard.is_silent(START + QUARTER + SECOND, QUARTER)
    assert not HERE.is_silent(START, QUARTER)


def test_it_has_left_after_a_day_without_heartbeat_and_role() -> None:
    gone = replace(HERE, heard_at=START, refused_since=START, refused_at=START + DAY - HOUR)
    assert gone.has_left(START + DAY)
    assert not gone.has_left(START + DAY - SECOND)
    assert not replace(gone, refused_since=None).has_left(START + DAY)
    assert not replace(gone, refused_since=START + SECOND).has_left(START + DAY)
    assert not replace(gone, heard_at=START + SECOND).has_left(START + DAY)
    assert not replace(gone, heard_at=None).has_left(START + DAY)


def test_it_has_not_left_where_it_was_not_refused_of_late() -> None:
    gone = replace(HERE, heard_at=START, refused_since=START, refused_at=START + DAY - HOUR)
    assert not gone.has_left(START + DAY + SECOND)
    assert not replace(gone, refused_at=START).has_left(START + DAY)
    assert not replace(gone, refused_at=None).has_left(START + DAY)


def test_refusals_count_from_the_first_as_long_as_no_hour_lies_between_them() -> None:
    once = HERE.refused(START)
    assert (once.refused_since, once.refused_at) == (START, START)
    twice = once.refused(START + HOUR)
    assert (twice.refused_since, twice.refused_at) == (START, START + HOUR)
    later = START + 2 * HOUR + SECOND
    anew = twice.refused(later)
    assert (anew.refused_since, anew.refused_at) == (later, later)
    of_an_older_version = replace(HERE, refused_since=START)
    assert of_an_older_version.refused(START + SECOND).refused_since == START + SECOND
    assert twice.let_in() == HERE


def test_a_role_that_was_entered_is_no_sign_that_somebody_left() -> None:
    blind = HERE.may_not_look(START)
    assert (blind.refused_since, blind.refused_at) == (START, None)
    assert blind.may_not_look(START + HOUR) == blind
    assert not replace(blind, heard_at=START).has_left(START + DAY)
    refused = HERE.refused(START).may_not_look(START + HOUR)
    assert (refused.refused_since, refused.refused_at) == (START, None)
    assert refused.refused(START + HOUR).refused_since == START + HOUR
    assert blind.let_in() == HERE


def test_who_is_offboarded_is_not_known_any_more() -> None:
    known = replace(HERE, heard_at=START, silent=True, swept_at=START, findings={"shop/web": "CANNOT_ROLL"}, version=7)
    assert known.offboarded(START) == replace(HERE, offboarded_at=START, version=7)


def test_for_a_day_the_heartbeats_of_who_was_offboarded_are_ignored() -> None:
    gone = HERE.offboarded(START)
    assert gone.heard(START + DAY - SECOND) is gone
    assert gone.heard(START + DAY) == replace(HERE, heard_at=START + DAY)
    assert [gone.leaving(START + after) for after in (SECOND, DAY - SECOND, DAY)] == [True, True, False]
    assert not HERE.leaving(START)


def test_offboarding_that_is_taken_back_lets_the_next_heartbeat_count() -> None:
    again = HERE.offboarded(START).known_again()
    assert again == HERE
    assert again.heard(START + SECOND).heard_at == START + SECOND


def test_a_sweep_is_under_way_until_its_time_is_over() -> None:
    assert not HERE.sweeping(START)
    under_way = replace(HERE, sweep_until=START)
    assert under_way.sweeping(START - SECOND)
    assert not under_way.sweeping(START)


def test_its_id_is_no_service_s() -> None:
    assert HERE.record_id == "path::111111111111"
    assert str(HERE) == "account 111111111111, Region us-east-1"
