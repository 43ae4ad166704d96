"""What EventBridge Scheduler refuses of a schedule: the limits of its API model, and rules between its parts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from botocore.model import Shape, StructureShape
from moto.core.utils import get_service_model
from moto.scheduler.exceptions import ValidationException

from local_aws import iam
from local_aws.scheduler.plan import make_plan
from local_aws.scheduler.targets import SERVICE

_JSON_TARGETS = frozenset({"events", "lambda", "states"})


def check_schedule(operation: str, request: Mapping[str, Any], group_arn: str) -> None:
    """Raise ``ValidationException`` for a CreateSchedule or UpdateSchedule (``operation``) that AWS refuses."""
    found = list(violations(get_service_model("scheduler").operation_model(operation).input_shape, request))
    if found:
        errors = "error" if len(found) == 1 else "errors"
        raise ValidationException(f"{len(found)} validation {errors} detected: {'; '.join(found)}")
    _check_times(request)
    _check_target(request["Target"])
    _check_role(request["Target"]["RoleArn"], group_arn)


def violations(shape: Shape | None, value: Any, path: str = "") -> Iterator[str]:
    """What a value breaks of a shape of the API model, as AWS words it."""
    if isinstance(shape, StructureShape):
        for name in shape.required_members:
            if value.get(name) is None:
                yield f"Value null at '{_below(path, name)}' failed to satisfy constraint: Member must not be null"
        for name, member in shape.members.items():
            if value.get(name) is not None:
                yield from violations(member, value[name], _below(path, name))
    elif shape is not None:
        for constraint in _broken(shape, value):
            yield f"Value at '{path}' failed to satisfy constraint: {constraint}"


def _broken(shape: Shape, value: Any) -> Iterator[str]:
    limits = shape.metadata
    size, of = (len(value), "have length") if isinstance(value, str) else (value, "have value")
    if "min" in limits and size < limits["min"]:
        yield f"Member must {of} greater than or equal to {limits['min']}"
    if "max" in limits and size > limits["max"]:
        yield f"Member must {of} less than or equal to {limits['max']}"
    if "pattern" in limits and re.fullmatch(limits["pattern"], value) is None:
        yield f"Member must satisfy regular expression pattern: {limits['pattern']}"
    if "enum" in limits and value not in limits["enum"]:
        yield f"Member must satisfy enum value set: [{', '.join(limits['enum'])}]"


def _below(path: str, name: str) -> str:
    own = name[0].lower() + name[1:]
    return f"{path}.{own}" if path else own


def _check_times(request: Mapping[str, Any]) -> None:
    expression, zone = request["ScheduleExpression"], request.get("ScheduleExpressionTimezone")
    try:
        make_plan(expression, zone, made=0.0)
    except ValueError as error:
        raise ValidationException(f"Invalid Schedule Expression {expression}. ({error})") from error
    start, end = request.get("StartDate"), request.get("EndDate")
    if start is not None and end is not None and float(end) <= float(start):
        raise ValidationException("The EndDate you specify must come after the StartDate.")
    window = request["FlexibleTimeWindow"]
    if (window["Mode"] == "FLEXIBLE") != (window.get("MaximumWindowInMinutes") is not None):
        raise ValidationException("MaximumWindowInMinutes is required with the mode FLEXIBLE and not allowed with OFF.")


def _check_target(target: Mapping[str, Any]) -> None:
    parts = target["Arn"].split(":", 5)
    if len(parts) < 6 or parts[0] != "arn":
        raise ValidationException(f"Provided Arn is not in correct format: {target['Arn']}")
    is_bus = parts[2] == "events" and parts[5].startswith("event-bus/")
    if is_bus != (target.get("EventBridgeParameters") is not None):
        raise ValidationException(
            "EventBridgeParameters are for event buses, which need them, and for no other target."
        )
    if parts[2] in _JSON_TARGETS and target.get("Input") is not None:
        try:
            json.loads(target["Input"])
        except ValueError as error:
            raise ValidationException(f"Invalid JSON provided for Input of {target['Arn']}: {error}") from error


def _check_role(role_arn: str, group_arn: str) -> None:
    source = {"aws:SourceArn": (group_arn,), "aws:SourceAccount": (group_arn.split(":")[4],)}
    if not iam.trusts_service(role_arn, SERVICE, source).allowed:
        raise ValidationException(
            "The execution role you provide must allow AWS EventBridge Scheduler to assume the role."
        )
