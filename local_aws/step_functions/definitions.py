"""What Step Functions refuses in a definition, and what local_aws does not run."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser

LAMBDA = "arn:aws:states:::lambda:invoke"
NOT_RUN = frozenset({"Parallel", "Map"})
LAST = frozenset({"Succeed", "Fail"})


@dataclass(frozen=True)
class Fault:
    """Something wrong at a place of the definition (``/States/Wait/Next``)."""

    code: str
    message: str
    location: str

    def __str__(self) -> str:
        return f"{self.code}: {self.message} at {self.location}"


def faults(definition: str) -> list[Fault]:
    """All that is wrong with a definition.

    Raises
    ------
    NotImplementedError
        It is right, and has what local_aws does not run.
    """
    try:
        machine = json.loads(definition)
    except ValueError as error:
        return [Fault("INVALID_JSON_DESCRIPTION", str(error), "/")]
    if not isinstance(machine, dict) or not isinstance(machine.get("States"), dict):
        return [Fault("SCHEMA_VALIDATION_FAILED", "These fields are required: [States]", "/")]
    found = list(_broken_transitions(machine))
    if found:
        return found
    try:
        AmazonStateLanguageParser.parse(definition)
    except Exception as error:  # noqa: BLE001  (the parser raises what it likes)
        return [Fault("SCHEMA_VALIDATION_FAILED", repr(error), "/")]
    _check_run(machine)
    return []


def _broken_transitions(machine: Mapping[str, Any]) -> Iterator[Fault]:
    states: Mapping[str, Any] = machine["States"]
    for place, target in _transitions(machine):
        if target not in states:
            yield Fault("MISSING_TRANSITION_TARGET", f"Missing 'Next' target: {target}", place)
    for name, state in states.items():
        kind = state.get("Type")
        goes_on = "Next" in state or state.get("End") is True
        if kind not in LAST | {"Choice"} and not goes_on:
            yield Fault("SCHEMA_VALIDATION_FAILED", "State has neither Next nor End", f"/States/{name}")
    reached = {machine.get("StartAt")} | {target for _, target in _transitions(machine)}
    for name in states.keys() - reached:
        yield Fault("UNREACHABLE_STATE", f"State {name} is not reachable", f"/States/{name}")


def _transitions(machine: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    yield "/StartAt", machine.get("StartAt")
    for name, state in machine["States"].items():
        place = f"/States/{name}"
        for key in ("Next", "Default"):
            if key in state:
                yield f"{place}/{key}", state[key]
        for key in ("Catch", "Choices"):
            for number, item in enumerate(state.get(key) or []):
                yield f"{place}/{key}[{number}]/Next", item.get("Next")


def _check_run(machine: Mapping[str, Any]) -> None:
    for name, state in machine["States"].items():
        if state["Type"] in NOT_RUN:
            raise NotImplementedError(f"local_aws runs no {state['Type']} states: {name}")
        if state["Type"] == "Task" and state.get("Resource") != LAMBDA:
            raise NotImplementedError(f"local_aws runs no tasks but {LAMBDA}: {name} has {state.get('Resource')}")
