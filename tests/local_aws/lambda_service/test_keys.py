"""A function's environment under a customer's key.

https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.conftest import CENTRAL
from tests.local_aws.lambda_service.conftest import ECHO, LOGS, READ_QUEUE, Lab

ROOT = {"AWS": f"arn:aws:iam::{CENTRAL}:root"}
ENVIRONMENT = {"Variables": {"COLOUR": "red"}}


def key(lab: Lab, *actions: str) -> str:
    statement = {"Effect": "Allow", "Principal": ROOT, "Action": list(actions), "Resource": "*"}
    made = lab.client("kms").create_key(Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    return str(made["KeyMetadata"]["Arn"])


def allow(action: str, resource: str) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource}


def test_a_function_starts_whose_role_may_decrypt_its_environment(lab: Lab) -> None:
    made = key(lab, "kms:*")
    role = lab.role("worker", [LOGS, allow("kms:Decrypt", made)])
    lab.deploy(ECHO, Role=role, KMSKeyArn=made, Environment=ENVIRONMENT)
    assert lab.call(event={"n": 1}) == {"n": 1}


def test_without_that_it_does_not_start_and_the_answer_says_why(lab: Lab) -> None:
    lab.deploy(ECHO, KMSKeyArn=key(lab, "kms:*"), Environment=ENVIRONMENT)
    with pytest.raises(lab.functions.exceptions.KMSAccessDeniedException, match="unable to decrypt the environment"):
        lab.call()


def test_an_empty_environment_needs_no_key(lab: Lab) -> None:
    lab.deploy(ECHO, KMSKeyArn=key(lab, "kms:*"))
    assert lab.call(event={"n": 1}) == {"n": 1}


def test_whoever_deploys_must_be_allowed_to_make_a_grant_on_the_key(lab: Lab) -> None:
    made = key(lab, "kms:Encrypt", "kms:Decrypt")
    with pytest.raises(ClientError, match=r"InvalidParameterValueException.*invalid for CreateGrant"):
        lab.deploy(ECHO, KMSKeyArn=made, Environment=ENVIRONMENT)


def test_an_encrypted_queue_is_read_once_the_role_may_decrypt(lab: Lab) -> None:
    made = key(lab, "kms:*")
    url, arn = lab.queue("work", KmsMasterKeyId=made)
    role = lab.role("worker", [LOGS, READ_QUEUE])
    lab.deploy(ECHO, Role=role)
    lab.functions.create_event_source_mapping(EventSourceArn=arn, FunctionName="function")
    lab.client("sqs").send_message(QueueUrl=url, MessageBody="m")

    lab.aws.advance(300)
    unread = lab.count(url), len(lab.invocations())
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allow("kms:Decrypt", made)]})
    lab.client("iam").put_role_policy(RoleName="worker", PolicyName="key", PolicyDocument=policy)
    lab.aws.advance(120)

    assert unread == (1, 0)
    assert (lab.count(url), len(lab.invocations())) == (0, 1)
