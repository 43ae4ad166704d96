"""What CreateStateMachine, UpdateStateMachine and StartExecution refuse."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from moto.stepfunctions.exceptions import InvalidExecutionInput, InvalidName
from moto.stepfunctions.models import StateMachine

from local_aws import iam
from local_aws.step_functions.definitions import faults
from local_aws.step_functions.errors import (
    AccessDeniedError,
    InvalidDefinitionError,
    InvalidLoggingConfigurationError,
    StateMachineAlreadyExistsError,
)
from local_aws.step_functions.logs import Settings
from local_aws.step_functions.tracing import SERVICE, may_log
from local_aws.world import World

NAME = re.compile(r"[^\s<>{}\[\]?*\"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f]{1,80}")
MAX_INPUT = 262_144


def check_machine(world: World, request: Mapping[str, Any], arn: str) -> None:
    """Refuse a definition that is wrong, a role that does not trust the service, logs that can't be delivered."""
    if request.get("type", "STANDARD") != "STANDARD":
        raise NotImplementedError("local_aws runs standard state machines only")
    found = faults(str(request["definition"]))
    if found:
        raise InvalidDefinitionError(f"Invalid State Machine Definition: '{'; '.join(map(str, found))}'")
    role = str(request["roleArn"])
    source = {"aws:SourceArn": (arn,), "aws:SourceAccount": (arn.split(":")[4],)}
    if not iam.trusts_service(role, SERVICE, source).allowed:
        raise AccessDeniedError(
            "Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume "
            "the provided role."
        )
    _check_logging(world, role, request.get("loggingConfiguration"))


def check_new(machines: Iterable[StateMachine], request: Mapping[str, Any]) -> StateMachine | None:
    """The machine that the same request has made before; refuse another one of its name."""
    before = next((item for item in machines if item.name == request["name"]), None)
    if before is not None and (before.definition, before.roleArn) != (request["definition"], request["roleArn"]):
        raise StateMachineAlreadyExistsError(f"State Machine Already Exists: '{before.arn}'")
    return before


def check_name(name: str) -> None:
    """The name of an execution: 1 to 80 characters, none of those that have a meaning elsewhere."""
    if not NAME.fullmatch(name):
        raise InvalidName(f"Invalid Name: '{name}'")


def check_input(text: str) -> None:
    """An input is JSON of at most 256 KiB."""
    if len(text.encode()) > MAX_INPUT:
        raise InvalidExecutionInput("Invalid State Machine Execution Input: it is larger than 262144 bytes")
    try:
        json.loads(text)
    except ValueError as error:
        raise InvalidExecutionInput(f"Invalid State Machine Execution Input: '{error}'") from None


def _check_logging(world: World, role: str, wire: Mapping[str, Any] | None) -> None:
    settings = Settings.parse(wire)
    if settings is None:
        if (wire or {}).get("level", "OFF") != "OFF":
            raise InvalidLoggingConfigurationError(
                "Invalid Logging Configuration: Must specify exactly one Log Destination."
            )
        return
    if settings.group is None:
        raise InvalidLoggingConfigurationError(
            f"Invalid Logging Configuration: {settings.group_arn} is not the ARN of a log group, with ':*' at its end."
        )
    if not may_log(world, role):
        raise AccessDeniedError("The state machine IAM Role is not authorized to access the Log Destination")
