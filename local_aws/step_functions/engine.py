"""Where moto's interpreter is bent: it waits in virtual time, its tasks run deployed functions, a stop stays a stop."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import Any

from moto.stepfunctions.parser.api import ExecutionFailedEventDetails
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.component.eval_component import EvalComponent
from moto.stepfunctions.parser.asl.component.program.program import Program
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_lambda import (
    StateTaskServiceLambda,
)
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import WaitFunction
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.backend.execution import BaseExecutionWorkerCommunication, Execution
from moto.stepfunctions.parser.backend.execution_worker import ExecutionWorker

from local_aws.step_functions import tasks
from local_aws.step_functions.executions import Executions
from local_aws.step_functions.logs import history_log
from local_aws.step_functions.run import Run

_installed: list[Executions] = []  # the last world's; moto's classes are patched once in a process
_set_error = Environment.set_error
_start = Execution.start


class _Here(threading.local):
    """The run of the execution whose states this thread evaluates."""

    run: Run | None = None


_here = _Here()


def install(executions: Executions) -> None:
    """Patch the interpreter for ``executions``."""
    _installed[:] = [executions]
    retrier_decl.time = SimpleNamespace(sleep=_sleep)  # type: ignore[attr-defined,assignment]
    WaitFunction._wait_interval = _wait  # type: ignore[method-assign,assignment]
    StateTaskServiceLambda._eval_service_task = _invoke  # type: ignore[method-assign,assignment]
    Environment.set_error = _fail  # type: ignore[method-assign]
    Program.eval = _evaluate  # type: ignore[method-assign]
    Execution.start = _begin  # type: ignore[method-assign]
    ExecutionWorker.start = _work  # type: ignore[method-assign]
    BaseExecutionWorkerCommunication.terminated = _terminated  # type: ignore[method-assign]


def _begin(self: Execution) -> None:
    executions = _installed[-1]
    self._cloud_watch_logging_session = history_log(executions.world, self)  # type: ignore[assignment]
    _start(self)
    executions.started(self)


def _work(self: ExecutionWorker) -> None:
    """Run the execution on a thread of its own; the clock waits for it from now on."""
    executions, arn = _installed[-1], str(self._evaluation_details.execution_details.arn)
    environment = self.env = self._get_evaluation_environment()
    self._get_evaluation_environment = lambda: environment  # type: ignore[method-assign]
    run = executions.begin(arn, environment)

    def work() -> None:
        _here.run = run
        try:
            self._execution_logic()  # type: ignore[no-untyped-call]
        finally:
            executions.end(arn)

    threading.Thread(target=work, name=f"execution-{arn}", daemon=True).start()


def _evaluate(self: Program, env: Environment) -> None:
    """Go through the states on this thread; TimeoutSeconds counts in virtual time."""
    run = _installed[-1].of(env)
    env.next_state_name = self.start_at.start_at_name
    if self.timeout_seconds:
        run.limit(float(self.timeout_seconds.timeout_seconds), env.set_timed_out)
    EvalComponent.eval(self, env)


def _terminated(self: BaseExecutionWorkerCommunication) -> None:
    stopped = self.execution.stop_date
    self._reflect_execution_status()  # type: ignore[no-untyped-call]
    if stopped is not None:
        self.execution.stop_date = stopped
    _installed[-1].ended(self.execution)


def _fail(self: Environment, error: ExecutionFailedEventDetails) -> None:
    """What was stopped or ran out of time does not fail any more."""
    if self.is_running():
        _set_error(self, error)


def _wait(_self: WaitFunction, env: Environment, wait_seconds: int) -> None:
    _installed[-1].of(env).sleep(float(wait_seconds))


def _sleep(seconds: float) -> None:
    """A retrier waits, on the thread of its execution."""
    if _here.run is None:
        raise NotImplementedError("local_aws runs the states of an execution one after another only")
    _here.run.sleep(seconds)


def _invoke(
    _self: StateTaskServiceLambda,
    env: Environment,
    normalised_parameters: dict[str, Any],
    state_credentials: Any,
    **_: Any,
) -> None:
    account, region = env.aws_execution_details.account, env.aws_execution_details.region
    machine = str(env.states.context_object.context_object_data["StateMachine"]["Id"])
    request = tasks.Request(account, region, machine, str(state_credentials.role_arn), normalised_parameters)
    env.stack.append(tasks.invoke(_installed[-1].world, request))
