"""Services behind load balancers: which targets a task is, and what happens to them as it comes and goes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from local_aws.ecs.announce import Announcer
from local_aws.ecs.errors import InvalidParameterError
from local_aws.ecs.service import Service
from local_aws.ecs.task import Task
from local_aws.elb.targets import TargetGroups, TargetKey, delay, find


def check_load_balancers(balancers: Sequence[Mapping[str, Any]]) -> None:
    """Refuse a target group that does not exist, or that no load balancer sends anything to (CreateService)."""
    for balancer in balancers:
        arn = balancer.get("targetGroupArn")
        if not arn:
            continue
        group = find(arn)
        if group is None:
            raise InvalidParameterError(f"The target group with targetGroupArn {arn} does not exist.")
        if not group.load_balancer_arns:
            raise InvalidParameterError(
                f"The target group with targetGroupArn {arn} does not have an associated load balancer."
            )


class Balancing:
    """Registers tasks in the target groups of their services and takes them out again."""

    def __init__(self, groups: TargetGroups, announcer: Announcer) -> None:
        self._groups = groups
        self._announcer = announcer

    def join(self, service: Service, task: Task, now: float) -> None:
        """The task runs: register it."""
        task.targets = tuple(_targets(service, task))
        for key in task.targets:
            self._groups.register(key)
        self._tell(service, task.targets, "registered", now)

    def check(self, task: Task, *, healthy: bool) -> None:
        """Health checks of the target groups passed, or failed."""
        for key in task.targets:
            self._groups.check(key, healthy=healthy)

    def leave(self, service: Service, task: Task, now: float) -> float:
        """Deregister the task, and answer for how many seconds its targets drain; 0 if it has none."""
        keys, task.targets = task.targets, ()
        for key in keys:
            self._groups.deregister(key)
        if keys:
            self._announcer.message(service, now, "has begun draining connections on 1 tasks.")
            self._tell(service, keys, "deregistered", now)
        return max((delay(key.group) for key in keys), default=0.0)

    def _tell(self, service: Service, keys: tuple[TargetKey, ...], what: str, now: float) -> None:
        for group, count in Counter(key.group for key in keys).items():
            self._announcer.message(service, now, f"{what} {count} targets in (target-group {group})")


def _targets(service: Service, task: Task) -> Iterator[TargetKey]:
    """What the task is registered as: its own address, or its instance where the group has instances."""
    for balancer in service.revision.wiring.get("loadBalancers") or []:
        arn = balancer.get("targetGroupArn")
        group = find(arn) if arn else None
        if group is None:
            continue
        target_id = task.host.instance_id if task.host and group.target_type == "instance" else task.address
        yield TargetKey(str(arn), target_id, int(balancer.get("containerPort") or group.port))
