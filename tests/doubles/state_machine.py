"""Runs the state machine that Terraform deploys, in memory: its states, JSONPath, Retry and Catch."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from spot_failover.core.scaledown_progress import Progress
from spot_failover.flow.scaledown_back import remove_new, scale_up
from spot_failover.flow.scaledown_create import check_and_create
from spot_failover.flow.scaledown_forward import clean_up, loop_till_running, scale_down, wait_for_service
from spot_failover.flow.scaledown_step import Step, World
from spot_failover.flow.scaledown_traffic import swap, swap_back
from spot_failover.handlers.scaledown_function import step_of
from tests.doubles.scaledown import Stage

FILE = Path(__file__).parents[2] / "modules" / "controlled-scaledown" / "state_machine.asl.json.tftpl"
MACHINE = "arn:aws:states:us-east-1:123456789012:execution:controlled-scaledown"
STEPS: Mapping[str, Callable[[Step], Progress]] = {
    "check_and_create": check_and_create,
    "wait_for_service": wait_for_service,
    "swap": swap,
    "scale_down": scale_down,
    "loop_till_running": loop_till_running,
    "clean_up": clean_up,
    "scale_up": scale_up,
    "swap_back": swap_back,
    "remove_new": remove_new,
}
MOST_STATES = 2000


class Stopped(BaseException):
    """The execution was stopped by somebody: nothing catches that."""


@dataclass(frozen=True)
class End:
    """How an execution ended."""

    state: str
    error: str
    cause: str
    output: Any
    path: tuple[str, ...]
    """All states that were entered."""


@dataclass
class Execution:
    """One execution. `before` and `after` are called around every step, with its name and how often it was tried."""

    stage: Stage
    given: Mapping[str, Any]
    name: str = "one"
    before: Callable[[str, int], None] = lambda _step, _number: None
    after: Callable[[str, int], None] = lambda _step, _number: None
    world: World | None = None
    """In place of the stage's own."""
    path: list[str] = field(default_factory=list)
    tries: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        text = FILE.read_text()
        for name, value in {
            "partition": "aws",
            "time_limit_seconds": "50000",
            "step_timeout_seconds": "70",
            "create_function_arn": "create",
            "traffic_function_arn": "traffic",
            "tasks_function_arn": "tasks",
        }.items():
            text = text.replace(f"${{{name}}}", value)
        self.machine = json.loads(text)
        self.started_at = self.stage.clock.now().isoformat()

    @property
    def arn(self) -> str:
        return f"{MACHINE}:{self.name}"

    def run(self) -> End:
        """From the first state to the last."""
        self.stage.running_executions.add(self.arn)
        state, data, end = self.machine["StartAt"], dict(self.given), None
        try:
            while end is None:
                self.path.append(state)
                assert len(self.path) < MOST_STATES, f"never ends: {self.path[-20:]}"
                state, data, end = self._enter(state, self.machine["States"][state], data)
        finally:
            self.stage.running_executions.discard(self.arn)
            self.stage.ended[self.arn] = self.stage.clock.now()
        return end

    def _enter(self, name: str, state: Mapping[str, Any], data: Any) -> tuple[str, Any, End | None]:
        match state["Type"]:
            case "Pass":
                return state["Next"], self._filled(state["Parameters"], data), None
            case "Wait":
                self.stage.clock.advance(seconds=self._at(state["SecondsPath"], data))
                return state["Next"], data, None
            case "Choice":
                rules = [c for c in state["Choices"] if self._at(c["Variable"], data) == c["StringEquals"]]
                return (rules[0]["Next"] if rules else state["Default"]), data, None
            case "Task":
                return (*self._task(state, data), None)
            case "Succeed":
                return "", data, End(name, "", "", self._at(state["OutputPath"], data), tuple(self.path))
            case "Fail":
                error = state.get("Error") or self._at(state["ErrorPath"], data)
                return "", data, End(name, error, str(self._at(state["CausePath"], data)), None, tuple(self.path))
            case other:
                raise AssertionError(f"{name} is a {other}")

    def _task(self, state: Mapping[str, Any], data: Any) -> tuple[str, Any]:
        event = self._filled(state["Parameters"]["Payload"], data)
        retried: dict[int, int] = {}
        while True:
            try:
                answer = self._invoke(event)
                return state["Next"], {"progress": answer, "error": None}
            except Exception as error:  # noqa: BLE001 - as Step Functions does
                name = type(error).__name__
                if self._retry(state["Retry"], name, retried):
                    continue
                told = {"Error": name, "Cause": json.dumps({"errorMessage": str(error), "errorType": name})}
                catcher = next(c for c in state["Catch"] if {name, "States.ALL"} & set(c["ErrorEquals"]))
                return catcher["Next"], {**data, "error": told}

    def _invoke(self, event: Mapping[str, Any]) -> Any:
        name = event["step"]
        self.tries[name] = number = self.tries.get(name, 0) + 1
        self.before(name, number)
        answer = STEPS[name](step_of(json.loads(json.dumps(event)), self.world or self.stage.world())).to_json()
        self.after(name, number)
        return json.loads(json.dumps(answer))

    def _retry(self, retriers: list[Mapping[str, Any]], error: str, retried: dict[int, int]) -> bool:
        for index, retrier in enumerate(retriers):
            if {error, "States.ALL"} & set(retrier["ErrorEquals"]):
                retried[index] = retried.get(index, 0) + 1
                self.stage.clock.advance(seconds=2)
                return bool(retried[index] <= retrier["MaxAttempts"])
        return False

    def _filled(self, template: Mapping[str, Any], data: Any) -> dict[str, Any]:
        return {
            name.removesuffix(".$"): self._at(value, data) if name.endswith(".$") else value
            for name, value in template.items()
        }

    def _at(self, path: str, data: Any) -> Any:
        context = {"Id": self.arn, "StartTime": self.started_at, "Input": dict(self.given)}
        if path.startswith("$$.Execution."):
            return context[path.removeprefix("$$.Execution.")]
        if path.startswith("States.StringToJson("):
            return json.loads(self._at(path.removeprefix("States.StringToJson(").removesuffix(")"), data))
        for part in path.removeprefix("$").strip(".").split("."):
            data = data[part]
        return data
