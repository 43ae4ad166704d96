"""Deploys tiny functions into a local AWS of the test's own."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.local_aws.conftest import CENTRAL, REGION, Aws

LOGS = {"Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": "*"}
READ_QUEUE = {
    "Effect": "Allow",
    "Action": ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
    "Resource": "*",
}
ECHO = "def handler(event, context):\n    return event\n"


def package(source: str, **others: str) -> bytes:
    """A zip file with a module ``app`` and further files, named without their ``.py``."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, text in {"app": source, **others}.items():
            archive.writestr(f"{name}.py", text)
    return target.getvalue()


@dataclass(frozen=True)
class Lab:
    """What a test does in an account."""

    aws: Aws
    clients: dict[str, Any] = field(default_factory=dict)

    def client(self, service: str) -> Any:
        """One client of each service: they are slow to make."""
        if service not in self.clients:
            self.clients[service] = self.aws.client(service)
        return self.clients[service]

    @property
    def functions(self) -> Any:
        return self.client("lambda")

    def role(
        self, name: str, statements: Sequence[dict[str, Any]] = (LOGS, READ_QUEUE), trusts: str = "lambda.amazonaws.com"
    ) -> str:
        iam = self.client("iam")
        trust = {"Effect": "Allow", "Principal": {"Service": trusts}, "Action": "sts:AssumeRole"}
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(_policy([trust])))
        if statements:
            iam.put_role_policy(RoleName=name, PolicyName="handler", PolicyDocument=json.dumps(_policy(statements)))
        return f"arn:aws:iam::{CENTRAL}:role/{name}"

    def deploy(self, source: str, name: str = "function", **settings: Any) -> str:
        """Create a function, with a log group and a role of its own unless one is given; returns its ARN."""
        self.client("logs").create_log_group(logGroupName=f"/aws/lambda/{name}")
        role = settings.pop("Role", None) or self.role(f"{name}-role")
        code = settings.pop("ZipFile", None) or package(source)
        answer = self.functions.create_function(
            FunctionName=name,
            Role=role,
            Runtime="python3.12",
            Handler="app.handler",
            Code={"ZipFile": code},
            **settings,
        )
        return str(answer["FunctionArn"])

    def call(self, name: str = "function", event: Any = None, **options: Any) -> Any:
        """The function's answer; its error object if it failed."""
        return json.loads(
            self.functions.invoke(FunctionName=name, Payload=json.dumps(event), **options)["Payload"].read()
        )

    def queue(self, name: str, **attributes: Any) -> tuple[str, str]:
        """URL and ARN of a new queue."""
        url = self.client("sqs").create_queue(
            QueueName=name, Attributes={key: str(value) for key, value in attributes.items()}
        )["QueueUrl"]
        return str(url), f"arn:aws:sqs:{REGION}:{CENTRAL}:{name}"

    def dead_letters(self, queue_arn: str, receives: int) -> str:
        """A redrive policy."""
        return json.dumps({"deadLetterTargetArn": queue_arn, "maxReceiveCount": receives})

    def attributes(self, url: str) -> dict[str, str]:
        """Counts of a queue's messages."""
        answer = self.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
        return {key: str(value) for key, value in answer["Attributes"].items()}

    def count(self, url: str) -> int:
        """How many messages a queue holds, visible or not."""
        found = self.attributes(url)
        return int(found["ApproximateNumberOfMessages"]) + int(found["ApproximateNumberOfMessagesNotVisible"])

    def log(self, group: str = "/aws/lambda/function") -> list[str]:
        """The messages of a log group, in order."""
        events = self.client("logs").filter_log_events(logGroupName=group)["events"]
        return [str(event["message"]) for event in events]

    def invocations(self) -> list[dict[str, Any]]:
        """What the control API tells."""
        told: list[dict[str, Any]] = self.aws.control("invocations")
        return told


def _policy(statements: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


@pytest.fixture
def lab(aws: Aws) -> Lab:
    return Lab(aws)
