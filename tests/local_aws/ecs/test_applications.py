"""Applications that fail for reasons of their own: short services, no word of capacity, and stopped tasks that tell."""

from __future__ import annotations

from typing import Any

import pytest

from tests.local_aws.ecs.balancers import behind, target_group
from tests.local_aws.ecs.simulation import ACCOUNT, CLUSTER, REGION, Ecs

NETWORK: dict[str, Any] = {"networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-1"]}}}


def _fail(simulation: Ecs, how: str | None, **more: Any) -> None:
    where = {"account": ACCOUNT, "region": REGION, "cluster": CLUSTER, "service": "web"}
    simulation.control("POST", "fail-application", **where, how=how, **more)


def _messages(simulation: Ecs) -> list[str]:
    return [item["message"] for item in simulation.describe()["events"]]


@pytest.mark.parametrize(
    ("how", "more", "stop_code", "reason", "exit_code"),
    [
        ("container-exit", {}, "EssentialContainerExited", "Essential container in task exited", 1),
        ("container-health-check", {}, "ServiceSchedulerInitiated", "Task failed container health checks", 137),
        ("elb-health-check", {}, "ServiceSchedulerInitiated", "Task failed ELB health checks in (target-gr", 143),
        ("image-pull", {}, "TaskFailedToStart", "CannotPullContainerError", None),
        ("secrets", {}, "TaskFailedToStart", "ResourceInitializationError: unable to pull secrets", None),
        ("subnet-addresses", NETWORK, "TaskFailedToStart", "Unexpected EC2 error while attempting to Create", None),
    ],
)
def test_a_service_that_fails_is_short_without_a_word_of_capacity(
    simulation: Ecs, how: str, more: dict[str, Any], stop_code: str, reason: str, exit_code: int | None
) -> None:
    """Stop codes and reasons of the ECS developer guide, "Viewing Amazon ECS stopped task errors"."""
    balanced = behind(target_group(delay=30)) if how == "elb-health-check" else {}
    simulation.create(desired=3, **more, **balanced)
    _fail(simulation, how)
    simulation.advance(900)
    service = simulation.describe()
    assert service["deployments"][0]["rolloutState"] == "IN_PROGRESS"
    assert not any("Capacity is unavailable" in message for message in _messages(simulation))
    assert simulation.told("SERVICE_TASK_PLACEMENT_FAILURE") == []
    stopped = [task for task in simulation.tasks(status="STOPPED") if task["lastStatus"] == "STOPPED"]
    assert {task["stopCode"] for task in stopped} == {stop_code}
    assert all(task["stoppedReason"].startswith(reason) for task in stopped)
    assert {task["containers"][0].get("exitCode") for task in stopped} == {exit_code}
    assert all(task["stoppedAt"] >= task.get("startedAt", task["createdAt"]) for task in stopped)
    assert simulation.client.list_tasks(cluster=CLUSTER, serviceName="web", desiredStatus="STOPPED")["taskArns"]
    _fail(simulation, None)
    simulation.advance(1200)
    assert simulation.running() == {"FARGATE_SPOT": 3}
    assert simulation.describe()["deployments"][0]["rolloutState"] == "COMPLETED"


def test_only_tasks_that_never_run_are_throttled(simulation: Ecs) -> None:
    """A task that reaches RUNNING triggers neither the throttle nor its message, even if it exits at once (throttle
    logic).
    """
    impaired = "(service web) is unable to consistently start tasks successfully."
    simulation.create(desired=1)
    _fail(simulation, "container-exit")
    simulation.advance(1800)
    assert not any(message.startswith(impaired) for message in _messages(simulation))
    assert len(simulation.tasks(status="STOPPED")) > 20
    _fail(simulation, "secrets")
    simulation.advance(1800)
    assert any(message.startswith(impaired) for message in _messages(simulation))


def test_running_tasks_fail_too_where_that_can_be(simulation: Ecs) -> None:
    simulation.create(desired=2)
    simulation.advance(60)
    _fail(simulation, "secrets")
    simulation.advance(60)
    assert simulation.running() == {"FARGATE_SPOT": 2}
    _fail(simulation, "container-exit")
    simulation.advance(10)
    assert simulation.running() == {}


