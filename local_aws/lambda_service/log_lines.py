"""Lines that Lambda itself writes to a function's log.

https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html
"""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from typing import Any

from local_aws.lambda_service.deployment import Deployment
from local_aws.lambda_service.output import Line
from local_aws.lambda_service.results import Outcome
from local_aws.lambda_service.sandbox import Ended


def opening(deployment: Deployment, request_id: str) -> list[Line]:
    """What stands before the function's own lines."""
    if deployment.logging.format == "JSON":
        return [_platform("platform.start", {"requestId": request_id, "version": deployment.version})]
    return [Line.now(f"START RequestId: {request_id} Version: {deployment.version}")]


def closing(deployment: Deployment, request_id: str, ended: Ended, memory_mb: int | None) -> list[Line]:
    """What stands after them."""
    if deployment.logging.format == "JSON":
        return [_platform("platform.report", _json_report(request_id, ended, memory_mb))]
    lines: list[Line] = []  # each of its moment, and so made in order: CloudWatch Logs refuses others
    if ended.outcome is Outcome.TIMEOUT:
        moment = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        lines.append(Line.now(f"{moment} {request_id} {timed_out(deployment)}"))
    if ended.outcome is Outcome.EXIT:
        lines.append(Line.now(f"RequestId: {request_id} {exited(ended)}"))
    lines.append(Line.now(f"END RequestId: {request_id}"))
    lines.append(Line.now(_report(deployment, request_id, ended, memory_mb)))
    return lines


def timed_out(deployment: Deployment) -> str:
    """Lambda's words for a timeout."""
    return f"Task timed out after {deployment.timeout:.2f} seconds"


def exited(ended: Ended) -> str:
    """Lambda's words for a process that ended."""
    status = ended.exit_status or 0
    if status < 0:
        return f"Error: Runtime exited with error: signal: {-status}"
    return f"Error: Runtime exited with error: exit status {status}" if status else "Error: Runtime exited"


def _report(deployment: Deployment, request_id: str, ended: Ended, memory_mb: int | None) -> str:
    fields = [
        f"REPORT RequestId: {request_id}",
        f"Duration: {ended.duration_ms:.2f} ms",
        f"Billed Duration: {math.ceil(ended.duration_ms)} ms",
        f"Memory Size: {deployment.memory} MB",
    ]
    if memory_mb is not None:
        fields.append(f"Max Memory Used: {memory_mb} MB")
    if ended.init_ms is not None:
        fields.append(f"Init Duration: {ended.init_ms:.2f} ms")
    if ended.outcome is Outcome.TIMEOUT:
        fields.append("Status: timeout")
    return "\t".join([*fields, ""])


def _json_report(request_id: str, ended: Ended, memory_mb: int | None) -> dict[str, Any]:
    metrics: dict[str, Any] = {
        "durationMs": round(ended.duration_ms, 3),
        "billedDurationMs": math.ceil(ended.duration_ms),
    }
    if memory_mb is not None:
        metrics["maxMemoryUsedMB"] = memory_mb
    if ended.init_ms is not None:
        metrics["initDurationMs"] = round(ended.init_ms, 3)
    statuses = {Outcome.OK: "success", Outcome.TIMEOUT: "timeout"}
    return {"requestId": request_id, "metrics": metrics, "status": statuses.get(ended.outcome, "error")}


def _platform(kind: str, record: dict[str, Any]) -> Line:
    moment = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return Line.now(json.dumps({"time": moment, "type": kind, "record": record}))
