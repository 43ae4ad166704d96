"""The Lambda functions in this process: the real entry points, each sandbox a module of its own."""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import pkgutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager, redirect_stdout
from dataclasses import dataclass, field
from io import TextIOBase
from itertools import count
from typing import Any, Self
from unittest.mock import patch

from spot_failover import flow
from tests.soak.clock import StillClock
from tests.soak.deployed import Function
from tests.soak.ground import AUTOMATION, TABLE
from tests.soak.ledger import Invocation, Outcome
from tests.soak.plan import CENTRAL, HOME
from tests.soak.routes import BUS, EXTERNAL_ID
from tests.soak.wire import Killed, Life, Wire

SANDBOX_LIFE = 6 * 3600.0
"""Virtual seconds after which a sandbox is not used again."""
CROWD = 6
"""Invocations that may be under way at once: one more waits."""

Handler = Callable[[Any, Any], Any]


@dataclass
class Context:
    """What the Lambda service tells a function about an invocation."""

    clock: StillClock
    ends_at: float
    aws_request_id: str
    function_name: str
    memory_limit_in_mb: int = 256

    @property
    def invoked_function_arn(self) -> str:
        return f"arn:aws:lambda:us-east-1:123456789012:function:{self.function_name}"

    def get_remaining_time_in_millis(self) -> int:
        return max(0, int((self.ends_at - self.clock.now()) * 1000))


class _Output(TextIOBase):
    """Standard output of the invocation that runs, of the innermost where one was begun within another."""

    def __init__(self) -> None:
        self.written: list[list[str]] = []

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if self.written:
            self.written[-1].append(text)
        return len(text)


@dataclass
class _Sandbox:
    handler: Handler
    made_at: float


class _OneByOne:
    """In place of ThreadPoolExecutor: threads would make a run unrepeatable. Others still come in between calls."""

    def __init__(self, *_args: Any, **_named: Any) -> None:
        pass

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        pass

    @staticmethod
    def map(function: Callable[[Any], Any], *iterables: Any, **_named: Any) -> Iterator[Any]:
        return iter([function(*arguments) for arguments in zip(*iterables, strict=False)])

    @staticmethod
    def submit(function: Callable[..., Any], *args: Any, **named: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(function(*args, **named))
        except Exception as error:  # noqa: BLE001 - the future's to tell
            future.set_exception(error)
        return future


@dataclass
class Lambda:
    """Runs functions, and tells `told` of every run."""

    clock: StillClock
    wire: Wire
    environment: Mapping[str, str]
    told: Callable[[Invocation], None]
    _sandboxes: dict[str, list[_Sandbox]] = field(default_factory=dict)
    _output: _Output = field(default_factory=_Output)
    _names: count[int] = field(default_factory=count)
    starts: int = 0

    @property
    def crowded(self) -> bool:
        """Whether too many run to begin another."""
        return self.wire.under_way >= CROWD

    def run(self, function: Function, event: Mapping[str, Any]) -> Invocation:
        """One invocation, begun now. What it raises is in what is returned."""
        life = Life(self.clock.now() + function.timeout, function.name, f"request-{next(self._names)}")
        context = Context(self.clock, life.ends_at, life.request_id, function.name)
        outcome, answer, sandbox = Outcome.KILLED, None, None
        self.wire.lives.append(life)
        self._output.written.append([])
        try:
            with redirect_stdout(self._output):
                sandbox = self._sandbox(function)
                answer = sandbox.handler(event, context)
                outcome = Outcome.OK
        except Killed:
            sandbox = None
        except Exception:  # noqa: BLE001 - as the Lambda service does
            outcome = Outcome.ERROR
        finally:
            self.wire.lives.pop()
            text = "".join(self._output.written.pop())
        if sandbox is not None:
            self._sandboxes.setdefault(function.name, []).append(sandbox)
        ids = [record["messageId"] for record in event.get("Records", ())]
        failed = _failed(outcome, answer, ids)
        invocation = Invocation.of(function, "Records" in event, outcome, ids, failed, list(_decisions(text)))
        self.told(invocation)
        return invocation

    def cool_down(self) -> None:
        """Let every function's next invocation start in a new sandbox."""
        self._sandboxes.clear()

    def _sandbox(self, function: Function) -> _Sandbox:
        idle = self._sandboxes.setdefault(function.name, [])
        while idle:
            sandbox = idle.pop()
            if self.clock.now() - sandbox.made_at < SANDBOX_LIFE:
                return sandbox
        self.starts += 1
        own = {
            "DEAD_LETTER_QUEUE_URL": queue_url(f"{function.queue}-dlq"),
            # Powertools keeps one logger per name, with the request's id in it.
            "POWERTOOLS_SERVICE_NAME": f"{function.name}-{self.starts}",
            "AWS_LAMBDA_FUNCTION_NAME": function.name,
            **function.settings,
        }
        if function.orders:
            own[function.orders] = queue_url(function.queue)
        with patch.dict(os.environ, {**self.environment, **own}):
            return _Sandbox(load(function.module), self.clock.now())


def environment(policy: Mapping[str, Any]) -> dict[str, str]:
    """What Terraform tells the functions."""
    return {
        "STATE_TABLE_NAME": TABLE,
        "AUTOMATION_ROLE_NAME": AUTOMATION,
        "EXTERNAL_ID": EXTERNAL_ID,
        "CENTRAL_ACCOUNT_ID": CENTRAL,
        "EVENT_BUS_NAME": BUS,
        "POLICY": json.dumps(policy),
        "POWERTOOLS_LOG_LEVEL": "INFO",
    }


def queue_url(name: str) -> str:
    """Where a queue of the central account is."""
    return f"https://sqs.{HOME}.amazonaws.com/{CENTRAL}/{name}"


def load(name: str) -> Handler:
    """The module's own code, run anew: what a cold start does."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError(name)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    handler: Handler = module.handler
    return handler


@contextmanager
def without_threads(executor: type[Any] = _OneByOne) -> Iterator[None]:
    """Let the functions' thread pools do one thing after another, or what else `executor` does."""
    with ExitStack() as patches:
        for found in pkgutil.walk_packages(flow.__path__, "spot_failover.flow."):
            module = importlib.import_module(found.name)
            if hasattr(module, "ThreadPoolExecutor"):
                patches.enter_context(patch.object(module, "ThreadPoolExecutor", executor))
        yield


def _failed(outcome: Outcome, answer: Any, ids: Sequence[str]) -> list[str]:
    if outcome is not Outcome.OK:
        return list(ids)
    failures = answer.get("batchItemFailures", ()) if isinstance(answer, Mapping) else ()
    return [failure["itemIdentifier"] for failure in failures]


def _decisions(text: str) -> Iterator[dict[str, Any]]:
    """Log lines that tell of decisions or of what could not be finished; metric documents left out."""
    for line in text.splitlines():
        content = json.loads(line)
        if "_aws" not in content and "action" in content:
            yield content
