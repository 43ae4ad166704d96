"""A local AWS in a process of its own, with the product installed in five accounts by Terraform."""

from __future__ import annotations

import heapq
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any
from unittest.mock import patch

import boto3
from botocore.config import Config

from local_aws.accounts import administrator_role_arn
from local_aws.client import LocalAws
from tests.soak.keys import owner_keys
from tests.soak.plan import ACCOUNTS, CENTRAL, HOME, ORGANIZATION, POOLS, regions
from tools.terraform_mirror import terraform, terraform_environment, terraform_init
from tools.terraform_tree import copy_tree

_CONFIG = Config(retries={"total_max_attempts": 1}, read_timeout=120)


@dataclass
class RemoteClock:
    """Time of a local AWS elsewhere; what is to be done at a point in it is done here, in between."""

    aws: LocalAws
    _now: float = 0.0
    _due: list[tuple[float, int, Callable[[], None]]] = field(default_factory=list)
    _order: Iterator[int] = field(default_factory=count)

    def __post_init__(self) -> None:
        self._now = self.aws.now()

    def now(self) -> float:
        """The time when it was last moved; it goes on by itself, too, as fast as real time."""
        return self._now

    def call_at(self, when: float, action: Callable[[], None], *, name: str) -> None:
        """See `Clock.call_at`."""
        heapq.heappush(self._due, (when, next(self._order), action))

    def call_later(self, delay: float, action: Callable[[], None], *, name: str) -> None:
        """See `Clock.call_later`."""
        self.call_at(self._now + delay, action, name=name)

    def advance(self, seconds: float) -> None:
        """See `Clock.advance`."""
        target = self._now + seconds
        while self._due and self._due[0][0] <= target:
            when, _, action = heapq.heappop(self._due)
            self._move(when)
            action()
        self._move(target)

    def _move(self, when: float) -> None:
        self._now = self.aws.advance(max(0.0, when - self.aws.now()))


@dataclass
class Remote:
    """A `Ground`."""

    aws: LocalAws
    clock: RemoteClock
    _owners: dict[str, Mapping[str, str]] = field(default_factory=dict)
    _clients: dict[tuple[str, ...], Any] = field(default_factory=dict)

    def get(self, path: str) -> Any:
        """See `Ground.get`."""
        return self.aws.get(path)

    def control(self, path: str, **arguments: Any) -> Any:
        """See `Ground.control`."""
        return self.aws.post(path, arguments)

    def admin(self, service: str) -> Any:
        """See `Ground.admin`."""
        return self._client((service, HOME), {"aws_access_key_id": "local", "aws_secret_access_key": "local"})

    def owner(self, service: str, account: str, region: str) -> Any:
        """See `Ground.owner`."""
        if account not in self._owners:
            options = {"endpoint_url": self.aws.endpoint_url, "config": _CONFIG}
            self._owners[account] = owner_keys(self.admin("sts"), account, options)
        return self._client((service, region, account), self._owners[account])

    def _client(self, name: tuple[str, ...], keys: Mapping[str, str]) -> Any:
        if name not in self._clients:
            options = {"endpoint_url": self.aws.endpoint_url, "config": _CONFIG}
            self._clients[name] = boto3.client(name[0], region_name=name[1], **options, **keys)  # type: ignore[call-overload]
        return self._clients[name]


@contextmanager
def installed(folder: Path) -> Iterator[Remote]:
    """Start one, apply, and in the end stop. `folder` gets the log and a copy of the Terraform tree."""
    with LocalAws.start([CENTRAL, *ACCOUNTS], ORGANIZATION, log_file=folder / "local_aws.log") as aws:
        configuration = copy_tree(folder / "terraform") / "examples" / "soak"
        configuration.mkdir()
        (configuration / "main.tf.json").write_text(json.dumps(_configuration(), indent=2))
        environment = terraform_environment(aws.env())
        terraform_init(configuration, environ=environment)
        terraform(configuration, "apply", "-auto-approve", "-no-color", environ=environment)
        with patch.dict(os.environ, aws.env()):
            del os.environ["AWS_ENDPOINT_URL"]
            yield Remote(aws, RemoteClock(aws))


def _configuration() -> dict[str, Any]:
    """What `examples/multi-account` does, for five accounts: one block for the centre, one per account and Region."""
    providers = [_provider("central", CENTRAL, HOME)]
    modules: dict[str, Any] = {
        "central": {
            "source": "../../modules/central",
            "providers": {"aws": "aws.central"},
            "organization_id": ORGANIZATION,
            "sweep": {"schedule": "rate(15 minutes)"},
        }
    }
    for account, region in POOLS:
        name = _name(account, region)
        providers.append(_provider(name, account, region))
        modules[name] = {
            "source": "../../modules/workload-onboarding",
            "providers": {"aws": f"aws.{name}"},
            "central": "${module.central.onboarding}",
        }
        first = regions(account)[0]
        if region != first:
            roles = {
                role: f"${{module.{_name(account, first)}.{role}}}"
                for role in ("forward_role_name", "heartbeat_role_name")
            }
            modules[name] |= {"create_roles": False, **roles}
    required = {"aws": {"source": "hashicorp/aws", "version": ">= 5.77"}}
    return {"terraform": {"required_providers": required}, "provider": {"aws": providers}, "module": modules}


def _name(account: str, region: str) -> str:
    return f"account_{account}_{region.replace('-', '_')}"


def _provider(alias: str, account: str, region: str) -> dict[str, Any]:
    return {"alias": alias, "region": region, "assume_role": [{"role_arn": administrator_role_arn(account)}]}
