"""The environment of a function, as Terraform and Lambda give it."""

from __future__ import annotations

import json
import os

from tests.unit.policy_text import policy_object

NOWHERE = "http://127.0.0.1:9"
"""Where nobody answers, for whoever makes no call."""


def environment(endpoint: str) -> dict[str, str]:
    """What every function finds; `endpoint` answers for AWS."""
    queue = "https://sqs.us-east-1.amazonaws.com/123456789012/queue"
    return {
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_REGION": "us-east-1",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL": endpoint,
        "STATE_TABLE_NAME": "ecs_cp_restore_state",
        "AUTOMATION_ROLE_NAME": "CentralSpotAutomationRole",
        "EXTERNAL_ID": "ecs-spot-failover",
        "CENTRAL_ACCOUNT_ID": "123456789012",
        "EVENT_BUS_NAME": "ecs-spot-failover",
        "POLICY": json.dumps(policy_object()),
        "POWERTOOLS_LOG_LEVEL": "INFO",
        "POWERTOOLS_SERVICE_NAME": "probe",
        "DEAD_LETTER_QUEUE_URL": f"{queue}-dlq",
        "SWEEP_QUEUE_URL": queue,
        "NOTIFICATION_TOPIC_ARN": "arn:aws:sns:us-east-1:123456789012:topic",
    }
