"""What Terraform made: where events arrive, what the functions log, where state and dead letters are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class DeadLetterQueue:
    """A dead-letter queue of the central account or of a workload account and Region."""

    name: str
    account: str
    region: str
    url: str


@dataclass(frozen=True)
class Installation:
    """The parts of an applied `examples/multi-account` that the demo looks at."""

    region: str
    table: str
    automation_role: str
    queues: Mapping[str, str]
    log_groups: Mapping[str, str]
    dead_letter_queues: tuple[DeadLetterQueue, ...]


def installation(outputs: Mapping[str, Any]) -> Installation:
    """Read the example's outputs."""
    return Installation(
        region=arn_region(outputs["state_table"]["arn"]),
        table=outputs["state_table"]["name"],
        automation_role=outputs["onboarding"]["automation_role_name"],
        queues={name: queue["arn"] for name, queue in outputs["queues"].items()},
        log_groups={name: function["log_group_name"] for name, function in outputs["functions"].items()},
        dead_letter_queues=tuple(dead_letter_queue(queue) for queue in outputs["dead_letter_queues"].values()),
    )


def dead_letter_queue(queue: Mapping[str, str]) -> DeadLetterQueue:
    """A queue from a module's output of it, which has ``name``, ``url`` and ``arn``."""
    _, _, _, region, account, name = queue["arn"].split(":", 5)
    return DeadLetterQueue(name, account, region, queue["url"])


def arn_region(arn: str) -> str:
    """The Region in an ARN."""
    return arn.split(":")[3]