def test_failed_health_checks_are_told_in_the_service_events(simulation: Ecs) -> None:
    """Messages of the developer guide, "Amazon ECS service unhealthy event messages"."""
    simulation.create(desired=1, **behind(target_group(delay=30)))
    simulation.advance(60)
    (task,) = simulation.tasks()
    task_id = task["taskArn"].split("/")[-1]
    _fail(simulation, "elb-health-check")
    simulation.advance(70)
    message = f"(service web) (task {task_id}) (port 8080) is unhealthy in (target-group web) due to (reason Health"
    assert any(text.startswith(message) for text in _messages(simulation))
    simulation.advance(60)
    (task,) = simulation.tasks()
    _fail(simulation, "container-health-check")
    simulation.advance(100)
    task_id = task["taskArn"].split("/")[-1]
    assert f"(service web) (task {task_id}) failed container health checks." in _messages(simulation)


def test_a_release_that_does_not_start_leaves_the_tasks_before_it(simulation: Ecs) -> None:
    """The PRIMARY deployment is short, the service whole; the circuit breaker goes back to the revision before."""
    breaker = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}
    simulation.create(desired=2)
    simulation.advance(60)
    _fail(simulation, "container-health-check", task_definition="app:2")
    simulation.client.register_task_definition(
        family="app", containerDefinitions=[{"name": "app", "image": "app:2", "memory": 512}]
    )
    simulation.update(taskDefinition="app:2")
    simulation.advance(1800)
    primary, old = simulation.describe()["deployments"]
    assert (old["runningCount"], primary["rolloutState"]) == (2, "IN_PROGRESS")
    assert primary["failedTasks"] >= 6
    simulation.update(deploymentConfiguration=breaker)
    simulation.advance(300)
    (deployment,) = simulation.describe()["deployments"]
    assert deployment["taskDefinition"].endswith("app:1")
    assert simulation.told("SERVICE_DEPLOYMENT_FAILED")


def test_a_network_interface_that_no_instance_has_is_told_as_no_capacity_of_a_provider(simulation: Ecs) -> None:
    simulation.create(desired=1, strategy=[], launchType="EC2")
    simulation.advance(60)
    _fail(simulation, "resource-eni")
    simulation.update(desiredCount=2)
    simulation.advance(60)
    (event,) = simulation.told("SERVICE_TASK_PLACEMENT_FAILURE")
    assert event["detail"]["reason"] == "RESOURCE:ENI"
    assert "capacityProviderArns" not in event["detail"]
    assert 'encountered error "RESOURCE:ENI"' in _messages(simulation)[0]


def test_a_failure_that_cannot_be_is_refused(simulation: Ecs) -> None:
    with pytest.raises(ValueError, match="there is no service"):
        _fail(simulation, "secrets")
    simulation.create()
    with pytest.raises(ValueError, match="how must be null or one of"):
        _fail(simulation, "laziness")
    with pytest.raises(ValueError, match="has no load balancer"):
        _fail(simulation, "elb-health-check")


def test_stopped_tasks_are_listed_for_an_hour_in_pages_of_a_hundred(simulation: Ecs) -> None:
    simulation.create(desired=60)
    simulation.advance(60)
    _fail(simulation, "container-exit")
    simulation.advance(90)
    first = simulation.client.list_tasks(cluster=CLUSTER, serviceName="web", desiredStatus="STOPPED")
    assert len(first["taskArns"]) == 100
    rest = simulation.client.list_tasks(
        cluster=CLUSTER, serviceName="web", desiredStatus="STOPPED", nextToken=first["nextToken"]
    )
    assert set(rest["taskArns"]).isdisjoint(first["taskArns"])
    described = simulation.client.describe_tasks(cluster=CLUSTER, tasks=first["taskArns"])["tasks"]
    assert {task["group"] for task in described} == {"service:web"}
    _fail(simulation, None)
    simulation.advance(60)
    simulation.advance(8 * 3600)
    assert simulation.tasks(status="STOPPED") == []
