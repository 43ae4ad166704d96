"""Completes moto's Lambda functions: invocations run, and settings come back as they were given."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any, Protocol
from urllib.parse import urlsplit

from moto.awslambda.exceptions import InvalidParameterValueException, LambdaClientError
from moto.awslambda.models import EventInvokeConfig, LambdaBackend, LambdaFunction
from moto.awslambda.responses import LambdaResponse

from local_aws.lambda_service.arns import FunctionArn
from local_aws.lambda_service.results import InvocationRefusedError, Result
from local_aws.lambda_service.settings import check_spec, keep_settings, settings_of

LOG_TAIL = 4096  # bytes of the log that Invoke returns


class Hooks(Protocol):
    """What the patched classes call."""

    def deployed_through(self, endpoint_url: str) -> None:
        """A function was created by a request to this endpoint."""

    def check_function(self, function: LambdaFunction) -> None:
        """Refuse a function that could not run."""

    def function_changed(self, arn: FunctionArn) -> None:
        """A function was updated or deleted."""

    def invoke_now(self, arn: FunctionArn, payload: bytes) -> Result:
        """Run a function for a request."""

    def invoke_later(self, arn: FunctionArn, payload: bytes) -> None:
        """Queue an event."""


def patch(find: Callable[[], Hooks]) -> None:
    """Patch moto's classes; ``find`` gives the hooks of the world that is served."""
    _patch_invocation(find)
    _patch_creation(find)
    _patch_updates(find)
    _patch_settings()
    _patch_invoke_configs()


def arn_of(function: LambdaFunction, qualifier: str | None = None) -> FunctionArn:
    """The ARN by which a function is invoked."""
    return FunctionArn(function.partition, function.region, function.account_id, function.function_name, qualifier)


class _RefusedError(LambdaClientError):
    def __init__(self, error: InvocationRefusedError) -> None:
        self.code = error.status
        super().__init__(error.code, str(error))


def _patch_invocation(find: Callable[[], Hooks]) -> None:
    def invoke(
        self: LambdaBackend,
        function_name: str,
        qualifier: str | None,
        body: Any,
        headers: Any,
        response_headers: Any,
    ) -> bytes:
        function = self.get_function(function_name, qualifier)
        named = function_name.rsplit(":function:", 1)[-1].partition(":")[2]
        payload = (body.encode() if isinstance(body, str) else bytes(body or b"")) or b"{}"
        arn = arn_of(function, named or qualifier)
        kind = headers.get("X-Amz-Invocation-Type", "RequestResponse")
        if kind == "DryRun":
            return b""
        if kind == "Event":
            find().invoke_later(arn, payload)
            return b""
        return _synchronous(find(), arn, payload, response_headers)

    def invoke_function(self: LambdaFunction, body: str, request_headers: Any, response_headers: Any) -> bytes:  # noqa: ARG001
        """For other services of moto, which hold the function itself."""
        return _synchronous(find(), arn_of(self), body.encode(), response_headers)

    original = LambdaResponse.invoke

    @wraps(original)
    def respond(self: LambdaResponse) -> Any:
        # moto looks for "qualifier", clients send "Qualifier".
        self.querystring.setdefault("qualifier", self.querystring.get("Qualifier", [None]))
        return original(self)

    LambdaBackend.invoke = invoke  # type: ignore[method-assign]
    LambdaFunction.invoke = invoke_function  # type: ignore[method-assign]
    LambdaResponse.invoke = respond  # type: ignore[method-assign]


def _synchronous(hooks: Hooks, arn: FunctionArn, payload: bytes, response_headers: dict[str, Any]) -> bytes:
    try:
        result = hooks.invoke_now(arn, payload)
    except InvocationRefusedError as error:
        raise _RefusedError(error) from error
    response_headers["x-amz-executed-version"] = result.executed_version
    response_headers["x-amz-log-result"] = base64.b64encode(result.log.encode()[-LOG_TAIL:]).decode()
    response_headers["Content-Length"] = str(len(result.payload))
    if result.failed:
        response_headers["x-amz-function-error"] = "Unhandled"
    return result.payload


