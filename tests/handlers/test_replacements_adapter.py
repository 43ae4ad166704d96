"""What is sent to Step Functions to replace a task set, and what its answers become."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from spot_failover.aws.replacements import StateMachines
from spot_failover.core.errors import (
    AccessDeniedError,
    RefusedError,
    SessionExpiredError,
    TransientError,
    UnclearError,
)
from spot_failover.core.execution import Execution, ExecutionOrder, ExecutionState
from tests.doubles.builders import WEB
from tests.doubles.clock import START
from tests.handlers.aws_account import REGION, use_made_up_credentials
from tests.handlers.stubbed_clients import StubbedClients

MACHINE = "arn:aws:states:us-east-1:111111111111:stateMachine:replace"
EXECUTION = "arn:aws:states:us-east-1:111111111111:execution:replace:spot-failover-web"
ORDER = ExecutionOrder(WEB, "replace", "spot-failover-web", {"serviceName": "web", "cluster": "shop"})
ASKED = {
    "stateMachineArn": MACHINE,
    "name": "spot-failover-web",
    "input": json.dumps({"cluster": "shop", "serviceName": "web"}),
}

Stubbed = tuple[Stubber, StateMachines, StubbedClients]


@pytest.fixture
def machines(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stubbed]:
    use_made_up_credentials(monkeypatch)
    client = boto3.client("stepfunctions", region_name=REGION)
    clients = StubbedClients(client)
    with Stubber(client) as stub:
        yield stub, StateMachines(clients), clients
        stub.assert_no_pending_responses()


def test_an_execution_is_started_in_the_service_s_account_and_region(machines: Stubbed) -> None:
    stub, states, clients = machines
    stub.add_response("start_execution", {"executionArn": EXECUTION, "startDate": START}, ASKED)
    states.start(ORDER)
    assert clients.asked == [("111111111111", "us-east-1", True)]


def test_one_that_has_ended_already_is_not_started_again_and_no_error(machines: Stubbed) -> None:
    stub, states, _ = machines
    stub.add_client_error("start_execution", "ExecutionAlreadyExists", http_status_code=400)
    states.start(ORDER)


@pytest.mark.parametrize(
    ("code", "status", "error"),
    [
        ("StateMachineDoesNotExist", 400, RefusedError),
        ("ExecutionLimitExceeded", 400, TransientError),
        ("ThrottlingException", 400, TransientError),
        ("AccessDeniedException", 400, AccessDeniedError),
        ("InternalServerError", 500, UnclearError),
    ],
)
def test_what_keeps_one_from_being_started(machines: Stubbed, code: str, status: int, error: type[Exception]) -> None:
    stub, states, clients = machines
    stub.add_client_error("start_execution", code, http_status_code=status)
    with pytest.raises(error, match=r"states:StartExecution for .*service web"):
        states.start(ORDER)
    assert clients.forgotten == []


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ({"status": "RUNNING"}, Execution("spot-failover-web", ExecutionState.RUNNING)),
        ({"status": "PENDING_REDRIVE"}, Execution("spot-failover-web", ExecutionState.RUNNING)),
        (
            {"status": "SUCCEEDED", "stopDate": START + timedelta(hours=1)},
            Execution("spot-failover-web", ExecutionState.SUCCEEDED, START + timedelta(hours=1)),
        ),
        (
            {"status": "FAILED", "stopDate": START, "error": "PutBack", "cause": "no health"},
            Execution("spot-failover-web", ExecutionState.FAILED, START, "PutBack", "no health"),
        ),
        ({"status": "TIMED_OUT", "stopDate": START}, Execution("spot-failover-web", ExecutionState.FAILED, START)),
        ({"status": "ABORTED", "stopDate": START}, Execution("spot-failover-web", ExecutionState.FAILED, START)),
    ],
)
def test_how_an_execution_stands(machines: Stubbed, answer: dict[str, Any], found: Execution) -> None:
    stub, states, _ = machines
    common = {"executionArn": EXECUTION, "stateMachineArn": MACHINE, "startDate": START}
    stub.add_response("describe_execution", common | answer, {"executionArn": EXECUTION})
    assert states.look(WEB, "replace", "spot-failover-web") == found


def test_one_that_nobody_has_started_is_unknown(machines: Stubbed) -> None:
    stub, states, _ = machines
    stub.add_client_error("describe_execution", "ExecutionDoesNotExist", http_status_code=400)
    assert states.look(WEB, "replace", "x") == Execution("x", ExecutionState.UNKNOWN)


def test_a_look_that_fails_tells_what_to_do(machines: Stubbed) -> None:
    stub, states, clients = machines
    stub.add_client_error("describe_execution", "AccessDeniedException", http_status_code=400)
    with pytest.raises(AccessDeniedError, match=r"states:DescribeExecution .*role/Central"):
        states.look(WEB, "replace", "x")
    stub.add_client_error("describe_execution", "InvalidArn", http_status_code=400)
    with pytest.raises(RefusedError):
        states.look(WEB, "replace", "x")
    stub.add_client_error("describe_execution", "ExpiredTokenException")
    with pytest.raises(SessionExpiredError):
        states.look(WEB, "replace", "x")
    assert clients.forgotten == ["111111111111"]
