"""The template's conditions, and the inputs with which the module shows what each of them changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tools.stackset.parameters import ACCOUNT, CENTRAL_ACCOUNT, LIST, PARAMETERS, REGION


@dataclass(frozen=True)
class Condition:
    """A condition of the template: ``variant`` of the module is what there is where it does not hold, or does."""

    expression: Any
    variant: str
    inputs: Mapping[str, Any]
    """What the variant has that the base has not."""
    holds_for_variant: bool = True


def _placeholder(parameter: str) -> str:
    return PARAMETERS[parameter].placeholder


def _given(parameter: str) -> Any:
    ref: Any = {"Ref": parameter}
    if PARAMETERS[parameter].type == LIST:
        ref = {"Fn::Join": ["", ref]}
    return {"Fn::Not": [{"Fn::Equals": [ref, ""]}]}


_CENTRAL_INPUT = {
    "account_id": CENTRAL_ACCOUNT,
    "event_bus_arn": _placeholder("EventBusArn"),
    "handler_role_arns": [_placeholder("HandlerRoleArns")],
    "external_id": _placeholder("ExternalId"),
    "automation_role_name": _placeholder("AutomationRoleName"),
    "automation_role_path": _placeholder("AutomationRolePath"),
    "failover_service": True,
    "silent_after_minutes": 30,
}

BASE: Mapping[str, Any] = {
    "central": _CENTRAL_INPUT,
    "name_prefix": _placeholder("NamePrefix"),
    "role_path": _placeholder("RolePath"),
    "heartbeat_interval_minutes": 7,
    "failover_service": True,
}
"""Inputs with which the module makes every resource that it can."""

CONDITIONS: Mapping[str, Condition] = {
    "MakesRoles": Condition(
        {"Fn::Equals": [{"Ref": "AWS::Region"}, {"Ref": "RolesRegion"}]},
        "further_region",
        {"create_roles": False},
        holds_for_variant=False,
    ),
    "HasTwins": Condition(
        {"Fn::Equals": [{"Ref": "FailoverService"}, "true"]},
        "without_twins",
        {"failover_service": False},
        holds_for_variant=False,
    ),
    "HasSyntheticEvents": Condition(
        _given("SyntheticEventSources"),
        "synthetic_events",
        {
            "central": {
                **_CENTRAL_INPUT,
                "synthetic_event_sources": [_placeholder("SyntheticEventSources")],
            }
        },
    ),
    "IsEveryMinute": Condition(
        {"Fn::Equals": [{"Ref": "HeartbeatIntervalMinutes"}, "1"]}, "every_minute", {"heartbeat_interval_minutes": 1}
    ),
    "IsDisabled": Condition(
        {"Fn::Equals": [{"Ref": "EventBridgeRuleState"}, "DISABLED"]},
        "disabled",
        {"eventbridge_rule_state": "DISABLED"},
    ),
    "HasBoundary": Condition(
        _given("PermissionsBoundaryName"),
        "bounded",
        {
            "permissions_boundary": f"arn:aws:iam::{ACCOUNT}:policy/{_placeholder('PermissionsBoundaryName')}",
        },
    ),
    "IsBoundToCluster": Condition(
        {"Fn::Not": [{"Fn::Equals": [{"Ref": "AutomationCluster"}, "*"]}]},
        "one_cluster",
        {"automation_scope": {"clusters": [_placeholder("AutomationCluster")]}},
    ),
    "PassesRoles": Condition(
        _given("PassRoleArns"), "passes_roles", {"pass_role_arns": [_placeholder("PassRoleArns")]}
    ),
    "HasTaskSets": Condition(
        _given("ControlledScaledownStateMachine"),
        "task_sets",
        {
            "controlled_scaledown_state_machine_arns": [
                f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{_placeholder('ControlledScaledownStateMachine')}"
            ]
        },
    ),
    "HasCustomerKey": Condition(_given("KmsKeyArn"), "customer_key", {"kms_key_arn": _placeholder("KmsKeyArn")}),
    "HasAlarmActions": Condition(
        _given("AlarmActions"), "alarm_actions", {"alarm_actions": [_placeholder("AlarmActions")]}
    ),
}


def inputs() -> dict[str, dict[str, Any]]:
    """Give the inputs of the base and of each variant, by their names."""
    variants = {condition.variant: {**BASE, **condition.inputs} for condition in CONDITIONS.values()}
    return {"base": dict(BASE), **variants}
