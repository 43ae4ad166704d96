"""Puts the parts together: one world, every part installed in it, an HTTP server in front."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from local_aws import (
    accounts,
    autoscaling,
    chaos,
    cloudwatch,
    ecs,
    eventbridge,
    faults,
    iam,
    lambda_service,
    launch_templates,
    quotas,
    scheduler,
    security_groups,
    sqs,
    step_functions,
)
from local_aws.application import LocalAws
from local_aws.clock import Clock
from local_aws.http_server import Server
from local_aws.world import Organization, World

STOP_POLL_SECONDS = 0.05


@dataclass(frozen=True)
class Settings:
    """What a local AWS is started with.

    The first of ``accounts`` is the organization's management account, and the one that unknown access keys act in.
    ``outside_accounts`` exist but are not in the organization. ``units`` gives accounts the path of their
    organizational units below the root.
    """

    accounts: Sequence[str]
    organization: str
    outside_accounts: Sequence[str] = ()
    units: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse what AWS could not have."""
        everyone = [*self.accounts, *self.outside_accounts]
        wrong = [account for account in everyone if len(account) != 12 or not account.isdigit()]
        if wrong:
            raise ValueError(f"an account id has 12 digits, these have not: {', '.join(wrong)}")
        if not self.accounts:
            raise ValueError("give at least one account")
        if len(set(everyone)) != len(everyone):
            raise ValueError(f"an account is given twice: {', '.join(everyone)}")


def make_world(settings: Settings, start: float | None = None) -> World:
    """A world with all parts installed and its clock running, ``start`` (epoch seconds) or now being its first time."""
    organization = Organization(
        id=settings.organization,
        accounts=frozenset(settings.accounts),
        management=settings.accounts[0],
        units=dict(settings.units),
    )
    world = World(
        clock=Clock(start).start(), organization=organization, outside_accounts=frozenset(settings.outside_accounts)
    )
    _add_controls(world)
    accounts.install(world)
    launch_templates.install()
    security_groups.install()
    quotas.install()
    sqs.install(world)
    iam.install(world)
    router = eventbridge.install(world)
    cloudwatch.install(world)
    functions = lambda_service.install(world)
    scheduler.install(world, router)
    step_functions.install(world)
    tasks = ecs.install(world)
    autoscaling.install(world, tasks)
    faults.install(world)
    chaos.install(world, router=router, functions=functions, scheduler=tasks)
    return world


def end_world(world: World) -> None:
    """Stop what the parts have running, and the clock."""
    for stop in world.at_stop:
        stop()
    world.clock.stop()


class RunningServer:
    """A world behind HTTP on a free port of loopback, for as long as the context lasts."""

    def __init__(self, world: World, port: int = 0) -> None:
        self.world = world
        self._server = Server(LocalAws(world), port)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(STOP_POLL_SECONDS,), name="local-aws-http", daemon=True
        )

    @property
    def url(self) -> str:
        """The endpoint of every AWS service."""
        return self._server.url

    @property
    def port(self) -> int:
        """The TCP port."""
        return self._server.server_port

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def _add_controls(world: World) -> None:
    def advance(arguments: dict[str, Any]) -> dict[str, float]:
        world.clock.advance(float(arguments.get("seconds", "no seconds given")))
        return {"now": world.clock.now()}

    world.control.add("GET", "health", lambda _: {"status": "ok", "accounts": list(world.accounts)})
    world.control.add("GET", "clock", lambda _: {"now": world.clock.now()})
    world.control.add("POST", "clock/advance", advance)
