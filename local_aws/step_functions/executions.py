"""The executions of one world: their runs, what becomes known when they start and end."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from moto.stepfunctions.parser.api import ExecutionStatus
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.backend.execution import Execution

from local_aws.step_functions import execution_metrics
from local_aws.step_functions.run import Run
from local_aws.step_functions.tracing import trace
from local_aws.world import World

DETAIL_TYPE = "Step Functions Execution Status Change"


class Executions:
    """Finds the run of an execution, and tells EventBridge of its states."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._runs: dict[str, tuple[Run, Environment]] = {}

    def begin(self, arn: str, environment: Environment) -> Run:
        """An execution starts. Called on the thread that asked for it."""
        run = Run(self.world.clock, arn)
        self._runs[arn] = (run, environment)
        run.begin()
        return run

    def end(self, arn: str) -> None:
        """Its thread is done."""
        run, _ = self._runs.pop(arn)
        run.end()

    def of(self, environment: Environment) -> Run:
        """The run that an environment of the interpreter belongs to."""
        return self._runs[arn_of(environment)][0]

    def stop(self, execution: Execution, error: str | None, cause: str | None) -> None:
        """Abort an execution; without effect on one that is over."""
        running = self._runs.get(execution.exec_arn)
        if running is None or execution.status != "RUNNING":
            return
        run, environment = running
        now = datetime.fromtimestamp(self.world.clock.now(), UTC)
        execution.stop_date, execution.exec_status = now, ExecutionStatus.ABORTED
        execution.error, execution.cause = error, cause
        environment.set_stop(stop_date=now, cause=cause, error=error)
        run.interrupt()

    def stop_all(self) -> None:
        """The world ends: let no thread wait for a time that never comes."""
        for run, environment in list(self._runs.values()):
            environment.set_stop(stop_date=datetime.now(UTC), cause="local_aws ends", error=None)
            run.interrupt()

    def started(self, execution: Execution) -> None:
        """Tell that it runs."""
        machine: Any = execution.state_machine
        if machine.tracingConfiguration.get("enabled"):
            trace(self.world, execution.role_arn)
        execution_metrics.started(self.world, execution)
        self._tell(execution)

    def ended(self, execution: Execution) -> None:
        """Tell how it ended."""
        execution_metrics.ended(self.world, execution)
        self._tell(execution)

    def _tell(self, execution: Execution) -> None:
        """The event's detail as in the Step Functions developer guide, "Events in EventBridge"."""
        over = execution.stop_date is not None
        done = execution.status == "SUCCEEDED"
        detail: dict[str, Any] = {
            "executionArn": execution.exec_arn,
            "stateMachineArn": execution.state_machine_arn,
            "name": execution.name,
            "status": execution.status,
            "startDate": _milliseconds(execution.start_date),
            "stopDate": _milliseconds(execution.stop_date) if over else None,
            "input": execution.execution_input,
            "inputDetails": {"included": True},
            "output": json.dumps(execution.output) if done else None,
            "outputDetails": {"included": True} if done else None,
            "error": execution.error,
            "cause": execution.cause,
        }
        self.world.emit(
            execution.account_id,
            execution.region_name,
            source="aws.states",
            detail_type=DETAIL_TYPE,
            detail=detail,
            resources=[execution.exec_arn],
        )


def arn_of(environment: Environment) -> str:
    """The execution that an environment of the interpreter, or a frame of one, belongs to."""
    return str(environment.states.context_object.context_object_data["Execution"]["Id"])


def _milliseconds(when: Any) -> int:
    return int(when.timestamp() * 1000)
