"""Which actions and resources IAM checks for an API call: one table per service.

An API without a row is for administrators alone.
"""

from __future__ import annotations

from collections.abc import Mapping

from local_aws.iam.actions.autoscaling import AUTOSCALING
from local_aws.iam.actions.dynamodb import DYNAMODB
from local_aws.iam.actions.ecs import ECS
from local_aws.iam.actions.elb import ELB
from local_aws.iam.actions.events import EVENTS
from local_aws.iam.actions.functions import LAMBDA
from local_aws.iam.actions.logs import LOGS
from local_aws.iam.actions.monitoring import CLOUDWATCH, SNS, XRAY
from local_aws.iam.actions.rows import Call, Check, Table
from local_aws.iam.actions.sqs import SQS
from local_aws.iam.actions.states import STATES
from local_aws.iam.actions.sts import SESSION_ACTIONS, STS

__all__ = ["PREFIXES", "SESSION_ACTIONS", "TABLES", "Call", "Check", "checks"]

TABLES: Mapping[str, Table] = {
    "application-autoscaling": AUTOSCALING,
    "cloudwatch": CLOUDWATCH,
    "dynamodb": DYNAMODB,
    "ecs": ECS,
    "elasticloadbalancing": ELB,
    "events": EVENTS,
    "lambda": LAMBDA,
    "logs": LOGS,
    "sns": SNS,
    "sqs": SQS,
    "states": STATES,
    "sts": STS,
    "xray": XRAY,
}

PREFIXES: Mapping[str, str] = {"monitoring": "cloudwatch", "tagging": "tag"}
"""Services whose requests are signed with another name than their actions begin with."""


def checks(call: Call) -> list[Check] | None:
    """Everything that must be allowed for this call; None when the call is in no table.

    A call that names no resource at all (an empty list) is checked on `*`.
    """
    row = TABLES.get(call.service, {}).get(call.api)
    return None if row is None else row(call) or [Check(f"{call.service}:{call.api}", "*")]
