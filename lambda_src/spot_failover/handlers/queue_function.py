"""A function that reads a queue: every message ends as acted on, ignored with a reason, or in the dead-letter queue."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

import boto3

from spot_failover.aws.clients import RETRIED
from spot_failover.aws.dead_letters import DeadLetterQueue
from spot_failover.core.errors import ForeignResourceError, MalformedEventError
from spot_failover.core.event_parser import Home, event_id
from spot_failover.core.events import Event, StandaloneTask
from spot_failover.core.policy import Policy, SyntheticPolicy
from spot_failover.core.reason import Reason
from spot_failover.flow.event_flow import EventFlow
from spot_failover.flow.journal import MARGIN
from spot_failover.flow.report import Reporter
from spot_failover.flow.worker import Worker
from spot_failover.handlers.assembly import Function
from spot_failover.handlers.messages import Message, partial_response

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

Parser = Callable[[str, datetime, SyntheticPolicy, Home], Event | StandaloneTask]
Handler = Callable[[dict[str, Any], "LambdaContext"], Mapping[str, Any]]


class Flow(Protocol):
    """What is done with the events of a batch."""

    def handle(self, events: Sequence[Event]) -> list[Exception | None]:
        """For every event, in order, None where it has come to its end, or why it has to come again."""
        ...


MakeFlow = Callable[[Worker, Policy, Reporter], Flow]


class QueueFunction:
    """One batch after another."""

    def __init__(self, parse: Parser, flow: MakeFlow) -> None:
        self._function = Function(reads_queue=True)
        self.logger = self._function.logger
        self._parse = parse
        self._flow = flow
        settings, sqs = self._function.settings, boto3.client("sqs", config=RETRIED)
        self._home = Home(settings.central_account, sqs.meta.partition)
        self._dead_letters = DeadLetterQueue(sqs, settings.dead_letter_queue_url or "")

    def handle(self, batch: dict[str, Any], context: LambdaContext) -> Mapping[str, Any]:
        """Handle a batch of the queue; returns Lambda's partial batch response."""
        messages = [Message.of(record) for record in batch["Records"]]
        try:
            errors = self._errors(messages, context)
        finally:
            self._function.finish(context)
        return partial_response(batch["Records"], errors)

    def _errors(self, messages: list[Message], context: LambdaContext) -> dict[str, Exception]:
        """For every message that has to come again, why."""
        errors: dict[str, Exception] = {}
        events: dict[str, Event] = {}
        for message in messages:
            try:
                event = self._read(message)
            except Exception as error:  # noqa: BLE001 - whatever one message does, the others go on
                self._function.telemetry.unfinished(error, message_id=message.message_id)
                errors[message.message_id] = error
            else:
                if event is not None:
                    events[message.message_id] = event
        settings, telemetry = self._function.settings, self._function.telemetry
        worker = self._function.worker(context)
        # What was done last has to be told, too.
        worker = replace(worker, stops_at=worker.ends_at - MARGIN)
        flow = self._flow(worker, settings.policy, telemetry)
        results = flow.handle(list(events.values()))
        for (message_id, event), failure in zip(events.items(), results, strict=True):
            if failure is not None:
                telemetry.unfinished(failure, event.key, event.event_id, message_id)
                errors[message_id] = failure
        return errors

    def _read(self, message: Message) -> Event | None:
        """The event of a message; None where the message has come to its end."""
        settings, telemetry = self._function.settings, self._function.telemetry
        try:
            event = self._parse(message.body, message.arrived, settings.policy.synthetic, self._home)
        except (MalformedEventError, ForeignResourceError) as error:
            foreign = isinstance(error, ForeignResourceError)
            reason = Reason.FOREIGN_RESOURCE if foreign else Reason.MALFORMED_EVENT
            self._dead_letters.send(message.body, reason, str(error))
            telemetry.rejected(reason, message.message_id, event_id(message.body), error)
            return None
        if isinstance(event, StandaloneTask):
            fields = {name: getattr(event, name) for name in ("event_id", "account", "region", "cluster", "task_arn")}
            telemetry.ignored(Reason.STANDALONE_TASK, fields)
            return None
        return event


def queue_handler(parse: Parser, flow: MakeFlow = EventFlow) -> Handler:
    """The Lambda handler of a function that reads a queue.

    Raises
    ------
    SettingsError
        At the function's start, with the name of the variable that is missing or wrong.
    """
    function = QueueFunction(parse, flow)

    @function.logger.inject_lambda_context(clear_state=True)
    def handler(batch: dict[str, Any], context: LambdaContext) -> Mapping[str, Any]:
        return function.handle(batch, context)

    return handler
