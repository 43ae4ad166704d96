"""What a scenario does to the organization, and what it asks of it: only what a person could do and see on AWS."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local_aws.client import LocalAws

CENTRAL = "123456789012"
ORDERS = "111111111111"
MEDIA = "222222222222"
OUTSIDER = "999999999999"
BY_HAND = "333333333333"
BILLING = "444444444444"
"""Accounts of the organization that nobody has onboarded at first."""
REGION = "us-east-1"
SPOT = [{"capacityProvider": "FARGATE_SPOT", "weight": 1, "base": 0}]
QUEUE = "fargate-spot-placement-failure-queue"
LOG_GROUP = "/aws/lambda/fargate-spot-task-placement-failure-handler"
SWEEP_LOG_GROUP = "/aws/lambda/fargate-spot-sweep-handler"
RESTORE_LOG_GROUP = "/aws/lambda/fargate-spot-restore-handler"


@dataclass(frozen=True)
class Organization:
    """The installed product with its accounts."""

    aws: LocalAws
    central: str = CENTRAL
    """The account that holds the automation."""
    configuration: Path | None = None
    """Where Terraform has applied it."""
    variables: Mapping[str, str] = field(default_factory=dict)
    """Of the configuration."""

    def client(self, service: str, account: str | None = None, region: str = REGION) -> Any:
        """A client with an administrator's credentials of the account; of the central one, if left out."""
        return self.aws.session(account or self.central, region).client(service)

    def service(self, cluster: str, name: str = "web", account: str = ORDERS, **options: Any) -> str:
        """Create a cluster with a service of two tasks on Spot, wait until it is steady, and give its ARN."""
        ecs = self.client("ecs", account)
        ecs.create_cluster(clusterName=cluster, capacityProviders=["FARGATE", "FARGATE_SPOT"])
        definition = ecs.register_task_definition(
            family=f"{cluster}-{name}",
            requiresCompatibilities=["FARGATE"],
            networkMode="awsvpc",
            cpu="256",
            memory="512",
            containerDefinitions=[{"name": name, "image": "example/web:1.0.0", "essential": True}],
        )
        created = ecs.create_service(
            **{
                "cluster": cluster,
                "serviceName": name,
                "taskDefinition": definition["taskDefinition"]["taskDefinitionArn"],
                "desiredCount": 2,
                "capacityProviderStrategy": SPOT,
                "networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-0a1b2c3d4e5f60718"]}},
            }
            | options
        )
        self.aws.advance(300)
        return str(created["service"]["serviceArn"])

    def strategy(self, cluster: str, name: str = "web", account: str = ORDERS) -> list[dict[str, Any]]:
        """The live strategy of a service."""
        answer = self.client("ecs", account).describe_services(cluster=cluster, services=[name])
        strategy: list[dict[str, Any]] = answer["services"][0]["capacityProviderStrategy"]
        return strategy

    def switches(self, cluster: str) -> list[dict[str, Any]]:
        """UpdateService calls that took effect on services of the cluster."""
        return [update for update in self.aws.service_updates(cluster) if update["api"] == "UpdateService"]

    def synthetic(self, service_arn: str, account: str = ORDERS) -> str:
        """Put a synthetic placement failure of the service on the account's default bus, and give its id."""
        provider = ":".join(service_arn.split(":")[:5]) + ":capacity-provider/FARGATE_SPOT"
        detail = {"eventName": "SERVICE_TASK_PLACEMENT_FAILURE", "capacityProviderArns": [provider]}
        answer = self.client("events", account).put_events(
            Entries=[
                {
                    "Source": "test.aws.ecs",
                    "DetailType": "ECS Service Action",
                    "Resources": [service_arn],
                    "Detail": json.dumps(detail | {"reason": "RESOURCE:FARGATE"}),
                }
            ]
        )
        assert answer["FailedEntryCount"] == 0
        return str(answer["Entries"][0]["EventId"])

    def log_lines(self, log_group: str = LOG_GROUP) -> list[dict[str, Any]]:
        """The function's JSON log lines."""
        pages = self.client("logs").get_paginator("filter_log_events").paginate(logGroupName=log_group)
        messages = [event["message"] for page in pages for event in page["events"]]
        return [json.loads(message) for message in messages if message.startswith('{"timestamp"')]

    def decisions(self, event_id: str, log_group: str = LOG_GROUP) -> list[tuple[str, str]]:
        """(action, reason) of the decisions about an event."""
        return [
            (line["action"], line["reason"])
            for line in self.log_lines(log_group)
            if line["message"] == "decision" and line.get("event_id") == event_id
        ]

    def dead_letters(self, queue: str = QUEUE) -> list[dict[str, Any]]:
        """Take all messages out of a queue's dead-letter queue."""
        sqs = self.client("sqs")
        url = sqs.get_queue_url(QueueName=f"{queue}-dlq")["QueueUrl"]
        letters: list[dict[str, Any]] = []
        while messages := sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"], WaitTimeSeconds=0
        ).get("Messages"):
            for message in messages:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            letters += messages
        return letters

    def cli(self, *arguments: str, account: str | None = None) -> str:
        """Run the AWS CLI as a person of the account would, and give what it printed."""
        environment = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), **self.aws.env(account)}
        # Version 1 of the CLI, the one that Python packages hold, puts a host of its own in place of AWS_ENDPOINT_URL
        # for SQS (its customization overridesslcommonname); an explicit endpoint it leaves alone.
        command = [sys.executable, "-m", "awscli", "--endpoint-url", self.aws.endpoint_url, *arguments]
        result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)
        assert result.returncode == 0, result.stderr
        return result.stdout
