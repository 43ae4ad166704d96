"""Where moto's Step Functions is completed: what is checked and answered for machines and executions."""

from __future__ import annotations

import functools
import json
import uuid
from collections.abc import Callable
from typing import Any

from moto.core.responses import ActionResult
from moto.stepfunctions.parser.backend.execution import Execution
from moto.stepfunctions.parser.models import stepfunctions_parser_backends
from moto.stepfunctions.responses import StepFunctionResponse

from local_aws.step_functions import answers, checks
from local_aws.step_functions.definitions import faults
from local_aws.step_functions.executions import Executions
from local_aws.world import World

Response = StepFunctionResponse
Operation = Callable[[Response], Any]

_ORIGINALS: dict[str, Operation] = {
    name: getattr(Response, name) for name in ("create_state_machine", "update_state_machine")
}


def install(world: World, executions: Executions) -> None:
    """Answer the requests of this process for ``world``."""

    def replace(name: str, answer: Callable[[Response], Any]) -> None:
        @functools.wraps(answer)
        def operation(self: Response) -> Any:
            with world.lock:
                return answer(self)

        setattr(Response, name, operation)

    backend = property(lambda self: stepfunctions_parser_backends[self.current_account][self.region])
    Response.stepfunction_backend = backend  # type: ignore[assignment,method-assign]

    def create(self: Response) -> Any:
        request = _request(self)
        checks.check_machine(world, request, _machine_arn(self, request["name"]))
        existing = checks.check_new(self.stepfunction_backend.state_machines, request)
        if existing is not None:
            return ActionResult({"stateMachineArn": existing.arn, "creationDate": existing.creation_date})
        return _ORIGINALS["create_state_machine"](self)

    def update(self: Response) -> Any:
        request = _request(self)
        machine = self.stepfunction_backend.describe_state_machine(request["stateMachineArn"])
        settled = {
            "definition": machine.definition,
            "roleArn": machine.roleArn,
            "loggingConfiguration": machine.loggingConfiguration,
            **request,
        }
        checks.check_machine(world, settled, machine.arn)
        return _ORIGINALS["update_state_machine"](self)

    def stop(self: Response) -> Any:
        execution = _execution(self)
        executions.stop(execution, self._get_param("error"), self._get_param("cause"))
        return ActionResult({"stopDate": execution.stop_date})

    replace("create_state_machine", create)
    replace("update_state_machine", update)
    replace("validate_state_machine_definition", _validate)
    replace("start_execution", _start)
    replace("stop_execution", stop)
    replace("describe_execution", _describe)
    replace("list_executions", _list)
    replace("get_execution_history", _history)
    replace("list_state_machine_versions", _versions)


def _validate(self: Response) -> Any:
    found = faults(str(self._get_param("definition")))
    diagnostics = [
        {"severity": "ERROR", "code": item.code, "message": item.message, "location": item.location} for item in found
    ]
    return ActionResult({"result": "FAIL" if found else "OK", "diagnostics": diagnostics, "truncated": False})


def _start(self: Response) -> Any:
    """A name is used once, but for the same request while its execution runs."""
    name = self._get_param("name") or str(uuid.uuid4())
    checks.check_name(name)
    given = self._get_param("input", if_none="{}")
    checks.check_input(given)
    execution = self.stepfunction_backend.start_execution(self._get_param("stateMachineArn"), name, given)
    return ActionResult({"executionArn": execution.execution_arn, "startDate": execution.start_date})


def _describe(self: Response) -> Any:
    return ActionResult(answers.described(_execution(self)))


def _list(self: Response) -> Any:
    machine = self.stepfunction_backend.describe_state_machine(self._get_param("stateMachineArn"))
    status = self._get_param("statusFilter")
    executions: list[Any] = machine.executions
    newest_first = sorted(executions, key=lambda item: item.start_date, reverse=True)
    listed = [answers.listed(item) for item in newest_first if status in {None, item.status}]
    return ActionResult(answers.page(_request(self), "executions", listed, answers.LIST_PAGE))


def _history(self: Response) -> Any:
    events: list[Any] = _execution(self).to_history_output()["events"]
    if self._get_param("reverseOrder"):
        events.reverse()
    if self._get_param("includeExecutionData") is False:
        events = [answers.without_data(event) for event in events]
    return ActionResult(answers.page(_request(self), "events", events, answers.HISTORY_PAGE))


def _versions(self: Response) -> Any:
    machine = self.stepfunction_backend.describe_state_machine(self._get_param("stateMachineArn"))
    versions = [
        {"stateMachineVersionArn": item.arn, "creationDate": item.creation_date} for item in machine.versions.values()
    ]
    return ActionResult({"stateMachineVersions": versions[::-1]})


def _execution(self: Response) -> Execution:
    found: Any = self.stepfunction_backend.describe_execution(self._get_param("executionArn"))
    execution: Execution = found
    return execution


def _request(self: Response) -> dict[str, Any]:
    request: dict[str, Any] = json.loads(self.body or "{}")
    return request


def _machine_arn(self: Response, name: str) -> str:
    return f"arn:{self.partition}:states:{self.region}:{self.current_account}:stateMachine:{name}"
