"""The figures and the page of the controlled scale-down's demo."""

from __future__ import annotations

from demo.scaledown_figures import Reconnects, failures, reconnects
from demo.scaledown_report import report
from tests.demo.test_report import Page

BEGIN = 1000.0


def point(at: float, ended: int = 0, refused: int = 0) -> dict[str, float]:
    return {"t": BEGIN + at, "opened": 0, "ended": ended, "reconnected": ended, "refused": refused}


def scaled_down(*points: dict[str, float]) -> Reconnects:
    return reconnects("Controlled", 100, points, BEGIN, BEGIN + 600, BEGIN + 60)


GOOD = scaled_down(point(-5, 7), *(point(150 + 60 * step, 10) for step in range(8)), point(630, 20))
"""What was before does not count, what ends with the last task does."""


def test_steps_of_the_scale_down_are_as_promised() -> None:
    assert (GOOD.total, GOOD.peak, GOOD.cut_by_swap) == (100, 20, 0)
    assert failures(GOOD, 20) == []


def test_whatever_is_not_as_promised_is_told() -> None:
    bad = scaled_down(point(61, 5), point(100, 11), point(129, 5), point(130, 1, refused=3), point(300, 99))
    assert bad.cut_by_swap == 5
    assert failures(bad, 10) == [
        "the swap cut 5 connections",
        "99 connections were made anew within half a minute; a step is 10",
        "121 connections were made anew by 100 clients",
        "3 times a client found no target",
    ]


def test_the_page_shows_both_replacements() -> None:
    rolling = reconnects("Rolling update", 100, [point(30, 60), point(60, 90)], BEGIN, BEGIN + 90)
    assert (rolling.swap, rolling.cut_by_swap, rolling.peak) == (None, 0, 90)
    page = Page(report(GOOD, rolling, 20, []))
    assert page.open == []
    assert "no connection was cut by the swap" in page.text
    assert "An ordinary rolling update made 90 do so, and 150 reconnects in all" in page.text
    assert page.text.count("swap") > page.text.count("the swap")
    assert "1 failure" in Page(report(GOOD, rolling, 20, ["it <failed>"])).text
