"""What every part of local_aws shares: clock, lock, control API, organization, events that services make."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

from local_aws.clock import Clock
from local_aws.control import Control
from local_aws.metrics import Metrics, Point, Series

Event = dict[str, Any]
Environ = dict[str, Any]
"""A request, as WSGI has it; its body is read already and can be read again."""
Answer = tuple[int, list[tuple[str, str]], bytes]
"""Status, headers and body."""
Middleware = Callable[[Environ, Callable[[], Answer]], Answer]
"""Answers a request, by itself or by calling what it is given."""


@dataclass(frozen=True)
class Organization:
    """An AWS organization.

    ``management`` is its management account, the first of those that local_aws was started with. ``units`` gives
    accounts the path of their organizational units below the root (``ou-ab12-11111111/``); an account that is not in it
    stands directly under the root.
    """

    id: str
    accounts: frozenset[str]
    management: str
    root_id: str = "r-ab12"
    units: Mapping[str, str] = field(default_factory=dict)

    def contains(self, account: str) -> bool:
        """Whether ``account`` is a member."""
        return account in self.accounts

    def path(self, account: str) -> str | None:
        """The account's place, as the condition key ``aws:PrincipalOrgPaths`` has it; None outside the organization."""
        if not self.contains(account):
            return None
        return f"{self.id}/{self.root_id}/{self.units.get(account, '')}"


@dataclass
class World:
    """The state that is not moto's.

    ``lock`` is held by the server around each API request (but for a ReceiveMessage that waits) and by every action
    that touches state. Never hold it while a function runs: the function calls back.
    ``listeners`` get every event that a service makes; EventBridge is one of them. They are called under ``lock``.
    ``at_stop`` is called, in order, when the process ends: end subprocesses there.
    ``middleware`` stands between AWS's APIs and their callers, the first outermost. It is called without ``lock``.
    """

    clock: Clock
    organization: Organization
    outside_accounts: frozenset[str] = frozenset()
    lock: threading.RLock = field(default_factory=threading.RLock)
    control: Control = field(default_factory=Control)
    metrics: Metrics = field(default_factory=Metrics)
    listeners: list[Callable[[Event], None]] = field(default_factory=list)
    at_stop: list[Callable[[], None]] = field(default_factory=list)
    middleware: list[Middleware] = field(default_factory=list)

    @property
    def accounts(self) -> tuple[str, ...]:
        """All accounts that exist, the management account first."""
        others = (self.organization.accounts | self.outside_accounts) - {self.organization.management}
        return (self.organization.management, *sorted(others))

    def emit(
        self,
        account: str,
        region: str,
        *,
        source: str,
        detail_type: str,
        detail: dict[str, Any],
        resources: Sequence[str],
    ) -> str:
        """Put an event that an AWS service makes on the account's default bus, and answer its id.

        Its time is now, in whole seconds.
        """
        event: Event = {
            "version": "0",
            "id": str(uuid.uuid4()),
            "detail-type": detail_type,
            "source": source,
            "account": account,
            "time": datetime.fromtimestamp(self.clock.now(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "region": region,
            "resources": list(resources),
            "detail": detail,
        }
        with self.lock:
            for listener in self.listeners:
                listener(event)
        return str(event["id"])

    def measure(
        self,
        place: tuple[str, str],
        namespace: str,
        dimensions: Mapping[str, str],
        values: Mapping[str, float],
        *,
        time: float | None = None,
    ) -> None:
        """Publish values of metrics, by name, as an AWS service does; ``place`` is account and Region.

        ``time`` is virtual (epoch seconds), now if left out. Called with or without ``lock``.
        """
        moment = self.clock.now() if time is None else time
        for name, value in values.items():
            self.metrics.add(Series.of(*place, namespace, name, dimensions), Point.single(moment, value))

    def answer(self, environ: Environ, api: Callable[[], Answer]) -> Answer:
        """Call ``api``, which answers the request, through all of the middleware."""
        for middleware in reversed(self.middleware):
            api = partial(middleware, environ, api)
        return api()
