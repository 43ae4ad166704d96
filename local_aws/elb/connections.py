"""Long-lived connections through the listeners of Network Load Balancers.

A connection belongs to one target and lasts until its task stops, whatever its listener forwards to meanwhile: then its
client connects anew, through the listener as it is by then. A client that nobody answers tries again every second.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from moto.elbv2.models import FakeListener, FakeLoadBalancer, elbv2_backends

from local_aws.clock import Clock
from local_aws.elb.network import forwarded_to
from local_aws.elb.targets import Health, TargetGroups, TargetKey

RETRY_SECONDS = 1.0


@dataclass(frozen=True)
class Place:
    """Where clients connect to: a listener."""

    account: str
    region: str
    balancer: str
    port: int


@dataclass
class Flow:
    """The clients of one place: how many connections each target has, how many clients wait for one.

    ``turn`` counts the connections ever made: targets take turns.
    """

    open: Counter[TargetKey] = field(default_factory=Counter)
    waiting: int = 0
    turn: int = 0
    second: Counter[tuple[int, str]] = field(default_factory=Counter)


class Connections:
    """All connections. Called under ``World.lock``; ``schedule`` runs something under it later."""

    def __init__(
        self, clock: Clock, groups: TargetGroups, schedule: Callable[[float, Callable[[], None]], None]
    ) -> None:
        self._clock = clock
        self._groups = groups
        self._schedule = schedule
        self._flows: dict[Place, Flow] = {}

    def open(self, place: Place, count: int) -> int:
        """Let so many clients connect, and answer how many have got a connection at once."""
        _listener(place)
        flow = self._flows.setdefault(place, Flow())
        return self._connect(place, flow, count, "opened")

    def end(self, account: str, region: str, target_id: str) -> None:
        """A task is gone: end the connections to it, and let their clients connect anew."""
        for place, flow in self._flows.items():
            if (place.account, place.region) != (account, region):
                continue
            gone = [key for key in flow.open if key.id == target_id]
            ended = sum(flow.open.pop(key) for key in gone)
            if ended:
                self._count(flow, "ended", ended)
                self._connect(place, flow, ended, "reconnected")

    def close(self) -> None:
        """Forget all clients; nothing is counted for it."""
        self._flows.clear()

    def as_json(self) -> dict[str, Any]:
        """The connections by listener, target group and target, and what happened in each second of virtual time."""
        return {"listeners": [self._shown(place, flow) for place, flow in self._flows.items()]}

    def _connect(self, place: Place, flow: Flow, count: int, what: str) -> int:
        candidates = self._candidates(place)
        if not candidates:
            if flow.waiting == 0 and count:
                self._retry(place)
            flow.waiting += count
            self._count(flow, "refused", count)
            return 0
        for _ in range(count):
            flow.open[candidates[flow.turn % len(candidates)]] += 1
            flow.turn += 1
        self._count(flow, what, count)
        return count

    def _retry(self, place: Place) -> None:
        def again() -> None:
            flow = self._flows.get(place)
            if flow is not None and flow.waiting:
                waiting, flow.waiting = flow.waiting, 0
                self._connect(place, flow, waiting, "reconnected")

        self._schedule(RETRY_SECONDS, again)

    def _candidates(self, place: Place) -> list[TargetKey]:
        """The healthy targets of the group that the listener forwards to now.

        If none is healthy the load balancer fails open, to all that are registered (User Guide for Network Load
        Balancers, "Health checks for target groups").
        """
        try:
            group = forwarded_to(_listener(place))
        except ValueError:
            return []
        members = {} if group is None else self._groups.members(group)
        usable = {key: target for key, target in members.items() if target.health is not Health.DRAINING}
        healthy = [key for key, target in usable.items() if target.health is Health.HEALTHY]
        return sorted(healthy or usable, key=lambda key: (key.id, key.port))

    def _count(self, flow: Flow, what: str, count: int) -> None:
        if count:
            flow.second[int(self._clock.now()), what] += count

    def _shown(self, place: Place, flow: Flow) -> dict[str, Any]:
        by_group: Counter[str] = Counter()
        for key, count in flow.open.items():
            by_group[key.group] += count
        seconds = sorted({second for second, _ in flow.second})
        names = ("opened", "ended", "reconnected", "refused")
        return {
            "account": place.account,
            "region": place.region,
            "load_balancer": place.balancer,
            "port": place.port,
            "open": flow.open.total(),
            "waiting": flow.waiting,
            "target_groups": dict(by_group),
            "targets": [
                {"target_group": key.group, "id": key.id, "port": key.port, "open": count}
                for key, count in sorted(flow.open.items(), key=lambda item: item[0].id)
            ],
            "timeline": [{"t": second, **{name: flow.second[second, name] for name in names}} for second in seconds],
        }


def _listener(place: Place) -> FakeListener:
    """The listener as it is now; ``ValueError`` if there is none."""
    balancers: list[FakeLoadBalancer] = [
        item
        for item in elbv2_backends[place.account][place.region].load_balancers.values()
        if place.balancer in {item.name, item.arn}
    ]
    if not balancers:
        raise ValueError(f"there is no load balancer {place.balancer} in {place.account} {place.region}")
    if balancers[0].type != "network":
        raise ValueError(f"{place.balancer} is no Network Load Balancer: its connections are not modelled")
    for listener in balancers[0].listeners.values():
        if int(listener.port) == place.port:
            return listener
    raise ValueError(f"{place.balancer} in {place.account} {place.region} has no listener on port {place.port}")
