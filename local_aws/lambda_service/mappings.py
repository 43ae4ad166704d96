"""Event source mappings from SQS queues: moto stores them, the pollers here act on them."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from moto.awslambda.exceptions import InvalidParameterValueException, LambdaClientError
from moto.awslambda.models import EventSourceMapping, LambdaBackend, LambdaFunction
from moto.sqs.models import Queue

from local_aws.lambda_service.poller import Poller
from local_aws.lambda_service.service import LambdaService

NEEDED_ACTIONS = ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes")


class Mappings:
    """A poller for each mapping. Called under ``world.lock``."""

    def __init__(self, service: LambdaService) -> None:
        self._service = service
        self._pollers: dict[str, Poller] = {}
        self._lock = threading.Lock()

    def added(self, mapping: EventSourceMapping) -> None:
        """Begin to read the queue of a new mapping."""
        poller = Poller(self._service, mapping)
        with self._lock:
            self._pollers[mapping.uuid] = poller
        poller.wake()

    def updated(self, mapping: EventSourceMapping) -> None:
        """Take up new settings of a mapping."""
        with self._lock:
            poller = self._pollers.get(mapping.uuid)
        if poller is not None:
            poller.wake()

    def removed(self, uuid: str) -> None:
        """Read no more for this mapping."""
        with self._lock:
            poller = self._pollers.pop(uuid, None)
        if poller is not None:
            poller.cancel()

    def queue_changed(self, queue: Queue) -> None:
        """A message came, or can be received sooner than thought."""
        with self._lock:
            pollers = [poller for poller in self._pollers.values() if poller.queue_arn == queue.queue_arn]
        for poller in pollers:
            poller.wake()

    def check(
        self, backend: LambdaBackend, spec: Mapping[str, Any], function: LambdaFunction, queue: Queue, own: str | None
    ) -> None:
        """Refuse what Lambda refuses, in its words. ``own``: the id of the mapping that is being updated.

        Raises
        ------
        LambdaClientError
            As the API has it.
        """
        if spec.get("FilterCriteria", {}).get("Filters"):
            raise InvalidParameterValueException("local_aws does not filter what event source mappings read")
        size, window = spec.get("BatchSize") or 10, spec.get("MaximumBatchingWindowInSeconds") or 0
        if size > 10 and window < 1:
            raise InvalidParameterValueException(
                "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10"
            )
        concurrency = (spec.get("ScalingConfig") or {}).get("MaximumConcurrency")
        if concurrency is not None and not 2 <= concurrency <= 1000:
            raise InvalidParameterValueException(
                "MaximumConcurrency value should be between 2 and 1000 for an SQS event source mapping"
            )
        visibility = int(queue.visibility_timeout)  # type: ignore[attr-defined]  # set by moto from attributes
        if visibility < int(function.timeout):
            raise InvalidParameterValueException(
                f"Queue visibility timeout: {visibility} seconds is less than Function timeout: "
                f"{function.timeout} seconds"
            )
        for action in NEEDED_ACTIONS:
            # Lambda does not try the queue's key: a mapping without it is made, and polls nothing.
            if not self._service.roles.allows(function.role, f"sqs:{action}", queue.queue_arn, with_key=False):
                raise InvalidParameterValueException(
                    f"The provided execution role does not have permissions to call {action} on SQS"
                )
        for other in backend._event_source_mappings.values():
            same = other.event_source_arn == queue.queue_arn and other.function_arn == function.function_arn
            if same and other.uuid != own:
                raise _ConflictError(
                    f'The event source arn ("{queue.queue_arn}") and function ("{function.function_name}") provided '
                    f"mapping already exists. Please update or delete the existing mapping with UUID {other.uuid}"
                )


class _ConflictError(LambdaClientError):
    code = 409

    def __init__(self, message: str) -> None:
        super().__init__("ResourceConflictException", message)
