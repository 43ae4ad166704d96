"""State machines of a test, in a local AWS of its own."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from tests.local_aws.conftest import CENTRAL, REGION, Aws
from tests.local_aws.lambda_service.conftest import Lab

INVOKE = {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": "*"}
LAMBDA = "arn:aws:states:::lambda:invoke"


def task(function: str, payload: str = "$", **more: Any) -> dict[str, Any]:
    """A Task state that invokes a function; its result is what the function returned."""
    return {
        "Type": "Task",
        "Resource": LAMBDA,
        "Parameters": {"FunctionName": function, "Payload.$": payload},
        "ResultSelector": {"answer.$": "$.Payload"},
        "End": True,
        **more,
    }


@dataclass(frozen=True)
class Machines:
    """What a test does with Step Functions."""

    aws: Aws
    lab: Lab

    @property
    def client(self) -> Any:
        return self.lab.client("stepfunctions")

    def role(self, name: str = "machine", statements: Sequence[dict[str, Any]] = (INVOKE,)) -> str:
        return self.lab.role(name, statements, "states.amazonaws.com")

    def make(self, states: dict[str, Any], *, name: str = "machine", role: str | None = None, **more: Any) -> str:
        """A state machine that starts at the first of the states; its ARN."""
        settings = {key: more.pop(key) for key in ("loggingConfiguration", "tracingConfiguration") if key in more}
        definition = json.dumps({"StartAt": next(iter(states)), "States": states, **more})
        made = self.client.create_state_machine(
            name=name, definition=definition, roleArn=role or self.role(f"{name}-role"), **settings
        )
        return str(made["stateMachineArn"])

    def start(self, machine: str, given: Any = None, name: str | None = None) -> str:
        more = {} if name is None else {"name": name}
        started = self.client.start_execution(stateMachineArn=machine, input=json.dumps(given or {}), **more)
        return str(started["executionArn"])

    def look(self, execution: str) -> dict[str, Any]:
        described = dict(self.client.describe_execution(executionArn=execution))
        described.pop("ResponseMetadata")
        return described

    def run(self, machine: str, given: Any = None, seconds: float = 0) -> dict[str, Any]:
        """Start an execution, let so many seconds pass, and look at it."""
        execution = self.start(machine, given)
        self.aws.advance(seconds)
        return self.look(execution)

    def history(self, execution: str) -> list[str]:
        """The types of its events."""
        events = self.client.get_execution_history(executionArn=execution)["events"]
        return [event["type"] for event in events]


@pytest.fixture
def machines(aws: Aws) -> Machines:
    return Machines(aws, Lab(aws))


__all__ = ["CENTRAL", "REGION"]
