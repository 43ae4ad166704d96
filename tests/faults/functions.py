"""The functions of an installation with Terraform's defaults, and what starts them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from tests.faults.installation import HEARTBEAT_RULE, TASK_STATE_RULE, TICK, TOPIC
from tests.scenarios.organization import CENTRAL, REGION
from tests.soak.deployed import FUNCTIONS, Function
from tools import paths

_QUEUES = (paths.ROOT / "modules" / "central" / "variables_queues.tf").read_text()
_VARIABLES = {
    "fargate-spot-placement-failure-queue": "placement_failure_queue",
    "fargate-spot-interruption-queue": "spot_interruption_queue",
    "fargate-spot-sweep-queue": "sweep_queue",
    "fargate-spot-task-state-queue": "task_state_queue",
}
TASK_STATE = Function(
    "fargate-spot-task-state-handler",
    "spot_failover.handlers.task_state",
    queue="fargate-spot-task-state-queue",
    rule=TASK_STATE_RULE,
    pattern={
        "source": ["aws.ecs"],
        "detail-type": ["ECS Task State Change"],
        "detail": {"lastStatus": ["RUNNING", "STOPPED"], "group": [{"prefix": "service:"}]},
    },
)
AS_DEPLOYED: dict[str, dict[str, Any]] = {
    "spot_failover.handlers.restore": {
        "rests": False,
        "timeout": 300.0,
        "settings": {"NOTIFICATION_TOPIC_ARN": f"arn:aws:sns:{REGION}:{CENTRAL}:{TOPIC}"},
    },
    "spot_failover.handlers.sweep": {"rule": HEARTBEAT_RULE, "every": TICK},
}
"""What an installation has otherwise than the month."""


def queue_defaults(variable: str) -> dict[str, int]:
    """The defaults of a queue's settings; KeyError where there is no such variable."""
    blocks = dict(re.findall(r'^variable "(\w+)" \{\n(.*?)^\}', _QUEUES, re.MULTILINE | re.DOTALL))
    return {name: int(value) for name, value in re.findall(r"(\w+)\s*= optional\(number, (\d+)\)", blocks[variable])}


def _as_deployed(function: Function) -> Function:
    changed: dict[str, Any] = dict(AS_DEPLOYED.get(function.module, {}))
    if function.queue:
        settings = queue_defaults(_VARIABLES[function.queue])
        changed["batch"], changed["window_seconds"] = settings["batch_size"], settings["batching_window_seconds"]
        changed["visibility_seconds"] = settings["visibility_timeout_seconds"]
    return replace(function, **changed)


DEPLOYED = tuple(_as_deployed(one) for one in (*FUNCTIONS, TASK_STATE))
