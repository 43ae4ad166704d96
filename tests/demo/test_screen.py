"""What the demo says of a service while it runs."""

from __future__ import annotations

import pytest
from rich.console import Console

from demo.evidence import ServiceId
from demo.live import LiveScreen
from demo.plain import PlainScreen
from demo.screen import Frame, Row
from demo.strategy import ON_DEMAND, SPOT

WEB = ServiceId("111111111111", "us-east-1", "shop", "web")


def row(phase: str, desired: int, **running: int) -> Row:
    providers = {"spot": SPOT, "on_demand": ON_DEMAND}
    return Row(WEB, (), desired, {providers[name]: tasks for name, tasks in running.items()}, {}, phase)


def printed(capsys: pytest.CaptureFixture[str], one: Row) -> str:
    screen = PlainScreen()
    for _ in range(2):  # a line is printed once a service has settled
        screen.show(Frame(60.0, "", (one,), ()))
    return capsys.readouterr().out


@pytest.mark.parametrize(
    ("one", "told"),
    [
        (row("failed_over", 4, spot=4, on_demand=4), "8 run (4 on Spot, 4 on-demand), 4 wanted"),
        (row("failed_over", 4, on_demand=4), "; on the fallback"),
        (row("closed", 4, spot=4), "; done"),
        (row("closed", 2), "; left alone"),
    ],
)
def test_a_line(capsys: pytest.CaptureFixture[str], one: Row, told: str) -> None:
    assert told in printed(capsys, one)


def test_no_word_of_the_automation_where_it_has_no_record(capsys: pytest.CaptureFixture[str]) -> None:
    assert ";" not in printed(capsys, row("", 2))


@pytest.mark.parametrize(("running", "told"), [({"spot": 2}, "done"), ({}, "left alone")])
def test_the_table_on_a_terminal_says_the_same(running: dict[str, int], told: str) -> None:
    console = Console(width=160, record=True, force_terminal=True)
    with LiveScreen(console) as screen:
        screen.show(Frame(60.0, "Spot is gone", (row("closed", 2, **running),), ()))
    assert told in console.export_text()
