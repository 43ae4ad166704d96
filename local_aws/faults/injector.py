"""Stands between functions and AWS's APIs: records their calls, and lets the planned one go wrong."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from local_aws.faults.call import action, attempt_of, speaks_xml
from local_aws.faults.plan import CallSite, Kind, Plan
from local_aws.http_server import AnswerLostError
from local_aws.lambda_service import RunningInvocation
from local_aws.world import Answer, Environ


@dataclass(frozen=True)
class RecordedCall:
    """A call that a function made; ``invocation`` is the request id. Retries by the SDK are part of their call."""

    invocation: str
    site: CallSite


class Injector:
    """Middleware: see `World.middleware`.

    Parameters
    ----------
    caller
        Tells which invocation makes a request, if one does.
    """

    def __init__(self, caller: Callable[[Environ], RunningInvocation | None]) -> None:
        self._caller = caller
        self._lock = threading.Lock()
        self.recording = False
        self.plan: Plan | None = None
        self.calls: list[RecordedCall] = []
        self._sites: dict[str, CallSite] = {}
        self._counts: Counter[tuple[str, str]] = Counter()
        self._hit: str | None = None

    def record(self, *, enabled: bool) -> None:
        """Forget calls and plan, and begin to count anew, or stop."""
        with self._lock:
            self.recording, self.plan, self._hit = enabled, None, None
            self.calls = []
            self._sites.clear()
            self._counts.clear()

    def arm(self, plan: Plan) -> None:
        """Let a call go wrong; ``ValueError`` when calls are not counted or that one has been made already."""
        with self._lock:
            if not self.recording:
                raise ValueError("nothing is recorded: the plan counts calls since recording began")
            if self._counts[plan.site.function, plan.site.action] >= plan.site.ordinal:
                raise ValueError(f"{plan.site} has been made already")
            self.plan, self._hit = plan, None

    @property
    def fired(self) -> bool:
        """Whether the planned fault has happened."""
        return self._hit is not None

    def __call__(self, environ: Environ, api: Callable[[], Answer]) -> Answer:
        """Answer a request."""
        if not self.recording or (invocation := self._caller(environ)) is None:
            return api()
        kind, first = self._count(environ, invocation)
        if kind is None:
            return api()
        if kind.takes_effect and first:
            api()
        if kind.kills:
            invocation.kill()
            raise AnswerLostError(f"{invocation.function} was killed {kind.value} of {action(environ)}")
        if kind is Kind.AFTER_TIMEOUT:
            raise AnswerLostError(f"the answer to {action(environ)} is lost")
        return _error(environ, throttled=kind is Kind.THROTTLE)

    def _count(self, environ: Environ, invocation: RunningInvocation) -> tuple[Kind | None, bool]:
        """The fault that this attempt meets, and whether it is its call's first attempt."""
        with self._lock:
            attempt = attempt_of(environ)
            first = not attempt or attempt not in self._sites
            if not first:
                fails = self.plan is not None and self.plan.retries_fail and self._hit == attempt
                return (self.plan.kind if fails and self.plan is not None else None), False
            name = action(environ)
            self._counts[invocation.function, name] += 1
            site = CallSite(invocation.function, name, self._counts[invocation.function, name])
            self._sites[attempt] = site
            self.calls.append(RecordedCall(invocation.request_id, site))
            if self.plan is None or self.fired or site != self.plan.site:
                return None, True
            self._hit = attempt
            return self.plan.kind, True


def _error(environ: Environ, *, throttled: bool) -> Answer:
    status, code = (400, "ThrottlingException") if throttled else (500, "InternalServerError")
    message = "Rate exceeded" if throttled else "The request failed because of an unknown error."
    if speaks_xml(environ):
        kind = "Sender" if throttled else "Receiver"
        error = f"<Error><Type>{kind}</Type><Code>{code}</Code><Message>{message}</Message></Error>"
        body = f"<ErrorResponse>{error}<RequestId>fault</RequestId></ErrorResponse>"
        return status, [("Content-Type", "text/xml")], body.encode()
    body = json.dumps({"__type": code, "message": message})
    return status, [("Content-Type", environ.get("CONTENT_TYPE") or "application/json")], body.encode()
