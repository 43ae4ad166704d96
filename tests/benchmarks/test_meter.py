"""Task time and cost, added up by hand."""

from __future__ import annotations

from spotctl.simulation.meter import Bound, Meter


def test_what_is_missing_and_for_how_long_nothing_served() -> None:
    meter = Meter(4)
    meter.serve(0, 4)
    meter.leave(100, 3)
    meter.leave(220, -3)
    meter.serve(220, -3)
    meter.serve(250, -1)
    meter.serve(260, 4)
    meter.settle(300)
    assert meter.missing_seconds == 30 * 3 + 10 * 4
    assert meter.missing_at_notice_seconds == 120 * 3 + 30 * 3 + 10 * 4
    assert meter.zero_seconds == 10
    assert meter.desired_seconds == 300 * 4
    assert meter.shortages == 1


def test_more_tasks_than_desired_make_up_for_nothing() -> None:
    meter = Meter(2)
    meter.serve(0, 4)
    meter.serve(100, -3)
    meter.settle(200)
    assert meter.missing_seconds == 100


def test_the_bound_takes_all_the_spot_there_is_and_no_more() -> None:
    one, other = Meter(3), Meter(1)
    bound = Bound([one, other])
    one.bound = other.bound = bound
    bound.settle(100)
    bound.limit = 2
    other.want(200, 2)
    bound.settle(300)
    assert bound.cost == 100 * 4 * 0.3 + 100 * (2 * 0.3 + 2) + 100 * (2 * 0.3 + 3)
