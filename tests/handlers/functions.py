"""The Lambda functions as they are deployed, but for ECS, which is a double, and the clock."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import boto3
import pytest
from moto import mock_aws

from spot_failover.aws.state_table import StateTable
from spot_failover.core.record import Record
from spot_failover.core.service_key import ServiceKey
from spot_failover.handlers import assembly
from tests.doubles.audit import check_audit_event
from tests.doubles.builders import WEB
from tests.doubles.clock import START, Clock
from tests.doubles.services import InMemoryServices
from tests.handlers.aws_account import REGION, TABLE, make_table, use_made_up_credentials
from tests.unit.policy_text import policy_object

BUS = "ecs-spot-failover"

_names = count()


@dataclass(frozen=True)
class Context:
    """What the Lambda service tells a function about an invocation."""

    aws_request_id: str = "request-1"
    function_name: str = "fargate-spot-task-placement-failure-handler"
    memory_limit_in_mb: int = 256
    invoked_function_arn: str = f"arn:aws:lambda:{REGION}:123456789012:function:handler"

    @staticmethod
    def get_remaining_time_in_millis() -> int:
        return 60_000


@dataclass
class Account:
    """The central account: environment, table, queue, and the ECS of all workload accounts."""

    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]
    clock: Clock = field(default_factory=Clock)
    dead_letter_queue: str = ""
    topic: str = ""
    inbox: str = ""
    """A queue that is subscribed to the topic, raw."""
    audit_queue: str = ""
    """A queue that gets every event of the central bus."""
    services: InMemoryServices = field(init=False)
    table: StateTable = field(init=False)

    def __post_init__(self) -> None:
        use_made_up_credentials(self.monkeypatch)
        self.services = InMemoryServices(self.clock)
        self.table = StateTable(make_table(), TABLE, str)
        sqs = boto3.client("sqs", region_name=REGION)
        self.dead_letter_queue = sqs.create_queue(QueueName="fargate-spot-dlq")["QueueUrl"]
        self._make_bus_and_topic(sqs)
        self.environment({})
        self.monkeypatch.setattr(assembly, "now", self.clock.now)
        self.monkeypatch.setattr(assembly, "EcsServices", lambda *_args, **_named: self.services)

    def _make_bus_and_topic(self, sqs: Any) -> None:
        queues = {name: sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("inbox", "audit")}
        self.inbox, self.audit_queue = queues["inbox"], queues["audit"]
        sns = boto3.client("sns", region_name=REGION)
        self.topic = sns.create_topic(Name="spot-failover")["TopicArn"]
        arn = f"arn:aws:sqs:{REGION}:123456789012:inbox"
        sns.subscribe(TopicArn=self.topic, Protocol="sqs", Endpoint=arn, Attributes={"RawMessageDelivery": "true"})
        events = boto3.client("events", region_name=REGION)
        events.create_event_bus(Name=BUS)
        events.put_rule(Name="all", EventBusName=BUS, EventPattern=json.dumps({"source": [{"prefix": ""}]}))
        arn = f"arn:aws:sqs:{REGION}:123456789012:audit"
        events.put_targets(Rule="all", EventBusName=BUS, Targets=[{"Id": "audit", "Arn": arn}])

    def audit_events(self) -> list[dict[str, Any]]:
        """Take what is on the central bus, checked against its schema."""
        events = [json.loads(body) for body in self._take(self.audit_queue)]
        for event in events:
            check_audit_event(event["detail"])
        return events

    def messages(self) -> list[str]:
        """Take what people were told."""
        return self._take(self.inbox)

    @staticmethod
    def _take(url: str) -> list[str]:
        sqs, bodies = boto3.client("sqs", region_name=REGION), []
        while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            bodies += [message["Body"] for message in messages]
            for message in messages:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return bodies

    def environment(self, changes: Mapping[str, str | None], **policy: Any) -> None:
        """Set what Terraform sets, changed; None takes a variable out."""
        wanted: dict[str, str | None] = {
            "STATE_TABLE_NAME": TABLE,
            "AUTOMATION_ROLE_NAME": "CentralSpotAutomationRole",
            "EXTERNAL_ID": "ecs-spot-failover",
            "CENTRAL_ACCOUNT_ID": "123456789012",
            "EVENT_BUS_NAME": BUS,
            "NOTIFICATION_TOPIC_ARN": self.topic,
            "DEAD_LETTER_QUEUE_URL": self.dead_letter_queue,
            "POLICY": json.dumps(policy_object() | policy),
            # Powertools keeps one logger per name, bound to the standard output of its first user.
            "POWERTOOLS_SERVICE_NAME": f"function-{next(_names)}",
            "POWERTOOLS_LOG_LEVEL": "INFO",
        }
        for name, value in {**wanted, **changes}.items():
            if value is None:
                self.monkeypatch.delenv(name, raising=False)
            else:
                self.monkeypatch.setenv(name, value)

    def lines(self) -> list[dict[str, Any]]:
        """The log lines since the last look, without metric documents and what each tick tells of on-demand."""
        return [line for line in self._written() if "_aws" not in line and line["message"] != "on fallback"]

    def metrics(self) -> dict[str, list[float]]:
        """The metrics of the installation since the last look; of alerts with the reason: `Alerts STUCK`."""
        found: dict[str, list[float]] = {}
        for line in self._written():
            for metric in line.get("_aws", {}).get("CloudWatchMetrics", ()):
                names = [each["Name"] for each in metric["Metrics"]] if line["service"] == BUS else []
                for name in names:
                    found.setdefault(f"{name} {line['reason']}" if "reason" in line else name, []).extend(line[name])
        return found

    def _written(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.capsys.readouterr().out.splitlines()]

    def dead_letters(self) -> list[Any]:
        sqs = boto3.client("sqs", region_name=REGION)
        answer = sqs.receive_message(
            QueueUrl=self.dead_letter_queue, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
        )
        return list(answer.get("Messages", []))

    def record(self, key: ServiceKey = WEB) -> Record:
        return self.table.get(key)


def batch(*bodies: str) -> dict[str, Any]:
    """What the Lambda service hands over from a queue; message n has the id `message-n`."""
    sent = int(START.timestamp() * 1000) + 1000
    return {
        "Records": [
            {
                "messageId": f"message-{number}",
                "receiptHandle": "handle",
                "body": body,
                "attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": str(sent)},
                "messageAttributes": {},
                "eventSource": "aws:sqs",
                "eventSourceARN": f"arn:aws:sqs:{REGION}:123456789012:queue",
                "awsRegion": REGION,
            }
            for number, body in enumerate(bodies)
        ]
    }


def failed(answer: Mapping[str, Any]) -> list[str]:
    """Ids of the messages that come again."""
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def central_account(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Account]:
    """For a fixture."""
    with mock_aws():
        yield Account(monkeypatch, capsys)
