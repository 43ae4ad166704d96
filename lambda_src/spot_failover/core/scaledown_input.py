"""The input of a controlled scale-down: what a pipeline gives, checked field by field before anything is touched."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from spot_failover.core.errors import InputError
from spot_failover.core.scaledown_fields import (
    ExecutionInput,
    name_or_arn,
    seconds,
    some_ids,
    strategy,
    whole_number,
)
from spot_failover.core.scaledown_limits import MAX_SCALEDOWN_WAIT, MAX_WAIT_FOR_SERVICE
from spot_failover.core.strategy import Strategy

_TASK_DEFINITION = re.compile(
    r"(arn:[a-z-]+:ecs:[a-z0-9-]+:\d{12}:task-definition/)?[A-Za-z0-9_-]{1,255}(:[1-9]\d{0,8})?"
)
_PUBLIC_IP = {"ENABLED": True, "DISABLED": False}


@dataclass(frozen=True)
class ScaledownInput:
    """What is to be done. What is None is taken from the service's current task set."""

    cluster: str
    """Name."""
    service: str
    load_balancer: str | None = None
    """Name or ARN."""
    task_definition: str | None = None
    subnets: tuple[str, ...] | None = None
    security_groups: tuple[str, ...] | None = None
    strategy: Strategy | None = None
    assign_public_ip: bool | None = None
    wait_for_service: int = 600
    """Seconds that tasks get to become whole and healthy, the new ones and, on the way back, the old ones."""
    decrement: int = 10
    """Percent points."""
    scaledown_wait: int = 60
    """Seconds."""

    @property
    def steps(self) -> int:
        """How often the old task set is scaled down, from 100 percent."""
        return -(-100 // self.decrement)

    @property
    def least_seconds(self) -> int:
        """What all waits together may take when everything else takes no time."""
        return self.wait_for_service + self.steps * self.scaledown_wait


def _load_balancer(value: Any) -> str:
    arn = r"arn:[a-z-]+:elasticloadbalancing:[a-z0-9-]+:\d{12}:loadbalancer/net/[A-Za-z0-9-]{1,32}/[0-9a-f]+"
    if isinstance(value, str) and (re.fullmatch(r"[A-Za-z0-9-]{1,32}", value) or re.fullmatch(arn, value)):
        return value
    raise ValueError("the name or ARN of a Network Load Balancer")


def _task_definition(value: Any) -> str:
    if isinstance(value, str) and _TASK_DEFINITION.fullmatch(value):
        return value
    raise ValueError('a task definition: "family", "family:revision" or its ARN')


def _public_ip(value: Any) -> bool:
    if isinstance(value, str) and value in _PUBLIC_IP:
        return _PUBLIC_IP[value]
    raise ValueError('"ENABLED" or "DISABLED"')


def _check_cluster(service: str, cluster: str) -> None:
    named = service.partition(":service/")[2].rpartition("/")[0]
    if named and named != cluster:
        raise InputError(f"serviceName: got {service}, which is in cluster {named}; must be one of cluster {cluster}")


_FIELDS: Mapping[str, tuple[str, Callable[[Any], Any]]] = {
    "cluster": ("cluster", lambda value: name_or_arn(value, "cluster")),
    "serviceName": ("service", lambda value: name_or_arn(value, "service")),
    "nlb": ("load_balancer", _load_balancer),
    "taskDefinition": ("task_definition", _task_definition),
    "subnets": ("subnets", lambda value: some_ids(value, "subnet", 16)),
    "task_sg": ("security_groups", lambda value: some_ids(value, "sg", 5)),
    "capacityProviderStrategy": ("strategy", strategy),
    "assignPublicIp": ("assign_public_ip", _public_ip),
    "waitForService": ("wait_for_service", lambda value: seconds(value, 1, MAX_WAIT_FOR_SERVICE)),
    "scaledown_decrement": ("decrement", lambda value: whole_number(value, 1, 100, "percent points")),
    "scaledown_wait": ("scaledown_wait", lambda value: seconds(value, 1, MAX_SCALEDOWN_WAIT)),
}
_REQUIRED = ("cluster", "serviceName")


def parse_scaledown_input(given: object, *, account: str, region: str, time_limit: int) -> ScaledownInput:
    """Read the input of an execution.

    Parameters
    ----------
    given
        The execution's input, as JSON gave it.
    account, region
        Where the state machine is: it works on nothing elsewhere.
    time_limit
        Seconds that an execution may take.

    Raises
    ------
    InputError
        Names every field that is missing, unknown or wrong, what was given and what would be right.
    """
    if not isinstance(given, Mapping):
        raise InputError(
            f"the input is {ExecutionInput.shown(given)}; it must be an object, with the fields of the module's README"
        )
    reader = ExecutionInput(given, f":{region}:{account}:")
    for name in _REQUIRED:
        reader.require(name)
    reader.know(_FIELDS)
    found = {}
    for name, (attribute, read) in _FIELDS.items():
        value = reader.read(name, read)
        if value is not None:
            found[attribute] = value
    reader.finish()
    parsed = ScaledownInput(**found)
    _check_cluster(str(given["serviceName"]), parsed.cluster)
    if parsed.least_seconds > time_limit:
        raise InputError(
            f"scaledown_decrement: {parsed.decrement} percent points every scaledown_wait = {parsed.scaledown_wait} s "
            f"after waitForService = {parsed.wait_for_service} s may take {parsed.least_seconds} s, but an execution "
            f"may take {time_limit} s; give a larger scaledown_decrement, a shorter scaledown_wait or waitForService, "
            "or the module a larger time_limit_minutes"
        )
    return parsed
