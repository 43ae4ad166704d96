"""Calls a schedule's target in the name of the schedule's role; raises ``InvocationError`` where AWS would fail."""

from __future__ import annotations

import json
from collections.abc import Mapping

from moto.awslambda.exceptions import UnknownFunctionException
from moto.awslambda.utils import get_backend as lambda_backend
from moto.sqs.exceptions import SQSException
from moto.sqs.models import sqs_backends
from moto.utilities.arns import Arn, parse_arn

from local_aws import iam, lambda_service
from local_aws.eventbridge.put_events import Origin, put_events
from local_aws.eventbridge.router import Router
from local_aws.eventbridge.targets import find_queue
from local_aws.scheduler.invocation import Invocation, InvocationError
from local_aws.world import World

SERVICE = "scheduler.amazonaws.com"

Keys = Mapping[str, tuple[str, ...]]
_NO_KEYS: Keys = {}


def invoke(world: World, router: Router, invocation: Invocation, attempt: int) -> str:
    """Call the target; the id of the event that is put on a bus, or else of the invocation."""
    target_arn = str(invocation.target["Arn"])
    arn = parse_arn(target_arn)
    payload = invocation.payload(attempt)
    match arn.service, arn.resource_type:
        case "events", "event-bus":
            _check_home(invocation, arn, target_arn)
            return _put_event(world, router, invocation, payload)
        case "sqs", _:
            _check_home(invocation, arn, target_arn)
            group = invocation.target.get("SqsParameters", {}).get("MessageGroupId")
            send(world, invocation, target_arn, payload, group_id=group)
        case "lambda", "function":
            _check_home(invocation, arn, target_arn)
            _invoke_function(world, invocation, target_arn, arn, payload)
        case _:
            raise InvocationError(
                "UnsupportedTarget",
                f"local_aws lets schedules call event buses, queues and functions, not {target_arn}",
                final=True,
            )
    return invocation.execution_id


def _check_home(invocation: Invocation, arn: Arn, target_arn: str) -> None:
    """Refuse a target of another account or Region."""
    if (arn.account, arn.region) != (invocation.account, invocation.region):
        raise InvocationError(
            "UnsupportedTarget",
            f"local_aws lets a schedule call targets of its own account {invocation.account} and Region "
            f"{invocation.region} alone, not {target_arn}",
            final=True,
        )


def send(
    world: World,
    invocation: Invocation,
    queue_arn: str,
    body: str,
    *,
    group_id: str | None = None,
    attributes: Mapping[str, Mapping[str, str]] | None = None,
) -> None:
    """Send a message to a queue, in the name of the schedule's role."""
    _check_role(world, invocation, "sqs:SendMessage", queue_arn)
    arn = parse_arn(queue_arn)
    queue = find_queue(arn)
    if queue is None:
        raise InvocationError("AWS.SimpleQueueService.NonExistentQueue", f"the queue {queue_arn} does not exist")
    try:
        sqs_backends[arn.account][arn.region].send_message(
            queue_name=queue.name, message_body=body, message_attributes=dict(attributes or {}), group_id=group_id
        )
    except SQSException as error:
        raise InvocationError("InvalidParameterValue", f"{queue_arn} refused the message: {error}") from error


def _put_event(world: World, router: Router, invocation: Invocation, detail: str) -> str:
    bus_arn, parameters = invocation.target["Arn"], invocation.target["EventBridgeParameters"]
    keys = {
        "events:source": (parameters["Source"],),
        "events:detail-type": (parameters["DetailType"],),
        "events:eventBusInvocation": ("false",),
    }
    _check_role(world, invocation, "events:PutEvents", bus_arn, keys)
    entry = {
        "Source": parameters["Source"],
        "DetailType": parameters["DetailType"],
        "Detail": detail,
        "EventBusName": bus_arn,
    }
    (result,) = put_events(world, router, Origin(invocation.account, invocation.region), [entry])
    if "ErrorCode" in result:
        raise InvocationError(result["ErrorCode"], result["ErrorMessage"])
    return result["EventId"]


def _invoke_function(world: World, invocation: Invocation, function_arn: str, arn: Arn, payload: str) -> None:
    """Invoke it asynchronously: what the function makes of it is Lambda's to retry."""
    _check_role(world, invocation, "lambda:InvokeFunction", function_arn)
    try:
        lambda_backend(arn.account, arn.region).get_function(function_arn)
    except UnknownFunctionException as error:
        raise InvocationError("ResourceNotFoundException", f"the function {function_arn} does not exist") from error
    lambda_service.invoke_async(world, function_arn, json.loads(payload))


def _check_role(world: World, invocation: Invocation, action: str, resource: str, keys: Keys = _NO_KEYS) -> None:
    """The role must still trust the service, and its policies must allow the call."""
    role_arn = str(invocation.target["RoleArn"])
    source = {"aws:SourceArn": (invocation.group_arn,), "aws:SourceAccount": (invocation.account,)}
    trust = iam.trusts_service(role_arn, SERVICE, source)
    iam.note(world, SERVICE, invocation.account, "sts:AssumeRole", role_arn, trust)
    if not trust.allowed:
        raise InvocationError("AccessDeniedException", trust.reason, denied=True)
    verdict = iam.authorize_role(world, role_arn, action, resource, keys, session_name=invocation.execution_id)
    if not verdict.allowed:
        raise InvocationError(
            "AccessDeniedException",
            f"{role_arn} may not {action} on {resource}: denied {verdict.reason}",
            denied=True,
        )
