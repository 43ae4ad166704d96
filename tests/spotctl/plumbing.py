"""The path of an event in the central account, as the Terraform module lays it."""

from __future__ import annotations

import json
from typing import Any

import boto3

from spotctl.installation import Installation
from tests.handlers.aws_account import REGION
from tests.spotctl.central import ACCOUNT, BUS, RESTORE, Central

QUEUES = {
    "placement_failure": "fargate-spot-placement-failure-queue",
    "interruption": "fargate-spot-interruption-queue",
    "sweep": "fargate-spot-sweep-queue",
}


def queue_arn(name: str) -> str:
    return f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"


class Plumbing:
    """Queues, functions and rules; a test breaks one of them."""

    def __init__(self, central: Central) -> None:
        self.central = central
        self.sqs: Any = boto3.client("sqs", region_name=REGION)
        self.events: Any = boto3.client("events", region_name=REGION)
        self.restore_arn = central.functions.get_function_configuration(FunctionName=RESTORE)["FunctionArn"]
        for kind, name in QUEUES.items():
            self._lay(kind, name)
        self.make_queue(f"{RESTORE}-dlq")
        self.schedule("fargate-spot-restore-schedule", self.restore_arn, f"{RESTORE}-dlq")
        sweep = central.functions.get_function_configuration(FunctionName="sweep-handler")["FunctionArn"]
        self.schedule("fargate-spot-sweep-schedule", sweep, f"{QUEUES['sweep']}-dlq")

    def _lay(self, kind: str, name: str) -> None:
        self.make_queue(f"{name}-dlq")
        redrive = json.dumps({"deadLetterTargetArn": queue_arn(f"{name}-dlq"), "maxReceiveCount": 10})
        self.make_queue(name, RedrivePolicy=redrive)
        self.central.make_function(f"{kind}-handler", kind)
        self.central.functions.create_event_source_mapping(
            EventSourceArn=queue_arn(name), FunctionName=f"{kind}-handler"
        )
        self.events.put_rule(Name=kind, EventBusName=BUS, EventPattern=json.dumps({"source": ["aws.ecs"]}))
        target = {"Id": "queue", "Arn": queue_arn(name), "DeadLetterConfig": {"Arn": queue_arn(f"{name}-dlq")}}
        self.events.put_targets(Rule=kind, EventBusName=BUS, Targets=[target])

    def make_queue(self, name: str, **attributes: str) -> str:
        return str(self.sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"])

    def url(self, name: str) -> str:
        return str(self.sqs.get_queue_url(QueueName=name)["QueueUrl"])

    def schedule(self, name: str, function: str, dead_letters: str) -> None:
        self.events.put_rule(Name=name, ScheduleExpression="rate(5 minutes)")
        target = {"Id": "function", "Arn": function, "DeadLetterConfig": {"Arn": queue_arn(dead_letters)}}
        self.events.put_targets(Rule=name, Targets=[target])

    def bury(self, kind: str, body: str, **attributes: str) -> None:
        told = {name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()}
        url = self.url(f"{QUEUES[kind]}-dlq")
        self.sqs.send_message(QueueUrl=url, MessageBody=body, MessageAttributes=told)

    def bodies(self, name: str) -> list[str]:
        """What a queue holds, taken out of it."""
        found = []
        while messages := self.sqs.receive_message(QueueUrl=self.url(name), MaxNumberOfMessages=10).get("Messages"):
            found += [message["Body"] for message in messages]
            for message in messages:
                self.sqs.delete_message(QueueUrl=self.url(name), ReceiptHandle=message["ReceiptHandle"])
        return sorted(found)


class MovingSqs:
    """SQS with the message move tasks that moto lacks, without a task's sources: the destination has to be named."""

    def __init__(self, plumbing: Plumbing) -> None:
        self._plumbing = plumbing
        self.started: list[tuple[str, str]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._plumbing.sqs, name)

    def start_message_move_task(self, *, SourceArn: str, DestinationArn: str) -> dict[str, str]:  # noqa: N803
        self.started.append((SourceArn, DestinationArn))
        for body in self._plumbing.bodies(SourceArn.rpartition(":")[2]):
            url = self._plumbing.url(DestinationArn.rpartition(":")[2])
            self._plumbing.sqs.send_message(QueueUrl=url, MessageBody=body)
        return {"TaskHandle": "task-1"}

    def list_message_move_tasks(self, *, SourceArn: str, MaxResults: int) -> dict[str, Any]:  # noqa: N803
        return {"Results": [{"Status": "COMPLETED"} for source, _ in self.started if source == SourceArn][:MaxResults]}


def with_move_tasks(monkeypatch: Any, plumbing: Plumbing) -> MovingSqs:
    moving, plain = MovingSqs(plumbing), Installation.client
    monkeypatch.setattr(Installation, "client", lambda self, name: moving if name == "sqs" else plain(self, name))
    return moving
