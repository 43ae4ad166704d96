"""Who may enter the role in a workload account: the three functions, from the central account, with the ExternalId."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.scenarios.organization import CENTRAL, MEDIA, ORDERS, REGION, Organization

pytestmark = pytest.mark.slow

FUNCTION = "fargate-spot-restore-handler"
TARGET = f"arn:aws:iam::{ORDERS}:role/CentralSpotAutomationRole"
EXTERNAL_ID = "ecs-spot-failover"


def document(statement: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})


ANY_ROLE = document({"Action": "sts:AssumeRole", "Resource": "*"})
"""What an attacker may have got hold of: nothing but the trust of the target is in the way."""


def trust(account: str) -> str:
    return document({"Action": "sts:AssumeRole", "Principal": {"AWS": f"arn:aws:iam::{account}:root"}})


@contextmanager
def stolen_function_role(organization: Organization) -> Iterator[Any]:
    """STS with the credentials of a function's role, which may assume any role there is."""
    iam = organization.client("iam")
    own = iam.get_role(RoleName=FUNCTION)["Role"]
    iam.update_assume_role_policy(RoleName=FUNCTION, PolicyDocument=trust(CENTRAL))
    iam.put_role_policy(RoleName=FUNCTION, PolicyName="any", PolicyDocument=ANY_ROLE)
    try:
        yield sts_in(organization, own["Arn"], CENTRAL)
    finally:
        iam.delete_role_policy(RoleName=FUNCTION, PolicyName="any")
        trusted = json.dumps(own["AssumeRolePolicyDocument"])
        iam.update_assume_role_policy(RoleName=FUNCTION, PolicyDocument=trusted)


def sts_in(organization: Organization, role: str, account: str) -> Any:
    given = organization.client("sts", account).assume_role(RoleArn=role, RoleSessionName="attack")["Credentials"]
    return organization.aws.session(account).client(
        "sts",
        aws_access_key_id=given["AccessKeyId"],
        aws_secret_access_key=given["SecretAccessKey"],
        aws_session_token=given["SessionToken"],
    )


def refused(sts: Any, **arguments: Any) -> bool:
    try:
        sts.assume_role(RoleArn=TARGET, RoleSessionName="attack", **arguments)
    except sts.exceptions.ClientError as error:
        return bool(error.response["Error"]["Code"] == "AccessDenied")
    return False


def test_the_external_id_is_demanded_even_of_the_functions_role(organization: Organization) -> None:
    with stolen_function_role(organization) as sts:
        answers = {
            "none": refused(sts),
            "another": refused(sts, ExternalId="dev-ecs-spot-failover"),
            "a pattern": refused(sts, ExternalId="ecs-*"),
            "other case": refused(sts, ExternalId=EXTERNAL_ID.upper()),
            "right": refused(sts, ExternalId=EXTERNAL_ID),
        }

    assert answers == {"none": True, "another": True, "a pattern": True, "other case": True, "right": False}


def test_not_even_an_administrator_of_the_central_account_enters(organization: Organization) -> None:
    assert refused(organization.client("sts"), ExternalId=EXTERNAL_ID)


def test_a_role_of_the_functions_name_in_another_account_does_not_enter(organization: Organization) -> None:
    iam = organization.client("iam", MEDIA)
    made = iam.create_role(RoleName=FUNCTION, AssumeRolePolicyDocument=trust(MEDIA))["Role"]
    iam.put_role_policy(RoleName=FUNCTION, PolicyName="any", PolicyDocument=ANY_ROLE)
    try:
        sts = sts_in(organization, made["Arn"], MEDIA)
        answer = refused(sts, ExternalId=EXTERNAL_ID)
    finally:
        iam.delete_role_policy(RoleName=FUNCTION, PolicyName="any")
        iam.delete_role(RoleName=FUNCTION)

    assert answer


def test_a_role_whose_name_only_begins_like_a_functions_does_not_enter(organization: Organization) -> None:
    iam = organization.client("iam")
    name = f"{FUNCTION}-2"
    made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust(CENTRAL))["Role"]
    iam.put_role_policy(RoleName=name, PolicyName="any", PolicyDocument=ANY_ROLE)

    assert refused(sts_in(organization, made["Arn"], CENTRAL), ExternalId=EXTERNAL_ID)


def test_the_workload_account_itself_cannot_use_the_role(organization: Organization) -> None:
    assert refused(organization.client("sts", ORDERS), ExternalId=EXTERNAL_ID)


def test_the_forward_role_is_for_eventbridge_alone(organization: Organization) -> None:
    roles = [role["Arn"] for role in organization.client("iam", ORDERS).list_roles()["Roles"]]
    forward = next(arn for arn in roles if "forward" in arn)
    sts = organization.client("sts", ORDERS, REGION)

    with pytest.raises(sts.exceptions.ClientError, match="AccessDenied"):
        sts.assume_role(RoleArn=forward, RoleSessionName="attack")
