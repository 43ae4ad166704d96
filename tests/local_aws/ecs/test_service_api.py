"""The service operations: what is stored, what is returned, what is refused."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.local_aws.ecs.simulation import ACCOUNT, CLUSTER, ON_DEMAND, OTHER_ACCOUNT, REGION, SPOT, Ecs


def _code(error: pytest.ExceptionInfo[ClientError]) -> str:
    return str(error.value.response["Error"]["Code"])


def test_a_new_service_has_a_primary_deployment_of_its_own_strategy(simulation: Ecs) -> None:
    """Deployment ids are `ecs-svc/` and 19 digits; a service with a strategy has no launch type."""
    service = simulation.create(desired=3)
    (deployment,) = service["deployments"]
    assert deployment["id"].startswith("ecs-svc/")
    assert len(deployment["id"]) == len("ecs-svc/") + 19
    assert deployment["status"] == "PRIMARY"
    assert deployment["rolloutState"] == "IN_PROGRESS"
    assert deployment["desiredCount"] == 3
    assert deployment["capacityProviderStrategy"] == service["capacityProviderStrategy"]
    assert service["taskDefinition"] == f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/app:1"
    assert "launchType" not in service
    assert "launchType" not in deployment


def test_deployment_configuration_has_ecs_defaults_and_keeps_what_was_given(simulation: Ecs) -> None:
    plain = simulation.create("plain")["deploymentConfiguration"]
    assert (plain["minimumHealthyPercent"], plain["maximumPercent"]) == (100, 200)
    assert plain["deploymentCircuitBreaker"] == {"enable": False, "rollback": False}
    given = simulation.create("given", deploymentConfiguration={"minimumHealthyPercent": 50})["deploymentConfiguration"]
    assert (given["minimumHealthyPercent"], given["maximumPercent"]) == (50, 200)
    later = simulation.update("given", deploymentConfiguration={"maximumPercent": 150})["deploymentConfiguration"]
    assert (later["minimumHealthyPercent"], later["maximumPercent"]) == (50, 150)


def test_what_tasks_are_made_from_makes_a_new_deployment_and_the_desired_count_does_not(simulation: Ecs) -> None:
    first = simulation.create()["deployments"][0]["id"]
    assert [item["id"] for item in simulation.update(desiredCount=6)["deployments"]] == [first]
    simulation.client.register_task_definition(
        family="app", containerDefinitions=[{"name": "app", "image": "app:2", "memory": 512}]
    )
    deployments = simulation.update(taskDefinition="app")["deployments"]
    assert deployments[0]["id"] != first
    assert deployments[0]["taskDefinition"].endswith("app:2")


def test_a_forced_deployment_supersedes_the_one_before(simulation: Ecs) -> None:
    first = simulation.create()["deployments"][0]["id"]
    simulation.advance(120)
    deployments = simulation.update(forceNewDeployment=True)["deployments"]
    assert [item["status"] for item in deployments] == ["PRIMARY", "ACTIVE"]
    assert deployments[1]["id"] == first
    assert deployments[0]["runningCount"] == 0
    assert deployments[1]["runningCount"] == 4


def test_an_awsvpc_task_definition_needs_a_network(simulation: Ecs) -> None:
    simulation.client.register_task_definition(
        family="net",
        networkMode="awsvpc",
        requiresCompatibilities=["FARGATE"],
        cpu="256",
        memory="512",
        containerDefinitions=[{"name": "app", "image": "app:1"}],
    )
    request: dict[str, Any] = {"cluster": CLUSTER, "serviceName": "n", "taskDefinition": "net", "desiredCount": 1}
    with pytest.raises(ClientError, match="Network Configuration must be provided"):
        simulation.client.create_service(**request, capacityProviderStrategy=SPOT)
    network = {"awsvpcConfiguration": {"subnets": ["subnet-1"], "securityGroups": []}}
    made = simulation.client.create_service(**request, capacityProviderStrategy=SPOT, networkConfiguration=network)[
        "service"
    ]
    assert made["networkConfiguration"]["awsvpcConfiguration"]["subnets"] == ["subnet-1"]


@pytest.mark.parametrize("controller", ["CODE_DEPLOY", "EXTERNAL"])
@pytest.mark.parametrize("change", [{"capacityProviderStrategy": ON_DEMAND}, {"forceNewDeployment": True}])
def test_other_controllers_refuse_a_strategy_and_a_forced_deployment(
    simulation: Ecs, controller: str, change: dict[str, Any]
) -> None:
    """UpdateService: with CODE_DEPLOY or EXTERNAL only desired count, grace period and the like can be changed."""
    if controller == "EXTERNAL":
        created = simulation.external()
    else:
        created = simulation.create(deploymentController={"type": controller})
    assert created["deployments"] == []
    with pytest.raises(ClientError, match=f"{controller} deployment controller") as refused:
        simulation.update(**change)
    assert _code(refused) == "InvalidParameterException"
    assert simulation.update(desiredCount=7)["desiredCount"] == 7


def test_a_daemon_service_is_stored_as_one(simulation: Ecs) -> None:
    assert simulation.create(schedulingStrategy="DAEMON")["schedulingStrategy"] == "DAEMON"


def test_a_second_service_of_the_name_is_refused_unless_it_repeats_the_client_token(simulation: Ecs) -> None:
    first = simulation.create(clientToken="once")
    assert simulation.create(clientToken="once")["deployments"][0]["id"] == first["deployments"][0]["id"]
    with pytest.raises(ClientError, match="not idempotent"):
        simulation.create()


def test_updates_of_unknown_or_inactive_services_and_clusters(simulation: Ecs) -> None:
    with pytest.raises(ClientError) as unknown:
        simulation.update("ghost", desiredCount=1)
    assert _code(unknown) == "ServiceNotFoundException"
    with pytest.raises(ClientError) as cluster:
        simulation.client.update_service(cluster="ghost", service="web", desiredCount=1)
    assert _code(cluster) == "ClusterNotFoundException"
    simulation.create()
    simulation.client.delete_service(cluster=CLUSTER, service="web", force=True)
    with pytest.raises(ClientError) as inactive:
        simulation.update(desiredCount=1)
    assert _code(inactive) == "ServiceNotActiveException"


def test_deleting_drains_first_and_leaves_an_inactive_service_to_be_described(simulation: Ecs) -> None:
    simulation.create()
    simulation.advance(120)
    with pytest.raises(ClientError, match="scaled above 0"):
        simulation.client.delete_service(cluster=CLUSTER, service="web")
    with pytest.raises(ClientError) as refused:
        simulation.client.delete_cluster(cluster=CLUSTER)
    assert _code(refused) == "ClusterContainsServicesException"
    deleted = simulation.client.delete_service(cluster=CLUSTER, service="web", force=True)["service"]
    assert deleted["status"] == "DRAINING"
    simulation.advance(60)
    gone = simulation.describe()
    assert (gone["status"], gone["runningCount"]) == ("INACTIVE", 0)
    assert simulation.client.list_services(cluster=CLUSTER)["serviceArns"] == []
    simulation.create()
    assert simulation.describe()["status"] == "ACTIVE"


def test_describe_takes_one_to_ten_services_and_names_the_missing_by_their_long_arn(simulation: Ecs) -> None:
    simulation.create()
    answer = simulation.client.describe_services(cluster=CLUSTER, services=["web", "ghost"])
    assert [item["serviceName"] for item in answer["services"]] == ["web"]
    assert answer["failures"] == [
        {"arn": f"arn:aws:ecs:{REGION}:{ACCOUNT}:service/{CLUSTER}/ghost", "reason": "MISSING"}
    ]
    for names in ([], [f"s{number}" for number in range(11)]):
        with pytest.raises(ClientError) as refused:
            simulation.client.describe_services(cluster=CLUSTER, services=names)
        assert _code(refused) == "InvalidParameterException"


def test_tags_are_told_when_asked_for_and_follow_tag_resource(simulation: Ecs) -> None:
    arn = simulation.create(tags=[{"key": "spot-failover:enabled", "value": "true"}])["serviceArn"]
    assert "tags" not in simulation.describe()
    simulation.client.tag_resource(resourceArn=arn, tags=[{"key": "team", "value": "a"}])
    simulation.client.untag_resource(resourceArn=arn, tagKeys=["spot-failover:enabled"])
    answer = simulation.client.describe_services(cluster=CLUSTER, services=[arn], include=["TAGS"])
    assert answer["services"][0]["tags"] == [{"key": "team", "value": "a"}]
    assert simulation.client.list_tags_for_resource(resourceArn=arn)["tags"] == [{"key": "team", "value": "a"}]


def test_lists_come_in_pages(simulation: Ecs) -> None:
    """ListServices gives ten at a time unless maxResults says otherwise; ListTasks a hundred."""
    for number in range(23):
        simulation.create(f"s{number:02}", desired=5)
    simulation.advance(60)
    first = simulation.client.list_services(cluster=CLUSTER)
    assert len(first["serviceArns"]) == 10
    pages = simulation.client.get_paginator("list_services").paginate(cluster=CLUSTER, PaginationConfig={"PageSize": 7})
    assert len({arn for page in pages for arn in page["serviceArns"]}) == 23
    assert len(simulation.client.list_tasks(cluster=CLUSTER)["taskArns"]) == 100
    pages = simulation.client.get_paginator("list_tasks").paginate(cluster=CLUSTER)
    assert len({arn for page in pages for arn in page["taskArns"]}) == 115


@pytest.mark.parametrize(
    ("arn", "message"),
    [
        (f"arn:aws:ecs:{REGION}:{OTHER_ACCOUNT}:service/{CLUSTER}/web", f"Your accountId is {ACCOUNT}"),
        (f"arn:aws:ecs:eu-west-1:{ACCOUNT}:service/{CLUSTER}/web", f"Your region is {REGION}"),
        (f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/{CLUSTER}", "is not the ARN of a service"),
    ],
)
def test_an_arn_of_another_account_region_or_kind_is_refused(simulation: Ecs, arn: str, message: str) -> None:
    simulation.create()
    with pytest.raises(ClientError, match=message) as update:
        simulation.client.update_service(cluster=CLUSTER, service=arn, desiredCount=9)
    with pytest.raises(ClientError, match=message) as describe:
        simulation.client.describe_services(cluster=CLUSTER, services=[arn])
    assert {_code(update), _code(describe)} == {"InvalidParameterException"}
    assert simulation.describe()["desiredCount"] == 4


def test_accounts_and_regions_have_their_own_services(simulation: Ecs) -> None:
    simulation.create()
    elsewhere = boto3.client("ecs", region_name="eu-west-1")
    elsewhere.create_cluster(clusterName=CLUSTER)
    assert elsewhere.list_services(cluster=CLUSTER)["serviceArns"] == []
    role = f"arn:aws:iam::{OTHER_ACCOUNT}:role/team"
    given = boto3.client("sts").assume_role(RoleArn=role, RoleSessionName="alice")["Credentials"]
    other = boto3.client(
        "ecs",
        aws_access_key_id=given["AccessKeyId"],
        aws_secret_access_key=given["SecretAccessKey"],
        aws_session_token=given["SessionToken"],
    )
    other.create_cluster(clusterName=CLUSTER, capacityProviders=["FARGATE"])
    other.register_task_definition(family="app", containerDefinitions=[{"name": "a", "image": "a", "memory": 1}])
    other.create_service(
        cluster=CLUSTER, serviceName="web", taskDefinition="app", desiredCount=1, capacityProviderStrategy=ON_DEMAND
    )
    updates = simulation.control("GET", "service-updates")
    assert [(item["account"], item["principal_arn"]) for item in updates] == [
        (ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root"),
        (OTHER_ACCOUNT, f"arn:aws:sts::{OTHER_ACCOUNT}:assumed-role/team/alice"),
    ]


def test_clusters_count_services_and_tasks_and_are_made_once(simulation: Ecs) -> None:
    simulation.create()
    simulation.advance(60)
    (cluster,) = simulation.client.describe_clusters(clusters=[CLUSTER])["clusters"]
    counts = (cluster["activeServicesCount"], cluster["runningTasksCount"], cluster["pendingTasksCount"])
    assert counts == (1, 4, 0)
    again = simulation.client.create_cluster(clusterName=CLUSTER)["cluster"]
    assert again["capacityProviders"] == ["FARGATE", "FARGATE_SPOT"]


def test_the_control_api_tells_every_accepted_change(simulation: Ecs) -> None:
    simulation.create()
    simulation.advance(60)
    with pytest.raises(ClientError):
        simulation.update(capacityProviderStrategy=ON_DEMAND)
    simulation.switch(ON_DEMAND)
    updates = simulation.control("GET", "service-updates")
    assert [(item["api"], item["force_new_deployment"]) for item in updates] == [
        ("CreateService", False),
        ("UpdateService", True),
    ]
    assert updates[1]["strategy"] == [{"capacityProvider": "FARGATE", "weight": 1, "base": 0}]
    assert updates[1]["time"] - updates[0]["time"] == 60
