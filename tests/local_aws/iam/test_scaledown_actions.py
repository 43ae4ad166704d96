"""What it takes to replace a task set behind a load balancer from a state machine: each action on its resource."""

from __future__ import annotations

import json
from typing import Any

import pytest

from local_aws.iam.actions import Call, checks
from tests.local_aws.iam.conftest import REGION, TEAM, Cloud, statement, trust
from tests.local_aws.iam.test_authorization import refusal

ECS = f"arn:aws:ecs:{REGION}:{TEAM}"
STATES = f"arn:aws:states:{REGION}:{TEAM}"
SETS = f"{ECS}:task-set/prod/web"
MACHINE, EXECUTION = f"{STATES}:stateMachine:m", f"{STATES}:execution:m:e"
ROLE = f"arn:aws:iam::{TEAM}:role/m"
WEB: dict[str, Any] = {"cluster": "prod", "service": "web"}

EXPECTED: list[tuple[str, dict[str, Any], list[tuple[str, str]]]] = [
    ("ecs:CreateTaskSet", {**WEB, "taskDefinition": "ghost"}, [("ecs:CreateTaskSet", f"{SETS}/*")]),
    (
        "ecs:CreateTaskSet",
        {**WEB, "taskDefinition": "ghost", "tags": [{"key": "a", "value": "b"}]},
        [("ecs:CreateTaskSet", f"{SETS}/*"), ("ecs:TagResource", f"{SETS}/*")],
    ),
    ("ecs:DescribeTaskSets", WEB, [("ecs:DescribeTaskSets", f"{SETS}/*")]),
    (
        "ecs:DescribeTaskSets",
        {**WEB, "taskSets": ["ecs-svc/1", f"{SETS}/ecs-svc/2"]},
        [("ecs:DescribeTaskSets", f"{SETS}/ecs-svc/1"), ("ecs:DescribeTaskSets", f"{SETS}/ecs-svc/2")],
    ),
    ("ecs:UpdateTaskSet", {**WEB, "taskSet": "1"}, [("ecs:UpdateTaskSet", f"{SETS}/ecs-svc/1")]),
    ("ecs:DeleteTaskSet", {**WEB, "taskSet": "ecs-svc/1"}, [("ecs:DeleteTaskSet", f"{SETS}/ecs-svc/1")]),
    (
        "ecs:UpdateServicePrimaryTaskSet",
        {**WEB, "primaryTaskSet": "ecs-svc/1"},
        [("ecs:UpdateServicePrimaryTaskSet", f"{ECS}:service/prod/web")],
    ),
    ("elasticloadbalancing:DescribeListeners", {}, [("elasticloadbalancing:DescribeListeners", "*")]),
    ("elasticloadbalancing:ModifyListener", {"ListenerArn": "l"}, [("elasticloadbalancing:ModifyListener", "l")]),
    (
        "elasticloadbalancing:AddTags",
        {"ResourceArns": ["a", "b"], "Tags": [{"Key": "k", "Value": "v"}]},
        [("elasticloadbalancing:AddTags", "a"), ("elasticloadbalancing:AddTags", "b")],
    ),
    ("states:StartExecution", {"stateMachineArn": MACHINE}, [("states:StartExecution", MACHINE)]),
    ("states:ListExecutions", {"stateMachineArn": MACHINE}, [("states:ListExecutions", MACHINE)]),
    ("states:DescribeExecution", {"executionArn": EXECUTION}, [("states:DescribeExecution", EXECUTION)]),
    ("states:StopExecution", {"executionArn": EXECUTION}, [("states:StopExecution", EXECUTION)]),
    (
        "states:CreateStateMachine",
        {"name": "m", "roleArn": ROLE},
        [("states:CreateStateMachine", MACHINE), ("iam:PassRole", ROLE)],
    ),
    ("states:UpdateStateMachine", {"stateMachineArn": MACHINE}, [("states:UpdateStateMachine", MACHINE)]),
]


