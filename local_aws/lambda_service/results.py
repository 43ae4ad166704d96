"""What comes of an invocation, and why Lambda may refuse one."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Outcome(StrEnum):
    """How a function ended."""

    OK = "ok"
    ERROR = "error"  # the handler raised, or could not be loaded
    TIMEOUT = "timeout"
    EXIT = "exit"  # the process ended by itself


@dataclass(frozen=True)
class Result:
    """One invocation that ran.

    ``payload`` is what the handler returned, or the error object (``errorMessage``, ``errorType``, ...), as JSON text.
    ``log`` holds the lines that the invocation wrote. ``duration_ms`` is real time.
    """

    request_id: str
    outcome: Outcome
    payload: bytes
    log: str
    executed_version: str
    duration_ms: float

    @property
    def failed(self) -> bool:
        """Whether Lambda reports a function error (``X-Amz-Function-Error``)."""
        return self.outcome is not Outcome.OK

    def json(self) -> Any:
        """The payload as Python values."""
        return json.loads(self.payload) if self.payload else None


class InvocationRefusedError(Exception):
    """Lambda did not run the function. ``code`` is the API's error code, ``status`` its HTTP status."""

    code = "ServiceException"
    status = 500


class ThrottledError(InvocationRefusedError):
    """The function's reserved concurrency is in use."""

    code = "TooManyRequestsException"
    status = 429


class RoleNotAssumableError(InvocationRefusedError):
    """Lambda may not assume the function's execution role, or the role is gone."""

    code = "AccessDeniedException"
    status = 403


class KeyDeniedError(InvocationRefusedError):
    """The function's execution role may not use the key of the function's environment."""

    code = "KMSAccessDeniedException"
    status = 502


class InvokeDeniedError(InvocationRefusedError):
    """The function's resource policy does not let the caller in."""

    code = "AccessDeniedException"
    status = 403


class NotRunnableError(InvocationRefusedError):
    """The function needs what this service does not model: see the message."""

    code = "InvalidRuntimeException"
    status = 502


def error_payload(error_type: str, message: str) -> bytes:
    """An error object as Lambda makes it when the function itself can't."""
    return json.dumps({"errorType": error_type, "errorMessage": message}).encode()
