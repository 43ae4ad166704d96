"""The functions behind the state machine, as they are deployed, with their entry points."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from moto import mock_aws

from spot_failover.core.errors import InputError, SettingsError
from tests.doubles.scaledown import Stage
from tests.doubles.state_machine import MACHINE, STEPS, Execution
from tests.handlers.aws_account import TABLE, make_table, use_made_up_credentials
from tests.handlers.functions import Context
from tests.handlers.test_scaledown_stories import GIVEN

_names = count()
PARTS = {
    "create": {"check_and_create"},
    "traffic": {"swap", "swap_back"},
    "tasks": {"wait_for_service", "scale_down", "loop_till_running", "clean_up", "scale_up", "remove_new"},
}


def function(part: str) -> Callable[[dict[str, Any], Context], dict[str, Any]]:
    """An entry point, imported anew as at a cold start."""
    name = f"spot_failover.handlers.scaledown_{part}"
    sys.modules.pop(name, None)
    handler: Callable[[dict[str, Any], Context], dict[str, Any]] = importlib.import_module(name).handler
    return handler


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    use_made_up_credentials(monkeypatch)
    monkeypatch.setenv("LEDGER_TABLE_NAME", TABLE)
    monkeypatch.setenv("TIME_LIMIT_MINUTES", "720")
    monkeypatch.setenv("LONGEST_STEP_SECONDS", "60")
    # Powertools keeps a logger, and where it writes to, by this name.
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", f"controlled-scaledown-{next(_names)}")


def event(step: str, given: Any) -> dict[str, Any]:
    return {
        "step": step,
        "execution": f"{MACHINE}:one",
        "started_at": "2026-03-01T02:11:05.123Z",
        "input": given,
        "progress": {},
        "error": None,
    }


def test_every_step_of_the_state_machine_is_one_function_s() -> None:
    stage = Stage()
    states = Execution(stage, GIVEN).machine["States"].values()
    asked = [state["Parameters"] for state in states if state["Type"] == "Task"]
    for part, steps in PARTS.items():
        assert {each["Payload"]["step"] for each in asked if each["FunctionName"] == part} == steps
    assert {step for steps in PARTS.values() for step in steps} == set(STEPS)


def test_a_wrong_input_is_an_error_of_its_own_name() -> None:
    with pytest.raises(InputError, match="serviceName: missing"):
        function("create")(event("check_and_create", {"cluster": "shop"}), Context())


def test_a_step_answers_and_logs_where_it_stands(capsys: pytest.CaptureFixture[str]) -> None:
    with mock_aws():
        make_table()
        answer = function("tasks")(event("scale_up", GIVEN), Context())

    assert (answer["next"], answer["wait_seconds"]) == ("rolled_back", 0)
    assert answer["note"].endswith("nothing was touched")
    (line,) = [json.loads(text) for text in capsys.readouterr().out.splitlines() if '"step"' in text]
    assert (line["message"], line["step"], line["next"]) == ("step", "scale_up", "rolled_back")
    assert (line["account"], line["region"]) == ("123456789012", "us-east-1")
    assert (line["cluster"], line["service"]) == ("shop", "stream")
    assert line["component"].startswith("controlled-scaledown-")


def test_a_step_of_another_function_is_not_taken() -> None:
    with mock_aws(), pytest.raises(KeyError):
        function("traffic")(event("check_and_create", GIVEN), Context())


@pytest.mark.parametrize("part", PARTS)
def test_a_function_without_its_settings_does_not_start(part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LEDGER_TABLE_NAME")
    with pytest.raises(SettingsError, match="LEDGER_TABLE_NAME: missing"):
        function(part)
