"""The functions have the deployed permissions and no others: take one away, and nothing happens that needs it."""

from __future__ import annotations

import json

import pytest

from tests.scenarios.organization import ORDERS, SPOT, Organization

pytestmark = pytest.mark.slow

ROLE = "CentralSpotAutomationRole"


def document(*statements: dict[str, object]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def test_without_update_service_nothing_is_switched_and_the_log_says_what_to_check(organization: Organization) -> None:
    service = organization.service("denied")
    iam = organization.client("iam", ORDERS)
    policy = iam.get_role_policy(RoleName=ROLE, PolicyName="automation")["PolicyDocument"]
    without = {**policy, "Statement": [s for s in policy["Statement"] if "ecs:UpdateService" not in s["Action"]]}
    reading = {"Effect": "Allow", "Action": "ecs:DescribeServices", "Resource": "*"}
    without["Statement"].append(reading)

    iam.put_role_policy(RoleName=ROLE, PolicyName="automation", PolicyDocument=json.dumps(without))
    try:
        event_id = organization.synthetic(service)
        organization.aws.advance(60)
        strategy_while_denied = organization.strategy("denied")
        complaints = [line for line in organization.log_lines() if line.get("event_id") == event_id]
    finally:
        iam.put_role_policy(RoleName=ROLE, PolicyName="automation", PolicyDocument=json.dumps(policy))

    assert strategy_while_denied == SPOT
    assert {line["reason"] for line in complaints} == {"AccessDeniedError"}
    assert complaints[0]["service"] == "web"
    for part in (ORDERS, "us-east-1", "denied", f"role/{ROLE}", "ecs:UpdateService", "check"):
        assert part in complaints[0]["note"]

    # The intent and the message are still there: with the permission back, the next delivery or tick finishes.
    organization.aws.advance(600)
    assert len(organization.switches("denied")) >= 1


def test_another_role_of_the_central_account_cannot_enter_the_automation_role(organization: Organization) -> None:
    iam = organization.client("iam")
    trust: dict[str, object] = {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
        "Action": "sts:AssumeRole",
    }
    iam.create_role(RoleName="curious", AssumeRolePolicyDocument=document(trust))
    allowed: dict[str, object] = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}
    iam.put_role_policy(RoleName="curious", PolicyName="any", PolicyDocument=document(allowed))
    credentials = organization.client("sts").assume_role(
        RoleArn="arn:aws:iam::123456789012:role/curious", RoleSessionName="curious"
    )["Credentials"]
    sts = organization.aws.session().client(
        "sts",
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
    )

    with pytest.raises(sts.exceptions.ClientError, match="AccessDenied"):
        sts.assume_role(
            RoleArn=f"arn:aws:iam::{ORDERS}:role/{ROLE}", RoleSessionName="curious", ExternalId="ecs-spot-failover"
        )
