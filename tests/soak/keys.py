"""Access keys of the owners of an account: an IAM user's, which do not expire."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import boto3

from local_aws.accounts import administrator_role_arn
from tests.soak.plan import HOME

OWNER = "terraform"


def owner_keys(sts: Any, account: str, options: Mapping[str, Any]) -> dict[str, str]:
    """Make the owners' user. `sts`: a client of the first account; `options`: of other clients, such as an endpoint."""
    given = sts.assume_role(RoleArn=administrator_role_arn(account), RoleSessionName="owner")["Credentials"]
    iam: Any = boto3.client(
        "iam",
        region_name=HOME,
        aws_access_key_id=given["AccessKeyId"],
        aws_secret_access_key=given["SecretAccessKey"],
        aws_session_token=given["SessionToken"],
        **options,
    )
    iam.create_user(UserName=OWNER)
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [everything]})
    iam.put_user_policy(UserName=OWNER, PolicyName="administrator", PolicyDocument=document)
    made = iam.create_access_key(UserName=OWNER)["AccessKey"]
    return {"aws_access_key_id": made["AccessKeyId"], "aws_secret_access_key": made["SecretAccessKey"]}
