"""Terraform's resources as CloudFormation's, attribute by attribute: one that is known to neither table is an error."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tools.stackset.parameters import ACCOUNT, PARTITION
from tools.stackset.planned import Resource, Resources

Template = dict[str, Any]


class UnknownAttributeError(Exception):
    """The module has something that is not carried over to the template."""


def _same(name: str) -> Callable[[Any], Template]:
    return lambda value: {name: value}


def _json(name: str) -> Callable[[Any], Template]:
    return lambda value: {name: json.loads(value)}


def _schedule_target(blocks: Any) -> Template:
    (target,) = blocks
    (event,), (retry,) = target["eventbridge_parameters"], target["retry_policy"]
    known = {"arn", "role_arn", "input", "eventbridge_parameters", "retry_policy"}
    _refuse("target of aws_scheduler_schedule", target, known)
    return {
        "Target": {
            "Arn": target["arn"],
            "RoleArn": target["role_arn"],
            "Input": target["input"],
            "EventBridgeParameters": {"Source": event["source"], "DetailType": event["detail_type"]},
            "RetryPolicy": {
                "MaximumEventAgeInSeconds": retry["maximum_event_age_in_seconds"],
                "MaximumRetryAttempts": retry["maximum_retry_attempts"],
            },
        }
    }


TYPES: Mapping[str, tuple[str, str]] = {
    "aws_cloudwatch_event_rule": ("AWS::Events::Rule", "Rule"),
    "aws_cloudwatch_metric_alarm": ("AWS::CloudWatch::Alarm", "Alarm"),
    "aws_iam_role": ("AWS::IAM::Role", "Role"),
    "aws_scheduler_schedule": ("AWS::Scheduler::Schedule", "Schedule"),
    "aws_sqs_queue": ("AWS::SQS::Queue", "Queue"),
}
"""Terraform's type, CloudFormation's, and how logical ids end."""

_ATTRIBUTES: Mapping[str, Mapping[str, Callable[[Any], Template]]] = {
    "aws_cloudwatch_event_rule": {
        "name": _same("Name"),
        "description": _same("Description"),
        "event_pattern": _json("EventPattern"),
        "state": _same("State"),
    },
    "aws_cloudwatch_metric_alarm": {
        "alarm_name": _same("AlarmName"),
        "alarm_description": _same("AlarmDescription"),
        "namespace": _same("Namespace"),
        "metric_name": _same("MetricName"),
        "dimensions": lambda each: {"Dimensions": [{"Name": name, "Value": each[name]} for name in sorted(each)]},
        "statistic": _same("Statistic"),
        "period": _same("Period"),
        "evaluation_periods": _same("EvaluationPeriods"),
        "comparison_operator": _same("ComparisonOperator"),
        "threshold": _same("Threshold"),
        "treat_missing_data": _same("TreatMissingData"),
        "alarm_actions": lambda arns: {"AlarmActions": list(arns)},
        "ok_actions": lambda arns: {"OKActions": list(arns)},
    },
    "aws_iam_role": {
        "name": _same("RoleName"),
        "path": _same("Path"),
        "description": _same("Description"),
        "assume_role_policy": _json("AssumeRolePolicyDocument"),
        "permissions_boundary": _same("PermissionsBoundary"),
    },
    "aws_scheduler_schedule": {
        "name": _same("Name"),
        "description": _same("Description"),
        "schedule_expression": _same("ScheduleExpression"),
        "schedule_expression_timezone": _same("ScheduleExpressionTimezone"),
        "state": _same("State"),
        "flexible_time_window": lambda blocks: {"FlexibleTimeWindow": {"Mode": blocks[0]["mode"]}},
        "target": _schedule_target,
    },
    "aws_sqs_queue": {
        "name": _same("QueueName"),
        "message_retention_seconds": _same("MessageRetentionPeriod"),
        "sqs_managed_sse_enabled": _same("SqsManagedSseEnabled"),
        "kms_master_key_id": _same("KmsMasterKeyId"),
    },
}

_DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "aws_cloudwatch_event_rule": {"event_bus_name": "default", "force_destroy": False},
    "aws_cloudwatch_metric_alarm": {"actions_enabled": True},
    "aws_iam_role": {"force_detach_policies": False, "max_session_duration": 3600},
    "aws_sqs_queue": {
        "content_based_deduplication": False,
        "delay_seconds": 0,
        "fifo_queue": False,
        "kms_data_key_reuse_period_seconds": 0,
        "max_message_size": 262144,
        "receive_wait_time_seconds": 0,
        "visibility_timeout_seconds": 30,
    },
    "aws_cloudwatch_event_target": {"event_bus_name": "default", "force_destroy": False},
}
"""What the provider sets by itself and CloudFormation has as its own default."""

DEAD_LETTER_QUEUE = "DeadLettersQueue"


def as_cloudformation(resources: Resources) -> dict[str, Template]:
    """Give the resources of one variant by logical id; names and ARNs are still those of the plan.

    Raises
    ------
    UnknownAttributeError
        A resource or an attribute is there that the template would lose.
    """
    found: dict[str, Template] = {}
    for resource in resources.values():
        if resource.type in TYPES:
            kind, _ = TYPES[resource.type]
            found[logical_id(resource)] = {"Type": kind, "Properties": dict(_properties(resource))}
    for resource in resources.values():
        match resource.type:
            case "aws_cloudwatch_event_target":
                _add_target(found, resource)
            case "aws_iam_role_policy":
                _add_policy(found, resource)
            case "aws_sqs_queue":
                found[f"{logical_id(resource)}Policy"] = _queue_policy(resource)
            case known if known not in TYPES:
                raise UnknownAttributeError(f"Add {known} to tools/stackset/resources.py: the template would lack it.")
    return found


def logical_id(resource: Resource) -> str:
    """Give a name made of the resource's name, its key and its type."""
    words = f"{resource.name}_{resource.key}".split("_")
    return "".join(word.capitalize() for word in words) + TYPES[resource.type][1]


