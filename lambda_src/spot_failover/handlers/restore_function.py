"""The function behind the restore schedule."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import boto3

from spot_failover.aws.clients import PATIENT
from spot_failover.aws.incident_table import IncidentTable
from spot_failover.aws.topic import SnsTopic
from spot_failover.core.errors import SpotFailoverError
from spot_failover.flow.incident_flow import IncidentFlow
from spot_failover.flow.restore_flow import RestoreFlow
from spot_failover.flow.twin_tick import TwinTick
from spot_failover.flow.worker import Worker
from spot_failover.handlers.assembly import Function, new_id

if TYPE_CHECKING:
    from collections.abc import Callable

    from aws_lambda_powertools.utilities.typing import LambdaContext


TELLING = timedelta(seconds=30)
"""How long a tick looks for what is to be told; what it does not reach, the next one does."""


FOR_TWINS = 0.25
"""The part of what is left of an invocation that restores leave to twins, however many restores there are to make."""


def _leaving_time(worker: Worker) -> Worker:
    return replace(worker, stops_at=worker.ends_at - (worker.ends_at - worker.now()) * FOR_TWINS)


class RestoreTickError(SpotFailoverError):
    """Some of the records that were due could not be handled; each is told in a log line of its own."""


class RestoreFunction:
    """One tick after another."""

    def __init__(self) -> None:
        self._function = Function(reads_queue=False)
        self.logger = self._function.logger
        settings = self._function.settings
        self._incidents = IncidentTable(self._function.dynamodb, settings.state_table, new_id)
        self._topic: SnsTopic | None = None
        if settings.topic_arn is not None:
            sns = boto3.client("sns", region_name=settings.topic_arn.split(":")[3], config=PATIENT)
            self._topic = SnsTopic(sns, settings.topic_arn, settings.notification_format)

    def handle(self, context: LambdaContext) -> dict[str, int]:
        """Handle what is due; returns how many records were handled, and how many are left to the next tick.

        Raises
        ------
        RestoreTickError
            After all else is done: the failure shows in the function's error metric.
        """
        telemetry = self._function.telemetry
        try:
            self._tell_people(context)
            worker, policy = self._function.worker(context), self._function.settings.policy
            restores = _leaving_time(worker) if policy.twin.enabled else worker
            tick = RestoreFlow(restores, policy, telemetry).run()
            tick.add(TwinTick(worker, policy, telemetry).run())
            for key, error in tick.errors.items():
                telemetry.unfinished(error, key)
            telemetry.gauge("StuckRecords", tick.stuck)
        finally:
            self._function.finish(context)
        if tick.errors:
            names = "; ".join(sorted(str(key) for key in tick.errors))
            raise RestoreTickError(f"{len(tick.errors)} due records could not be handled, see their log lines: {names}")
        return {"handled": tick.handled, "left": tick.left}

    def _tell_people(self, context: LambdaContext) -> None:
        """Before the restores, so that they can never crowd it out; and in little time, so that it never does them."""
        settings, worker = self._function.settings, self._function.worker(context)
        now = worker.now()
        until = now + min(TELLING, (worker.ends_at - now) / 4)
        try:
            board = IncidentFlow(worker, settings.policy, self._incidents, self._topic, until).run()
        except Exception as error:  # noqa: BLE001 - whatever this meets, the restores go on
            self._function.telemetry.unfinished(error)
            return
        self._function.telemetry.board(board)


def restore_handler() -> Callable[[dict[str, Any], LambdaContext], dict[str, int]]:
    """The Lambda handler of the restore tick.

    Raises
    ------
    SettingsError
        At the function's start, with the name of the variable that is missing or wrong.
    """
    function = RestoreFunction()

    @function.logger.inject_lambda_context(clear_state=True)
    def handler(_event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
        return function.handle(context)

    return handler
