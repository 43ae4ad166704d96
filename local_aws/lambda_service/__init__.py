"""Lambda: runs the deployed packages, each sandbox a process of its own, by AWS's runtime interface client."""

from __future__ import annotations

from typing import Any

from moto.awslambda.models import LambdaFunction

from local_aws.lambda_service import moto_functions, moto_mappings, recursion
from local_aws.lambda_service.arns import FunctionArn
from local_aws.lambda_service.asynchronous import AsynchronousInvocations
from local_aws.lambda_service.mappings import Mappings
from local_aws.lambda_service.results import InvocationRefusedError, Outcome, Result, ThrottledError
from local_aws.lambda_service.running import RunningInvocation
from local_aws.lambda_service.service import LambdaService, encode
from local_aws.world import Environ, World

__all__ = [
    "InvocationRefusedError", "Outcome", "Result", "RunningInvocation", "ThrottledError", "install", "invoke",
    "invoke_async", "running_invocation",
]  # fmt: skip


class _Installed:
    """The service of one world, and what moto's patched classes call."""

    def __init__(self, world: World) -> None:
        self.service = LambdaService(world)
        self.asynchronous = AsynchronousInvocations(self.service)
        self.mappings = Mappings(self.service)

    def deployed_through(self, endpoint_url: str) -> None:
        """Functions reach local_aws where their deployer did."""
        self.service.endpoint_url = endpoint_url

    def check_function(self, function: LambdaFunction) -> None:
        """Lambda tries the role when a function is made."""
        self.service.roles.credentials(function.role, function.function_name)

    def function_changed(self, arn: FunctionArn) -> None:
        """Sandboxes of what was are of no use."""
        self.service.pool.recycle(arn.unqualified)

    def invoke_now(self, arn: FunctionArn, payload: bytes) -> Result:
        """Run a function for a request."""
        return self.service.run_while_locked(arn, payload)

    def invoke_later(self, arn: FunctionArn, payload: bytes) -> None:
        """Queue an event."""
        self.asynchronous.submit(arn, payload)


_installed: list[_Installed] = []  # the last world's; moto's classes are patched once in a process


def install(world: World) -> LambdaService:
    """Let the world run functions, read queues for them and tell about it; all of it ends with the world."""
    if not _installed:
        moto_functions.patch(lambda: _installed[-1])
        moto_mappings.patch(lambda: _installed[-1].mappings)
        recursion.install()
    installed = _Installed(world)
    _installed[:] = [installed]
    world.control.add("GET", "invocations", installed.service.records.as_json)
    world.at_stop.append(installed.service.stop)
    return installed.service


def invoke(world: World, function_arn: str, payload: Any) -> Result:
    """Run a function and wait for its end. The payload is anything that JSON can express, or JSON text as bytes.

    Not under ``world.lock``: the function calls back.

    Raises
    ------
    InvocationRefusedError
        It was not run: throttled, or its role can't be assumed.
    """
    return _of(world).service.run(FunctionArn.parse(function_arn), encode(payload))


def invoke_async(world: World, function_arn: str, payload: Any) -> str:
    """Queue an event for a function, as EventBridge does; returns the request id.

    It runs on the clock's thread, at once; retries and what follows them are Lambda's.
    """
    return _of(world).asynchronous.submit(FunctionArn.parse(function_arn), encode(payload))


def running_invocation(world: World, environ: Environ) -> RunningInvocation | None:
    """The invocation that makes this request to local_aws; None if no function does."""
    return _of(world).service.running.of_request(environ)


def _of(world: World) -> _Installed:
    for installed in _installed:
        if installed.service.world is world:
            return installed
    raise LookupError("the Lambda service is not installed in this world")
