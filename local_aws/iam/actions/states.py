"""Step Functions: state machines and their executions. Making one passes its role on to the service."""

from __future__ import annotations

from local_aws.iam.actions.rows import Call, Check, Row, Table, row, tag_keys, unrestricted

SERVICE = "states.amazonaws.com"


def _machine(call: Call) -> list[str]:
    return [call.text("stateMachineArn") or call.arn(f"stateMachine:{call.text('name')}")]


def _execution(call: Call) -> list[str]:
    return [call.text("executionArn")]


def _tagged(call: Call) -> list[str]:
    return [call.text("resourceArn")]


def _with_role(call: Call) -> list[Check]:
    checks = [Check(f"states:{call.api}", arn, tag_keys(call)) for arn in _machine(call)]
    if role := call.text("roleArn"):
        checks.append(Check("iam:PassRole", role, {"iam:PassedToService": (SERVICE,)}))
    return checks


_ON_MACHINE: Row = row(_machine)
_ON_EXECUTION: Row = row(_execution)

STATES: Table = {
    "CreateStateMachine": _with_role,
    "DeleteStateMachine": _ON_MACHINE,
    "DescribeExecution": _ON_EXECUTION,
    "DescribeStateMachine": _ON_MACHINE,
    "DescribeStateMachineForExecution": _ON_EXECUTION,
    "GetExecutionHistory": _ON_EXECUTION,
    "ListExecutions": _ON_MACHINE,
    "ListStateMachines": row(unrestricted),
    "ListTagsForResource": row(_tagged),
    "StartExecution": _ON_MACHINE,
    "StopExecution": _ON_EXECUTION,
    "TagResource": row(_tagged, tag_keys),
    "UntagResource": row(_tagged),
    "UpdateStateMachine": _with_role,
    "ValidateStateMachineDefinition": row(unrestricted),
}
