"""What this ECS answers and tells, against AWS's own model of the API."""

from __future__ import annotations

from typing import Any

import botocore.session
import pytest
from botocore.validate import ParamValidator

from local_aws.ecs.task import StopCode
from tests.local_aws.ecs.simulation import ACCOUNT, CLUSTER, REGION, SPOT, Ecs

MODEL: Any = botocore.session.get_session().get_service_model("ecs")


def breaches(shape: str, value: dict[str, Any]) -> str:
    """What in the value the API's model does not know, or knows otherwise."""
    model = MODEL.shape_for(shape)
    unknown = set(value) - set(model.members)
    report = ParamValidator().validate(value, model).generate_report()
    return f"{report} {sorted(unknown)}" if unknown or report else ""


@pytest.mark.parametrize("how", [None, "container-exit", "container-health-check", "image-pull", "secrets"])
def test_every_task_event_has_the_members_of_a_task(simulation: Ecs, how: str | None) -> None:
    """The detail of a task state change resembles the API's Task (developer guide), with ``updatedAt`` beside it."""
    simulation.create(desired=2)
    simulation.advance(60)
    where = {"account": ACCOUNT, "region": REGION, "cluster": CLUSTER, "service": "web"}
    simulation.control("POST", "fail-application", **where, how=how)
    if how is None or "container" not in how:
        simulation.interrupt(1)
    simulation.advance(600)
    details = [event["detail"] for event in simulation.events if event["detail-type"] == "ECS Task State Change"]
    assert len(details) >= 10
    for detail in details:
        del detail["updatedAt"]
        assert not breaches("Task", detail), detail


def test_stop_codes_are_those_of_the_model() -> None:
    assert {str(item) for item in StopCode} <= set(MODEL.shape_for("TaskStopCode").enum)


def test_described_services_and_tasks_parse_whole(simulation: Ecs) -> None:
    simulation.create(desired=2, strategy=SPOT)
    simulation.advance(60)
    service = simulation.client.describe_services(cluster=CLUSTER, services=["web"], include=["TAGS"])["services"][0]
    assert not breaches("Service", service)
    (task, _) = simulation.tasks()
    assert not breaches("Task", task)
    assert {"capacityProviderName", "lastStatus", "desiredStatus", "createdAt", "startedAt"} <= set(task)


def test_a_task_tells_its_whole_life(simulation: Ecs) -> None:
    """The states of the developer guide's task lifecycle that last long enough to be seen, each with what tells it."""
    simulation.create(desired=1, strategy=SPOT)
    simulation.advance(60)
    simulation.update(desiredCount=0)
    simulation.advance(60)
    details = [event["detail"] for event in simulation.events if event["detail-type"] == "ECS Task State Change"]
    assert [(item["lastStatus"], item["desiredStatus"]) for item in details] == [
        ("PROVISIONING", "RUNNING"),
        ("PENDING", "RUNNING"),
        ("RUNNING", "RUNNING"),
        ("DEACTIVATING", "STOPPED"),
        ("DEPROVISIONING", "STOPPED"),
        ("STOPPED", "STOPPED"),
    ]
    versions = [item["version"] for item in details]
    assert versions == sorted(set(versions))
    for item in details:
        assert (item["group"], item["capacityProviderName"]) == ("service:web", "FARGATE_SPOT")
        assert item["clusterArn"] == f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/{CLUSTER}"
        assert item["attributes"] == [{"name": "ecs.cpu-architecture", "value": "x86_64"}]
    assert [item["containers"][0].get("exitCode") for item in details] == [None, None, None, None, 143, 143]
