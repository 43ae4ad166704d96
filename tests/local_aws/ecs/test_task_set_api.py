"""What the API of task sets refuses, and what it answers, against AWS's own model."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.ecs.simulation import ACCOUNT, CLUSTER, ON_DEMAND, REGION, SPOT, Ecs
from tests.local_aws.ecs.test_conformance import MODEL, breaches

WEB: Any = {"cluster": CLUSTER, "service": "web"}


def _refused(operation: str, call: Any, **request: Any) -> str:
    """The error's code, which must be one that the model gives the operation."""
    with pytest.raises(ClientError) as refused:
        call(**request)
    code = str(refused.value.response["Error"]["Code"])
    assert code in {shape.name for shape in MODEL.operation_model(operation).error_shapes}
    return code


def test_answers_have_the_members_of_the_model(simulation: Ecs) -> None:
    simulation.external(desired=1)
    made = simulation.task_set(externalId="pipeline-7", tags=[{"key": "team", "value": "a"}], clientToken="once")
    simulation.advance(60)
    (described,) = simulation.client.describe_task_sets(**WEB, include=["TAGS"])["taskSets"]
    for shape in (made, described):
        assert not breaches("TaskSet", shape)
    assert not breaches("Service", simulation.describe())
    assert described["tags"] == [{"key": "team", "value": "a"}]
    assert described["externalId"] == "pipeline-7"
    assert described["taskSetArn"] == f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-set/{CLUSTER}/web/{described['id']}"
    assert described["platformFamily"] == "Linux"
    assert "tags" not in simulation.task_sets()[0]
    bare = simulation.client.create_task_set(**WEB, taskDefinition="app")["taskSet"]
    assert (bare["scale"], bare["computedDesiredCount"]) == ({"value": 0.0, "unit": "PERCENT"}, 0)


def test_tags_can_be_changed(simulation: Ecs) -> None:
    simulation.external()
    arn = simulation.task_set()["taskSetArn"]
    simulation.client.tag_resource(resourceArn=arn, tags=[{"key": "a", "value": "1"}, {"key": "b", "value": "2"}])
    simulation.client.untag_resource(resourceArn=arn, tagKeys=["a"])
    assert simulation.client.list_tags_for_resource(resourceArn=arn)["tags"] == [{"key": "b", "value": "2"}]


def test_a_client_token_makes_one_task_set(simulation: Ecs) -> None:
    simulation.external()
    first = simulation.task_set(clientToken="once")
    assert simulation.task_set(clientToken="once")["id"] == first["id"]
    assert simulation.task_set(clientToken="twice")["id"] != first["id"]
    assert len(simulation.task_sets()) == 2
    with pytest.raises(ClientError, match="not idempotent"):
        simulation.task_set(clientToken="once", strategy=ON_DEMAND)


def test_a_service_has_at_most_five_task_sets(simulation: Ecs) -> None:
    simulation.external(desired=0)
    for _ in range(5):
        simulation.task_set()
    request = {**WEB, "taskDefinition": "app"}
    assert _refused("CreateTaskSet", simulation.client.create_task_set, **request) == "LimitExceededException"


@pytest.mark.parametrize(
    "wrong",
    [
        {"scale": {"value": 101, "unit": "PERCENT"}},
        {"scale": {"value": -1, "unit": "PERCENT"}},
        {"launchType": "FARGATE", "capacityProviderStrategy": SPOT},
        {"capacityProviderStrategy": [{"capacityProvider": "ghost", "weight": 1}]},
        {"loadBalancers": [{"targetGroupArn": "arn:aws:elasticloadbalancing:us-east-1:1:targetgroup/x/1"}]},
    ],
)
def test_what_a_task_set_cannot_be(simulation: Ecs, wrong: dict[str, Any]) -> None:
    simulation.external()
    request = {**WEB, "taskDefinition": "app", **wrong}
    assert _refused("CreateTaskSet", simulation.client.create_task_set, **request) == "InvalidParameterException"
    assert simulation.task_sets() == []


def test_task_sets_are_for_active_services_with_the_external_controller(simulation: Ecs) -> None:
    simulation.create("rolling")
    simulation.external("gone", desired=0)
    simulation.client.delete_service(cluster=CLUSTER, service="gone")
    simulation.advance(10)
    for name, code in (
        ("rolling", "InvalidParameterException"),
        ("gone", "ServiceNotActiveException"),
        ("ghost", "ServiceNotFoundException"),
    ):
        request = {"cluster": CLUSTER, "service": name}
        create = simulation.client.create_task_set
        assert _refused("CreateTaskSet", create, **request, taskDefinition="app") == code
        assert _refused("DescribeTaskSets", simulation.client.describe_task_sets, **request) == code


def test_what_belongs_to_task_sets_is_refused_of_the_service(simulation: Ecs) -> None:
    """CreateService: only parameters that aren't controlled at the task set level."""
    request: Any = {"cluster": CLUSTER, "serviceName": "web", "deploymentController": {"type": "EXTERNAL"}}
    create = simulation.client.create_service
    for given in ({"taskDefinition": "app"}, {"capacityProviderStrategy": SPOT}, {"launchType": "FARGATE"}):
        assert _refused("CreateService", create, **request, **given) == "InvalidParameterException"
    simulation.external()
    changes: list[dict[str, Any]] = [
        {"taskDefinition": "app"},
        {"platformVersion": "1.4.0"},
        {"loadBalancers": []},
        {"networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-1"]}}},
        {"deploymentConfiguration": {"maximumPercent": 100}},
    ]
    for change in changes:
        code = _refused("UpdateService", simulation.client.update_service, **WEB, **change)
        assert code == "InvalidParameterException"
    assert simulation.update(desiredCount=2, healthCheckGracePeriodSeconds=5)["desiredCount"] == 2


def test_the_primary_and_one_that_runs_are_deleted_by_force_only(simulation: Ecs) -> None:
    simulation.external(desired=1)
    made = simulation.task_set()
    delete = simulation.client.delete_task_set
    assert _refused("DeleteTaskSet", delete, **WEB, taskSet=made["id"]) == "InvalidParameterException"
    simulation.scale(made, 0)
    simulation.client.update_service_primary_task_set(**WEB, primaryTaskSet=made["id"])
    simulation.advance(60)
    assert _refused("DeleteTaskSet", delete, **WEB, taskSet=made["id"]) == "InvalidParameterException"
    assert _refused("DeleteService", simulation.client.delete_service, **WEB) == "InvalidParameterException"
    delete(**WEB, taskSet=made["id"], force=True)
    simulation.advance(10)
    assert simulation.task_sets() == []


def test_what_is_not_there(simulation: Ecs) -> None:
    simulation.external()
    client, ghost = simulation.client, "ecs-svc/1234567890123456789"
    scale = {"value": 5, "unit": "PERCENT"}
    not_found = "TaskSetNotFoundException"
    assert _refused("UpdateTaskSet", client.update_task_set, **WEB, taskSet=ghost, scale=scale) == not_found
    assert _refused("DeleteTaskSet", client.delete_task_set, **WEB, taskSet=ghost, force=True) == not_found
    primary = client.update_service_primary_task_set
    assert _refused("UpdateServicePrimaryTaskSet", primary, **WEB, primaryTaskSet=ghost) == not_found
    (failure,) = client.describe_task_sets(**WEB, taskSets=[ghost])["failures"]
    assert failure["reason"] == "MISSING"
    simulation.external("other")
    other = simulation.task_set(name="other")
    assert client.describe_task_sets(**WEB, taskSets=[other["taskSetArn"]])["taskSets"] == []
