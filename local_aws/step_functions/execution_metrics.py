"""What Step Functions publishes about a state machine's executions in CloudWatch, as far as alarms use it.

Step Functions developer guide, "Monitoring Step Functions metrics using Amazon CloudWatch".
"""

from __future__ import annotations

from moto.stepfunctions.parser.backend.execution import Execution

from local_aws.world import World

NAMESPACE = "AWS/States"

_ENDS = {
    "SUCCEEDED": "ExecutionsSucceeded",
    "FAILED": "ExecutionsFailed",
    "TIMED_OUT": "ExecutionsTimedOut",
    "ABORTED": "ExecutionsAborted",
}


def started(world: World, execution: Execution) -> None:
    """An execution has begun."""
    _measure(world, execution, "ExecutionsStarted")


def ended(world: World, execution: Execution) -> None:
    """An execution is over."""
    _measure(world, execution, _ENDS[str(execution.status)])


def _measure(world: World, execution: Execution, name: str) -> None:
    place = (execution.account_id, execution.region_name)
    world.measure(place, NAMESPACE, {"StateMachineArn": str(execution.state_machine_arn)}, {name: 1.0})
