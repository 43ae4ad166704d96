"""A drill that is interrupted or killed at any point leaves the service as it was."""

from __future__ import annotations

import signal
from functools import partial

import pytest

from tests.doubles.builders import SPOT, WEB
from tests.doubles.faults import Crash
from tests.spotctl.central import WEB_NAME, Central
from tests.spotctl.drilled import World, as_it_was


@pytest.fixture
def world(central: Central, monkeypatch: pytest.MonkeyPatch) -> World:
    return World(central, monkeypatch)


def interrupted(world: World, wait: int, *signals: signal.Signals) -> bool:
    """Drill, with a signal in this wait and in each one after it; whether the drill came to that wait."""
    world.again()
    world.during = {wait + later: partial(signal.raise_signal, number) for later, number in enumerate(signals)}
    result = world.central.run("drill", WEB_NAME, "--yes")
    reached = world.pauses >= wait
    assert result.exit_code == (130 if reached else 0), result.output
    assert world.central.services.live[WEB].strategy == SPOT
    world.automation()
    as_it_was(world)
    return reached


def test_interrupted_twice_from_any_wait_on_it_leaves_the_service_as_it_was(world: World) -> None:
    waits = next(wait for wait in range(1, 20) if not interrupted(world, wait, signal.SIGINT, signal.SIGINT))
    assert waits > 5  # every wait of a whole drill has had its turn


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_each_signal_that_ends_programs_leaves_the_service_as_it_was(world: World, number: signal.Signals) -> None:
    assert interrupted(world, 2, number)


@pytest.mark.parametrize("operation", ["describe", "switch", "tasks", "attached_providers"])
def test_interrupted_in_any_call_it_leaves_the_service_as_it_was(world: World, operation: str) -> None:
    for skip in range(2):
        world.again()
        faults = world.central.services.faults
        world.during = {1: partial(faults.after, operation, partial(signal.raise_signal, signal.SIGINT), skip=skip)}
        assert world.central.run("drill", WEB_NAME, "--yes").exit_code in {0, 130}
        assert world.central.services.live[WEB].strategy == SPOT
        world.automation()
        as_it_was(world)


def killed() -> None:
    raise Crash


def test_killed_in_any_wait_the_automation_brings_it_back(world: World) -> None:
    for wait in range(1, 6):
        world.again()
        world.during = {wait: killed}
        with pytest.raises(Crash):
            world.central.run("drill", WEB_NAME, "--yes")
        world.automation()
        as_it_was(world)


def test_killed_in_its_own_call_the_automation_brings_it_back(world: World) -> None:
    for plan in (world.central.services.faults.before, world.central.services.faults.after):
        world.again()
        world.during = {3: partial(plan, "switch", Crash())}
        with pytest.raises(Crash):
            world.central.run("drill", WEB_NAME, "--yes")
        world.automation()
        as_it_was(world)


def test_a_terminal_that_is_gone_does_not_keep_the_service_on_demand(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_args: object, **_named: object) -> None:
        raise OSError(5, "Input/output error")

    world.during = {2: lambda: monkeypatch.setattr("click.echo", gone)}
    world.central.run("drill", WEB_NAME, "--yes")
    as_it_was(world)
