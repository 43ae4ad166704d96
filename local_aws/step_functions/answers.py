"""Executions in the members that the API gives them, and pages of lists."""

from __future__ import annotations

import base64
import binascii
import copy
import json
from collections.abc import Mapping, Sequence
from typing import Any

from moto.stepfunctions.parser.backend.execution import Execution

from local_aws.step_functions.errors import InvalidTokenError

LIST_PAGE = HISTORY_PAGE = 100
MAX_PAGE = 1000


def listed(execution: Execution) -> dict[str, Any]:
    """``ExecutionListItem`` of the API."""
    shape: dict[str, Any] = {
        "executionArn": execution.exec_arn,
        "stateMachineArn": execution.state_machine_arn,
        "name": execution.name,
        "status": execution.status,
        "startDate": execution.start_date,
        "redriveCount": 0,
    }
    if execution.stop_date is not None:
        shape["stopDate"] = execution.stop_date
    return shape


def described(execution: Execution) -> dict[str, Any]:
    """The answer of DescribeExecution: the output of one that succeeded, error and cause of any other that ended."""
    shape = {**listed(execution), "input": execution.execution_input, "inputDetails": {"included": True}}
    if execution.status == "SUCCEEDED":
        shape |= {"output": json.dumps(execution.output), "outputDetails": {"included": True}}
    shape |= {name: value for name in ("error", "cause") if (value := getattr(execution, name)) is not None}
    return shape


def without_data(event: Mapping[str, Any]) -> dict[str, Any]:
    """An event of the history without inputs and outputs."""
    bare: dict[str, Any] = copy.deepcopy(dict(event))
    for details in bare.values():
        if isinstance(details, dict):
            for name in ("input", "output", "parameters"):
                details.pop(name, None)
    return bare


def page(request: Mapping[str, Any], member: str, items: Sequence[Any], size: int) -> dict[str, Any]:
    """One page; the token tells how many came before."""
    size = min(int(request.get("maxResults") or size) or size, MAX_PAGE)
    start = 0
    if token := request.get("nextToken"):
        try:
            start = int(base64.urlsafe_b64decode(str(token)).decode())
        except (binascii.Error, ValueError):
            raise InvalidTokenError(f"Invalid Token: '{token}'") from None
    answer: dict[str, Any] = {member: list(items[start : start + size])}
    if len(items) > start + size:
        answer["nextToken"] = base64.urlsafe_b64encode(str(start + size).encode()).decode()
    return answer
