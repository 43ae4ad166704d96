"""Looks at every alarm once a minute of virtual time, from the first alarm on.

CloudWatch user guide, "Alarm evaluation": once a minute, each time for the periods that end then.
"""

from __future__ import annotations

import json
import logging
import math
from datetime import UTC, datetime
from typing import Any

from moto.cloudwatch.models import Alarm, cloudwatch_backends
from moto.utilities.arns import parse_arn

from local_aws.cloudwatch import actions, queue_metrics, watched
from local_aws.cloudwatch.evaluation import State, Values, evaluate
from local_aws.world import World

logger = logging.getLogger(__name__)

MINUTE = 60


class Evaluator:
    """The alarms of one world. Its methods are called under ``World.lock``."""

    def __init__(self, world: World) -> None:
        self.changes: list[actions.Change] = []
        self._world = world
        self._queues = queue_metrics.QueueMetrics(world)
        self._running = False

    def begin(self) -> None:
        """There is an alarm."""
        if not self._running:
            self._running = True
            self._arm()

    def set_state(self, alarm: Alarm, after: State, reason: str, data: str, time: float) -> None:
        """Change an alarm's state and carry out what follows; nothing follows where it is what it was."""
        before = State(alarm.state_value)
        alarm.update_state(reason, data, str(after))
        if after is not before:
            arn = parse_arn(alarm.alarm_arn)
            change = actions.Change(time, arn.account, arn.region, alarm.name, before, after, reason)
            self.changes.append(change)
            actions.act(self._world, alarm, change)

    def _arm(self) -> None:
        now = self._world.clock.now()
        next_minute = (math.floor(now / MINUTE) + 1) * MINUTE
        self._world.clock.call_at(next_minute, lambda: self._look(next_minute), name="look at alarms")

    def _look(self, now: float) -> None:
        with self._world.lock:
            found = alarms()
            self._running = bool(found)
            if not found:
                return
            self._queues.sample(now)
            for alarm in found:
                self._evaluate(alarm, now)
            self._arm()

    def _evaluate(self, alarm: Alarm, now: float) -> None:
        values = watched.values_of(alarm, self._world.metrics, now)
        before = State(alarm.state_value)
        after = evaluate(watched.rule_of(alarm), values, before)
        if after is not before:
            self.set_state(alarm, after, _reason(alarm, values), _data(alarm, values, now), now)


def alarms() -> list[Alarm]:
    """Every metric alarm of every account."""
    return [
        alarm
        for account in list(cloudwatch_backends.values())
        for backend in list(account.values())
        for alarm in list(backend.alarms.values())
        if alarm.rule is None
    ]


def as_json(alarm: Alarm) -> dict[str, Any]:
    """For the control API."""
    arn = parse_arn(alarm.alarm_arn)
    state = {"state": alarm.state_value, "reason": alarm.state_reason}
    return {"account": arn.account, "region": arn.region, "alarm": alarm.name, **state}


def _reason(alarm: Alarm, values: Values) -> str:
    told = ", ".join("no data" if one is None else f"{one:g}" for one in reversed(values))
    return f"Periods looked at, the latest first: [{told}]; {alarm.comparison_operator} {alarm.threshold:g}."


def _data(alarm: Alarm, values: Values, now: float) -> str:
    recent = [one for one in values if one is not None]
    moment = datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")
    return json.dumps({"version": "1.0", "queryDate": moment, "recentDatapoints": recent, "threshold": alarm.threshold})
