"""A central account in moto with an installation's parts, ECS as a double, and the command line run in-process."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import botocore.session
import click
import pytest
from click.testing import CliRunner, Result
from moto import mock_aws

from spot_failover.aws.state_table import StateTable
from spot_failover.core.audit import SOURCE
from spot_failover.core.events import Event
from spot_failover.core.policy_parser import parse_policy
from spot_failover.core.record import Record
from spot_failover.core.service_key import ServiceKey
from spot_failover.flow.event_flow import EventFlow
from spot_failover.flow.restore_flow import RestoreFlow
from spot_failover.flow.worker import Worker
from spotctl import installation as parts
from spotctl import main
from tests.doubles.audit import check_audit_event
from tests.doubles.builders import WEB
from tests.doubles.clock import Clock
from tests.doubles.installation import LIFE
from tests.doubles.replacements import InMemoryReplacements
from tests.doubles.reporter import Told
from tests.doubles.services import InMemoryServices
from tests.handlers.aws_account import REGION, TABLE, make_table, use_made_up_credentials
from tests.unit.policy_text import policy_object

ACCOUNT = "123456789012"
BUS = "ecs-spot-failover"
RESTORE = "fargate-spot-restore-handler"
WEB_NAME = "111111111111/us-east-1/shop/web"
_LOADER = botocore.session.Session().get_component("data_loader")


class Central:
    """Run commands, and look at what they wrote."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        use_made_up_credentials(monkeypatch)
        # API descriptions take long to read: all sessions share them.
        monkeypatch.setattr(botocore.session, "create_loader", lambda *_args: _LOADER)
        monkeypatch.delenv("AWS_REGION", raising=False)
        self.clock = Clock()
        self.services = InMemoryServices(self.clock)
        self.replacements = InMemoryReplacements(self.clock, self.services)
        self.told = Told()
        self.policy: dict[str, Any] = policy_object()
        self.dynamodb = make_table()
        self.table = StateTable(self.dynamodb, TABLE, str)
        self.functions = boto3.client("lambda", region_name=REGION)
        boto3.client("events", region_name=REGION).create_event_bus(Name=BUS)
        trust = json.dumps({"Version": "2012-10-17", "Statement": []})
        iam = boto3.client("iam", region_name=REGION)
        self.role = iam.create_role(RoleName="functions", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
        self.make_function(RESTORE, "restore")
        monkeypatch.setattr(parts, "now", self.clock.now)
        monkeypatch.setattr(parts, "EcsServices", lambda *_args, **_named: self.services)
        monkeypatch.setattr(parts, "StateMachines", lambda *_args: self.replacements)

    def make_function(self, name: str, kind: str) -> str:
        """One of the installation's functions; returns its ARN."""
        code = io.BytesIO()
        with zipfile.ZipFile(code, "w") as archive:
            archive.writestr("nothing.py", "")
        made = self.functions.create_function(
            FunctionName=name,
            Role=self.role,
            Runtime="python3.13",
            Handler=f"spot_failover.handlers.{kind}.handler",
            Code={"ZipFile": code.getvalue()},
            Environment={"Variables": self.environment()},
        )
        return str(made["FunctionArn"])

    def environment(self) -> dict[str, str]:
        return {
            "STATE_TABLE_NAME": TABLE,
            "AUTOMATION_ROLE_NAME": "CentralSpotAutomationRole",
            "EXTERNAL_ID": "ecs-spot-failover",
            "CENTRAL_ACCOUNT_ID": ACCOUNT,
            "EVENT_BUS_NAME": BUS,
            "POLICY": json.dumps(self.policy),
        }

    def set_policy(self, **changes: Any) -> None:
        self.policy |= changes
        self.functions.update_function_configuration(
            FunctionName=RESTORE, Environment={"Variables": self.environment()}
        )

    def run(self, *arguments: str, answer: str = "", color: bool = False) -> Result:
        """Run `spotctl`; no answer: nobody is there to give one. `color` keeps what steers a terminal."""
        return CliRunner().invoke(main.spotctl, list(arguments), input=answer, color=color, prog_name="spotctl")

    def answers_late(self, monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[], object]) -> None:
        """Whoever is asked says yes, after something else has happened."""

        def confirm(*_args: object, **_named: object) -> bool:
            meanwhile()
            return True

        monkeypatch.setattr(click, "confirm", confirm)

    def json(self, *arguments: str) -> Any:
        return json.loads(self.run(*arguments, "--json").stdout)

    def deliver(self, event: Event) -> None:
        """What the placement failure function does."""
        policy = parse_policy(json.dumps(self.policy))
        assert EventFlow(self.worker(), policy, self.told).handle([event]) == [None]

    def tick(self) -> None:
        """What the restore function does."""
        RestoreFlow(self.worker(), parse_policy(json.dumps(self.policy)), self.told, threads=1).run()

    def worker(self) -> Worker:
        session = boto3.Session(region_name=REGION)
        there = parts.Installation(session, RESTORE)
        return Worker(
            "request-of-a-function",
            self.services,
            self.table,
            there.shared,
            there.twins,
            there.autoscaling,
            self.replacements,
            self.clock.now,
            self.clock.now() + LIFE,
            lambda: 0.0,
        )

    def audited(self) -> list[dict[str, Any]]:
        """What is on the bus from now on is in this list once it is asked for again."""
        sqs, events = boto3.client("sqs", region_name=REGION), boto3.client("events", region_name=REGION)
        url = sqs.create_queue(QueueName="audit")["QueueUrl"]
        events.put_rule(Name="all", EventBusName=BUS, EventPattern=json.dumps({"source": [SOURCE]}))
        arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:audit"
        events.put_targets(Rule="all", EventBusName=BUS, Targets=[{"Id": "audit", "Arn": arn}])
        messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        details = [json.loads(message["Body"])["detail"] for message in messages]
        for detail in details:
            check_audit_event(detail)
        return details

    def record(self, key: ServiceKey = WEB) -> Record:
        return self.table.get(key)


def central_account(monkeypatch: pytest.MonkeyPatch) -> Iterator[Central]:
    with mock_aws(config={"lambda": {"use_docker": False}}):
        yield Central(monkeypatch)
