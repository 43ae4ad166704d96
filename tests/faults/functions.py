"""The functions of an installation with Terraform's defaults, and what starts them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.faults.installation import HEARTBEAT_RULE, TASK_STATE_RULE, TICK, TOPIC
from tests.scenarios.organization import CENTRAL, REGION
from tests.soak.deployed import FUNCTIONS, Function, as_deployed

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

DEPLOYED = tuple(replace(as_deployed(one), **AS_DEPLOYED.get(one.module, {})) for one in (*FUNCTIONS, TASK_STATE))
