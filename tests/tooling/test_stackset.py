"""The CloudFormation template makes what the module makes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
import yaml
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from tests.doubles.policy_documents import canonical
from tests.tooling.stack import Stack
from tools.stackset.conditions import CONDITIONS
from tools.stackset.merge import TwoConditionsError, merge
from tools.stackset.planned import Resource, Resources, planned
from tools.stackset.resources import TYPES, UnknownAttributeError, as_cloudformation
from tools.stackset.template import FILE

ACCOUNT, REGION, FIRST_REGION = "444444444444", "eu-west-1", "us-east-1"
CENTRAL: Mapping[str, Any] = {
    "account_id": "123456789012",
    "event_bus_arn": "arn:aws:events:us-east-1:123456789012:event-bus/ecs-spot-failover",
    "handler_role_arns": [
        "arn:aws:iam::123456789012:role/fargate-spot-restore-handler",
        "arn:aws:iam::123456789012:role/fargate-spot-sweep-handler",
    ],
    "external_id": "ecs-spot-failover",
}
GIVEN = {
    "CentralAccountId": CENTRAL["account_id"],
    "EventBusArn": CENTRAL["event_bus_arn"],
    "HandlerRoleArns": ",".join(CENTRAL["handler_role_arns"]),
    "ExternalId": CENTRAL["external_id"],
    "RolesRegion": REGION,
}
EVERYTHING: Mapping[str, Any] = {
    "central": {
        **CENTRAL,
        "automation_role_name": "Automation",
        "automation_role_path": "/central/",
        "failover_service": True,
        "synthetic_event_sources": ["test.aws.ecs", "drill.platform"],
    },
    "name_prefix": "dev-",
    "tags": {"team": "platform"},
    "role_path": "/platform/",
    "permissions_boundary": f"arn:aws:iam::{ACCOUNT}:policy/platform/boundary",
    "automation_scope": {"clusters": ["prod-*"]},
    "pass_role_arns": [f"arn:aws:iam::{ACCOUNT}:role/web-task", f"arn:aws:iam::{ACCOUNT}:role/web-execution"],
    "controlled_scaledown_state_machine_arns": [f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:controlled-scaledown"],
    "failover_service": True,
    "heartbeat_interval_minutes": 1,
    "eventbridge_rule_state": "DISABLED",
    "kms_key_arn": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    "alarm_actions": [f"arn:aws:sns:{REGION}:{ACCOUNT}:on-call", f"arn:aws:sns:{REGION}:{ACCOUNT}:log"],
}
EVERYTHING_GIVEN = {
    **GIVEN,
    "AutomationRoleName": "Automation",
    "AutomationRolePath": "/central/",
    "SyntheticEventSources": "test.aws.ecs,drill.platform",
    "NamePrefix": "dev-",
    "RolePath": "/platform/",
    "PermissionsBoundaryName": "platform/boundary",
    "AutomationCluster": "prod-*",
    "PassRoleArns": ",".join(EVERYTHING["pass_role_arns"]),
    "ControlledScaledownStateMachine": "controlled-scaledown",
    "FailoverService": "true",
    "HeartbeatIntervalMinutes": "1",
    "EventBridgeRuleState": "DISABLED",
    "KmsKeyArn": EVERYTHING["kms_key_arn"],
    "AlarmActions": ",".join(EVERYTHING["alarm_actions"]),
}
ROLES_ALONE = {"pass_role_arns", "controlled_scaledown_state_machine_arns", "automation_scope"}
CASES: Mapping[str, tuple[Mapping[str, Any], Mapping[str, Any]]] = {
    "defaults": ({"central": CENTRAL}, GIVEN),
    "everything": (EVERYTHING, EVERYTHING_GIVEN),
    "further_region": (
        {**{name: value for name, value in EVERYTHING.items() if name not in ROLES_ALONE}, "create_roles": False},
        {**EVERYTHING_GIVEN, "RolesRegion": FIRST_REGION},
    ),
}
"""Inputs of the module, and parameters of the template that say the same."""


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Resources]:
    inputs = {name: module for name, (module, _) in CASES.items()}
    return planned(inputs, ACCOUNT, REGION, tmp_path_factory.mktemp("plan") / "tree")


def policy(document: Any) -> Any:
    return canonical(json.loads(document) if isinstance(document, str) else document)


def planned_roles(resources: Resources) -> dict[str, Any]:
    policies = {each.name: each.values for each in resources.values() if each.type == "aws_iam_role_policy"}
    return {
        each.values["name"]: {
            "path": each.values["path"],
            "description": each.values["description"],
            "trust": policy(each.values["assume_role_policy"]),
            "boundary": each.values["permissions_boundary"],
            "permissions": {policies[each.name]["name"]: policy(policies[each.name]["policy"])},
        }
        for each in resources.values()
        if each.type == "aws_iam_role"
    }


def stack_roles(stack: Stack) -> dict[str, Any]:
    return {
        each["RoleName"]: {
            "path": each["Path"],
            "description": each["Description"],
            "trust": policy(each["AssumeRolePolicyDocument"]),
            "boundary": each.get("PermissionsBoundary"),
            "permissions": {each["PolicyName"]: policy(each["PolicyDocument"]) for each in each["Policies"]},
        }
        for each in stack.of_type("AWS::IAM::Role")
    }


def planned_rules(resources: Resources) -> dict[str, Any]:
    targets = {each.values["rule"]: each.values for each in resources.values() if each.type.endswith("event_target")}
    return {
        each.values["name"]: (
            each.values["state"],
            each.values["description"],
            json.loads(each.values["event_pattern"]),
            targets[each.values["name"]]["target_id"],
            targets[each.values["name"]]["arn"],
            targets[each.values["name"]]["role_arn"],
        )
        for each in resources.values()
        if each.type == "aws_cloudwatch_event_rule"
    }


def stack_rules(stack: Stack) -> dict[str, Any]:
    rules = {}
    for rule in stack.of_type("AWS::Events::Rule"):
        (target,) = rule["Targets"]
        assert target["DeadLetterConfig"] == {"Arn": only_queue(stack)}
        rules[rule["Name"]] = (
            rule["State"],
            rule["Description"],
            rule["EventPattern"],
            target["Id"],
            target["Arn"],
            target["RoleArn"],
        )
    return rules


def only_queue(stack: Stack) -> str:
    (queue,) = stack.of_type("AWS::SQS::Queue")
    return f"arn:aws:sqs:{REGION}:{ACCOUNT}:{queue['QueueName']}"


def planned_rest(resources: Resources) -> dict[str, Any]:
    """The queue, the heartbeat and the alarms."""
    rest: dict[str, Any] = {}
    for each in resources.values():
        values = each.values
        match each.type:
            case "aws_sqs_queue":
                rest["queue"] = (
                    values["name"],
                    values["message_retention_seconds"],
                    values["kms_master_key_id"],
                    # Of a queue with a key the plan says nothing.
                    bool(values.get("sqs_managed_sse_enabled")),
                )
                rest["queue policy"] = policy(values["policy"])
            case "aws_scheduler_schedule":
                target = values["target"][0]
                told = ("name", "description", "schedule_expression", "schedule_expression_timezone", "state")
                rest["heartbeat"] = (*(values[name] for name in told), target["arn"])
                rest["heartbeat window"] = values["flexible_time_window"][0]["mode"]
                rest["heartbeat retries"] = tuple(
                    target["retry_policy"][0][key] for key in ("maximum_event_age_in_seconds", "maximum_retry_attempts")
                )
                rest["heartbeat role"] = (target["role_arn"], target["input"])
                rest["heartbeat event"] = tuple(
                    target["eventbridge_parameters"][0][key] for key in ("source", "detail_type")
                )
            case "aws_cloudwatch_metric_alarm":
                names = (
                    *("alarm_description", "namespace", "metric_name", "statistic", "period", "evaluation_periods"),
                    *("threshold", "comparison_operator", "treat_missing_data"),
                )
                rest[values["alarm_name"]] = (
                    *(values[name] for name in names),
                    values["dimensions"],
                    set(values["alarm_actions"] or []),
                    set(values["ok_actions"] or []),
                )
    return rest


def stack_rest(stack: Stack) -> dict[str, Any]:
    (queue,), (queue_policy,) = stack.of_type("AWS::SQS::Queue"), stack.of_type("AWS::SQS::QueuePolicy")
    (schedule,) = stack.of_type("AWS::Scheduler::Schedule")
    target = schedule["Target"]
    rest: dict[str, Any] = {
        "queue": (
            queue["QueueName"],
            queue["MessageRetentionPeriod"],
            queue.get("KmsMasterKeyId"),
            queue.get("SqsManagedSseEnabled", False),
        ),
        "queue policy": policy(queue_policy["PolicyDocument"]),
        "heartbeat": (
            *(schedule[name] for name in ("Name", "Description", "ScheduleExpression", "ScheduleExpressionTimezone")),
            *(schedule["State"], target["Arn"]),
        ),
        "heartbeat window": schedule["FlexibleTimeWindow"]["Mode"],
        "heartbeat retries": (
            target["RetryPolicy"]["MaximumEventAgeInSeconds"],
            target["RetryPolicy"]["MaximumRetryAttempts"],
        ),
        "heartbeat role": (target["RoleArn"], target["Input"]),
        "heartbeat event": (target["EventBridgeParameters"]["Source"], target["EventBridgeParameters"]["DetailType"]),
    }
    names = (
        *("AlarmDescription", "Namespace", "MetricName", "Statistic", "Period", "EvaluationPeriods"),
        *("Threshold", "ComparisonOperator", "TreatMissingData"),
    )
    for alarm in stack.of_type("AWS::CloudWatch::Alarm"):
        rest[alarm["AlarmName"]] = (
            *(alarm[name] for name in names),
            {each["Name"]: each["Value"] for each in alarm["Dimensions"]},
            set(alarm.get("AlarmActions", [])),
            set(alarm.get("OKActions", [])),
        )
    return rest


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_roles_rules_queue_heartbeat_and_alarms_are_those_of_the_module(plans: dict[str, Resources], case: str) -> None:
    stack = Stack(yaml.safe_load(FILE.read_text()), CASES[case][1], ACCOUNT, REGION)

    assert len(planned_roles(plans[case])) == (0 if case == "further_region" else 3)
    assert stack_roles(stack) == planned_roles(plans[case])
    assert stack_rules(stack) == planned_rules(plans[case])
    assert stack_rest(stack) == planned_rest(plans[case])


@pytest.mark.slow
def test_what_the_module_tags_gets_the_tags_of_a_stack_set(plans: dict[str, Resources]) -> None:
    tagged = {each.type for each in plans["everything"].values() if each.values.get("tags") == EVERYTHING["tags"]}

    assert tagged == {"aws_cloudwatch_event_rule", "aws_cloudwatch_metric_alarm", "aws_iam_role", "aws_sqs_queue"}
    for kind in sorted(tagged):
        schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", TYPES[kind][0]).schema
        assert schema["tagging"]["tagOnCreate"], kind


def test_each_condition_and_parameter_decides_something() -> None:
    template = yaml.safe_load(FILE.read_text())
    resources, whole = json.dumps(template["Resources"]), json.dumps(template)

    assert [name for name in CONDITIONS if f'"{name}"' not in resources] == []
    # In functions a parameter is referred to; its definition and its group name it, too.
    unused = [
        name
        for name in template["Parameters"]
        if f'{{"Ref": "{name}"}}' not in whole and f"${{{name}}}" not in resources
    ]
    assert unused == []


def test_what_the_module_has_and_the_template_would_lose_is_told() -> None:
    queue = Resource("aws_sqs_queue", "dead_letters", "", {"name": "dlq", "policy": "{}", "delay_seconds": 30})
    with pytest.raises(UnknownAttributeError, match="delay_seconds = 30"):
        as_cloudformation({"aws_sqs_queue.dead_letters": queue})

    topic = Resource("aws_sns_topic", "new", "", {"name": "new"})
    with pytest.raises(UnknownAttributeError, match="aws_sns_topic"):
        as_cloudformation({"aws_sns_topic.new": topic})


def test_a_value_that_two_conditions_change_is_told() -> None:
    base, one, other = ({"Rule": {"Type": "Rule", "Properties": {"State": state}}} for state in "abc")

    assert merge(base, {"IsDisabled": one})["Rule"]["Properties"]["State"] == {"Fn::If": ["IsDisabled", "b", "a"]}
    with pytest.raises(TwoConditionsError, match=r"IsDisabled and HasBoundary both change Rule\.Properties\.State"):
        merge(base, {"IsDisabled": one, "HasBoundary": other})


def test_a_stack_set_takes_the_template_as_it_is() -> None:
    text = FILE.read_text()

    # A body of more is refused, and service-managed permissions take no macro.
    assert len(text.encode()) < 51_200
    assert "Transform" not in yaml.safe_load(text)
