"""Executions of the state machines that replace task sets, in workload accounts."""

from __future__ import annotations

import json

from spot_failover.aws.clients import WorkloadClients
from spot_failover.core.errors import RefusedError, TransientError
from spot_failover.core.execution import Execution, ExecutionOrder, ExecutionState
from spot_failover.core.service_key import ServiceKey

_STATES = {
    "RUNNING": ExecutionState.RUNNING,
    "PENDING_REDRIVE": ExecutionState.RUNNING,
    "SUCCEEDED": ExecutionState.SUCCEEDED,
}
"""All others are ends without success: FAILED, TIMED_OUT, ABORTED."""


class StateMachines:
    """The port `Replacements` on the Step Functions API."""

    def __init__(self, clients: WorkloadClients) -> None:
        self._clients = clients

    def start(self, order: ExecutionOrder) -> None:
        """See `Replacements.start`.

        An execution that runs is answered as if it had just been started, one that has ended with
        ExecutionAlreadyExists (Step Functions API reference, StartExecution): either way it is there.
        """
        key = order.key
        states = self._clients.states(key.account, key.region)
        try:
            with self._clients.calling("states:StartExecution", key):
                states.start_execution(
                    stateMachineArn=self._arn(key, "stateMachine", order.state_machine),
                    name=order.name,
                    input=json.dumps(order.given, sort_keys=True),
                )
        except RefusedError as error:
            if "ExecutionLimitExceeded" in str(error):
                raise TransientError(str(error)) from error
            if "ExecutionAlreadyExists" not in str(error):
                raise

    def look(self, key: ServiceKey, state_machine: str, name: str) -> Execution:
        """See `Replacements.look`."""
        states = self._clients.states(key.account, key.region)
        arn = self._arn(key, "execution", f"{state_machine}:{name}")
        try:
            with self._clients.calling("states:DescribeExecution", key):
                answer = states.describe_execution(executionArn=arn)
        except RefusedError as error:
            if "ExecutionDoesNotExist" not in str(error):
                raise
            return Execution(name, ExecutionState.UNKNOWN)
        return Execution(
            name,
            _STATES.get(answer["status"], ExecutionState.FAILED),
            ended_at=answer.get("stopDate"),
            error=str(answer.get("error") or ""),
            cause=str(answer.get("cause") or ""),
        )

    def _arn(self, key: ServiceKey, kind: str, name: str) -> str:
        partition = self._clients.role_arn(key.account).split(":")[1]
        return f"arn:{partition}:states:{key.region}:{key.account}:{kind}:{name}"
