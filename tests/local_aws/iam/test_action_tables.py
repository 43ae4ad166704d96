"""Which actions on which resources an API call is checked for (Service Authorization Reference)."""

from __future__ import annotations

from typing import Any

import pytest

from local_aws.iam.actions import TABLES, Call, checks
from tests.local_aws.iam.conftest import REGION, TEAM, Cloud, statement
from tests.local_aws.iam.test_authorization import refusal

ECS = f"arn:aws:ecs:{REGION}:{TEAM}"
TABLE = f"arn:aws:dynamodb:{REGION}:{TEAM}:table/state"
QUEUE = f"arn:aws:sqs:{REGION}:{TEAM}:q"
GROUP = f"arn:aws:logs:{REGION}:{TEAM}:log-group:/aws/lambda/f:log-stream"
FUNCTION = f"arn:aws:lambda:{REGION}:{TEAM}:function:f"
SCALABLE = f"arn:aws:application-autoscaling:{REGION}:{TEAM}:scalable-target"
RULE = f"arn:aws:events:{REGION}:{TEAM}:rule"
URL = {"QueueUrl": f"http://127.0.0.1:4566/{TEAM}/q"}
LONG_ARN = f"{ECS}:service/prod/web"
OLD_ARN = f"{ECS}:service/web"

EXPECTED: list[tuple[str, dict[str, Any], list[tuple[str, str]]]] = [
    ("ecs:UpdateService", {"service": "web"}, [("ecs:UpdateService", f"{ECS}:service/default/web")]),
    ("ecs:UpdateService", {"cluster": "prod", "service": LONG_ARN}, [("ecs:UpdateService", LONG_ARN)]),
    ("ecs:UpdateService", {"cluster": f"{ECS}:cluster/prod", "service": OLD_ARN}, [("ecs:UpdateService", LONG_ARN)]),
    (
        "ecs:DescribeServices",
        {"cluster": "prod", "services": ["web", "api"]},
        [("ecs:DescribeServices", LONG_ARN), ("ecs:DescribeServices", f"{ECS}:service/prod/api")],
    ),
    ("ecs:DescribeClusters", {"clusters": ["a"]}, [("ecs:DescribeClusters", f"{ECS}:cluster/a")]),
    ("ecs:DescribeClusters", {}, [("ecs:DescribeClusters", f"{ECS}:cluster/default")]),
    ("ecs:DescribeTasks", {"cluster": "a", "tasks": ["1"]}, [("ecs:DescribeTasks", f"{ECS}:task/a/1")]),
    ("ecs:ListServices", {"cluster": "a"}, [("ecs:ListServices", "*")]),
    ("dynamodb:GetItem", {"TableName": "state"}, [("dynamodb:GetItem", TABLE)]),
    ("dynamodb:PutItem", {"TableName": TABLE}, [("dynamodb:PutItem", TABLE)]),
    ("dynamodb:Query", {"TableName": "state", "IndexName": "due"}, [("dynamodb:Query", f"{TABLE}/index/due")]),
    ("dynamodb:Scan", {"TableName": "state"}, [("dynamodb:Scan", TABLE)]),
    ("dynamodb:BatchGetItem", {"RequestItems": {"state": {}}}, [("dynamodb:BatchGetItem", TABLE)]),
    (
        "dynamodb:TransactWriteItems",
        {"TransactItems": [{"Put": {"TableName": "state"}}, {"ConditionCheck": {"TableName": "state"}}]},
        [("dynamodb:PutItem", TABLE), ("dynamodb:ConditionCheckItem", TABLE)],
    ),
    ("sqs:SendMessageBatch", URL, [("sqs:SendMessage", QUEUE)]),
    ("sqs:DeleteMessageBatch", URL, [("sqs:DeleteMessage", QUEUE)]),
    ("sqs:GetQueueUrl", {"QueueName": "q"}, [("sqs:GetQueueUrl", QUEUE)]),
    (
        "sqs:StartMessageMoveTask",
        {"SourceArn": QUEUE, "DestinationArn": f"{QUEUE}2"},
        [
            ("sqs:StartMessageMoveTask", QUEUE),
            ("sqs:ReceiveMessage", QUEUE),
            ("sqs:DeleteMessage", QUEUE),
            ("sqs:GetQueueAttributes", QUEUE),
            ("sqs:SendMessage", f"{QUEUE}2"),
        ],
    ),
    (
        "logs:PutLogEvents",
        {"logGroupName": "/aws/lambda/f", "logStreamName": "s"},
        [("logs:PutLogEvents", f"{GROUP}:s")],
    ),
    (
        "logs:FilterLogEvents",
        {"logGroupIdentifier": f"arn:aws:logs:{REGION}:{TEAM}:log-group:/aws/lambda/f:*"},
        [("logs:FilterLogEvents", f"{GROUP}:")],
    ),
    ("lambda:Invoke", {"FunctionName": "f"}, [("lambda:InvokeFunction", FUNCTION)]),
    ("lambda:Invoke", {"FunctionName": f"{TEAM}:function:f"}, [("lambda:InvokeFunction", FUNCTION)]),
    ("lambda:Invoke", {"FunctionName": FUNCTION, "Qualifier": "7"}, [("lambda:InvokeFunction", f"{FUNCTION}:7")]),
    ("events:DescribeRule", {"Name": "r"}, [("events:DescribeRule", f"{RULE}/r")]),
    ("events:DisableRule", {"Name": "r", "EventBusName": "b"}, [("events:DisableRule", f"{RULE}/b/r")]),
    (
        "events:PutEvents",
        {"Entries": [{"Source": "a"}, {"EventBusName": "b"}]},
        [
            ("events:PutEvents", f"arn:aws:events:{REGION}:{TEAM}:event-bus/default"),
            ("events:PutEvents", f"arn:aws:events:{REGION}:{TEAM}:event-bus/b"),
        ],
    ),
    ("cloudwatch:PutMetricData", {"Namespace": "n"}, [("cloudwatch:PutMetricData", "*")]),
    ("xray:PutTraceSegments", {}, [("xray:PutTraceSegments", "*")]),
    (
        "application-autoscaling:DescribeScalableTargets",
        {"ServiceNamespace": "ecs"},
        [("application-autoscaling:DescribeScalableTargets", "*")],
    ),
    (
        "application-autoscaling:RegisterScalableTarget",
        {"ServiceNamespace": "ecs", "ResourceId": "service/prod/new", "ScalableDimension": "ecs:service:DesiredCount"},
        [("application-autoscaling:RegisterScalableTarget", f"{SCALABLE}/*")],
    ),
    (
        "application-autoscaling:ListTagsForResource",
        {"ResourceARN": f"{SCALABLE}/0ec5"},
        [("application-autoscaling:ListTagsForResource", f"{SCALABLE}/0ec5")],
    ),
]


