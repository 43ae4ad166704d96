"""States that need no function: they run, wait in virtual time, end as they should, and tell so."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.step_functions.conftest import Machines

WAITS: dict[str, Any] = {
    "Wait": {"Type": "Wait", "SecondsPath": "$.seconds", "Next": "Done"},
    "Done": {
        "Type": "Pass",
        "Parameters": {
            "execution.$": "$$.Execution.Name",
            "machine.$": "$$.StateMachine.Name",
            "id.$": "$$.Execution.Id",
            "given.$": "$$.Execution.Input",
        },
        "End": True,
    },
}
FAILS: dict[str, Any] = {"Fail": {"Type": "Fail", "Error": "Unhealthy", "Cause": "no target is healthy"}}


def _code(error: pytest.ExceptionInfo[ClientError]) -> str:
    return str(error.value.response["Error"]["Code"])


def test_a_wait_takes_virtual_time_and_no_other(machines: Machines) -> None:
    machine = machines.make(WAITS)
    execution = machines.start(machine, {"seconds": 3600}, name="first")
    machines.aws.advance(3500)
    assert machines.look(execution)["status"] == "RUNNING"
    machines.aws.advance(150)
    done = machines.look(execution)
    assert done["status"] == "SUCCEEDED"
    assert timedelta(hours=1) <= done["stopDate"] - done["startDate"] < timedelta(seconds=3660)
    assert json.loads(done["output"]) == {
        "execution": "first",
        "machine": "machine",
        "id": execution,
        "given": {"seconds": 3600},
    }
    assert machines.history(execution) == [
        "ExecutionStarted",
        "WaitStateEntered",
        "WaitStateExited",
        "PassStateEntered",
        "PassStateExited",
        "ExecutionSucceeded",
    ]


def test_executions_do_not_wait_for_each_other(machines: Machines) -> None:
    machine = machines.make(WAITS)
    running = [machines.start(machine, {"seconds": seconds}) for seconds in (300, 100, 200)]
    seen = []
    for _ in range(4):
        machines.aws.advance(90)
        seen.append([machines.look(one)["status"] == "SUCCEEDED" for one in running])
    assert seen == [[False, False, False], [False, True, False], [False, True, True], [True, True, True]]
    listed = machines.client.list_executions(stateMachineArn=machine, statusFilter="SUCCEEDED")["executions"]
    assert {item["executionArn"] for item in listed} == set(running)
    first = machines.client.list_executions(stateMachineArn=machine, maxResults=2)
    rest = machines.client.list_executions(stateMachineArn=machine, maxResults=2, nextToken=first["nextToken"])
    assert len(first["executions"] + rest["executions"]) == 3
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("execution-")]


def test_choices_and_failures(machines: Machines) -> None:
    choice = {"Variable": "$.left", "NumericGreaterThan": 0, "Next": "Fail"}
    states = {
        "Choose": {"Type": "Choice", "Choices": [choice], "Default": "Fine"},
        "Fine": {"Type": "Succeed"},
        **FAILS,
    }
    machine = machines.make(states)
    assert machines.run(machine, {"left": 0})["status"] == "SUCCEEDED"
    failed = machines.run(machine, {"left": 1})
    assert (failed["status"], failed["error"], failed["cause"]) == ("FAILED", "Unhealthy", "no target is healthy")
    assert "stopDate" in failed
    assert "output" not in failed


def test_a_name_is_used_once(machines: Machines) -> None:
    """StartExecution: the same name and input while it runs is the same execution."""
    machine = machines.make(WAITS)
    first = machines.start(machine, {"seconds": 60}, name="once")
    assert machines.start(machine, {"seconds": 60}, name="once") == first
    with pytest.raises(ClientError) as other:
        machines.start(machine, {"seconds": 61}, name="once")
    assert _code(other) == "ExecutionAlreadyExists"
    machines.aws.advance(70)
    with pytest.raises(ClientError) as late:
        machines.start(machine, {"seconds": 60}, name="once")
    assert _code(late) == "ExecutionAlreadyExists"
    assert machines.start(machine, {"seconds": 60}) != machines.start(machine, {"seconds": 60})


def test_a_stopped_execution_goes_no_further(machines: Machines) -> None:
    machine = machines.make(WAITS)
    execution = machines.start(machine, {"seconds": 3600})
    machines.aws.advance(10)
    machines.client.stop_execution(executionArn=execution, error="Operator", cause="wrong release")
    machines.aws.advance(7200)
    stopped = machines.look(execution)
    assert (stopped["status"], stopped["error"], stopped["cause"]) == ("ABORTED", "Operator", "wrong release")
    assert stopped["stopDate"] - stopped["startDate"] < timedelta(seconds=60)
    assert machines.history(execution)[-1] == "ExecutionAborted"
    again = machines.client.stop_execution(executionArn=execution)
    assert again["stopDate"] == stopped["stopDate"]


def test_an_execution_ends_with_its_time_limit(machines: Machines) -> None:
    machine = machines.make(WAITS, TimeoutSeconds=100)
    late = machines.run(machine, {"seconds": 3600}, seconds=150)
    assert late["status"] == "TIMED_OUT"
    assert timedelta(seconds=100) <= late["stopDate"] - late["startDate"] < timedelta(seconds=110)
    assert machines.history(late["executionArn"])[-1] == "ExecutionTimedOut"
    assert machines.run(machine, {"seconds": 50}, seconds=60)["status"] == "SUCCEEDED"


def test_every_change_of_status_is_an_event(machines: Machines) -> None:
    """Step Functions developer guide: source aws.states, the execution's ARN as resource."""
    told: list[dict[str, Any]] = []
    machines.aws.world.listeners.append(told.append)
    execution = machines.start(machines.make(WAITS), {"seconds": 60})
    machines.aws.advance(70)
    mine = [event for event in told if event["source"] == "aws.states"]
    assert [event["detail"]["status"] for event in mine] == ["RUNNING", "SUCCEEDED"]
    assert {event["detail-type"] for event in mine} == {"Step Functions Execution Status Change"}
    assert mine[0]["resources"] == [execution]
    assert mine[0]["detail"]["stopDate"] is None
    assert mine[1]["detail"]["stopDate"] > mine[1]["detail"]["startDate"]
    assert json.loads(mine[1]["detail"]["output"])["given"] == {"seconds": 60}


def test_history_comes_in_pages_either_way(machines: Machines) -> None:
    done = machines.run(machines.make(WAITS), {"seconds": 1}, seconds=5)
    read = machines.client.get_execution_history
    where = {"executionArn": done["executionArn"]}
    first = read(**where, maxResults=4)
    rest = read(**where, nextToken=first["nextToken"])
    assert [event["id"] for event in first["events"] + rest["events"]] == [1, 2, 3, 4, 5, 6]
    backwards = read(**where, reverseOrder=True, includeExecutionData=False)["events"]
    assert backwards[0]["type"] == "ExecutionSucceeded"
    assert "output" not in backwards[0]["executionSucceededEventDetails"]
