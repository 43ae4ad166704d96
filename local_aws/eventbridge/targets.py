"""Hands an event to a target: queue, bus, function, log group. Each raises ``DeliveryError`` where AWS would fail."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from typing import Any

from moto.awslambda.exceptions import UnknownFunctionException
from moto.awslambda.models import LambdaFunction
from moto.awslambda.utils import get_backend as lambda_backend
from moto.events.models import EventBus, events_backends
from moto.logs.models import logs_backends
from moto.sqs.exceptions import SQSException
from moto.sqs.models import Queue, sqs_backends
from moto.utilities.arns import Arn

from local_aws import lambda_service
from local_aws.eventbridge import permissions
from local_aws.eventbridge.deliveries import DeliveryError, no_permissions, no_resource
from local_aws.iam.key_uses import ACTIONS
from local_aws.iam.keys import find_key, queue_encryption
from local_aws.world import Event, World

_POLICY_ELEMENTS = frozenset({"Sid", "Effect", "Principal", "Action", "Condition"})


def find_queue(arn: Arn) -> Queue | None:
    """The queue, or None."""
    return sqs_backends[arn.account][arn.region].queues.get(arn.resource_id)


def find_bus(arn: Arn) -> EventBus | None:
    """The event bus, or None."""
    return events_backends[arn.account][arn.region].event_buses.get(arn.resource_id)


def send_to_queue(
    world: World,
    target: Mapping[str, Any],
    arn: Arn,
    body: str,
    rule_arn: str,
    attributes: Mapping[str, Mapping[str, str]] | None = None,
) -> None:
    """Put a message into the queue, which keeps it back for its own delivery delay."""
    queue = find_queue(arn)
    if queue is None:
        raise no_resource(f"the queue {target['Arn']} does not exist")
    permissions.check_service_may(world, "sqs:SendMessage", target["Arn"], queue.policy, rule_arn)
    _check_encryption(world, queue, rule_arn)
    try:
        sqs_backends[arn.account][arn.region].send_message(
            queue_name=queue.name,
            message_body=body,
            message_attributes=dict(attributes or {}),
            group_id=target.get("SqsParameters", {}).get("MessageGroupId"),
        )
    except SQSException as error:
        raise DeliveryError("SDK_CLIENT_ERROR", f"{target['Arn']} refused the message: {error}") from error


def check_bus_target(world: World, target: Mapping[str, Any], arn: Arn, event: Event, rule_arn: str) -> EventBus:
    """The target's bus, if the event may go there."""
    bus_arn = target["Arn"]
    bus = find_bus(arn)
    if bus is None:
        raise no_resource(f"the event bus {bus_arn} does not exist")
    role_arn = target.get("RoleArn")
    if role_arn is not None:
        keys = {"events:source": (event["source"],), "events:detail-type": (event["detail-type"],)}
        permissions.check_role_may_put(world, role_arn, bus_arn, rule_arn, keys)
    elif rule_arn.split(":")[3:5] != [arn.region, arn.account]:
        raise no_permissions(f"a bus of another account or Region needs a role: {bus_arn}")
    return bus


def invoke_function(world: World, target: Mapping[str, Any], arn: Arn, body: str, rule_arn: str) -> None:
    """Invoke the function asynchronously."""
    try:
        function = lambda_backend(arn.account, arn.region).get_function(target["Arn"])
    except UnknownFunctionException as error:
        raise no_resource(f"the function {target['Arn']} does not exist") from error
    permissions.check_service_may(
        world, "lambda:InvokeFunction", function.function_arn, _function_policy(function), rule_arn
    )
    lambda_service.invoke_async(world, target["Arn"], json.loads(body))


def write_to_log_group(target: Mapping[str, Any], arn: Arn, body: str, now: float) -> None:
    """Write one log event into a stream of its own."""
    backend, group = logs_backends[arn.account][arn.region], arn.resource_id.removesuffix(":*")
    if group not in backend.groups:
        raise no_resource(f"the log group {target['Arn']} does not exist")
    stream = str(uuid.uuid4())
    backend.create_log_stream(group, stream)
    backend.put_log_events(group, stream, [{"timestamp": int(now * 1000), "message": body}])


def _function_policy(function: LambdaFunction) -> str:
    """The function's policy. Moto puts a qualifier behind the function's ARN where AddPermission gave none."""
    statements = [
        {
            **{name: value for name, value in statement.items() if name in _POLICY_ELEMENTS},
            "Resource": statement["Resource"].removesuffix(":$LATEST"),
        }
        for statement in function.policy.statements
    ]
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def _check_encryption(world: World, queue: Queue, rule_arn: str) -> None:
    """EventBridge cannot use the AWS managed key of SQS, and needs the policy of a customer's key to let it."""
    if queue_encryption(queue.queue_arn, managed=True) is None:
        return
    found = queue_encryption(queue.queue_arn)
    if found is None:
        raise no_permissions(f"{queue.queue_arn} is encrypted with a key of AWS, which EventBridge cannot use")
    key = find_key(found.key_arn)
    if key is None:
        raise no_resource(f"the key {found.key_arn} of {queue.queue_arn} does not exist")
    if found.state != "Enabled":
        raise no_permissions(f"the key {found.key_arn} of {queue.queue_arn} is {found.state}")
    for action in ACTIONS["sqs:SendMessage"]:
        permissions.check_service_may(world, action, key.arn, key.policy, rule_arn, found.condition_keys())