def call(name: str, params: dict[str, Any]) -> Call:
    service, api = name.split(":")
    return Call(service, api, TEAM, REGION, "aws", params)


@pytest.mark.parametrize(("name", "params", "expected"), EXPECTED)
def test_a_call_is_checked_on_its_resources(name: str, params: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    found = checks(call(name, params))
    assert found is not None
    assert [(check.action, check.resource) for check in found] == expected


def test_a_call_of_no_table_has_no_checks() -> None:
    assert checks(call("ecs:DeleteCluster", {})) is None
    assert checks(call("route53:ListHostedZones", {})) is None


@pytest.mark.parametrize("name", [f"{service}:{api}" for service, table in TABLES.items() for api in table])
def test_every_row_checks_something_even_without_parameters(name: str) -> None:
    assert checks(call(name, {}))


def test_assume_role_carries_its_condition_keys() -> None:
    params = {
        "RoleArn": "arn",
        "RoleSessionName": "s",
        "ExternalId": "x",
        "SourceIdentity": "i",
        "Tags": [{"Key": "k", "Value": "v"}],
    }
    found = checks(call("sts:AssumeRole", params)) or []
    assert [check.action for check in found] == ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]
    assert found[0].context == {
        "sts:ExternalId": ("x",),
        "sts:RoleSessionName": ("s",),
        "sts:SourceIdentity": ("i",),
        "aws:TagKeys": ("k",),
        "aws:RequestTag/k": ("v",),
    }


