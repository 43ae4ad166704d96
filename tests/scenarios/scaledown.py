"""The example of a controlled scale-down, applied: what a pipeline does to it, and what can be seen of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from tests.scenarios.examples import Example
from tests.scenarios.organization import Organization

MINUTE = 60
MACHINE = "stream-controlled-scaledown"


@dataclass(frozen=True)
class Scaledown:
    """The applied example."""

    example: Example
    outputs: dict[str, Any]

    @property
    def organization(self) -> Organization:
        return Organization(self.example.aws)

    def client(self, service: str) -> Any:
        return self.organization.client(service)

    def start(self, name: str, **changed: Any) -> str:
        """Start an execution with the input that the example prints, and give its ARN."""
        given = json.loads(self.outputs["execution_input"]) | changed
        answer = self.client("stepfunctions").start_execution(
            stateMachineArn=self.outputs["state_machine_arn"], name=name, input=json.dumps(given)
        )
        return str(answer["executionArn"])

    def end(self, execution: str, minutes: int = 60) -> dict[str, Any]:
        """Let the time pass until the execution has ended, and give how it did."""
        for _ in range(minutes + 1):
            told: dict[str, Any] = self.client("stepfunctions").describe_execution(executionArn=execution)
            if told["status"] != "RUNNING":
                return told
            self.example.aws.advance(MINUTE)
        raise AssertionError(f"{execution} still runs after {minutes} minutes")

    def until(self, execution: str, state: str, minutes: int = 30) -> None:
        """Let the time pass until the execution has entered a state."""
        states = self.client("stepfunctions")
        for _ in range(minutes * 12):
            if state in self.states(execution):
                return
            told = states.describe_execution(executionArn=execution)
            if told["status"] != "RUNNING":
                break
            self.example.aws.advance(5)
        raise AssertionError(f"{execution} has not entered {state}: {self.states(execution)}")

    def states(self, execution: str) -> list[str]:
        """The states that it has entered, in order."""
        pages = self.client("stepfunctions").get_paginator("get_execution_history").paginate(executionArn=execution)
        events = [event for page in pages for event in page["events"]]
        return [event["stateEnteredEventDetails"]["name"] for event in events if "stateEnteredEventDetails" in event]

    def service(self) -> dict[str, Any]:
        """The service as ECS describes it."""
        answer = self.client("ecs").describe_services(cluster="stream", services=["sample-external-deployment"])
        service: dict[str, Any] = answer["services"][0]
        return service

    def world(self) -> dict[str, Any]:
        """Task sets, listeners and tags: what has to be as before, or done, in the end."""
        elb = self.client("elbv2")
        names = {arn: name for name, arn in self.outputs["target_groups"].items()}
        listeners = self.outputs["listeners"]
        found = elb.describe_listeners(ListenerArns=list(listeners.values()))["Listeners"]
        forwards = {each["ListenerArn"]: names[each["DefaultActions"][0]["TargetGroupArn"]] for each in found}
        tags = elb.describe_tags(ResourceArns=list(names))["TagDescriptions"]
        sets = [each for each in self.service()["taskSets"] if each["status"] != "DRAINING"]
        return {
            "task sets": [
                (each["status"], each["scale"]["value"], names[each["loadBalancers"][0]["targetGroupArn"]])
                for each in sets
            ],
            "ids": [each["id"] for each in sets],
            "forwards": {name: forwards[arn] for name, arn in listeners.items()},
            "production": [
                names[each["ResourceArn"]] for each in tags if {"Key": "isProduction", "Value": "true"} in each["Tags"]
            ],
        }
