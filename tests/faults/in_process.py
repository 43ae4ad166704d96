"""The product in this process: an `Installation` whose time moves only when somebody lets it, without HTTP or zip."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import boto3
from boto3.dynamodb.types import TypeDeserializer
from moto.dynamodb.models import dynamodb_backends
from moto.events.models import events_backends
from moto.sqs.models import sqs_backends

from local_aws.accounts import administrator_role_arn
from local_aws.client import LocalAws
from local_aws.faults.routes import add_routes
from local_aws.process import LocalAwsError
from local_aws.session import Session, variables
from tests.faults import mailbox
from tests.faults.functions import DEPLOYED
from tests.faults.installation import HEARTBEAT_RULE, SWEEP_RULE, TABLE, TICK, TOPIC, Installation
from tests.faults.wire import FaultyWire
from tests.scenarios.organization import CENTRAL, ORDERS, REGION, Organization
from tests.soak.aws import InProcess, in_process
from tests.soak.chance import seeded
from tests.soak.functions import Lambda, environment, without_threads
from tests.soak.haste import hasty
from tests.soak.ledger import Ledger
from tests.soak.pump import Heartbeats, Post, Pump, Schedule
from tests.soak.routes import make_route
from tests.unit.policy_text import policy_object

START = 1_772_323_200.0
"""1 March 2026, 00:00 UTC."""


class StillAws(LocalAws):
    """The client of a local AWS in this process: its control API and its clock are asked themselves."""

    def __init__(self, ground: InProcess) -> None:
        super().__init__("")
        self._ground = ground

    def now(self) -> float:
        """See `LocalAws.now`."""
        return self._ground.clock.now()

    def advance(self, seconds: float) -> float:
        """See `LocalAws.advance`."""
        self._ground.clock.advance(seconds)
        return self.now()

    def _session(self, boto: boto3.Session) -> Session:
        return Session(None, boto)

    def _keys(self, account: str | None, region: str) -> dict[str, str]:
        if account in {None, CENTRAL}:
            return {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local"}
        role = administrator_role_arn(str(account))
        given = self._ground.admin("sts").assume_role(RoleArn=role, RoleSessionName="local-aws-client")
        return variables(given["Credentials"])

    def _request(self, method: str, path: str, body: bytes | None, timeout: float) -> Any:
        name, _, query = path.partition("?")
        try:
            return self._ground.world.control.call(method, name, json.loads(body) if body else dict(parse_qsl(query)))
        except ValueError as error:
            raise LocalAwsError(f"local_aws: {method} {path}: {error}") from error


@dataclass
class StillInstallation(Installation):
    """An `Installation` in this process, with functions that Terraform knows nothing of."""

    service: Lambda | None = None

    def cool_down(self) -> None:
        """See `Installation.cool_down`."""
        assert self.service is not None
        self.service.cool_down()

    def item(self, record_id: str) -> dict[str, Any]:
        """See `Installation.item`; read where moto keeps it, for most of a fault's time is spent in looks."""
        (found,) = [
            one for one in self.items() if one["id"] == {"S": record_id} and one["region"] == {"S": REGION}
        ] or [{}]
        return {name: TypeDeserializer().deserialize(value) for name, value in found.items()}

    def letters(self) -> list[str]:
        """See `Installation.letters`; read where moto keeps them."""
        return [one.body for one in sqs_backends[CENTRAL][REGION].queues[mailbox.NAME]._messages]

    def items(self) -> list[dict[str, Any]]:
        """See `Installation.items`."""
        return [one.to_json()["Attributes"] for one in dynamodb_backends[CENTRAL][REGION].tables[TABLE].all_items()]

    def _silence_others(self) -> None:
        """There are none."""


@contextmanager
def still_installation(seed: int = 0) -> Iterator[StillInstallation]:
    """Make one; the same `seed` gives the same, to the last event."""
    policy = policy_object()
    policy["restore"] = {"profile": "balanced", "probe_minutes": 10, "allow_disruption": False}
    policy["failover_service"]["enabled"] = policy["synthetic_events"]["enabled"] = True
    with seeded(seed), hasty(), in_process(START) as aws, without_threads():
        wire = FaultyWire(aws.clock, random.Random(f"wire {seed}"))  # noqa: S311  (repeatable, not secret)
        add_routes(aws.world.control, wire.injector)
        ledger, post = Ledger(), Post(aws)
        service = Lambda(aws.clock, wire, environment(policy), ledger.add)
        for function in DEPLOYED:
            if function.queue:
                make_route(aws, function)
                dice = random.Random(f"{function.name} {seed}")  # noqa: S311
                post.pumps[function.queue] = Pump(aws, service, ledger, function, dice)
        aws.admin("sns").create_topic(Name=TOPIC)
        _start_schedules(aws, service)
        post.open()
        try:
            yield StillInstallation(Organization(StillAws(aws)), _tick=START + TICK, service=service)
        finally:
            post.close()
            wire.close()


def _start_schedules(aws: InProcess, service: Lambda) -> None:
    aws.admin("events").put_rule(Name=SWEEP_RULE, ScheduleExpression=f"rate({TICK / 60:g} minutes)")
    rule = events_backends[CENTRAL][REGION].event_buses["default"].rules[SWEEP_RULE]
    for function in DEPLOYED:
        if function.every:
            swept = function.rule == HEARTBEAT_RULE
            enabled = (lambda: rule.state == "ENABLED") if swept else (lambda: True)
            Schedule(aws, service, function, enabled).start()
    Heartbeats(aws, TICK, ((ORDERS, REGION),)).begin()
