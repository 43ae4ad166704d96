"""Where asynchronous events end: destinations and dead-letter queues.

https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from moto.awslambda.models import LambdaFunction
from moto.sns.models import sns_backends
from moto.sqs.exceptions import QueueDoesNotExist
from moto.sqs.models import sqs_backends

from local_aws.lambda_service.arns import FunctionArn, ResourceArn
from local_aws.lambda_service.results import Result
from local_aws.lambda_service.settings import settings_of

if TYPE_CHECKING:
    from local_aws.lambda_service.asynchronous import QueuedEvent
    from local_aws.lambda_service.service import LambdaService

logger = logging.getLogger(__name__)


class Condition(StrEnum):
    """Why an event has come to its end."""

    SUCCESS = "Success"
    RETRIES_EXHAUSTED = "RetriesExhausted"
    AGE_EXCEEDED = "EventAgeExceeded"


class Destinations:
    """Sends records in the name of the function's role; what that may not send is lost, and the log says so."""

    def __init__(self, service: LambdaService, submit: Callable[[FunctionArn, bytes], str]) -> None:
        self._service = service
        self._submit = submit

    def send(self, function: LambdaFunction, event: QueuedEvent, condition: Condition, result: Result | None) -> None:
        """Send the record to the destination of this condition, and a failed event to the dead-letter queue."""
        config = function.event_invoke_config[0].config if function.event_invoke_config else {}
        side = "OnSuccess" if condition is Condition.SUCCESS else "OnFailure"
        target = ((config.get("DestinationConfig") or {}).get(side) or {}).get("Destination")
        if target:
            self._deliver(function, target, json.dumps(self._record(function, event, condition, result)), {})
        dead_letter_arn = settings_of(function).dead_letter_arn
        if dead_letter_arn and condition is not Condition.SUCCESS:
            message = _error_message(result) or condition.value
            attributes = {"RequestID": event.request_id, "ErrorCode": "200", "ErrorMessage": message[:1024]}
            self._deliver(function, dead_letter_arn, event.payload.decode(), attributes)

    def _record(
        self, function: LambdaFunction, event: QueuedEvent, condition: Condition, result: Result | None
    ) -> dict[str, Any]:
        now = datetime.fromtimestamp(self._service.world.clock.now(), UTC)
        record: dict[str, Any] = {
            "version": "1.0",
            "timestamp": now.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "requestContext": {
                "requestId": event.request_id,
                "functionArn": f"{event.arn.unqualified}:{event.arn.qualifier or '$LATEST'}",
                "condition": condition.value,
                "approximateInvokeCount": event.runs,
            },
            "requestPayload": json.loads(event.payload),
        }
        if result is not None:
            record["responseContext"] = {"statusCode": 200, "executedVersion": str(function.version)}
            record["responsePayload"] = result.json()
            if result.failed:
                record["responseContext"]["functionError"] = "Unhandled"
        return record

    def _deliver(self, function: LambdaFunction, target: str, body: str, attributes: dict[str, str]) -> None:
        arn = ResourceArn.parse(target)
        actions = {"sqs": "sqs:SendMessage", "sns": "sns:Publish", "lambda": "lambda:InvokeFunction"}
        action = actions.get(arn.service)
        if action is None:
            raise ValueError(f"local_aws has no destination of the kind {arn.service} ({target})")
        with self._service.world.lock:
            if not self._service.roles.allows(function.role, action, target):
                logger.warning("record for %s is lost: role %s lacks %s", target, function.role, action)
                return
            typed = {name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()}
            match arn.service:
                case "sqs":
                    self._to_queue(arn, body, typed)
                case "sns":
                    sns_backends[arn.account][arn.region].publish(body, arn=target, message_attributes=typed)
                case _:
                    self._submit(FunctionArn.parse(target), body.encode())

    def _to_queue(self, arn: ResourceArn, body: str, attributes: dict[str, Any]) -> None:
        try:
            sqs_backends[arn.account][arn.region].send_message(arn.name, body, message_attributes=attributes)
        except QueueDoesNotExist:
            logger.warning("record is lost: there is no queue %s in account %s, %s", arn.name, arn.account, arn.region)


def _error_message(result: Result | None) -> str:
    error = result.json() if result is not None and result.payload else None
    return str(error.get("errorMessage", "")) if isinstance(error, dict) else ""
