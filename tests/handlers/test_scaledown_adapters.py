"""What controlled scale-downs send to AWS, and what they make of the answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

import boto3
import pytest
from botocore.stub import ANY, Stubber
from moto import mock_aws

from spot_failover.aws.executions import LONG_AGO, AuditEvents, StateMachineExecutions
from spot_failover.aws.ledger import LedgerTable
from spot_failover.aws.task_sets import EcsTaskSets
from spot_failover.core.errors import ConflictError, RefusedError, TransientError
from spot_failover.core.scaledown_plan import Move, Plan
from spot_failover.core.scaledown_record import ScaledownRecord
from spot_failover.core.strategy import Strategy
from spot_failover.core.task_set import Blueprint
from tests.doubles.clock import START
from tests.doubles.scaledown import BLUE, GREEN, KEY, MAIN, NLB
from tests.handlers.aws_account import REGION, TABLE, make_table, use_made_up_credentials

EXECUTION = "arn:aws:states:us-east-1:123456789012:execution:controlled-scaledown:one"
NETWORK = {"subnets": ["subnet-0a"], "securityGroups": ["sg-0a"], "assignPublicIp": "ENABLED"}
DESCRIBED = {
    "id": "ecs-svc/1",
    "status": "PRIMARY",
    "externalId": "one",
    "taskDefinition": "arn:aws:ecs:us-east-1:123456789012:task-definition/stream:7",
    "computedDesiredCount": 2,
    "runningCount": 1,
    "pendingCount": 1,
    "capacityProviderStrategy": [{"capacityProvider": "FARGATE_SPOT", "weight": 1, "base": 0}],
    "launchType": "FARGATE",
    "platformVersion": "1.4.0",
    "networkConfiguration": {"awsvpcConfiguration": NETWORK},
    "loadBalancers": [{"targetGroupArn": BLUE, "containerName": "stream", "containerPort": 80}],
    "serviceRegistries": [{"registryArn": "arn:aws:servicediscovery:us-east-1:123456789012:service/srv-1", "port": 80}],
    "scale": {"value": 62.5, "unit": "PERCENT"},
    "stabilityStatus": "STABILIZING",
}
SERVICE = {
    "serviceName": "stream",
    "status": "ACTIVE",
    "desiredCount": 3,
    "deploymentController": {"type": "EXTERNAL"},
    "taskSets": [DESCRIBED, {"id": "ecs-svc/0", "status": "DRAINING"}],
}
MADE = {"taskSet": {"id": "ecs-svc/2"}}


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    use_made_up_credentials(monkeypatch)


def stubbed(service: str) -> tuple[Any, Stubber]:
    make: Any = boto3.client
    client = make(service, region_name=REGION)
    stub = Stubber(client)
    stub.activate()
    return client, stub


def test_a_service_is_read_with_its_task_sets_but_for_those_that_are_deleted() -> None:
    ecs, stub = stubbed("ecs")
    stub.add_response("describe_services", {"services": [SERVICE]}, {"cluster": "shop", "services": ["stream"]})
    service = EcsTaskSets(ecs).service(KEY)

    assert service is not None
    assert (service.controller, service.desired) == ("EXTERNAL", 3)
    (only,) = service.task_sets
    assert (only.desired, only.running, only.pending, only.scale, only.steady) == (2, 1, 1, 62.5, False)
    assert only.blueprint.strategy == Strategy.of(("FARGATE_SPOT", 1, 0))
    assert only.blueprint.launch_type == ""
    assert service.made_by("one") is service.task_set("ecs-svc/1") is only


@pytest.mark.parametrize(
    "answer",
    [{"services": []}, {"services": [{**SERVICE, "status": "INACTIVE"}]}, {"failures": [{"reason": "MISSING"}]}],
)
def test_a_service_that_is_not_there_or_not_active_is_none(answer: dict[str, Any]) -> None:
    ecs, stub = stubbed("ecs")
    stub.add_response("describe_services", {"services": [], **answer})
    assert EcsTaskSets(ecs).service(KEY) is None


def test_a_cluster_that_is_not_there_has_no_service() -> None:
    ecs, stub = stubbed("ecs")
    stub.add_client_error("describe_services", "ClusterNotFoundException")
    assert EcsTaskSets(ecs).service(KEY) is None


def test_a_failure_of_another_kind_is_not_taken_for_gone() -> None:
    ecs, stub = stubbed("ecs")
    stub.add_response("describe_services", {"services": [], "failures": [{"reason": "UNKNOWN"}]})
    with pytest.raises(TransientError):
        EcsTaskSets(ecs).service(KEY)


def test_a_new_task_set_takes_all_from_the_current_one_but_its_target_group() -> None:
    ecs, stub = stubbed("ecs")
    stub.add_response("describe_services", {"services": [SERVICE]})
    task_sets = EcsTaskSets(ecs)
    service = task_sets.service(KEY)
    assert service is not None
    wanted = {
        "cluster": "shop",
        "service": "stream",
        "externalId": "token",
        "clientToken": "token",
        "scale": {"value": 100.0, "unit": "PERCENT"},
        "taskDefinition": DESCRIBED["taskDefinition"],
        "capacityProviderStrategy": DESCRIBED["capacityProviderStrategy"],
        "platformVersion": "1.4.0",
        "networkConfiguration": {"awsvpcConfiguration": NETWORK},
        "loadBalancers": [{"targetGroupArn": GREEN, "containerName": "stream", "containerPort": 80}],
        "serviceRegistries": DESCRIBED["serviceRegistries"],
    }
    stub.add_response("create_task_set", MADE, wanted)
    made = task_sets.create(KEY, replace(service.task_sets[0].blueprint, target_group=GREEN), "token")
    assert made == "ecs-svc/2"
    stub.assert_no_pending_responses()


def test_a_task_set_of_a_launch_type_without_a_network_of_its_own() -> None:
    ecs, stub = stubbed("ecs")
    wanted = {
        "cluster": "shop",
        "service": "stream",
        "externalId": "token",
        "clientToken": "token",
        "scale": ANY,
        "taskDefinition": "stream:7",
        "launchType": "EC2",
        "loadBalancers": ANY,
    }
    stub.add_response("create_task_set", MADE, wanted)
    EcsTaskSets(ecs).create(KEY, Blueprint("stream:7", launch_type="EC2"), "token")
    stub.assert_no_pending_responses()


def test_scale_primary_and_deletion() -> None:
    ecs, stub = stubbed("ecs")
    where = {"cluster": "shop", "service": "stream"}
    scale = {"value": 50.0, "unit": "PERCENT"}
    stub.add_response("update_task_set", {}, {**where, "taskSet": "ecs-svc/1", "scale": scale})
    stub.add_response("update_service_primary_task_set", {}, {**where, "primaryTaskSet": "ecs-svc/2"})
    stub.add_response("delete_task_set", {}, {**where, "taskSet": "ecs-svc/1", "force": True})
    stub.add_client_error("delete_task_set", "TaskSetNotFoundException", http_status_code=400)
    stub.add_client_error("delete_task_set", "InvalidParameterException", http_status_code=400)
    task_sets = EcsTaskSets(ecs)
    task_sets.scale(KEY, "ecs-svc/1", 50.0)
    task_sets.make_primary(KEY, "ecs-svc/2")
    task_sets.delete(KEY, "ecs-svc/1")
    task_sets.delete(KEY, "ecs-svc/1")
    with pytest.raises(RefusedError):
        task_sets.delete(KEY, "ecs-svc/1")


def test_executions_run_have_ended_or_are_forgotten() -> None:
    states, stub = stubbed("stepfunctions")
    running = {"stateMachineArn": "arn", "executionArn": EXECUTION, "startDate": START, "status": "RUNNING"}
    stub.add_response("describe_execution", running, {"executionArn": EXECUTION})
    stub.add_response("describe_execution", {**running, "status": "ABORTED", "stopDate": START})
    stub.add_client_error("describe_execution", "ExecutionDoesNotExist", http_status_code=400)
    stub.add_client_error("describe_execution", "InvalidArn", http_status_code=400)
    executions = StateMachineExecutions(states)
    assert [executions.ended_at(EXECUTION) for _ in range(3)] == [None, START, LONG_AGO]
    with pytest.raises(RefusedError):
        executions.ended_at(EXECUTION)


def test_events_say_which_service_and_an_entry_that_is_not_taken_is_an_error() -> None:
    events, stub = stubbed("events")
    detail = (
        '{"stage": "swap", "account": "123456789012", "region": "us-east-1", "cluster": "shop", "service": "stream", '
        '"execution": "one"}'
    )
    entry = {"Source": "ecs.spot-failover", "DetailType": "Controlled Scaledown", "Detail": detail}
    stub.add_response("put_events", {"FailedEntryCount": 0, "Entries": [{}]}, {"Entries": [entry]})
    stub.add_response("put_events", {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "InternalFailure"}]})
    audit = AuditEvents(events)
    audit.tell(KEY, "swap", {"execution": "one"})
    with pytest.raises(TransientError, match="InternalFailure"):
        audit.tell(KEY, "end", {})


@pytest.fixture
def ledger() -> Iterator[LedgerTable]:
    ids = count()
    with mock_aws():
        yield LedgerTable(make_table(), TABLE, lambda: f"write-{next(ids)}")


def test_the_ledger_keeps_every_field_and_takes_no_write_over_another_one(ledger: LedgerTable) -> None:
    plan = Plan(
        execution=EXECUTION,
        token="token",
        old="ecs-svc/1",
        scale=62.5,
        load_balancer=NLB,
        production=BLUE,
        idle=GREEN,
        production_mark="true",
        idle_mark=None,
        moves=(Move(MAIN, 443, BLUE, GREEN),),
        new="ecs-svc/2",
        created_at=START,
    )
    full = ScaledownRecord(
        KEY,
        owner=EXECUTION,
        plan=plan,
        back_since=START,
        last="two",
        outcome="done",
        note="done",
        expires_at=START + timedelta(days=1),
    )
    assert ledger.get(KEY) == ScaledownRecord(KEY)
    written = ledger.put(full)
    assert written.version == 1
    assert ledger.get(KEY) == written
    with pytest.raises(ConflictError):
        ledger.put(full)
    released = ledger.put(written.released(START, "done", "all is done"))
    assert ledger.get(KEY) == released
    assert (released.owner, released.plan, released.last) == ("", None, EXECUTION)


def test_an_item_that_nobody_can_read_is_told_with_what_to_do(ledger: LedgerTable) -> None:
    ledger.put(ScaledownRecord(KEY, owner=EXECUTION))
    key = {"id": {"S": KEY.record_id}, "region": {"S": KEY.region}}
    boto3.client("dynamodb", region_name=REGION).put_item(
        TableName=TABLE, Item={**key, "version": {"N": "1"}, "plan": {"S": "{}"}}
    )
    with pytest.raises(RefusedError, match="delete the item once"):
        ledger.get(KEY)
