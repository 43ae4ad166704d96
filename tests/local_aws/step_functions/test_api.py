"""What the API refuses and answers, against AWS's own model; logs and traces in the name of the machine's role."""

from __future__ import annotations

import json
from typing import Any

import botocore.session
import pytest
from botocore.exceptions import ClientError
from botocore.validate import ParamValidator

from local_aws.step_functions.tracing import LOG_ACTIONS, TRACE_ACTIONS
from tests.local_aws.conftest import CENTRAL, REGION
from tests.local_aws.step_functions.conftest import INVOKE, Machines
from tests.local_aws.step_functions.test_flow import WAITS

MODEL: Any = botocore.session.get_session().get_service_model("stepfunctions")
GROUP = f"arn:aws:logs:{REGION}:{CENTRAL}:log-group:/aws/vendedlogs/states/machine:*"
LOGGING: Any = {
    "level": "ALL",
    "includeExecutionData": True,
    "destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": GROUP}}],
}
MAY_LOG = {"Effect": "Allow", "Action": list(LOG_ACTIONS), "Resource": "*"}


def _refused(operation: str, call: Any, **request: Any) -> str:
    with pytest.raises(ClientError) as refused:
        call(**request)
    code = str(refused.value.response["Error"]["Code"])
    assert code in {shape.name for shape in MODEL.operation_model(operation).error_shapes} | {"AccessDeniedException"}
    return code


def _definition(states: dict[str, Any], start: str = "Wait") -> str:
    return json.dumps({"StartAt": start, "States": states})


def test_answers_have_the_members_of_the_model(machines: Machines) -> None:
    machine = machines.make(WAITS)
    done = machines.run(machine, {"seconds": 1}, seconds=5)
    answers = {
        "DescribeExecution": done,
        "ListExecutions": machines.client.list_executions(stateMachineArn=machine),
        "GetExecutionHistory": machines.client.get_execution_history(executionArn=done["executionArn"]),
        "DescribeStateMachine": machines.client.describe_state_machine(stateMachineArn=machine),
    }
    for operation, answer in answers.items():
        answer.pop("ResponseMetadata", None)
        shape = MODEL.operation_model(operation).output_shape
        assert not ParamValidator().validate(answer, shape).generate_report()
        assert set(answer) <= set(shape.members)


@pytest.mark.parametrize(
    "states",
    [
        {"Wait": {"Type": "Wait", "Seconds": 1, "Next": "Ghost"}},
        {"Wait": {"Type": "Wait", "Seconds": 1}},
        {"Wait": {"Type": "Wait", "Seconds": 1, "End": True}, "Alone": {"Type": "Succeed"}},
        {"Wait": {"Type": "Sleep", "End": True}},
    ],
)
def test_a_wrong_definition_is_refused(machines: Machines, states: dict[str, Any]) -> None:
    request = {"name": "m", "definition": _definition(states), "roleArn": machines.role()}
    assert _refused("CreateStateMachine", machines.client.create_state_machine, **request) == "InvalidDefinition"
    verdict = machines.client.validate_state_machine_definition(definition=request["definition"])
    assert verdict["result"] == "FAIL"
    assert verdict["diagnostics"][0]["location"]


def test_what_local_aws_does_not_run_is_said_when_it_is_deployed(machines: Machines) -> None:
    role = machines.role()
    sns = {"Type": "Task", "Resource": "arn:aws:states:::sns:publish", "Parameters": {"Message": "m"}, "End": True}
    with pytest.raises(ClientError, match="runs no tasks but"):
        machines.client.create_state_machine(name="m", definition=_definition({"Wait": sns}), roleArn=role)
    with pytest.raises(ClientError, match="standard state machines only"):
        machines.client.create_state_machine(name="m", definition=_definition(WAITS), roleArn=role, type="EXPRESS")


def test_the_role_must_trust_step_functions_and_be_allowed_to_log(machines: Machines) -> None:
    create = machines.client.create_state_machine
    request = {"name": "m", "definition": _definition(WAITS)}
    stranger = machines.lab.role("stranger", [INVOKE])
    assert _refused("CreateStateMachine", create, **request, roleArn=stranger) == "AccessDeniedException"
    role = machines.role("mute")
    nowhere = _refused("CreateStateMachine", create, **request, roleArn=role, loggingConfiguration=LOGGING)
    assert nowhere == "InvalidLoggingConfiguration"
    machines.lab.client("logs").create_log_group(logGroupName="/aws/vendedlogs/states/machine")
    mute = _refused("CreateStateMachine", create, **request, roleArn=role, loggingConfiguration=LOGGING)
    assert mute == "AccessDeniedException"


def test_the_history_is_logged_and_traces_are_sent(machines: Machines) -> None:
    machines.lab.client("logs").create_log_group(logGroupName="/aws/vendedlogs/states/machine")
    traces = {"Effect": "Allow", "Action": list(TRACE_ACTIONS), "Resource": "*"}
    role = machines.role("logged", [INVOKE, MAY_LOG, traces])
    more: Any = {"loggingConfiguration": LOGGING, "tracingConfiguration": {"enabled": True}}
    machine = machines.make(WAITS, role=role, **more)
    described = machines.client.describe_state_machine(stateMachineArn=machine)
    assert {name: described[name] for name in more} == more
    done = machines.run(machine, {"seconds": 1}, seconds=5)
    events = machines.lab.client("logs").filter_log_events(logGroupName="/aws/vendedlogs/states/machine")["events"]
    logged = [json.loads(event["message"]) for event in events]
    assert [event["type"] for event in logged] == machines.history(done["executionArn"])
    assert {event["execution_arn"] for event in logged} == {done["executionArn"]}
    asked = {item["action"] for item in machines.aws.control("authorizations") if item["decision"] == "allow"}
    assert {*LOG_ACTIONS, *TRACE_ACTIONS} <= asked


def test_names_inputs_and_machines_that_are_wrong(machines: Machines) -> None:
    machine = machines.make(WAITS)
    start = machines.client.start_execution
    assert _refused("StartExecution", start, stateMachineArn=machine, name="a b") == "InvalidName"
    assert _refused("StartExecution", start, stateMachineArn=machine, input="{") == "InvalidExecutionInput"
    assert _refused("StartExecution", start, stateMachineArn=machine + "x") == "StateMachineDoesNotExist"
    ghost = machine.replace(":stateMachine:", ":execution:") + ":ghost"
    describe = machines.client.describe_execution
    assert _refused("DescribeExecution", describe, executionArn=ghost) == "ExecutionDoesNotExist"
    other = {"name": "machine", "definition": _definition({"Wait": {"Type": "Succeed"}}), "roleArn": machines.role()}
    create = machines.client.create_state_machine
    assert _refused("CreateStateMachine", create, **other) == "StateMachineAlreadyExists"


def test_a_changed_machine_is_for_executions_to_come(machines: Machines) -> None:
    machine = machines.make(WAITS)
    before = machines.start(machine, {"seconds": 60})
    machines.client.update_state_machine(stateMachineArn=machine, definition=_definition({"Wait": {"Type": "Succeed"}}))
    after = machines.run(machine)
    assert after["status"] == "SUCCEEDED"
    machines.aws.advance(70)
    assert json.loads(machines.look(before)["output"])["given"] == {"seconds": 60}
