"""`spotctl status --watch`: it looks again and again, and Ctrl-C is its ordinary end."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from spot_failover.core.errors import TransientError
from spotctl import installation as parts
from spotctl import status, watch
from tests.doubles.builders import SPOT, deployment, failure, service
from tests.spotctl.central import WEB_NAME, Central


def looks(central: Central, monkeypatch: pytest.MonkeyPatch, *between: Callable[[], object]) -> None:
    """Time passes in its waits; at the end of each one of these happens, and then Ctrl-C."""
    happens: Iterator[Callable[[], object]] = iter([*between, partial(signal.raise_signal, signal.SIGINT)])
    ends = [central.clock.now().timestamp() + 60]

    def pause(seconds: float) -> None:
        if central.clock.advance(seconds=seconds).timestamp() >= ends[0]:
            next(happens)()
            ends[0] += 60

    monkeypatch.setattr(parts, "pause", pause)


def failed_over(central: Central) -> None:
    central.services.add(service(deployment(SPOT)))
    central.services.lose_spot()
    central.deliver(failure())


def test_what_changes_is_seen(central: Central, monkeypatch: pytest.MonkeyPatch) -> None:
    looks(central, monkeypatch, lambda: failed_over(central), lambda: central.set_policy(enabled=False))
    result = central.run("status", "--watch", "--interval", "60")
    assert result.exit_code == 0, result.output
    first, second, third = result.stdout.split("\n2026-")
    assert "No service is on on-demand capacity" in first
    assert WEB_NAME in second
    assert "kill switch" not in second
    assert "kill switch" in third


def test_one_document_in_a_line_each_time(central: Central, monkeypatch: pytest.MonkeyPatch) -> None:
    looks(central, monkeypatch, lambda: failed_over(central))
    result = central.run("status", "--watch", "--interval", "60", "--json")
    counts = [len(json.loads(line)["services"]) for line in result.stdout.splitlines()]
    assert (result.exit_code, counts) == (0, [0, 1])


def test_what_passes_does_not_end_it(central: Central, monkeypatch: pytest.MonkeyPatch) -> None:
    plain, fails = status.overview, iter([True, False, True, False])

    def sometimes(*given: object) -> object:
        if next(fails):
            raise TransientError("dynamodb:Query: timed out")
        return plain(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(status, "overview", sometimes)
    looks(central, monkeypatch, lambda: None)
    result = central.run("status", "--watch", "--interval", "60")
    assert "Could not be read: dynamodb:Query: timed out. Tried again." in result.stdout
    assert "No service is on on-demand capacity" in result.stdout
    looks(central, monkeypatch, lambda: None)
    result = central.run("status", "--watch", "--interval", "60", "--json")
    assert (len(result.stdout.splitlines()), "warning: dynamodb:Query" in result.stderr) == (1, True)


def test_on_a_terminal_it_draws_over_itself_and_gives_the_screen_back(
    central: Central, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setenv("LINES", "4")
    monkeypatch.setattr("click.testing._NamedTextIOWrapper.isatty", lambda _self: True)
    looks(central, monkeypatch, lambda: failed_over(central))
    text = central.run("status", "--watch", "--interval", "60", color=True).stdout
    assert text.startswith(watch._OTHER_SCREEN + watch._HOME)
    assert text.endswith(watch._OWN_SCREEN)
    pages = text.split(watch._HOME)[1:]
    assert [len(page.splitlines()) for page in pages] == [4, 4]
    assert "more lines: the window is too small" in pages[1]
    assert all(len(line.removesuffix(watch._REST_OF_LINE)) <= 60 for line in pages[0].splitlines()[:-1])


@pytest.mark.parametrize("interval", ["0", "3601", "soon"])
def test_an_interval_that_makes_no_sense(central: Central, interval: str) -> None:
    assert central.run("status", "--watch", "--interval", interval).exit_code == 2
