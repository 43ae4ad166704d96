"""The functions' log lines."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from spot_failover.aws.errors import Call, translated
from spotctl.installation import Installation
from spotctl.plant import Function


def lines_of(
    installation: Installation,
    function: Function,
    wanted: Mapping[str, str],
    since: datetime,
    until: datetime | None = None,
) -> Iterator[Mapping[str, Any]]:
    """A function's JSON lines that have these values, as far as the log is kept."""
    pattern = " && ".join(f'$.{name} = "{value}"' for name, value in wanted.items())
    request: dict[str, Any] = {
        "logGroupName": function.log_group,
        "startTime": int(since.timestamp() * 1000),
        "filterPattern": f"{{ {pattern} }}",
    }
    if until is not None:
        request["endTime"] = int(until.timestamp() * 1000)
    logs = installation.client("logs")
    with translated(Call("logs:FilterLogEvents", f"log group {function.log_group}", installation.operator)):
        for page in logs.get_paginator("filter_log_events").paginate(**request):
            for event in page["events"]:
                if (line := _matching(event["message"], wanted)) is not None:
                    yield line


def _matching(message: str, wanted: Mapping[str, str]) -> Mapping[str, Any] | None:
    """A line with these values; None for any other, where the log does not know such patterns."""
    try:
        line = json.loads(message)
    except ValueError:
        return None
    return line if isinstance(line, dict) and wanted.items() <= line.items() else None
