"""What happens to a service with the EXTERNAL controller: the state machine of its account replaces its task set."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.scenarios.external_service import STATE_MACHINE

if TYPE_CHECKING:
    from tests.faults.case import Case
    from tests.faults.installation import Installation

FUNCTIONS = "controlled-scaledown-"
"""What the names of the state machine's functions begin with: they have attacks of their own."""


def replaced(case: Case) -> None:
    """Spot is lost: a task set on on-demand is the only one."""
    case.fail_over()


def put_back(case: Case) -> None:
    """Spot is back: a task set on Spot is the only one again."""
    case.regain_spot()
    case.until_phase("closed")


def executions(installation: Installation, cluster: str) -> tuple[str, ...]:
    """What the state machine was asked for by a service of the cluster, and how that ended, in order."""
    states, known = installation.client("stepfunctions"), installation.execution_clusters
    told = []
    for each in states.list_executions(stateMachineArn=STATE_MACHINE)["executions"]:
        arn = each["executionArn"]
        if arn not in known:
            known[arn] = json.loads(states.describe_execution(executionArn=arn)["input"])["cluster"]
        if known[arn] == cluster:
            told.append((each["startDate"], f"{each['name'].split('-')[1]} {each['status']}"))
    return tuple(text for _, text in sorted(told))
