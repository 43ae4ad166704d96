"""Gathers what happened, from AWS's own APIs where AWS has one for it, else from local_aws's observers.

Everything is plain JSON: it is what timeline.json holds, and what `demo.reading.read` reads.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from demo.installation import Installation
from demo.services import CENTRAL

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from local_aws.client import LocalAws

ERRORS = frozenset({"ERROR", "CRITICAL"})


def collect(aws: LocalAws, installed: Installation) -> dict[str, Any]:
    """All that `demo.reading.read` needs but the scenario and its moments."""
    lines = log_lines(aws, installed)
    return {
        "automation_role": installed.automation_role,
        "queues": sorted(installed.queues.values()),
        "timeline": aws.timeline(),
        "target_groups": target_groups(aws),
        "service_updates": aws.service_updates(),
        "deliveries": aws.deliveries(),
        "decisions": [line for line in lines if line.get("message") == "decision"],
        "errors": [error_text(line) for line in lines if line.get("level") in ERRORS],
        "records": records(aws.session(CENTRAL, installed.region).client("dynamodb"), installed.table),
        "dead_letters": dead_letters(aws, installed),
    }


def log_lines(aws: LocalAws, installed: Installation) -> list[dict[str, Any]]:
    """Every JSON line that the functions logged, in order of time; ``time`` is when CloudWatch Logs got the line."""
    logs = aws.session(CENTRAL, installed.region).client("logs")
    found = [
        {**line, "time": event["timestamp"] / 1000, "function": function}
        for function, group in installed.log_groups.items()
        for page in logs.get_paginator("filter_log_events").paginate(logGroupName=group)
        for event in page["events"]
        if (line := _json(event["message"]))
    ]
    return sorted(found, key=lambda line: float(line["time"]))


def error_text(line: Mapping[str, Any]) -> str:
    """What an error in the log comes down to: the exception's own words, or else the message."""
    exception = str(line.get("exception") or "").strip()
    return exception.splitlines()[-1] if exception else str(line.get("message"))


def target_groups(aws: LocalAws) -> list[dict[str, Any]]:
    """The target groups that services are in, as ECS tells them."""
    found = []
    for entry in aws.services():
        where = {name: entry[name] for name in ("account", "region", "cluster", "service")}
        ecs = aws.session(entry["account"], entry["region"]).client("ecs")
        (service,) = ecs.describe_services(cluster=entry["cluster"], services=[entry["service"]])["services"]
        found += [{**where, "target_group": each["targetGroupArn"]} for each in service["loadBalancers"]]
    return found


def records(dynamodb: DynamoDBClient, table: str) -> list[dict[str, Any]]:
    """The state table's records of services."""
    return [
        plain
        for page in dynamodb.get_paginator("scan").paginate(TableName=table)
        for item in page["Items"]
        if (plain := {name: _plain(value) for name, value in item.items()})["id"].count("::") == 2
    ]


def dead_letters(aws: LocalAws, installed: Installation) -> dict[str, int]:
    """The number of messages in every dead-letter queue."""
    found = {}
    for queue in installed.dead_letter_queues:
        sqs = aws.session(queue.account, queue.region).client("sqs")
        attributes = sqs.get_queue_attributes(
            QueueUrl=queue.url,
            AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
        )["Attributes"]
        found[f"{queue.name} ({queue.account}, {queue.region})"] = sum(int(value) for value in attributes.values())
    return found


def _json(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _plain(value: Mapping[str, Any]) -> Any:
    """A DynamoDB attribute as JSON has it."""
    ((kind, content),) = value.items()
    match kind:
        case "N":
            return float(content)
        case "M":
            return {name: _plain(inner) for name, inner in content.items()}
        case "L":
            return [_plain(inner) for inner in content]
        case "NULL":
            return None
        case _:
            return content
