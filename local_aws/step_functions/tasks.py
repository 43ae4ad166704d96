"""A Task state that invokes a function: in the name of the state machine's role, in its account and Region."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError
from moto.awslambda.exceptions import UnknownFunctionException
from moto.stepfunctions.parser.asl.component.state.exec.state_task.lambda_eval_utils import (
    LambdaFunctionErrorException,
)

from local_aws import iam, lambda_service
from local_aws.step_functions.tracing import SERVICE
from local_aws.world import World

FUNCTION_ERROR = "Unhandled"


@dataclass(frozen=True)
class Request:
    """What a task asks for. ``parameters`` are those of Lambda's Invoke."""

    account: str
    region: str
    machine_arn: str
    role_arn: str
    parameters: Mapping[str, Any]

    @property
    def function_arn(self) -> str:
        """The function's ARN, with its version or alias, however it was named."""
        name = str(self.parameters["FunctionName"])
        if not name.startswith("arn:"):
            account = name.split(":", maxsplit=1)[0] if ":function:" in name else self.account
            name = f"arn:aws:lambda:{self.region}:{account}:function:{name.rpartition('function:')[2]}"
        qualifier = self.parameters.get("Qualifier")
        return f"{name}:{qualifier}" if qualifier else name


def invoke(world: World, request: Request) -> dict[str, Any]:
    """Invoke the function and wait for its end: the task's result.

    Raises
    ------
    LambdaFunctionErrorException
        The function failed: ``Error`` is its ``errorType``.
    ClientError
        Lambda did not run it: ``Error`` is ``Lambda.`` and the code.
    """
    arn = request.function_arn
    with world.lock:
        _authorize(world, request, arn)
    try:
        result = lambda_service.invoke(world, arn, request.parameters.get("Payload", b"{}"))
    except UnknownFunctionException:
        raise _error("ResourceNotFoundException", 404, f"Function not found: {arn}") from None
    except lambda_service.InvocationRefusedError as error:
        raise _error(error.code, error.status, str(error)) from error
    if result.failed:
        raise LambdaFunctionErrorException(FUNCTION_ERROR, json.dumps(result.json(), separators=(",", ":")))
    return {"ExecutedVersion": result.executed_version, "Payload": result.json(), "StatusCode": 200}


def _authorize(world: World, request: Request, arn: str) -> None:
    """The role must still trust Step Functions, and let it invoke the function."""
    source = {"aws:SourceArn": (request.machine_arn,), "aws:SourceAccount": (request.account,)}
    trust = iam.trusts_service(request.role_arn, SERVICE, source)
    iam.note(world, SERVICE, request.account, "sts:AssumeRole", request.role_arn, trust)
    if not trust.allowed:
        raise _error("AWSLambdaException", 403, trust.reason)
    verdict = iam.authorize_role(
        world, request.role_arn, "lambda:InvokeFunction", arn, session_name=uuid.uuid4().hex[:16]
    )
    if not verdict.allowed:
        message = (
            f"{request.role_arn} is not authorized to perform: lambda:InvokeFunction on resource: {arn} "
            f"{verdict.reason}"
        )
        raise _error("AWSLambdaException", 403, message)


def _error(code: str, status: int, message: str) -> ClientError:
    answer: Any = {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": status, "RequestId": str(uuid.uuid4())},
    }
    return ClientError(answer, "Invoke")
