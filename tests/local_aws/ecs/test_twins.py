"""What a second service beside the first needs of ECS: scaling without a deployment, lists in pages, autoscaling."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from tests.local_aws.ecs.simulation import CLUSTER, ON_DEMAND, REGION, Ecs

MINE = "spot-failover:primary"


def test_scaling_a_service_leaves_everything_else_as_it_is(simulation: Ecs) -> None:
    """Only the desired count changes: no deployment, no event of one, the tags and the strategy stay."""
    simulation.create("twin", desired=0, strategy=ON_DEMAND, tags=[{"key": MINE, "value": "web"}])
    simulation.advance(60)
    (before,) = simulation.client.describe_services(cluster=CLUSTER, services=["twin"], include=["TAGS"])["services"]
    simulation.events.clear()
    simulation.update("twin", desiredCount=3)
    simulation.advance(120)
    (after,) = simulation.client.describe_services(cluster=CLUSTER, services=["twin"], include=["TAGS"])["services"]
    assert (after["desiredCount"], after["runningCount"]) == (3, 3)
    assert after["tags"] == [{"key": MINE, "value": "web"}]
    assert after["capacityProviderStrategy"] == before["capacityProviderStrategy"]
    assert [item["id"] for item in after["deployments"]] == [item["id"] for item in before["deployments"]]
    assert after["deployments"][0]["createdAt"] == before["deployments"][0]["createdAt"]
    assert "ECS Deployment State Change" not in {event["detail-type"] for event in simulation.events}
    simulation.update("twin", desiredCount=0)
    simulation.advance(120)
    assert simulation.running("twin") == {}
    updates = simulation.control("GET", "service-updates")
    assert [item["desired"] for item in updates] == [0, 3, 0]
    assert not any(item["force_new_deployment"] for item in updates)


def test_a_desired_count_must_not_be_negative(simulation: Ecs) -> None:
    simulation.create()
    unchecked = boto3.client("ecs", region_name=REGION, config=Config(parameter_validation=False))
    with pytest.raises(ClientError) as refused:
        unchecked.update_service(cluster=CLUSTER, service="web", desiredCount=-1)
    assert refused.value.response["Error"]["Code"] == "InvalidParameterException"


def test_a_service_with_a_scalable_target_is_told_by_application_auto_scaling(simulation: Ecs) -> None:
    simulation.create()
    scaling = boto3.client("application-autoscaling", region_name=REGION)
    target: dict[str, Any] = {
        "ServiceNamespace": "ecs",
        "ResourceId": f"service/{CLUSTER}/web",
        "ScalableDimension": "ecs:service:DesiredCount",
    }
    scaling.register_scalable_target(**target, MinCapacity=1, MaxCapacity=9)
    told = scaling.describe_scalable_targets(ServiceNamespace="ecs", ResourceIds=[f"service/{CLUSTER}/web"])
    assert [(item["MinCapacity"], item["MaxCapacity"]) for item in told["ScalableTargets"]] == [(1, 9)]
    other = scaling.describe_scalable_targets(ServiceNamespace="ecs", ResourceIds=[f"service/{CLUSTER}/twin"])
    assert other["ScalableTargets"] == []
    with pytest.raises(ClientError, match="doesn't exist"):
        scaling.register_scalable_target(
            **{**target, "ResourceId": f"service/{CLUSTER}/ghost"}, MinCapacity=1, MaxCapacity=9
        )


def test_lists_of_services_and_clusters_come_in_the_pages_of_the_api(simulation: Ecs) -> None:
    """ListServices: 10 unless told otherwise, 100 at most; ListClusters: 100."""
    for number in range(12):
        simulation.create(f"s{number:02}", desired=0, **({"launchType": "EC2"} if number < 3 else {}))
    first = simulation.client.list_services(cluster=CLUSTER)
    assert len(first["serviceArns"]) == 10
    rest = simulation.client.list_services(cluster=CLUSTER, nextToken=first["nextToken"])
    assert (len(rest["serviceArns"]), "nextToken" in rest) == (2, False)
    assert len(simulation.client.list_services(cluster=CLUSTER, maxResults=100)["serviceArns"]) == 12
    assert len(simulation.client.list_services(cluster=CLUSTER, launchType="EC2")["serviceArns"]) == 3
    daemons = simulation.client.list_services(cluster=CLUSTER, schedulingStrategy="DAEMON")
    assert daemons["serviceArns"] == []
    with pytest.raises(ClientError, match="maxResults must be between"):
        simulation.client.list_services(cluster=CLUSTER, maxResults=101)
    for number in range(104):
        simulation.client.create_cluster(clusterName=f"c{number:03}")
    pages = list(simulation.client.get_paginator("list_clusters").paginate())
    assert [len(page["clusterArns"]) for page in pages] == [100, 5]


def test_clusters_tell_their_providers_and_default_strategy(simulation: Ecs) -> None:
    default = [{"capacityProvider": "FARGATE", "weight": 1, "base": 1}]
    simulation.client.put_cluster_capacity_providers(
        cluster=CLUSTER, capacityProviders=["FARGATE", "FARGATE_SPOT"], defaultCapacityProviderStrategy=default
    )
    answer = simulation.client.describe_clusters(clusters=[CLUSTER, "ghost"])
    (cluster,) = answer["clusters"]
    assert cluster["capacityProviders"] == ["FARGATE", "FARGATE_SPOT"]
    assert cluster["defaultCapacityProviderStrategy"] == default
    assert [item["reason"] for item in answer["failures"]] == ["MISSING"]