@pytest.mark.parametrize(("name", "params", "expected"), EXPECTED)
def test_a_call_is_checked_on_its_resources(name: str, params: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    service, api = name.split(":")
    found = checks(Call(service, api, TEAM, REGION, "aws", params))
    assert found is not None
    assert [(check.action, check.resource) for check in found] == expected


@pytest.fixture
def web(cloud: Cloud) -> Cloud:
    """A service with the EXTERNAL controller, and a task definition with two roles."""
    ecs = cloud.administrator(TEAM).client("ecs")
    ecs.create_cluster(clusterName="prod")
    ecs.register_task_definition(
        family="app",
        containerDefinitions=[{"name": "x", "image": "i", "memory": 1}],
        executionRoleArn=f"arn:aws:iam::{TEAM}:role/pull",
        taskRoleArn=f"arn:aws:iam::{TEAM}:role/app",
    )
    controller = {"type": "EXTERNAL"}
    ecs.create_service(cluster="prod", serviceName="web", desiredCount=0, deploymentController=controller)
    return cloud


@pytest.mark.parametrize(
    ("passes", "allowed"),
    [
        (statement("iam:PassRole", [f"arn:aws:iam::{TEAM}:role/{name}" for name in ("pull", "app")]), True),
        (statement("iam:PassRole", f"arn:aws:iam::{TEAM}:role/pull"), False),
        (statement("iam:PassRole", Condition={"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}), False),
        (
            statement("iam:PassRole", Condition={"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}),
            True,
        ),
    ],
)
def test_a_new_task_set_takes_passing_the_roles_of_its_task_definition(
    web: Cloud, passes: dict[str, Any], allowed: bool
) -> None:
    ecs = web.session(TEAM, statement("ecs:CreateTaskSet", f"{SETS}/*"), passes).client("ecs")
    if allowed:
        assert ecs.create_task_set(**WEB, taskDefinition="app")["taskSet"]["status"] == "ACTIVE"
    else:
        assert "iam:PassRole" in str(refusal(lambda: ecs.create_task_set(**WEB, taskDefinition="app")))


def test_a_task_set_can_be_narrowed_by_cluster_and_service(web: Cloud) -> None:
    condition = {"ArnEquals": {"ecs:service": f"{ECS}:service/prod/web", "ecs:cluster": f"{ECS}:cluster/prod"}}
    ecs = web.session(TEAM, statement("ecs:DescribeTaskSets", Condition=condition)).client("ecs")
    assert ecs.describe_task_sets(**WEB)["taskSets"] == []
    refusal(lambda: ecs.describe_task_sets(cluster="prod", service="other"))


def test_a_task_set_can_be_narrowed_by_its_tags(web: Cloud) -> None:
    admin = web.administrator(TEAM).client("ecs")
    tags = [{"key": "by", "value": "pipeline"}]
    mine = admin.create_task_set(**WEB, taskDefinition="app", tags=tags)["taskSet"]["id"]
    other = admin.create_task_set(**WEB, taskDefinition="app")["taskSet"]["id"]
    condition = {"StringEquals": {"ecs:ResourceTag/by": "pipeline"}}
    ecs = web.session(TEAM, statement("ecs:DeleteTaskSet", f"{SETS}/*", Condition=condition)).client("ecs")
    ecs.delete_task_set(**WEB, taskSet=mine)
    refusal(lambda: ecs.delete_task_set(**WEB, taskSet=other))


def test_one_listener_may_be_changed_and_no_other(cloud: Cloud) -> None:
    ec2 = cloud.administrator(TEAM).client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
    admin = cloud.administrator(TEAM).client("elbv2")
    group = admin.create_target_group(Name="g", Protocol="TCP", Port=80, VpcId=vpc, TargetType="ip")["TargetGroups"][0]
    balancer = admin.create_load_balancer(Name="n", Type="network", Subnets=[subnet])["LoadBalancers"][0]
    forward: Any = [{"Type": "forward", "TargetGroupArn": group["TargetGroupArn"]}]
    mine, other = (
        admin.create_listener(
            LoadBalancerArn=balancer["LoadBalancerArn"], Protocol="TCP", Port=port, DefaultActions=forward
        )["Listeners"][0]["ListenerArn"]
        for port in (443, 444)
    )
    elb = cloud.session(
        TEAM,
        statement("elasticloadbalancing:ModifyListener", mine),
        statement("elasticloadbalancing:AddTags", Condition={"StringEquals": {"aws:ResourceTag/app": "web"}}),
        statement("elasticloadbalancing:DescribeTargetHealth"),
    ).client("elbv2")
    elb.modify_listener(ListenerArn=mine, DefaultActions=forward)
    admin.add_tags(ResourceArns=[group["TargetGroupArn"]], Tags=[{"Key": "app", "Value": "web"}])
    elb.add_tags(ResourceArns=[group["TargetGroupArn"]], Tags=[{"Key": "isProduction", "Value": "true"}])
    assert elb.describe_target_health(TargetGroupArn=group["TargetGroupArn"])["TargetHealthDescriptions"] == []
    refusal(lambda: elb.modify_listener(ListenerArn=other, DefaultActions=forward))
    refusal(lambda: elb.add_tags(ResourceArns=[mine], Tags=[{"Key": "k", "Value": "v"}]))
    refusal(elb.describe_target_groups)
    refusal(lambda: elb.delete_listener(ListenerArn=mine))


def test_a_machine_is_made_by_who_may_pass_its_role(cloud: Cloud) -> None:
    role = cloud.role(TEAM, "m", [trust({"Service": "states.amazonaws.com"})], statement("lambda:InvokeFunction"))
    request = {
        "name": "m",
        "roleArn": role,
        "definition": json.dumps({"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}),
    }
    without = cloud.session(TEAM, statement("states:*")).client("stepfunctions")
    assert "iam:PassRole" in str(refusal(lambda: without.create_state_machine(**request)))
    passing = cloud.session(TEAM, statement("states:*"), statement("iam:PassRole", role), name="b")
    assert passing.client("stepfunctions").create_state_machine(**request)["stateMachineArn"] == MACHINE
