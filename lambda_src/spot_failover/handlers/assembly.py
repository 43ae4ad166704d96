"""Puts the parts of a function together."""

from __future__ import annotations

import os
import random
import time
import uuid
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import boto3

from spot_failover.aws.alert_table import AlertTable
from spot_failover.aws.audit_bus import EventBus
from spot_failover.aws.autoscaling import ScalableTargets
from spot_failover.aws.clients import QUICK, RETRIED, WorkloadClients
from spot_failover.aws.ecs import EcsServices
from spot_failover.aws.replacements import StateMachines
from spot_failover.aws.shared_items import SharedItems
from spot_failover.aws.state_table import StateTable
from spot_failover.aws.twin_table import TwinTable
from spot_failover.flow.journal import Journal
from spot_failover.flow.worker import Worker
from spot_failover.settings import Settings
from spot_failover.telemetry import Telemetry, make_logger

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


def now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


def new_id() -> str:
    """An id that nobody else has."""
    return uuid.uuid4().hex


class Function:
    """What outlives one invocation of a function: settings, clients and sessions."""

    def __init__(self, *, reads_queue: bool, sweeps: bool = False) -> None:
        self.settings = Settings.from_env(os.environ, reads_queue=reads_queue, sweeps=sweeps)
        self.logger = make_logger()
        dynamodb = self.dynamodb = boto3.client("dynamodb", config=RETRIED)
        bus = EventBus(boto3.client("events", config=QUICK), self.settings.event_bus, now=now, sleep=time.sleep)
        alerts = AlertTable(boto3.client("dynamodb", config=QUICK), self.settings.state_table, new_id)
        self._journal = Journal(bus, alerts, now, new_id)
        self.telemetry = Telemetry(self.logger, self.settings.event_bus, now, self._journal.outcome)
        clients = WorkloadClients(
            boto3.client("sts", config=RETRIED),
            role=self.settings.automation_role,
            external_id=self.settings.external_id,
            session_name=os.environ.get("AWS_LAMBDA_FUNCTION_NAME", "ecs-spot-failover"),
            now=now,
        )
        self._services = EcsServices(clients, sleep=time.sleep, chance=random.random)
        self._records = StateTable(dynamodb, self.settings.state_table, new_id)
        self._shared = SharedItems(dynamodb, self.settings.state_table, new_id)
        self._twins = TwinTable(dynamodb, self.settings.state_table, new_id)
        self._autoscaling = ScalableTargets(clients)
        self._replacements = StateMachines(clients)

    def finish(self, context: LambdaContext) -> None:
        """The end of an invocation: what it has to tell goes out, and nothing of that fails it."""
        try:
            ends_at = now() + timedelta(milliseconds=context.get_remaining_time_in_millis())
            self.telemetry.untold(*self._journal.close(ends_at))
        finally:
            self.telemetry.flush()

    def worker(self, context: LambdaContext) -> Worker:
        """The hands of one invocation."""
        return Worker(
            name=context.aws_request_id,
            services=self._services,
            records=self._records,
            shared=self._shared,
            twins=self._twins,
            autoscaling=self._autoscaling,
            replacements=self._replacements,
            now=now,
            ends_at=now() + timedelta(milliseconds=context.get_remaining_time_in_millis()),
            chance=random.random,
        )
