"""Customer keys: what queues, tables, log groups and functions are encrypted with.

Keys that AWS manages (`alias/aws/sqs` and the like) let everyone in the account use them through their service.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from moto.dynamodb.models import dynamodb_backends
from moto.logs.models import logs_backends
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends

from local_aws.iam.patterns import Context

if TYPE_CHECKING:
    from moto.kms.models import Key

_AWS_MANAGED = "alias/aws/"
_NO_CONTEXT: Mapping[str, str] = {}


@dataclass(frozen=True)
class Encryption:
    """A key at work: its ARN, and the encryption context that the service which encrypts with it sends along."""

    key_arn: str
    context: Mapping[str, str] = field(default_factory=dict)

    def condition_keys(self) -> Context:
        """Return the encryption context as condition keys."""
        pairs = {f"kms:EncryptionContext:{name}": (value,) for name, value in self.context.items()}
        return {**pairs, "kms:EncryptionContextKeys": tuple(self.context)}

    @property
    def state(self) -> str:
        """`Enabled`, `Disabled`, `PendingDeletion` and so on; empty for a key that does not exist."""
        key = find_key(self.key_arn)
        return str(key.key_state) if key else ""


def find_key(arn: str) -> Key | None:
    """Return the key of this ARN; None when there is none."""
    from moto.kms.models import kms_backends  # noqa: PLC0415  KMS takes long to import and is seldom used

    parts = arn.split(":", 5)
    if len(parts) < 6 or parts[4] not in kms_backends:
        return None
    key: Key | None = kms_backends[parts[4]][parts[3]].keys.get(parts[5].removeprefix("key/"))
    return key


def encryption(
    identifier: str | None, resource: str, context: Mapping[str, str] = _NO_CONTEXT, *, managed: bool = False
) -> Encryption | None:
    """Return what a resource is encrypted with by a key given as ARN, id or alias (as ARN or name).

    None for no key at all and, unless `managed`, for a key that AWS manages. Id and name are of a key in the
    account and Region that `resource`, an ARN, is in.
    """
    if not identifier:
        return None
    _, partition, _, region, account, _ = resource.split(":", 5)
    arn = identifier if identifier.startswith("arn:") else f"arn:{partition}:kms:{region}:{account}:{identifier}"
    owner, kind, name = arn.split(":", 5)[3:5], arn.split(":", 5)[5].partition("/")[0], arn.split(":", 5)[5]
    if kind == "alias":
        arn = _behind_alias(name, *owner) or arn
    elif kind != "key":
        arn = f"arn:{partition}:kms:{owner[0]}:{owner[1]}:key/{name}"
    return None if _managed_by_aws(arn) and not managed else Encryption(arn, context)


def queue_encryption(arn: str, *, managed: bool = False) -> Encryption | None:
    """Return the key of a queue; None when it has none of a customer's."""
    _, _, _, region, account, name = arn.split(":", 5)
    queue = sqs_backends[account][region].queues.get(name) if account in sqs_backends else None
    identifier: str | None = getattr(queue, "kms_master_key_id", None)
    return encryption(identifier, arn, {"aws:sqs:arn": arn}, managed=managed)


def table_encryption(arn: str) -> Encryption | None:
    """Return the key of a table, given its ARN or that of one of its indexes."""
    _, _, _, region, account, path = arn.split(":", 5)
    name = path.split("/")[1] if "/" in path else path
    table = dynamodb_backends[account][region].tables.get(name) if account in dynamodb_backends else None
    settings: Mapping[str, object] = (table.sse_specification if table else None) or {}
    identifier = settings.get("KMSMasterKeyId") if settings.get("Enabled") else None
    return encryption(str(identifier) if identifier else None, arn, table_context(name, account))


def table_context(name: str, account: str) -> Mapping[str, str]:
    """Return the encryption context of a table."""
    return {"aws:dynamodb:tableName": name, "aws:dynamodb:subscriberId": account}


def log_group_encryption(arn: str) -> Encryption | None:
    """Return the key of a log group, given its ARN or that of one of its streams."""
    _, partition, _, region, account, path = arn.split(":", 5)
    name = path.removeprefix("log-group:").partition(":")[0]
    group = logs_backends[account][region].groups.get(name) if account in logs_backends else None
    group_arn = f"arn:{partition}:logs:{region}:{account}:log-group:{name}"
    return encryption(group.kms_key_id if group else None, group_arn, {"aws:logs:arn": group_arn})


def topic_encryption(arn: str) -> Encryption | None:
    """Return the key of a topic."""
    _, _, _, region, account, _ = arn.split(":", 5)
    topic = sns_backends[account][region].topics.get(arn) if account in sns_backends else None
    return encryption(topic.kms_master_key_id if topic else None, arn, {"aws:sns:topicArn": arn})


OF_RESOURCE: Mapping[str, Callable[[str], Encryption | None]] = {
    "dynamodb": table_encryption,
    "logs": log_group_encryption,
    "sns": topic_encryption,
    "sqs": queue_encryption,
}


def _behind_alias(name: str, region: str, account: str) -> str | None:
    from moto.kms.models import kms_backends  # noqa: PLC0415  KMS takes long to import and is seldom used

    if account not in kms_backends:
        return None
    keys = kms_backends[account][region].keys.values()
    return next((str(key.arn) for key in keys if name in key.aliases), None)


def _managed_by_aws(arn: str) -> bool:
    """Tell whether AWS manages the key. One that nothing was encrypted with yet exists under its alias alone."""
    if arn.split(":", 5)[5].startswith(_AWS_MANAGED):
        return True
    key = find_key(arn)
    return key is not None and any(alias.startswith(_AWS_MANAGED) for alias in key.aliases)
