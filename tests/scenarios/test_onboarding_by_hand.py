"""docs/onboarding-by-hand.md: its commands make what the module makes, and a shortage there is failed over."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.doubles.policy_documents import canonical
from tests.scenarios.examples import what_is_there
from tests.scenarios.organization import BY_HAND, ORDERS, REGION, SPOT, Organization
from tests.scenarios.runbook import Shell, blocks

pytestmark = pytest.mark.slow

DOCUMENT = "onboarding-by-hand.md"
ROLES = ("CentralSpotAutomationRole", "fargate-spot-forward", "fargate-spot-heartbeat")
RULES = ("placement-failure", "interruption", "heartbeat")
SYNTHETIC = "test.aws.ecs"
"""The organization takes synthetic events; the document says how to add them."""


@pytest.fixture(scope="module")
def shell(organization: Organization, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    """An account that the document's commands have onboarded, and that they leave as it was."""
    place = [(BY_HAND, REGION)]
    before = what_is_there(organization.aws, place)
    shell = Shell(organization, tmp_path_factory.mktemp("shell"))
    run(shell, undo=False)
    yield shell
    run(shell, undo=True)
    # What `spotctl offboard` does in the end: the others' scenarios go on without an account that is silent.
    path = {"id": {"S": f"path::{BY_HAND}"}, "region": {"S": REGION}}
    organization.client("dynamodb").delete_item(TableName="ecs_cp_restore_state", Key=path)
    left = what_is_there(organization.aws, place)[BY_HAND, REGION]
    ours = [name for name in left if "spot" in name.lower()]
    assert ours == [name for name in before[BY_HAND, REGION] if "spot" in name.lower()]


def run(shell: Shell, *, undo: bool) -> None:
    chosen = [block for block in blocks(DOCUMENT) if (block.anchor == "undo-it") == undo]
    assert len(chosen) == (1 if undo else 6)
    for block in chosen:
        shell.run(replace(block, account=BY_HAND))


def role(organization: Organization, account: str, name: str) -> Any:
    """Trust, permissions and path, as if all accounts had one number."""
    iam = organization.client("iam", account)
    found = iam.get_role(RoleName=name)["Role"]
    policies = iam.list_role_policies(RoleName=name)["PolicyNames"]
    documents = {each: iam.get_role_policy(RoleName=name, PolicyName=each)["PolicyDocument"] for each in policies}
    told = [found["Path"], found["AssumeRolePolicyDocument"], documents]
    return canonical(json.loads(json.dumps(told).replace(account, "ACCOUNT")))


def rule(organization: Organization, account: str, name: str) -> Any:
    events = organization.client("events", account)
    found = events.describe_rule(Name=name)
    pattern = json.loads(found["EventPattern"])
    pattern["source"] = [source for source in pattern["source"] if source != SYNTHETIC]
    targets = events.list_targets_by_rule(Rule=name)["Targets"]
    return json.loads(json.dumps([found["State"], pattern, targets]).replace(account, "ACCOUNT"))


def heartbeat(organization: Organization, account: str) -> Any:
    found = organization.client("scheduler", account).get_schedule(Name="fargate-spot-heartbeat")
    told = [found[key] for key in ("ScheduleExpression", "State", "FlexibleTimeWindow", "Target")]
    return json.loads(json.dumps(told).replace(account, "ACCOUNT"))


def alarms(organization: Organization, account: str) -> dict[str, Any]:
    found = organization.client("cloudwatch", account).describe_alarms(AlarmNamePrefix="fargate-spot-")["MetricAlarms"]
    names = ("MetricName", "Dimensions", "Statistic", "Period", "Threshold", "ComparisonOperator", "TreatMissingData")
    return {each["AlarmName"]: [each[name] for name in names] for each in found}


def dead_letter_queue(organization: Organization, account: str) -> Any:
    sqs = organization.client("sqs", account)
    url = sqs.get_queue_url(QueueName="fargate-spot-forward-dlq")["QueueUrl"]
    names = ["Policy", "MessageRetentionPeriod", "SqsManagedSseEnabled"]
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    told = [canonical(json.loads(found.pop("Policy"))), found]
    return canonical(json.loads(json.dumps(told).replace(account, "ACCOUNT")))


def test_it_is_what_the_module_makes(organization: Organization, shell: Shell) -> None:
    for name in ROLES:
        assert role(organization, BY_HAND, name) == role(organization, ORDERS, name)
    for name in RULES:
        forward = f"fargate-spot-{name}-forward"
        assert rule(organization, BY_HAND, forward) == rule(organization, ORDERS, forward)
    for told in (heartbeat, alarms, dead_letter_queue):
        assert told(organization, BY_HAND) == told(organization, ORDERS), told.__name__


def test_a_shortage_there_is_failed_over_and_the_account_is_known(organization: Organization, shell: Shell) -> None:
    aws = organization.aws
    organization.service("by-hand", account=BY_HAND)
    assert organization.strategy("by-hand", account=BY_HAND) == SPOT

    aws.set_spot_capacity(BY_HAND, REGION, 0)
    aws.advance(5 * 60)

    # The first switch; a restore may have been tried since.
    first = organization.switches("by-hand")[0]
    assert {item["capacityProvider"]: item["weight"] for item in first["strategy"]} == {
        "FARGATE_SPOT": 0,
        "FARGATE": 10,
    }
    known = organization.client("dynamodb").get_item(
        TableName="ecs_cp_restore_state", Key={"id": {"S": f"path::{BY_HAND}"}, "region": {"S": REGION}}
    )
    assert "swept_at" in known["Item"]

    aws.set_spot_capacity(BY_HAND, REGION, None)
    organization.client("ecs", BY_HAND).delete_service(cluster="by-hand", service="web", force=True)
    aws.advance(120)
