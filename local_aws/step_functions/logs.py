"""The history of executions in CloudWatch Logs, as the state machine's logging configuration says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from moto.logs.models import logs_backends
from moto.stepfunctions.parser.asl.eval.event.logging import is_logging_enabled_for
from moto.stepfunctions.parser.backend.execution import Execution

from local_aws.world import World


@dataclass(frozen=True)
class Settings:
    """A state machine's logging configuration; ``include_execution_data`` is what the interpreter looks for."""

    level: Any
    include_execution_data: bool
    group_arn: str

    @classmethod
    def parse(cls, wire: Mapping[str, Any] | None) -> Settings | None:
        """From ``loggingConfiguration``; None when nothing is logged."""
        level = (wire or {}).get("level", "OFF")
        destinations = (wire or {}).get("destinations") or []
        if level == "OFF" or not destinations:
            return None
        arn = str((destinations[0].get("cloudWatchLogsLogGroup") or {}).get("logGroupArn", ""))
        return cls(level, bool((wire or {}).get("includeExecutionData")), arn)

    @property
    def group(self) -> Any:
        """Moto's log group; None if the ARN, which ends with ``:*``, is of none."""
        parts = self.group_arn.split(":")
        if len(parts) != 8 or parts[5] != "log-group" or parts[7] != "*":
            return None
        return logs_backends[parts[4]][parts[3]].groups.get(parts[6])


class HistoryLog:
    """What the interpreter publishes an execution's history to.

    It publishes under a lock of its own, which readers of the history want under ``World.lock``: so the clock writes.
    """

    def __init__(self, world: World, execution: Execution, settings: Settings) -> None:
        self._world = world
        self.configuration = settings
        self.execution_arn = execution.exec_arn
        day = datetime.fromtimestamp(world.clock.now(), UTC).strftime("%Y-%m-%d-%H-%M")
        self._stream = f"states/{execution.state_machine.name}/{day}/{execution.name}"[:512].replace(":", "-")

    def log_level_filter(self, history_event_type: Any) -> bool:
        """Whether the level takes this event."""
        return bool(is_logging_enabled_for(self.configuration.level, history_event_type))

    def publish_history_log(self, history_log: Mapping[str, Any]) -> None:
        """Log one event."""
        now = self._world.clock.now()
        message = {**history_log, "event_timestamp": str(int(now * 1000))}
        self._world.clock.call_at(now, lambda: self._write(now, json.dumps(message)), name="log of an execution")

    def _write(self, now: float, message: str) -> None:
        parts = self.configuration.group_arn.split(":")
        with self._world.lock:
            group = self.configuration.group
            if group is None:
                return
            backend = logs_backends[parts[4]][parts[3]]
            if self._stream not in group.streams:
                backend.create_log_stream(group.name, self._stream)
            backend.put_log_events(group.name, self._stream, [{"timestamp": int(now * 1000), "message": message}])


def history_log(world: World, execution: Execution) -> HistoryLog | None:
    """Where an execution's history goes; None if its machine logs nothing."""
    machine: Any = execution.state_machine
    settings = Settings.parse(machine.loggingConfiguration)
    return None if settings is None else HistoryLog(world, execution, settings)
