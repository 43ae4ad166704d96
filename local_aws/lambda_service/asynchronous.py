"""Asynchronous invocation: Lambda's own queue with its retries.

https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
"""

from __future__ import annotations

import logging
import uuid
from dataclasses import dataclass, replace
from typing import Any

from moto.awslambda.exceptions import UnknownFunctionException
from moto.awslambda.models import LambdaFunction

from local_aws.lambda_service.arns import FunctionArn
from local_aws.lambda_service.destinations import Condition, Destinations
from local_aws.lambda_service.results import InvocationRefusedError, Result
from local_aws.lambda_service.service import LambdaService

logger = logging.getLogger(__name__)

RETRY_DELAY = 60.0  # before the first retry, twice that before the second
REFUSED_DELAYS = (1.0, 300.0)  # throttled or not runnable: from the first to the second, doubling
MAXIMUM_AGE = 21600
MAXIMUM_RETRIES = 2


@dataclass(frozen=True)
class QueuedEvent:
    """An event on its way. ``accepted_at``: virtual, epoch seconds."""

    arn: FunctionArn
    payload: bytes
    request_id: str
    accepted_at: float
    runs: int = 0
    refusals: int = 0


class AsynchronousInvocations:
    """Runs events on the clock's thread."""

    def __init__(self, service: LambdaService) -> None:
        self._service = service
        self._destinations = Destinations(service, self.submit)

    def submit(self, arn: FunctionArn, payload: bytes) -> str:
        """Take an event; returns its request id. May be called with or without ``world.lock``."""
        event = QueuedEvent(arn, payload, str(uuid.uuid4()), self._service.world.clock.now())
        self._later(event, 0.0)
        return event.request_id

    def _later(self, event: QueuedEvent, delay: float) -> None:
        self._service.world.clock.call_later(delay, lambda: self._attempt(event), name=f"invoke {event.arn.name}")

    def _attempt(self, event: QueuedEvent) -> None:
        try:
            function = self._service.function(event.arn)
        except UnknownFunctionException:
            logger.warning("event %s is lost: %s is gone", event.request_id, event.arn)
            return
        config = invoke_config(function)
        age_limit = int(config.get("MaximumEventAgeInSeconds", MAXIMUM_AGE))
        if self._service.world.clock.now() - event.accepted_at > age_limit:
            self._destinations.send(function, event, Condition.AGE_EXCEEDED, None)
            return
        try:
            result = self._service.run(event.arn, event.payload, event.request_id)
        except InvocationRefusedError as error:
            logger.info("event %s waits: %s", event.request_id, error)
            first, last = REFUSED_DELAYS
            self._later(replace(event, refusals=event.refusals + 1), min(last, first * 2**event.refusals))
            return
        self._after(function, replace(event, runs=event.runs + 1), result, config)

    def _after(self, function: LambdaFunction, event: QueuedEvent, result: Result, config: dict[str, Any]) -> None:
        if not result.failed:
            self._destinations.send(function, event, Condition.SUCCESS, result)
        elif event.runs > int(config.get("MaximumRetryAttempts", MAXIMUM_RETRIES)):
            self._destinations.send(function, event, Condition.RETRIES_EXHAUSTED, result)
        else:
            self._later(event, RETRY_DELAY * event.runs)


def invoke_config(function: LambdaFunction) -> dict[str, Any]:
    """What PutFunctionEventInvokeConfig said last; empty if nothing did."""
    return dict(function.event_invoke_config[0].config) if function.event_invoke_config else {}
