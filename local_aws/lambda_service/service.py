"""The Lambda service of one world: runs functions and keeps what belongs to that."""

from __future__ import annotations

import json
import secrets
import threading
import uuid
from collections.abc import Callable, Sequence
from typing import Any

from moto.awslambda.models import LambdaFunction, lambda_backends
from moto.sqs.models import Message, Queue

from local_aws.lambda_service import function_metrics, log_lines
from local_aws.lambda_service.arns import FunctionArn
from local_aws.lambda_service.deployment import Deployment, TaskRoots
from local_aws.lambda_service.environment import sandbox_environment
from local_aws.lambda_service.function_logs import FunctionLogs, new_stream_name
from local_aws.lambda_service.pool import Lease, Pool
from local_aws.lambda_service.records import Records
from local_aws.lambda_service.results import Outcome, Result, ThrottledError, error_payload
from local_aws.lambda_service.roles import Roles
from local_aws.lambda_service.running import RunningInvocation, RunningInvocations
from local_aws.lambda_service.runtime_api import Invocation, RuntimeApi
from local_aws.lambda_service.sandbox import Ended, Sandbox
from local_aws.world import World


class LambdaService:
    """Runs deployed packages. Its methods are called without ``world.lock`` unless they say otherwise.

    ``delivered_again`` tells which of the messages that were just received from a queue are received once more, while
    the first delivery is being worked on. It is called with ``world.lock``.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.roles = Roles(world)
        self.records = Records()
        self.running = RunningInvocations()
        self.endpoint_url: str | None = None
        self.delivered_again: Callable[[Queue, Sequence[Message]], list[Message]] = lambda _queue, _messages: []
        self._logs = FunctionLogs(world, self.roles)
        self._task_roots = TaskRoots()
        self._api = RuntimeApi()
        self.pool = Pool(world.clock, self._start_sandbox)

    def function(self, arn: FunctionArn) -> LambdaFunction:
        """What moto holds of a function, version or alias; its ``UnknownFunctionException`` if there is none."""
        with self.world.lock:
            return lambda_backends[arn.account][arn.region].get_function(arn.name, arn.qualifier)

    def run(self, arn: FunctionArn, payload: bytes, request_id: str | None = None) -> Result:
        """Run a function now and wait for its end.

        Raises
        ------
        InvocationRefusedError
            It was not run: throttled, or its role can't be assumed.
        """
        with self.world.lock:
            function = self.function(arn)
            deployment = Deployment.of(function)
            latest = self.function(arn.unqualified)
            reserved = None if latest.reserved_concurrency is None else int(latest.reserved_concurrency)
        request_id = request_id or str(uuid.uuid4())
        try:
            lease = self.pool.acquire(deployment, reserved)
        except ThrottledError:
            function_metrics.throttled(self.world, arn)
            raise
        started = self.world.clock.now()
        try:
            result = self._run_in(lease, arn, payload, request_id, started)
        finally:
            self.pool.release(lease)
        self.records.add(started, str(arn), payload, result)
        function_metrics.ran(self.world, arn, result, started)
        return result

    def run_while_locked(self, arn: FunctionArn, payload: bytes) -> Result:
        """The same for a caller who holds ``world.lock``, as API requests do: lets go of it meanwhile."""
        outcome: list[Result | BaseException] = []
        changed = threading.Condition(self.world.lock)

        def run() -> None:
            try:
                ended: Result | BaseException = self.run(arn, payload)
            except BaseException as error:  # noqa: BLE001  (raised again in the caller's thread)
                ended = error
            with changed:
                outcome.append(ended)
                changed.notify_all()

        with changed:
            threading.Thread(target=run, name=f"lambda-invoke-{arn.name}", daemon=True).start()
            changed.wait_for(lambda: outcome)
        if isinstance(outcome[0], BaseException):
            raise outcome[0]
        return outcome[0]

    def stop(self) -> None:
        """End all processes and remove all files of the service."""
        self.pool.stop()
        self._api.stop()
        self._task_roots.remove()

    def _run_in(self, lease: Lease, arn: FunctionArn, payload: bytes, request_id: str, started: float) -> Result:
        deployment = lease.sandbox.deployment
        opening = log_lines.opening(deployment, request_id)
        invocation = Invocation(
            request_id=request_id,
            function_arn=str(arn),
            timeout=deployment.timeout,
            payload=payload,
            trace_id=_trace_id(started, sampled=deployment.tracing == "Active"),
        )
        running = RunningInvocation(request_id, deployment.arn.name, lease.sandbox.kill, lease.sandbox.time_out)
        with self.running.during(invocation.trace_id, running):
            ended = lease.sandbox.invoke(invocation)
        closing = log_lines.closing(deployment, request_id, ended, lease.sandbox.memory_mb())
        lines = [*opening, *ended.lines, *closing]
        self._logs.write(deployment, lease.log_stream, lines)
        return Result(
            request_id=request_id,
            outcome=ended.outcome,
            payload=_payload(deployment, request_id, ended),
            log="\n".join(line.text for line in lines),
            executed_version=deployment.version,
            duration_ms=ended.duration_ms,
        )

    def _start_sandbox(self, deployment: Deployment) -> Lease:
        if self.endpoint_url is None:
            raise RuntimeError("the Lambda service does not know where local_aws is served: call lambda_service.serve")
        now = self.world.clock.now()
        credentials = self.roles.credentials(deployment.role, deployment.arn.name)
        self.roles.check_environment(deployment)
        stream = new_stream_name(deployment, now)
        task_root, scratch = self._task_roots.unpacked(deployment), self._task_roots.scratch()
        environment = sandbox_environment(
            deployment,
            credentials,
            endpoint_url=self.endpoint_url,
            log_stream=stream,
            task_root=task_root,
            runtime=self._task_roots.runtime,
            scratch=scratch,
        )
        sandbox = Sandbox(
            deployment,
            self._api,
            name=scratch.name,
            environment=environment,
            task_root=task_root,
            runtime=self._task_roots.runtime,
            scratch=scratch,
            now=now,
        )
        return Lease(sandbox, stream, credentials.expires_at)


def encode(payload: Any) -> bytes:
    """An event as JSON text; bytes are taken as they are."""
    return payload if isinstance(payload, bytes) else json.dumps(payload).encode()


def _payload(deployment: Deployment, request_id: str, ended: Ended) -> bytes:
    if ended.outcome is Outcome.TIMEOUT:
        return error_payload("Sandbox.Timedout", f"RequestId: {request_id} Error: {log_lines.timed_out(deployment)}")
    if ended.outcome is Outcome.EXIT:
        return error_payload("Runtime.ExitError", f"RequestId: {request_id} {log_lines.exited(ended)}")
    return ended.body


def _trace_id(now: float, *, sampled: bool) -> str:
    return f"Root=1-{int(now):08x}-{secrets.token_hex(12)};Parent={secrets.token_hex(8)};Sampled={int(sampled)}"
