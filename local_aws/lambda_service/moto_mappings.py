"""Takes event source mappings out of moto's hands: it would invoke inside SendMessage, one message at a time."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Protocol

from moto.awslambda.models import EventSourceMapping, LambdaBackend, LambdaFunction
from moto.sqs.models import Message, Queue, SQSBackend, sqs_backends

from local_aws.lambda_service.arns import ResourceArn


class Hooks(Protocol):
    """What the patched classes call."""

    def added(self, mapping: EventSourceMapping) -> None:
        """A mapping was created."""

    def updated(self, mapping: EventSourceMapping) -> None:
        """A mapping has new settings."""

    def removed(self, uuid: str) -> None:
        """A mapping was deleted."""

    def queue_changed(self, queue: Queue) -> None:
        """A message came, or became visible sooner."""

    def check(
        self, backend: LambdaBackend, spec: dict[str, Any], function: LambdaFunction, queue: Queue, own: str | None
    ) -> None:
        """Refuse a mapping that Lambda would refuse."""


def patch(find: Callable[[], Hooks]) -> None:
    """Patch moto's classes; ``find`` gives the hooks of the world that is served."""
    _patch_mappings(find)
    _patch_queues(find)


def _patch_mappings(find: Callable[[], Hooks]) -> None:
    create = LambdaBackend.create_event_source_mapping
    update = LambdaBackend.update_event_source_mapping
    delete = LambdaBackend.delete_event_source_mapping

    @wraps(create)
    def create_mapping(self: LambdaBackend, spec: dict[str, Any]) -> EventSourceMapping:
        queue = _queue(spec.get("EventSourceArn", ""))
        if queue is not None and spec.get("FunctionName"):
            find().check(self, spec, self.get_function(spec["FunctionName"]), queue, None)
        mapping = create(self, spec)
        if queue is not None:
            mapping.function_name = mapping.function_arn.split(":function:")[1]
            queue.lambda_event_source_mappings.clear()
            find().added(mapping)
        return mapping

    @wraps(update)
    def update_mapping(self: LambdaBackend, uuid: str, spec: dict[str, Any]) -> EventSourceMapping | None:
        mapping = self.get_event_source_mapping(uuid)
        queue = None if mapping is None else _queue(mapping.event_source_arn)
        if mapping is not None and queue is not None:
            function = self.get_function(spec.get("FunctionName") or mapping.function_arn)
            current = {
                "BatchSize": mapping.batch_size,
                "MaximumBatchingWindowInSeconds": mapping.max_batch_window,
                "ScalingConfig": mapping.scaling_config,
            }
            find().check(self, {**current, **spec}, function, queue, uuid)
        updated = update(self, uuid, spec)
        if updated is not None:
            find().updated(updated)
        return updated

    @wraps(delete)
    def delete_mapping(self: LambdaBackend, uuid: str) -> EventSourceMapping | None:
        find().removed(uuid)
        return delete(self, uuid)

    LambdaBackend.create_event_source_mapping = create_mapping  # type: ignore[method-assign]
    LambdaBackend.update_event_source_mapping = update_mapping  # type: ignore[method-assign]
    LambdaBackend.delete_event_source_mapping = delete_mapping  # type: ignore[method-assign]


def _patch_queues(find: Callable[[], Hooks]) -> None:
    add, change_visibility = Queue.add_message, SQSBackend.change_message_visibility

    @wraps(add)
    def add_message(self: Queue, message: Message) -> None:
        add(self, message)
        find().queue_changed(self)

    @wraps(change_visibility)
    def change_message_visibility(
        self: SQSBackend, queue_name: str, receipt_handle: str, visibility_timeout: int
    ) -> None:
        change_visibility(self, queue_name, receipt_handle, visibility_timeout)
        find().queue_changed(self.get_queue(queue_name))

    Queue.add_message = add_message  # type: ignore[method-assign]
    SQSBackend.change_message_visibility = change_message_visibility  # type: ignore[method-assign]


def _queue(arn: str) -> Queue | None:
    try:
        parsed = ResourceArn.parse(arn)
    except ValueError:
        return None
    if parsed.service != "sqs":
        return None
    return sqs_backends[parsed.account][parsed.region].queues.get(parsed.name)
