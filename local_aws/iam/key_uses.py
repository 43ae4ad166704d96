"""What a call does with customer keys, beyond what its own permission says: each use is authorized too.

SQS, SNS and DynamoDB ask KMS in the name of their caller ("forward access sessions"), CloudWatch Logs as itself. AWS
keeps data keys for minutes; here every call asks anew, so that a permission that is taken away is missed at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from local_aws.iam.actions.rows import Call, Check
from local_aws.iam.keys import OF_RESOURCE, Encryption, encryption, table_context

GENERATE, DECRYPT = "kms:GenerateDataKey", "kms:Decrypt"

_READ_ITEMS = ("BatchGetItem", "ConditionCheckItem", "GetItem", "Query", "Scan")
_WRITE_ITEMS = ("BatchWriteItem", "DeleteItem", "PutItem", "UpdateItem")

ACTIONS: Mapping[str, tuple[str, ...]] = {
    # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
    "sqs:ReceiveMessage": (DECRYPT,),
    "sqs:SendMessage": (GENERATE, DECRYPT),
    # https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
    "sns:Publish": (GENERATE, DECRYPT),
    # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html: the caller has the
    # table's own data key decrypted, whatever it does with items.
    **{f"dynamodb:{api}": (DECRYPT,) for api in (*_READ_ITEMS, *_WRITE_ITEMS)},
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    "logs:FilterLogEvents": (DECRYPT,),
    "logs:GetLogEvents": (DECRYPT,),
    "logs:PutLogEvents": (GENERATE,),
}
"""The use of keys that comes with a permission on something encrypted."""

_TABLE_ACTIONS = (
    "kms:CreateGrant", DECRYPT, "kms:DescribeKey", "kms:Encrypt", GENERATE, "kms:ReEncryptFrom", "kms:ReEncryptTo",
)  # fmt: skip
_LOG_GROUP_ACTIONS = (DECRYPT, "kms:DescribeKey", "kms:Encrypt", GENERATE, "kms:ReEncryptFrom", "kms:ReEncryptTo")
_FUNCTION_ACTIONS = ("kms:CreateGrant", "kms:Encrypt")


@dataclass(frozen=True)
class KeyUse:
    """An action with a key: by the caller, through a service, or, where `service` is given, by that service itself."""

    check: Check
    encryption: Encryption
    service: str = ""


def uses_of(check: Check) -> list[KeyUse]:
    """Return what is done with the key of the resource by whoever does what `check` asks; nothing without a key."""
    actions = ACTIONS.get(check.action)
    if actions is None or not check.resource.startswith("arn:"):
        return []
    service, region = check.resource.split(":", 5)[2:4]
    found = OF_RESOURCE[service](check.resource)
    if found is None:
        return []
    return _as_itself(found, actions, region) if service == "logs" else _for_caller(found, actions, service, region)


def uses_of_settings(call: Call) -> list[KeyUse]:
    """Return what it takes to have something encrypted with the key that a call names."""
    match call.service, call.api:
        case "dynamodb", "CreateTable":
            settings: Mapping[str, Any] = call.params.get("SSESpecification") or {}
            name = call.text("TableName")
            found = encryption(
                settings.get("KMSMasterKeyId"), call.arn(f"table/{name}"), table_context(name, call.account)
            )
            return _for_caller(found, _TABLE_ACTIONS, "dynamodb", call.region) if found else []
        case "logs", "CreateLogGroup":
            arn = call.arn(f"log-group:{call.text('logGroupName')}")
            found = encryption(call.text("kmsKeyId"), arn, {"aws:logs:arn": arn})
            return _as_itself(found, _LOG_GROUP_ACTIONS, call.region) if found else []
        case "lambda", "CreateFunction" | "UpdateFunctionConfiguration":
            arn = call.arn(f"function:{call.text('FunctionName')}")
            found = encryption(call.text("KMSKeyArn"), arn, {"aws:lambda:FunctionArn": arn})
            return _for_caller(found, _FUNCTION_ACTIONS, "lambda", call.region) if found else []
    return []


def _for_caller(found: Encryption, actions: Iterable[str], service: str, region: str) -> list[KeyUse]:
    keys = {**found.condition_keys(), "kms:ViaService": (_endpoint(found, service, region),)}
    return [KeyUse(Check(action, found.key_arn, keys), found) for action in actions]


def _as_itself(found: Encryption, actions: Iterable[str], region: str) -> list[KeyUse]:
    service = _endpoint(found, "logs", region)
    return [KeyUse(Check(action, found.key_arn, found.condition_keys()), found, service) for action in actions]


def _endpoint(found: Encryption, service: str, region: str) -> str:
    suffix = "amazonaws.com.cn" if found.key_arn.startswith("arn:aws-cn:") else "amazonaws.com"
    return f"{service}.{region}.{suffix}"
