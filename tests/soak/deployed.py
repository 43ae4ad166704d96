"""The functions of the product that a soak lets run, and what starts them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from benchmarks.storm.deployment import reading

_READ = {"interruption": "spot_interruption"}
"""Where its variables are not named after the module."""


@dataclass(frozen=True)
class Function:
    """A deployed function: its name and its entry point, and what starts it."""

    name: str
    module: str
    queue: str = ""
    """The queue that it reads."""
    rule: str = ""
    """The rule that fills it; of the queue's name where left out."""
    batch: int = 10
    """Messages that it gets at once, at most; over 10 only with a `window_seconds` for which they are collected."""
    window_seconds: float = 0.0
    concurrency: int = 2
    """Batches that are worked on at once."""
    delay_seconds: int = 0
    """Of the queue."""
    visibility_seconds: int = 90
    pattern: Mapping[str, Any] = field(default_factory=dict)
    """The events that its queue gets."""
    every: float = 0.0
    """Seconds between two runs of its schedule in the month, which need not be those of an installation."""
    rests: bool = False
    """Whether a run without a due record is like the one before: most of these are left out, for they are many."""
    timeout: float = 60.0
    orders: str = ""
    """Its variable with the URL of its own queue, where it sends itself messages."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """Variables that it has beside those of all."""

    def is_end(self, decision: Mapping[str, Any]) -> bool:
        """Whether a decision is about a message; those of the sweep about services are about no message."""
        return not self.orders or "cluster" not in decision


def as_deployed(function: Function) -> Function:
    """With its queue read as Terraform's defaults have Lambda read it."""
    if not function.queue:
        return function
    name = function.module.rpartition(".")[2]
    read = reading(_READ.get(name, name))
    return replace(
        function,
        batch=read.batch_size,
        window_seconds=read.batching_window_seconds,
        concurrency=read.maximum_concurrency,
        visibility_seconds=read.visibility_timeout_seconds,
        delay_seconds=read.delay_seconds,
        timeout=read.timeout_seconds,
    )


HEARTBEAT_SOURCE, HEARTBEAT = "ecs.spot-failover", "Spot Failover Heartbeat"

_FUNCTIONS = (
    Function(
        "fargate-spot-task-placement-failure-handler",
        "spot_failover.handlers.placement_failure",
        queue="fargate-spot-placement-failure-queue",
        pattern={
            "source": ["aws.ecs"],
            "detail-type": ["ECS Service Action"],
            "detail": {"eventName": ["SERVICE_TASK_PLACEMENT_FAILURE"]},
        },
    ),
    Function(
        "fargate-spot-interruption-handler",
        "spot_failover.handlers.interruption",
        queue="fargate-spot-interruption-queue",
        pattern={
            "source": ["aws.ecs"],
            "detail-type": ["ECS Task State Change"],
            "detail": {
                "group": [{"prefix": "service:"}],
                "$or": [
                    {"stopCode": ["SpotInterruption", "TerminationNotice"]},
                    {"stoppedReason": ["Your Spot Task was interrupted."]},
                ],
            },
        },
    ),
    Function("fargate-spot-restore-handler", "spot_failover.handlers.restore", every=300.0, rests=True),
    Function(
        "fargate-spot-sweep-handler",
        "spot_failover.handlers.sweep",
        queue="fargate-spot-sweep-queue",
        pattern={"source": [HEARTBEAT_SOURCE], "detail-type": [HEARTBEAT]},
        every=6 * 3600.0,
        orders="SWEEP_QUEUE_URL",
    ),
)
FUNCTIONS = tuple(map(as_deployed, _FUNCTIONS))
"""What fails over and restores services with ECS's own deployments. The functions of on-demand twins, of task sets and
of controlled scale-downs have no part in the soak; one that is to have is a further entry here."""
