"""Invocations that run right now, found by what comes with every AWS call that they make."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import unquote

from local_aws.world import Environ


@dataclass(frozen=True)
class RunningInvocation:
    """An invocation, and how to end its sandbox: like a machine that breaks, or as if its time were up."""

    request_id: str
    function: str
    kill: Callable[[], None]
    time_out: Callable[[], None]


class RunningInvocations:
    """By trace id: Lambda gives each invocation its own, and SDKs send it along with every call."""

    def __init__(self) -> None:
        self._running: dict[str, RunningInvocation] = {}
        self._lock = threading.Lock()

    @contextmanager
    def during(self, trace_id: str, invocation: RunningInvocation) -> Iterator[None]:
        """Know it for as long as the context lasts."""
        with self._lock:
            self._running[trace_id] = invocation
        try:
            yield
        finally:
            with self._lock:
                del self._running[trace_id]

    def of_request(self, environ: Environ) -> RunningInvocation | None:
        """Who makes this request; None if no function does."""
        trace_id = unquote(environ.get("HTTP_X_AMZN_TRACE_ID", ""))
        with self._lock:
            return self._running.get(trace_id)
