"""The function behind the sweep's schedule and its queue."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import boto3

from spot_failover.aws.clients import RETRIED
from spot_failover.aws.dead_letters import DeadLetterQueue
from spot_failover.aws.orders import OrderQueue
from spot_failover.aws.registry import RegistryTable
from spot_failover.core.errors import BusyError, MalformedEventError, SpotFailoverError
from spot_failover.core.event_parser import event_id
from spot_failover.core.events import Heartbeat
from spot_failover.core.reason import Reason
from spot_failover.core.sweep_messages import SweepOrder, parse_sweep_message
from spot_failover.flow.pace import READS_PER_SECOND, Pace
from spot_failover.flow.sweep_flow import SweepFlow
from spot_failover.flow.watch_flow import WatchFlow
from spot_failover.handlers.assembly import Function, new_id, now
from spot_failover.handlers.messages import Message, partial_response

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aws_lambda_powertools.utilities.typing import LambdaContext

    from spot_failover.flow.worker import Worker


class SweepRunError(SpotFailoverError):
    """Some accounts and Regions could not be looked at; each is told in a log line of its own."""


class SweepFunction:
    """One run of the schedule, or one batch, after another."""

    def __init__(self) -> None:
        self._function = Function(reads_queue=True, sweeps=True)
        self.logger = self._function.logger
        settings, sqs = self._function.settings, boto3.client("sqs", config=RETRIED)
        self._dead_letters = DeadLetterQueue(sqs, settings.dead_letter_queue_url or "")
        self._orders = OrderQueue(sqs, settings.sweep_queue_url or "")
        self._registry = RegistryTable(self._function.dynamodb, settings.state_table, new_id)

    def handle(self, event: dict[str, Any], context: LambdaContext) -> Mapping[str, Any]:
        """Handle what Lambda brings: a batch of the queue, or the schedule's event."""
        try:
            if "Records" in event:
                return partial_response(event["Records"], self._batch(event, context))
            return self._run(context)
        finally:
            self._function.finish(context)

    def _run(self, context: LambdaContext) -> dict[str, int]:
        """Order sweeps.

        Raises
        ------
        SweepRunError
            After all else is done: the failure shows in the function's error metric.
        """
        telemetry = self._function.telemetry
        watch = self._watch(self._function.worker(context)).run()
        telemetry.gauge("SilentPaths", watch.silent)
        for error in watch.errors.values():
            telemetry.unfinished(error)
        if watch.errors:
            raise SweepRunError(f"could not be looked at, see their log lines: {'; '.join(sorted(watch.errors))}")
        return {"ordered": watch.ordered, "silent": watch.silent}

    def _batch(self, batch: dict[str, Any], context: LambdaContext) -> dict[str, Exception]:
        """For every message that has to come again, why. Heartbeats go first: they take no time."""
        errors: dict[str, Exception] = {}
        worker = self._function.worker(context)
        orders: dict[str, SweepOrder] = {}
        for message in map(Message.of, batch["Records"]):
            try:
                parsed = self._read(message)
                if isinstance(parsed, Heartbeat):
                    self._watch(worker).heartbeat(parsed)
                elif parsed is not None:
                    orders[message.message_id] = parsed
            except Exception as error:  # noqa: BLE001 - whatever one message does, the others go on
                self._failed(message.message_id, error, errors)
        for message_id, order in orders.items():
            try:
                self._sweep(worker, order)
            except Exception as error:  # noqa: BLE001 - whatever one account does, the others go on
                self._failed(message_id, error, errors)
        return errors

    def _read(self, message: Message) -> Heartbeat | SweepOrder | None:
        try:
            return parse_sweep_message(message.body)
        except MalformedEventError as error:
            self._dead_letters.send(message.body, Reason.MALFORMED_EVENT, str(error))
            self._function.telemetry.rejected(Reason.MALFORMED_EVENT, message.message_id, event_id(message.body), error)
            return None

    def _sweep(self, worker: Worker, order: SweepOrder) -> None:
        if worker.out_of_time():
            raise BusyError(f"account {order.account}, Region {order.region}: too little of this invocation is left")
        settings, telemetry = self._function.settings, self._function.telemetry
        pace = Pace(READS_PER_SECOND, now, time.sleep)
        SweepFlow(worker, settings.policy, telemetry, self._registry, self._orders, pace).run(order)

    def _watch(self, worker: Worker) -> WatchFlow:
        function = self._function
        return WatchFlow(worker, function.settings.policy, function.telemetry, self._registry, self._orders, new_id)

    def _failed(self, message_id: str, error: Exception, errors: dict[str, Exception]) -> None:
        self._function.telemetry.unfinished(error, message_id=message_id)
        errors[message_id] = error


def sweep_handler() -> Callable[[dict[str, Any], LambdaContext], Mapping[str, Any]]:
    """The Lambda handler of the sweep.

    Raises
    ------
    SettingsError
        At the function's start, with the name of the variable that is missing or wrong.
    """
    function = SweepFunction()

    @function.logger.inject_lambda_context(clear_state=True)
    def handler(event: dict[str, Any], context: LambdaContext) -> Mapping[str, Any]:
        return function.handle(event, context)

    return handler
