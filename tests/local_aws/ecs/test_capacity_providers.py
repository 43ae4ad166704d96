"""Auto Scaling group capacity providers: tasks that wait for instances, and instances that are taken back."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.local_aws.ecs.simulation import ACCOUNT, CLUSTER, ON_DEMAND, REGION, SPOT, Ecs

GROUP_SPOT: list[Any] = [{"capacityProvider": "group-spot", "weight": 1}]
GROUP_ON_DEMAND: list[Any] = [{"capacityProvider": "group-on-demand", "weight": 1}]
MANAGED = {"status": "ENABLED", "targetCapacity": 100}


def _group(name: str, on_demand_percentage: int) -> str:
    """An Auto Scaling group with a mixed instances policy, and its ARN."""
    ec2 = boto3.client("ec2", region_name=REGION)
    template = ec2.create_launch_template(
        LaunchTemplateName=name, LaunchTemplateData={"ImageId": "ami-12c6146b", "InstanceType": "m5.large"}
    )["LaunchTemplate"]["LaunchTemplateId"]
    autoscaling = boto3.client("autoscaling", region_name=REGION)
    autoscaling.create_auto_scaling_group(
        AutoScalingGroupName=name,
        MinSize=0,
        MaxSize=10,
        AvailabilityZones=[f"{REGION}a"],
        MixedInstancesPolicy={
            "LaunchTemplate": {"LaunchTemplateSpecification": {"LaunchTemplateId": template, "Version": "$Latest"}},
            "InstancesDistribution": {"OnDemandPercentageAboveBaseCapacity": on_demand_percentage},
        },
    )
    (group,) = autoscaling.describe_auto_scaling_groups(AutoScalingGroupNames=[name])["AutoScalingGroups"]
    return str(group["AutoScalingGroupARN"])


def _providers(simulation: Ecs, **settings: Any) -> None:
    for name, percentage in (("group-spot", 0), ("group-on-demand", 100)):
        simulation.client.create_capacity_provider(
            name=name,
            autoScalingGroupProvider={
                "autoScalingGroupArn": _group(name, percentage),
                "managedScaling": MANAGED,
                **settings,
            },
        )
    simulation.client.put_cluster_capacity_providers(
        cluster=CLUSTER,
        capacityProviders=["FARGATE", "FARGATE_SPOT", "group-spot", "group-on-demand"],
        defaultCapacityProviderStrategy=[],
    )


def test_without_instances_tasks_wait_in_provisioning_and_nothing_is_told(simulation: Ecs) -> None:
    """With managed scaling a task without room goes to PROVISIONING (ECS developer guide, cluster auto scaling)."""
    _providers(simulation)
    simulation.spot(1, provider="group-spot", cluster=CLUSTER)
    simulation.create(desired=3, strategy=GROUP_SPOT)
    simulation.advance(1200)
    tasks = simulation.tasks()
    assert sorted(task["lastStatus"] for task in tasks) == ["PROVISIONING", "PROVISIONING", "RUNNING"]
    waiting = [task for task in tasks if task["lastStatus"] == "PROVISIONING"]
    assert {(task["capacityProviderName"], task["launchType"], task["desiredStatus"]) for task in waiting} == {
        ("group-spot", "EC2", "RUNNING")
    }
    assert all((simulation.clock.now() - task["createdAt"].timestamp()) > 1190 for task in waiting)
    assert all("containerInstanceArn" not in task and "startedAt" not in task for task in waiting)
    assert (simulation.describe()["runningCount"], simulation.describe()["pendingCount"]) == (1, 2)
    assert simulation.told("SERVICE_TASK_PLACEMENT_FAILURE") == []
    assert not any("unable to place" in item["message"] for item in simulation.describe()["events"])
    told = {event["resources"][0] for event in simulation.events if event["detail-type"] == "ECS Task State Change"}
    assert told.isdisjoint(task["taskArn"] for task in waiting)
    simulation.spot(3, provider="group-spot")
    simulation.advance(120)
    assert simulation.running() == {"group-spot": 3}
    assert all(":container-instance/shop/" in task["containerInstanceArn"] for task in simulation.tasks())


def test_a_task_waits_half_an_hour_for_an_instance_then_another_waits(simulation: Ecs) -> None:
    """Between 10 and 30 minutes, then STOPPED (AWS's Deep Dive on Amazon ECS Cluster Auto Scaling)."""
    _providers(simulation)
    simulation.spot(0, provider="group-spot")
    simulation.create(desired=1, strategy=GROUP_SPOT)
    simulation.advance(1700)
    (first,) = simulation.tasks()
    simulation.advance(120)
    (second,) = simulation.tasks()
    assert (second["lastStatus"], second["createdAt"] > first["createdAt"]) == ("PROVISIONING", True)
    (given_up,) = simulation.tasks(status="STOPPED")
    assert (given_up["taskArn"], given_up["stopCode"]) == (first["taskArn"], "TaskFailedToStart")
    assert simulation.describe()["pendingCount"] == 1
    simulation.control("POST", "provisioning-timeout", seconds=600)
    simulation.advance(3600)
    assert len(simulation.tasks(status="STOPPED")) >= 4
    with pytest.raises(ValueError, match="seconds must be a number above 0"):
        simulation.control("POST", "provisioning-timeout", seconds=0)


def test_without_managed_scaling_a_task_without_room_is_refused_and_told(simulation: Ecs) -> None:
    """Only managed scaling lets tasks wait; the event's EC2 shape names no provider."""
    _providers(simulation, managedScaling={"status": "DISABLED"})
    simulation.spot(0, provider="group-spot")
    simulation.create(desired=2, strategy=GROUP_SPOT)
    simulation.advance(60)
    assert simulation.tasks() == []
    assert (simulation.describe()["runningCount"], simulation.describe()["pendingCount"]) == (0, 0)
    (event,) = simulation.told("SERVICE_TASK_PLACEMENT_FAILURE")
    assert event["detail"]["reason"] == "RESOURCE:CPU"
    assert "capacityProviderArns" not in event["detail"]
    message = simulation.describe()["events"][0]["message"]
    assert "No Container Instances were found in your capacity provider" in message


def test_each_cluster_has_a_pool_of_its_own(simulation: Ecs) -> None:
    _providers(simulation)
    simulation.client.create_cluster(clusterName="other", capacityProviders=["group-spot"])
    with pytest.raises(ValueError, match="name the cluster: 123456789012 us-east-1 has 2 clusters"):
        simulation.spot(0, provider="group-spot")
    simulation.spot(0, provider="group-spot", cluster="other")
    simulation.create(desired=1, strategy=GROUP_SPOT)
    simulation.client.create_service(
        cluster="other", serviceName="web", taskDefinition="app", desiredCount=1, capacityProviderStrategy=GROUP_SPOT
    )
    simulation.advance(60)
    counts = [
        simulation.client.describe_services(cluster=cluster, services=["web"])["services"][0]["runningCount"]
        for cluster in (CLUSTER, "other")
    ]
    assert counts == [1, 0]
    (pool,) = simulation.control("GET", "timeline")["spot"]
    assert (pool["provider"], pool["cluster"], pool["points"][0]["capacity"]) == ("group-spot", "other", 0)


def test_a_spot_instance_that_drains_has_its_task_replaced_before_it_ends(simulation: Ecs) -> None:
    """Managed draining is on by default. The task goes on until its instance is terminated, two minutes later."""
    _providers(simulation)
    simulation.create(desired=1, strategy=GROUP_SPOT)
    simulation.advance(60)
    (arn,) = simulation.control(
        "POST", "interrupt", account=ACCOUNT, region=REGION, cluster=CLUSTER, service="web", provider="group-spot"
    )["tasks"]
    draining = simulation.events[-1]
    assert draining["detail-type"] == "ECS Container Instance State Change"
    assert draining["detail"]["status"] == "DRAINING"
    simulation.advance(60)
    before, replacement = sorted(simulation.tasks(), key=lambda task: task["createdAt"])
    assert (before["taskArn"], before["desiredStatus"], before["lastStatus"]) == (arn, "RUNNING", "RUNNING")
    assert draining["resources"] == [before["containerInstanceArn"]]
    assert replacement["lastStatus"] == "RUNNING"
    simulation.advance(60)
    (ended,) = simulation.tasks(status="STOPPED")
    assert (ended["taskArn"], ended["stopCode"]) == (arn, "TerminationNotice")
    assert ended["stoppedReason"].startswith("Host EC2 (instance i-")
    assert simulation.running() == {"group-spot": 1}


def test_without_draining_ecs_learns_of_the_interruption_by_its_end(simulation: Ecs) -> None:
    _providers(simulation, managedDraining="DISABLED")
    simulation.create(desired=2, strategy=GROUP_SPOT)
    simulation.advance(60)
    simulation.events.clear()
    simulation.spot(1, provider="group-spot")
    simulation.advance(110)
    assert simulation.events == []
    assert (simulation.describe()["runningCount"], simulation.describe()["pendingCount"]) == (2, 0)
    simulation.advance(30)
    assert (simulation.describe()["runningCount"], simulation.describe()["pendingCount"]) == (1, 1)
    assert simulation.tasks(status="STOPPED")[0]["stopCode"] == "TerminationNotice"


def test_on_demand_instances_are_never_taken_back(simulation: Ecs) -> None:
    _providers(simulation)
    simulation.create(desired=3, strategy=GROUP_ON_DEMAND)
    simulation.advance(60)
    simulation.spot(1, provider="group-on-demand")
    simulation.advance(600)
    assert simulation.running() == {"group-on-demand": 3}


def test_a_service_moves_between_two_groups_and_not_between_a_group_and_fargate(simulation: Ecs) -> None:
    _providers(simulation)
    simulation.spot(0, provider="group-spot")
    simulation.create(desired=2, strategy=GROUP_SPOT)
    simulation.advance(600)
    both = [{"capacityProvider": "group-spot", "weight": 0}, {"capacityProvider": "group-on-demand", "weight": 10}]
    simulation.switch(both)
    simulation.advance(120)
    assert simulation.running() == {"group-on-demand": 2}
    assert len(simulation.describe()["deployments"]) == 1
    for mixed in (GROUP_SPOT + ON_DEMAND, GROUP_ON_DEMAND + SPOT):
        with pytest.raises(ClientError, match="cannot contain both Fargate and Auto Scaling group"):
            simulation.switch(mixed)


def test_the_api_keeps_what_a_provider_is_made_with(simulation: Ecs) -> None:
    """Managed draining is on unless switched off; a name is taken once, and must not begin with aws, ecs or fargate."""
    _providers(simulation)
    (provider,) = simulation.client.describe_capacity_providers(capacityProviders=["group-spot"])["capacityProviders"]
    assert provider["autoScalingGroupProvider"]["managedDraining"] == "ENABLED"
    assert provider["autoScalingGroupProvider"]["managedScaling"]["status"] == "ENABLED"
    changed = simulation.client.update_capacity_provider(
        name="group-spot", autoScalingGroupProvider={"managedDraining": "DISABLED"}
    )["capacityProvider"]
    assert changed["autoScalingGroupProvider"]["managedDraining"] == "DISABLED"
    group = {"autoScalingGroupArn": provider["autoScalingGroupProvider"]["autoScalingGroupArn"]}
    for name in ("group-spot", "fargate-mine"):
        with pytest.raises(ClientError):
            simulation.client.create_capacity_provider(name=name, autoScalingGroupProvider=group)
    with pytest.raises(ClientError, match="disassociate it first"):
        simulation.client.delete_capacity_provider(capacityProvider="group-spot")
    simulation.client.put_cluster_capacity_providers(
        cluster=CLUSTER, capacityProviders=["FARGATE"], defaultCapacityProviderStrategy=[]
    )
    simulation.client.delete_capacity_provider(capacityProvider="group-spot")
    gone = simulation.client.describe_capacity_providers(capacityProviders=["group-spot"])
    assert [item["reason"] for item in gone["failures"]] == ["MISSING"]
