"""What storms and owners act on: an AWS, in this process or in another, by its APIs and local_aws's control API."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from spot_failover.aws.record_codec import decode
from spot_failover.core.record import Record
from tests.soak.plan import HOME, Place

TABLE = "ecs_cp_restore_state"
AUTOMATION = "CentralSpotAutomationRole"
POLICY = "automation"
"""Name of the inline policy of the automation role."""
COUNTS = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible", "ApproximateNumberOfMessagesDelayed")


class Clock(Protocol):
    """Virtual time, in epoch seconds."""

    def now(self) -> float:
        """The time."""
        ...

    def call_at(self, when: float, action: Callable[[], None], *, name: str) -> object:
        """Do something at a point in time."""
        ...

    def call_later(self, delay: float, action: Callable[[], None], *, name: str) -> object:
        """Do something in so many seconds."""
        ...

    def advance(self, seconds: float) -> None:
        """Let time go by, with all that falls due in it."""
        ...


class Ground(Protocol):
    """An AWS."""

    @property
    def clock(self) -> Clock:
        """Its time."""
        ...

    def get(self, path: str) -> Any:
        """`GET` of the control API."""
        ...

    def control(self, path: str, **arguments: Any) -> Any:
        """`POST` of the control API; ValueError or LocalAwsError where it is refused."""
        ...

    def admin(self, service: str) -> Any:
        """A client of the central account."""
        ...

    def owner(self, service: str, account: str, region: str) -> Any:
        """A client of a workload account's owners."""
        ...


def records(ground: Ground) -> dict[Place, Record]:
    """The records of all services that ever had one."""
    found = {}
    for page in ground.admin("dynamodb").get_paginator("scan").paginate(TableName=TABLE, ConsistentRead=True):
        for item in page["Items"]:
            account, _, rest = item["id"]["S"].partition("::")
            if "phase" in item:
                cluster, _, service = rest.partition("::")
                found[Place(account, item["region"]["S"], cluster, service)] = decode(item)
    return found


def services(ground: Ground) -> dict[Place, dict[str, Any]]:
    """All services as they stand."""
    names = ("account", "region", "cluster", "service")
    return {Place(*(one[name] for name in names)): one for one in ground.get("services")}


def queue_url(ground: Ground, queue: str) -> str:
    """Where a queue of the central account is."""
    return str(ground.admin("sqs").get_queue_url(QueueName=queue)["QueueUrl"])


def left(ground: Ground, queue: str) -> int:
    """Messages that a queue holds, delayed ones and those in flight too."""
    url = queue_url(ground, queue)
    answer = ground.admin("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=list(COUNTS))["Attributes"]
    return sum(int(answer[name]) for name in COUNTS)


def dead_letters(ground: Ground, queue: str) -> Iterator[tuple[str, str, str]]:
    """Id, reason and body of what a queue's dead-letter queue holds; no reason where SQS itself moved it there."""
    sqs, url = ground.admin("sqs"), queue_url(ground, f"{queue}-dlq")
    asked = {"MaxNumberOfMessages": 10, "VisibilityTimeout": 3600, "MessageAttributeNames": ["All"]}
    while messages := sqs.receive_message(QueueUrl=url, WaitTimeSeconds=0, **asked).get("Messages"):
        for message in messages:
            reason = message.get("MessageAttributes", {}).get("reason", {}).get("StringValue", "")
            yield message["MessageId"], reason, message["Body"]


def take_permissions(ground: Ground, account: str) -> Callable[[], None]:
    """Take the automation role's permissions in an account; returns what gives them back."""
    iam = ground.owner("iam", account, HOME)
    held = iam.get_role_policy(RoleName=AUTOMATION, PolicyName=POLICY)["PolicyDocument"]
    iam.delete_role_policy(RoleName=AUTOMATION, PolicyName=POLICY)

    def give_back() -> None:
        iam = ground.owner("iam", account, HOME)
        iam.put_role_policy(RoleName=AUTOMATION, PolicyName=POLICY, PolicyDocument=policy_text(held))

    return give_back


def policy_text(document: Any) -> str:
    """A policy as the API takes it; boto3 gives it parsed."""
    return document if isinstance(document, str) else json.dumps(document)
