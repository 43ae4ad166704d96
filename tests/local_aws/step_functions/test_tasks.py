"""Tasks run the deployed functions, in the name of the machine's role, and retry and catch what goes wrong."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from tests.local_aws.conftest import OTHER_WORKLOAD
from tests.local_aws.iam.conftest import document
from tests.local_aws.step_functions.conftest import Machines, task

SOURCE = """
import os
tries = 0
class NotReady(Exception):
    pass
def handler(event, context):
    global tries
    tries += 1
    if tries <= event.get("fail", 0):
        raise NotReady("not yet")
    if event.get("exit"):
        os._exit(3)
    return {"tries": tries, "event": event}
"""
CAUGHT: dict[str, Any] = {"Caught": {"Type": "Pass", "End": True}}
CATCH = [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.failure", "Next": "Caught"}]


def test_a_task_is_tried_again_until_it_succeeds(machines: Machines) -> None:
    function = machines.lab.deploy(SOURCE)
    retry = [{"ErrorEquals": ["NotReady"], "IntervalSeconds": 100, "BackoffRate": 2.0, "MaxAttempts": 3}]
    machine = machines.make({"Try": task(function, Retry=retry)})
    execution = machines.start(machine, {"fail": 2})
    machines.aws.advance(150)
    assert machines.look(execution)["status"] == "RUNNING"
    machines.aws.advance(200)
    done = machines.look(execution)
    assert json.loads(done["output"]) == {"answer": {"tries": 3, "event": {"fail": 2}}}
    assert timedelta(seconds=300) <= done["stopDate"] - done["startDate"] < timedelta(seconds=345)
    assert machines.history(execution).count("TaskFailed") == 2
    assert len(machines.aws.control("invocations")) == 3


def test_what_fails_can_be_caught_by_the_name_of_its_error(machines: Machines) -> None:
    function = machines.lab.deploy(SOURCE)
    catch = [{"ErrorEquals": ["NotReady"], "ResultPath": "$.failure", "Next": "Caught"}, CATCH[0]]
    machine = machines.make({"Try": task(function, Catch=catch), **CAUGHT})
    raised = json.loads(machines.run(machine, {"fail": 9})["output"])
    assert raised["failure"]["Error"] == "NotReady"
    assert json.loads(raised["failure"]["Cause"])["errorMessage"] == "not yet"
    assert raised["fail"] == 9
    machines.lab.functions.update_function_configuration(FunctionName="function", Environment={"Variables": {"A": "1"}})
    exited = json.loads(machines.run(machine, {"exit": True})["output"])
    assert exited["failure"]["Error"] == "Runtime.ExitError"


def test_an_error_that_nobody_catches_ends_the_execution(machines: Machines) -> None:
    failed = machines.run(machines.make({"Try": task(machines.lab.deploy(SOURCE))}), {"fail": 1})
    assert (failed["status"], failed["error"]) == ("FAILED", "NotReady")
    assert json.loads(failed["cause"])["errorType"] == "NotReady"


@pytest.mark.parametrize(
    ("allows", "name", "error"),
    [
        ("arn:aws:lambda:*:*:function:other", "function", "Lambda.AWSLambdaException"),
        ("*", "ghost", "Lambda.ResourceNotFoundException"),
    ],
)
def test_the_role_of_the_machine_is_asked(machines: Machines, allows: str, name: str, error: str) -> None:
    function = machines.lab.deploy(SOURCE)
    grant = {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": allows}
    role = machines.role("narrow", [grant])
    failed = machines.run(machines.make({"Try": task(name)}, role=role))
    assert (failed["status"], failed["error"]) == ("FAILED", error)
    assert machines.aws.control("invocations") == []
    if name == "function":
        assert f"lambda:InvokeFunction on resource: {function}" in failed["cause"]
        decided = [item for item in machines.aws.control("authorizations") if item["action"] == "lambda:InvokeFunction"]
        assert [(item["resource"], item["decision"]) for item in decided] == [(function, "implicit deny")]


def test_a_function_at_work_keeps_time_from_jumping(machines: Machines) -> None:
    """While a function runs, no later timer of the world does: what it sees is its own moment."""
    source = "import time\ndef handler(event, context):\n    time.sleep(0.5)\n    return time.time()\n"
    machine = machines.make({"Look": task(machines.lab.deploy(source))})
    start = machines.aws.world.clock.now()
    done = machines.run(machine, seconds=86_400)
    assert json.loads(done["output"])["answer"] - start < 60
    assert done["stopDate"] - done["startDate"] < timedelta(seconds=60)


def test_a_machine_runs_in_its_own_account_and_region(machines: Machines) -> None:
    """A function's short name is one of the machine's account and Region."""
    states: Any = machines.aws.client("stepfunctions", OTHER_WORKLOAD, "eu-west-1")
    iam: Any = machines.aws.client("iam", OTHER_WORKLOAD)
    trust = {"Effect": "Allow", "Principal": {"Service": "states.amazonaws.com"}, "Action": "sts:AssumeRole"}
    allow = {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": "*"}
    iam.create_role(RoleName="there", AssumeRolePolicyDocument=document(trust))
    iam.put_role_policy(RoleName="there", PolicyName="p", PolicyDocument=document(allow))
    made = states.create_state_machine(
        name="there",
        definition=json.dumps({"StartAt": "Try", "States": {"Try": task("function")}}),
        roleArn=f"arn:aws:iam::{OTHER_WORKLOAD}:role/there",
    )
    started = states.start_execution(stateMachineArn=made["stateMachineArn"])["executionArn"]
    machines.aws.advance(1)
    failed = states.describe_execution(executionArn=started)
    assert failed["error"] == "Lambda.ResourceNotFoundException"
    assert f":lambda:eu-west-1:{OTHER_WORKLOAD}:function:function" in failed["cause"]
    assert f":states:eu-west-1:{OTHER_WORKLOAD}:execution:there:" in started