def _properties(resource: Resource) -> Iterator[tuple[str, Any]]:
    known = _ATTRIBUTES[resource.type]
    extra = {"policy"} if resource.type == "aws_sqs_queue" else set()
    _refuse(resource.type, resource.values, known.keys() | extra, _DEFAULTS.get(resource.type, {}))
    for attribute, translate in known.items():
        if not _is_empty(resource.values.get(attribute)):
            yield from translate(resource.values[attribute]).items()


def _refuse(
    where: str, values: Mapping[str, Any], known: set[str] | frozenset[str], defaults: Mapping[str, Any] | None = None
) -> None:
    for attribute, value in values.items():
        # Tags come with the stack: CloudFormation gives its own to everything in it.
        if attribute in known or attribute in {"tags", "tags_all"} or _is_empty(value):
            continue
        if attribute not in (defaults or {}) or (defaults or {})[attribute] != value:
            raise UnknownAttributeError(
                f"{where} has {attribute} = {value!r}, which the template would lose: add it to tools/stackset."
            )


def _is_empty(value: Any) -> bool:
    return value is None or value in ([], {}, "")


def _add_target(found: dict[str, Template], target: Resource) -> None:
    known = {"rule", "target_id", "arn", "role_arn", "dead_letter_config"}
    _refuse(target.type, target.values, known, _DEFAULTS[target.type])
    if len(target.values["dead_letter_config"]) != 1:
        raise UnknownAttributeError(f"The target of {target.values['rule']} has no dead-letter queue.")
    (rule,) = [each for each in found.values() if each["Properties"].get("Name") == target.values["rule"]]
    rule["Properties"].setdefault("Targets", []).append(
        {
            "Id": target.values["target_id"],
            "Arn": target.values["arn"],
            "RoleArn": target.values["role_arn"],
            # Its ARN is all that a plan does not know.
            "DeadLetterConfig": {"Arn": {"Fn::GetAtt": [DEAD_LETTER_QUEUE, "Arn"]}},
        }
    )


def _add_policy(found: dict[str, Template], policy: Resource) -> None:
    _refuse(policy.type, policy.values, {"name", "policy"})
    role = found[logical_id(Resource("aws_iam_role", policy.name, policy.key, {}))]["Properties"]
    role.setdefault("Policies", []).append(
        {"PolicyName": policy.values["name"], "PolicyDocument": json.loads(policy.values["policy"])}
    )


def _queue_policy(queue: Resource) -> Template:
    document = json.loads(queue.values["policy"])
    properties = {"Queues": [{"Ref": logical_id(queue)}], "PolicyDocument": document}
    return {"Type": "AWS::SQS::QueuePolicy", "Properties": properties}


def add_order(resources: dict[str, Template], condition: str) -> None:
    """Add what the module says by `depends_on`: roles before what uses them, a rule before the first heartbeat.

    A role that is made here is referred to; ``condition`` tells whether it is.
    """
    roles = {
        f"arn:{PARTITION}:iam::{ACCOUNT}:role{role['Path']}{role['RoleName']}": name
        for name, role in ((name, each["Properties"]) for name, each in resources.items())
        if resources[name]["Type"] == "AWS::IAM::Role"
    }
    rules = [name for name in resources if name.endswith("HeartbeatRule")]
    for resource in resources.values():
        properties = resource["Properties"]
        match resource["Type"]:
            case "AWS::Events::Rule":
                targets = properties["Targets"]
            case "AWS::Scheduler::Schedule":
                targets = [properties["Target"]]
                resource["DependsOn"] = rules
            case _:
                continue
        for target in targets:
            made = {"Fn::GetAtt": [roles[target["RoleArn"]], "Arn"]}
            target["RoleArn"] = {"Fn::If": [condition, made, target["RoleArn"]]}
