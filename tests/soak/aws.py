"""A local AWS in this process, without HTTP, Lambda or threads."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

import boto3
from botocore.config import Config
from moto import mock_aws
from moto.dynamodb.models import dynamodb_backends
from moto.sqs.models import Queue, sqs_backends
from moto.sts.models import sts_backends

from local_aws import accounts, ecs, eventbridge, iam, sqs
from local_aws.chaos.ecs_front import EcsFront
from local_aws.chaos.events import EventChaos
from local_aws.chaos.functions import FunctionChaos
from local_aws.chaos.past import Staleness
from local_aws.chaos.queues import QueueChaos
from local_aws.chaos.quotas import Quotas
from local_aws.chaos.routes import Routes
from local_aws.chaos.tables import Tables
from local_aws.ecs import Scheduler
from local_aws.world import Organization, World
from spot_failover.aws.record_codec import DUE_PARTITION
from spot_failover.aws.twin_table import TWIN_PARTITION
from tests.handlers.aws_account import make_table
from tests.soak.clock import StillClock
from tests.soak.ground import TABLE
from tests.soak.keys import owner_keys
from tests.soak.plan import ACCOUNTS, CENTRAL, HOME, ORGANIZATION
from tests.soak.routes import make_central_bus, onboard_all

_ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "local",
    "AWS_SECRET_ACCESS_KEY": "local",
    "AWS_DEFAULT_REGION": HOME,
    "AWS_REGION": HOME,
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}
_UNWANTED = frozenset({"AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_SESSION_TOKEN"})
_OF_RESTORE = frozenset({DUE_PARTITION, TWIN_PARTITION})
_FAST = Config(retries={"total_max_attempts": 1}, parameter_validation=False)


@dataclass
class InProcess:
    """A `Ground`. Requests are answered in the caller's own thread; functions make clients of their own."""

    world: World
    clock: StillClock
    scheduler: Scheduler
    queue_chaos: QueueChaos
    _owners: dict[str, Mapping[str, str]] = field(default_factory=dict)
    _clients: dict[tuple[str, ...], Any] = field(default_factory=dict)

    def get(self, path: str) -> Any:
        """See `Ground.get`."""
        return self.world.control.call("GET", path, {})

    def control(self, path: str, **arguments: Any) -> Any:
        """See `Ground.control`."""
        return self.world.control.call("POST", path, arguments)

    def admin(self, service: str) -> Any:
        """See `Ground.admin`."""
        return self._client((service, HOME), {})

    def owner(self, service: str, account: str, region: str) -> Any:
        """See `Ground.owner`. ECS throttles owners like everybody else."""
        if account not in self._owners:
            self._owners[account] = owner_keys(self.admin("sts"), account, {})
        return self._client((service, region, account), self._owners[account])

    def _client(self, name: tuple[str, ...], keys: Mapping[str, str]) -> Any:
        if name not in self._clients:
            self._clients[name] = boto3.client(name[0], region_name=name[1], config=_FAST, **keys)  # type: ignore[call-overload]
        return self._clients[name]

    @staticmethod
    def queue(name: str) -> Queue:
        """A queue of the central account, as SQS holds it."""
        return sqs_backends[CENTRAL][HOME].queues[name]

    def anything_due(self) -> bool:
        """Whether the state table holds something that the restore tick would find.

        Accounts and Regions stand in the index too, for the sweep.
        """
        now = self.clock.now()
        partitions = dynamodb_backends[CENTRAL][HOME].tables[TABLE].items
        found = (item.attrs for partition in partitions.values() for item in partition.values())
        return any(
            int(attributes["due_at"].value) <= now
            for attributes in found
            if "due_partition" in attributes and attributes["due_partition"].value in _OF_RESTORE
        )

    def forget_old_sessions(self) -> None:
        """STS itself keeps none: each of them would make every later request a little slower."""
        now = self.clock.now()
        for account in (CENTRAL, *ACCOUNTS):
            sessions = sts_backends[account]["aws"].assumed_roles
            sessions[:] = [one for one in sessions if one.expiration.timestamp() > now]


@contextmanager
def in_process(start: float, workloads: Sequence[str] = ACCOUNTS) -> Iterator[InProcess]:
    """Make one, with the product's bus and roles in it. `start`: virtual epoch seconds; `workloads`: accounts."""
    with patch.dict(os.environ, _ENVIRONMENT), StillClock(start) as clock:
        for name in _UNWANTED & os.environ.keys():
            del os.environ[name]
        with mock_aws(config={"core": {"mock_credentials": False}}):
            ground = _assemble(clock, workloads)
            make_table()
            make_central_bus(ground)
            onboard_all(ground, workloads)
            yield ground


def _assemble(clock: StillClock, workloads: Sequence[str]) -> InProcess:
    world = World(clock=clock, organization=Organization(ORGANIZATION, frozenset({CENTRAL, *workloads}), CENTRAL))
    accounts.install(world)
    sqs.install(world)
    iam.install(world)
    router = eventbridge.install(world)
    scheduler = ecs.install(world)
    quotas, reads, events, queues = Quotas(), Staleness(), EventChaos(), QueueChaos(world)
    EcsFront(world, scheduler, quotas, reads).install()
    Tables(world, reads).install()
    queues.install()
    router.delays = events.delays
    Routes(world, quotas, reads, events, queues, FunctionChaos(world)).add()
    return InProcess(world, clock, scheduler, queues)
