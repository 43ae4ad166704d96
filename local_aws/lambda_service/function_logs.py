"""Writes functions' output to CloudWatch Logs in the name of their role, as Lambda does: what it may not is lost."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import uuid4

from moto.logs.models import LogsBackend, logs_backends

from local_aws.lambda_service.deployment import Deployment
from local_aws.lambda_service.output import Line
from local_aws.lambda_service.roles import Roles
from local_aws.world import World

logger = logging.getLogger(__name__)


def new_stream_name(deployment: Deployment, now: float) -> str:
    """A name for the log stream of one sandbox: ``YYYY/MM/DD/[VERSION]HEX``.

    In a log group that functions may share, the function's name comes before the version.
    """
    day = datetime.fromtimestamp(now, UTC).strftime("%Y/%m/%d")
    function = deployment.arn.name if deployment.logging.group else ""
    return f"{day}/{function}[{deployment.version}]{uuid4().hex}"


class FunctionLogs:
    """Where sandboxes' output goes."""

    def __init__(self, world: World, roles: Roles) -> None:
        self._world = world
        self._roles = roles

    def write(self, deployment: Deployment, stream: str, lines: Sequence[Line]) -> None:
        """Put lines into a stream, one event each; makes the stream, and the group if the role may."""
        if not lines:
            return
        arn = deployment.arn
        group = deployment.log_group
        group_arn = f"arn:{arn.partition}:logs:{arn.region}:{arn.account}:log-group:{group}"
        stream_arn = f"{group_arn}:log-stream:{stream}"
        with self._world.lock:
            backend = logs_backends[arn.account][arn.region]
            if not self._ensure_group(backend, deployment, f"{group_arn}:*"):
                return
            if stream not in backend.groups[group].streams:
                if not self._may(deployment, "logs:CreateLogStream", stream_arn):
                    return
                backend.create_log_stream(group, stream)
            if self._may(deployment, "logs:PutLogEvents", stream_arn):
                backend.put_log_events(
                    group, stream, [{"timestamp": line.time, "message": line.text} for line in lines]
                )

    def _ensure_group(self, backend: LogsBackend, deployment: Deployment, group_arn: str) -> bool:
        if deployment.log_group in backend.groups:
            return True
        if not self._may(deployment, "logs:CreateLogGroup", group_arn):
            return False
        backend.create_log_group(deployment.log_group, {})
        return True

    def _may(self, deployment: Deployment, action: str, resource: str) -> bool:
        allowed = self._roles.allows(deployment.role, action, resource)
        if not allowed:
            logger.warning("output of %s is lost: role %s lacks %s", deployment.arn, deployment.role, action)
        return allowed
