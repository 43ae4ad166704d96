"""The template refuses what the module refuses, as far as one parameter alone can tell."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest
import yaml

from tests.tooling.stack import Stack
from tests.tooling.test_stackset import ACCOUNT, CASES, GIVEN, REGION
from tools import paths
from tools.stackset.template import FILE

REFUSALS = paths.ROOT / "tests" / "terraform" / "inputs" / "onboarding_refuses_inputs.tftest.hcl"
RUN = re.compile(r'^run "(?P<name>\w+)" \{\n(?P<body>.*?)^\}', re.DOTALL | re.MULTILINE)
VALUE = re.compile(r'\b(?P<name>\w+) += (?P<value>"[^"]*"|\[[^\]]*\]|\d+)')
PARAMETERS = {
    "account_id": "CentralAccountId",
    "event_bus_arn": "EventBusArn",
    "handler_role_arns": "HandlerRoleArns",
    "external_id": "ExternalId",
    "automation_role_name": "AutomationRoleName",
    "automation_role_path": "AutomationRolePath",
    "synthetic_event_sources": "SyntheticEventSources",
    "name_prefix": "NamePrefix",
    "role_path": "RolePath",
    "clusters": "AutomationCluster",
    "pass_role_arns": "PassRoleArns",
    "heartbeat_interval_minutes": "HeartbeatIntervalMinutes",
    "eventbridge_rule_state": "EventBridgeRuleState",
    "kms_key_arn": "KmsKeyArn",
    "alarm_actions": "AlarmActions",
}
"""Inputs of the module, those within `central` and `automation_scope` too, and the parameters that carry them."""
IN_NO_PARAMETER = {
    *("tag_key_of_aws", "more_than_50_tags", "a_tag_to_switch_by_that_is_none"),
    "an_automation_scope_with_a_misspelt_name",
    *("name_with_a_space", "two_rules_of_one_name", "roles_of_one_name"),
    "a_role_of_the_automation_roles_name",
    *("forward_role_with_its_path", "forward_role_that_would_be_made_too"),
    *("heartbeat_role_with_its_path", "heartbeat_role_that_would_be_made_too"),
    # `create_roles` follows from the Region, and a stack without roles leaves these alone.
    *("roles_to_pass_where_no_role_is_made", "a_scope_where_no_role_is_made"),
    # A name is what the parameter takes.
    "boundary_that_is_a_name",
}
BETWEEN_TWO = {
    *("bus_of_another_account", "role_of_another_account"),
    *("one_lost_heartbeat_would_be_an_alarm", "twins_that_the_central_account_does_not_have"),
}
"""Refusals that no pattern can have: docs/onboarding.md says so."""


def refused(given: Mapping[str, Any]) -> list[str]:
    return Stack(yaml.safe_load(FILE.read_text()), {**GIVEN, **given}, ACCOUNT, REGION).refused()


def as_parameters(body: str) -> dict[str, str]:
    """The values of a run that parameters carry."""
    given = {}
    for match in VALUE.finditer(body):
        if match["name"] in PARAMETERS:
            value = json.loads(match["value"])
            given[PARAMETERS[match["name"]]] = ",".join(value) if isinstance(value, list) else str(value)
    return given


def test_whatever_a_parameter_can_carry_is_refused_as_by_the_module() -> None:
    runs = {match["name"]: as_parameters(match["body"]) for match in RUN.finditer(REFUSALS.read_text())}

    assert {name for name, given in runs.items() if not refused(given)} == IN_NO_PARAMETER | BETWEEN_TWO


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("HandlerRoleArns", ""),
        ("HandlerRoleArns", "*"),
        ("HandlerRoleArns", "arn:aws:iam::123456789012:role/restore,*"),
        ("HandlerRoleArns", "arn:aws:iam::123456789012:role/fargate-spot-?"),
        ("HandlerRoleArns", "arn:aws:iam::123456789012:root"),
        ("PassRoleArns", "*"),
        ("PassRoleArns", "arn:aws:iam::444444444444:role/web,arn:aws:iam::444444444444:role/*"),
        ("PassRoleArns", "arn:aws:iam::*:role/web"),
        ("SyntheticEventSources", "aws.x"),
        ("SyntheticEventSources", "test.x,aws.ecs"),
        ("SyntheticEventSources", "test x"),
        ("AlarmActions", "arn:aws:sns"),
        ("HeartbeatIntervalMinutes", "2.5"),
        ("HeartbeatIntervalMinutes", "16"),
        ("NamePrefix", "x" * 27),
    ],
)
def test_a_value_of_which_one_part_is_too_much_is_refused(parameter: str, value: str) -> None:
    assert refused({parameter: value}) == [parameter]


@pytest.mark.parametrize("case", CASES)
def test_what_the_module_takes_is_not_refused(case: str) -> None:
    assert refused(CASES[case][1]) == []


def test_every_parameter_has_bounds() -> None:
    parameters = yaml.safe_load(FILE.read_text())["Parameters"]

    assert [name for name, each in parameters.items() if not {"AllowedPattern", "AllowedValues"} & set(each)] == []
    lists = [each for each in parameters.values() if each["Type"] == "CommaDelimitedList"]
    assert len(lists) == 4
    assert all("AllowedPattern" in each for each in lists)
