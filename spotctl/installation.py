"""Finds an installation by one of its functions, and puts together what the commands work with.

The restore function's environment names the table, the bus, the role, its ExternalId and the policy: nothing of it is
configured a second time.
"""

from __future__ import annotations

import os
import random
import re
import time
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from spot_failover.aws.alert_table import AlertTable
from spot_failover.aws.audit_bus import EventBus
from spot_failover.aws.autoscaling import ScalableTargets
from spot_failover.aws.clients import PATIENT, RETRIED, WorkloadClients
from spot_failover.aws.ecs import EcsServices
from spot_failover.aws.errors import Call, translate, translated
from spot_failover.aws.registry import RegistryTable
from spot_failover.aws.replacements import StateMachines
from spot_failover.aws.shared_items import SharedItems
from spot_failover.aws.state_table import StateTable
from spot_failover.aws.twin_table import TwinTable
from spot_failover.core.errors import SettingsError
from spot_failover.core.policy import Policy
from spot_failover.flow.journal import Journal
from spot_failover.flow.worker import Worker
from spot_failover.settings import Settings
from spotctl.exits import Failure

RESTORE_FUNCTION = "fargate-spot-restore-handler"
LIFE = timedelta(minutes=1)
"""How long one command may change a service: its lease ends by itself soon after."""


def now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


def pause(seconds: float) -> None:
    """Wait. A signal that somebody handles does not cut it short."""
    time.sleep(seconds)


def new_id() -> str:
    """An id that nobody else has."""
    return uuid.uuid4().hex


class Installation:
    """The parts of an installation, as one operator sees them."""

    def __init__(self, session: Any, function: str) -> None:
        """Find it.

        Raises
        ------
        Failure
            There is no such function here, or its environment can't be read.
        SpotFailoverError
            AWS refused, or did not answer.
        """
        self.session = session
        sts = session.client("sts", config=RETRIED)
        with translated(Call("sts:GetCallerIdentity", "your credentials", "you")):
            self.operator = str(sts.get_caller_identity()["Arn"])
        self.name = f"spotctl-{new_id()}"
        self.function = function
        self.settings = self._settings()
        dynamodb, table = session.client("dynamodb", config=RETRIED), self.settings.state_table
        self.records = StateTable(dynamodb, table, new_id)
        self.shared = SharedItems(dynamodb, table, new_id)
        self.twins = TwinTable(dynamodb, table, new_id)
        self.registry = RegistryTable(dynamodb, table, new_id)
        clients = WorkloadClients(
            sts,
            role=self.settings.automation_role,
            external_id=self.settings.external_id,
            session_name=_session_name(self.operator),
            now=now,
            session=session,
        )
        self.services = EcsServices(clients, sleep=time.sleep, chance=random.random)
        self.autoscaling = ScalableTargets(clients)
        self.replacements = StateMachines(clients)
        alerts = AlertTable(dynamodb, table, new_id)
        bus = EventBus(session.client("events", config=PATIENT), self.settings.event_bus, now=now, sleep=time.sleep)
        self.journal = Journal(bus, alerts, now, new_id)

    @property
    def policy(self) -> Policy:
        """The policy of the functions."""
        return self.settings.policy

    @property
    def partition(self) -> str:
        """`aws`, `aws-cn`, `aws-us-gov`."""
        return self.operator.split(":")[1]

    def look_again(self) -> None:
        """Read the function's environment anew: somebody may have applied another policy since."""
        self.settings = self._settings()

    def client(self, service: str) -> Any:
        """A client of the central account."""
        return self.session.client(service, config=RETRIED)

    def worker(self) -> Worker:
        """The hands of this command: the same leases and versions as the functions'."""
        return Worker(
            name=self.name,
            services=self.services,
            records=self.records,
            shared=self.shared,
            twins=self.twins,
            autoscaling=self.autoscaling,
            replacements=self.replacements,
            now=now,
            ends_at=now() + LIFE,
            chance=random.random,
        )

    def _settings(self) -> Settings:
        functions = self.client("lambda")
        call = Call("lambda:GetFunctionConfiguration", f"function {self.function}", self.operator)
        try:
            found = functions.get_function_configuration(FunctionName=self.function)
        except functions.exceptions.ResourceNotFoundException as error:
            account = self.operator.split(":")[4]
            raise Failure(
                f"no function {self.function} in account {account}, Region {functions.meta.region_name}. Give the "
                "profile and Region of the central account (--profile, --region), the installation's --name-prefix, "
                "or the name of its restore function where it has another (--function)."
            ) from error
        except (ClientError, BotoCoreError) as error:
            raise translate(error, call) from error
        environment = found.get("Environment", {})
        if "Error" in environment:
            raise Failure(
                f"the environment of function {self.function} can't be read: {environment['Error'].get('Message')}. "
                f"{self.operator} needs kms:Decrypt on its key; the operator role has it."
            )
        try:
            return Settings.from_env(environment.get("Variables", {}), reads_queue=False)
        except SettingsError as error:
            raise Failure(f"function {self.function} is no restore function of an installation: {error}") from error


def _session_name(operator: str) -> str:
    """What CloudTrail shows in the workload accounts: who it was."""
    person = re.sub(r"[^\w+=,.@-]", "-", operator.rpartition("/")[2])
    return f"spotctl-{person}"


def open_session(profile: str | None, region: str | None) -> Any:
    """A session as the AWS CLI makes it: profiles, SSO and environment included.

    Raises
    ------
    Failure
        There is no such profile, or no Region.
    """
    # Of the two variables boto3 reads AWS_DEFAULT_REGION alone; the AWS CLI takes AWS_REGION first.
    region = region or os.environ.get("AWS_REGION") or None
    try:
        session = boto3.Session(profile_name=profile, region_name=region)
    except BotoCoreError as error:
        raise Failure(f"{error}. See `aws configure list-profiles`.") from error
    if session.region_name is None:
        raise Failure("no Region: give --region, or set AWS_REGION, or a region in the profile.")
    return session