def _patch_creation(find: Callable[[], Hooks]) -> None:
    create, respond, delete = (
        LambdaBackend.create_function,
        LambdaResponse.create_function,
        LambdaBackend.delete_function,
    )

    @wraps(create)
    def create_function(self: LambdaBackend, spec: dict[str, Any]) -> LambdaFunction:
        check_spec(spec)
        function = create(self, spec)
        try:
            find().check_function(function)
        except InvocationRefusedError as error:
            delete(self, function.function_name)
            raise InvalidParameterValueException(str(error)) from error
        return function

    @wraps(respond)
    def create_function_response(self: LambdaResponse) -> Any:
        url = urlsplit(self.uri)
        find().deployed_through(f"{url.scheme}://{url.netloc}")
        return respond(self)

    @wraps(delete)
    def delete_function(self: LambdaBackend, function_name: str, qualifier: str | None = None) -> None:
        arn = arn_of(self.get_function(function_name, qualifier))
        delete(self, function_name, qualifier)
        find().function_changed(arn)

    LambdaBackend.create_function = create_function  # type: ignore[method-assign]
    LambdaResponse.create_function = create_function_response  # type: ignore[method-assign]
    LambdaBackend.delete_function = delete_function  # type: ignore[method-assign]


def _patch_updates(find: Callable[[], Hooks]) -> None:
    code, configuration = LambdaFunction.update_function_code, LambdaFunction.update_configuration

    @wraps(code)
    def update_function_code(self: LambdaFunction, updated_spec: dict[str, Any]) -> dict[str, Any]:
        code(self, updated_spec)
        if updated_spec.get("Architectures"):
            self.architectures = updated_spec["Architectures"]
        return _changed(find(), self)

    @wraps(configuration)
    def update_configuration(self: LambdaFunction, config_updates: dict[str, Any]) -> dict[str, Any]:
        check_spec(config_updates)
        if "Environment" in config_updates:
            config_updates = {**config_updates, "Environment": {"Variables": {}, **config_updates["Environment"]}}
        configuration(self, config_updates)
        keep_settings(self, config_updates)
        self.tracing_config = config_updates.get("TracingConfig") or self.tracing_config
        if "EphemeralStorage" in config_updates:
            self.ephemeral_storage = config_updates["EphemeralStorage"]["Size"]
        if "KMSKeyArn" in config_updates:
            self.kms_key_arn = config_updates["KMSKeyArn"] or None
        return _changed(find(), self)

    LambdaFunction.update_function_code = update_function_code  # type: ignore[method-assign]
    LambdaFunction.update_configuration = update_configuration  # type: ignore[method-assign]


def _changed(hooks: Hooks, function: LambdaFunction) -> dict[str, Any]:
    function.last_modified = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")
    hooks.function_changed(arn_of(function))
    return function.get_configuration()


def _patch_settings() -> None:
    initialize, configuration, code = (
        LambdaFunction.__init__,
        LambdaFunction.get_configuration,
        LambdaFunction.get_code,
    )

    @wraps(initialize)
    def init(self: LambdaFunction, account_id: str, spec: dict[str, Any], region: str, version: Any = 1) -> None:
        initialize(self, account_id, spec, region, version)
        keep_settings(self, spec)

    @wraps(configuration)
    def get_configuration(self: LambdaFunction, on_create: bool = False) -> dict[str, Any]:
        kept = settings_of(self)
        config: dict[str, Any] = configuration(self, on_create)
        config["LoggingConfig"] = kept.logging.to_api(self.function_name)
        if kept.dead_letter_arn:
            config["DeadLetterConfig"] = {"TargetArn": kept.dead_letter_arn}
        if not (config.get("VpcConfig") or {}).get("SubnetIds"):
            config.pop("VpcConfig", None)
        return {key: value for key, value in config.items() if value is not None}

    @wraps(code)
    def get_code(self: LambdaFunction) -> dict[str, Any]:
        answer: dict[str, Any] = code(self)
        if self.reserved_concurrency is not None:
            answer["Concurrency"] = {"ReservedConcurrentExecutions": int(self.reserved_concurrency)}
        return answer

    LambdaFunction.__init__ = init  # type: ignore[method-assign]
    LambdaFunction.get_configuration = get_configuration  # type: ignore[method-assign]
    LambdaFunction.get_code = get_code  # type: ignore[method-assign]


def _patch_invoke_configs() -> None:
    def put(self: LambdaBackend, function_name: str, config: dict[str, Any]) -> dict[str, Any]:
        function = self.get_function(function_name)
        kept = EventInvokeConfig(function.function_arn, function.last_modified, json.loads(json.dumps(config)))
        function.event_invoke_config = [kept]
        return kept.response()

    def update(self: LambdaBackend, function_name: str, config: dict[str, Any]) -> dict[str, Any]:
        function = self.get_function(function_name)
        before = function.event_invoke_config[0].config if function.event_invoke_config else {}
        return put(self, function_name, {**before, **config})

    LambdaBackend.put_function_event_invoke_config = put  # type: ignore[method-assign]
    LambdaBackend.update_function_event_invoke_config = update  # type: ignore[method-assign]