@pytest.fixture
def services(cloud: Cloud) -> None:
    ecs = cloud.administrator(TEAM).client("ecs")
    ecs.register_task_definition(family="td", containerDefinitions=[{"name": "x", "image": "i", "memory": 1}])
    for cluster in ("prod", "dev"):
        ecs.create_cluster(clusterName=cluster)
        for service, team in (("web", "a"), ("api", "b")):
            tags = [{"key": "team", "value": team}]
            ecs.create_service(cluster=cluster, serviceName=service, taskDefinition="td", desiredCount=0, tags=tags)


@pytest.mark.usefixtures("services")
def test_describe_services_needs_the_permission_on_each_service(cloud: Cloud) -> None:
    ecs = cloud.session(TEAM, statement("ecs:DescribeServices", f"{ECS}:service/prod/web")).client("ecs")
    # Who asks moto without them leaves tags out of all later answers of its process.
    include: Any = ["TAGS"]
    assert ecs.describe_services(cluster="prod", services=["web"], include=include)["services"]
    error = refusal(lambda: ecs.describe_services(cluster="prod", services=["web", "api"], include=include))
    assert f"{ECS}:service/prod/api" in str(error)


@pytest.mark.usefixtures("services")
@pytest.mark.parametrize(
    ("condition", "allowed", "refused"),
    [
        ({"ArnEquals": {"ecs:cluster": f"{ECS}:cluster/prod"}}, ("prod", "web"), ("dev", "web")),
        ({"StringEquals": {"aws:ResourceTag/team": "a"}}, ("prod", "web"), ("prod", "api")),
    ],
)
def test_update_service_can_be_narrowed_by_cluster_and_by_tags(
    cloud: Cloud, condition: dict[str, Any], allowed: tuple[str, str], refused: tuple[str, str]
) -> None:
    ecs = cloud.session(TEAM, statement("ecs:UpdateService", Condition=condition)).client("ecs")
    ecs.update_service(cluster=allowed[0], service=allowed[1])
    refusal(lambda: ecs.update_service(cluster=refused[0], service=refused[1]))


@pytest.mark.usefixtures("services")
def test_a_service_of_another_account_is_out_of_reach(cloud: Cloud) -> None:
    other = "123456789012"
    ecs = cloud.session(other, statement("ecs:*")).client("ecs")
    error = refusal(lambda: ecs.update_service(cluster=f"{ECS}:cluster/prod", service=LONG_ARN))
    assert "no resource-based policy" in str(error)


def test_items_of_a_table_and_its_index_are_separate_grants(cloud: Cloud) -> None:
    key = {"AttributeName": "id", "KeyType": "HASH"}
    cloud.administrator(TEAM).client("dynamodb").create_table(
        TableName="state",
        KeySchema=[key],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        GlobalSecondaryIndexes=[
            {"IndexName": "due", "KeySchema": [key], "Projection": {"ProjectionType": "KEYS_ONLY"}}
        ],
    )
    table = cloud.session(TEAM, statement(["dynamodb:GetItem", "dynamodb:Query"], TABLE)).client("dynamodb")
    query = {"KeyConditionExpression": "id = :i", "ExpressionAttributeValues": {":i": {"S": "1"}}}
    table.get_item(TableName="state", Key={"id": {"S": "1"}})
    table.query(TableName="state", **query)
    refusal(lambda: table.put_item(TableName="state", Item={"id": {"S": "1"}}))
    refusal(lambda: table.query(TableName="state", IndexName="due", **query))


@pytest.mark.usefixtures("services")
def test_scalable_targets_are_narrowed_by_id_namespace_and_dimension(cloud: Cloud) -> None:
    target: dict[str, Any] = {"ServiceNamespace": "ecs", "ScalableDimension": "ecs:service:DesiredCount"}
    administrator = cloud.administrator(TEAM).client("application-autoscaling")
    arns = {
        name: administrator.register_scalable_target(
            **target, ResourceId=f"service/prod/{name}", MinCapacity=0, MaxCapacity=4
        )["ScalableTargetARN"]
        for name in ("web", "api")
    }
    condition = {"StringEquals": {"application-autoscaling:service-namespace": "ecs"}}
    allowed = statement("application-autoscaling:DeregisterScalableTarget", arns["web"], Condition=condition)
    scaling = cloud.session(TEAM, allowed).client("application-autoscaling")
    scaling.deregister_scalable_target(**target, ResourceId="service/prod/web")
    error = refusal(lambda: scaling.deregister_scalable_target(**target, ResourceId="service/prod/api"))
    assert arns["api"] in str(error)
