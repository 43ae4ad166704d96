"""The control API under ``/_local_aws/``: what tests and the demo use to steer and to observe."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

logger = logging.getLogger(__name__)

PREFIX = "/_local_aws/"

Handler = Callable[[dict[str, Any]], Any]


@dataclass(frozen=True)
class Reply:
    """What HTTP sends back."""

    status: int
    body: bytes
    content_type: str = "application/json"


class Control:
    """Routes of the control API. Handlers run without ``World.lock``: they take it when they touch state."""

    def __init__(self) -> None:
        self._handlers: dict[tuple[str, str], Handler] = {}

    def add(self, method: str, path: str, handler: Handler) -> None:
        """Let ``handler`` answer ``method`` on ``path``, which is relative to the prefix.

        The handler gets the JSON object of the body (POST) or the query's parameters (GET) and returns what JSON can
        express. A ``ValueError`` it raises becomes a status of 400 with its message.
        """
        key = (method.upper(), path.strip("/"))
        if key in self._handlers:
            raise ValueError(f"the control API already has {key[0]} {key[1]}")
        self._handlers[key] = handler

    def call(self, method: str, path: str, arguments: dict[str, Any]) -> Any:
        """What the handler of ``method`` and ``path`` answers; ``LookupError`` when there is none."""
        try:
            handler = self._handlers[(method.upper(), path.strip("/"))]
        except KeyError:
            known = ", ".join(sorted(f"{verb} {name}" for verb, name in self._handlers))
            raise LookupError(f"the control API has no {method.upper()} {path}; it has {known}") from None
        return handler(arguments)

    def reply(self, method: str, path: str, arguments: dict[str, Any]) -> Reply:
        """The same as `call`, as HTTP has it."""
        try:
            return _json(200, self.call(method, path, arguments))
        except LookupError as error:
            return _json(404, {"error": str(error)})
        except ValueError as error:
            return _json(400, {"error": str(error)})
        except Exception as error:
            logger.exception("control API: %s %s failed", method, path)
            return _json(500, {"error": f"{type(error).__name__}: {error}"})


def _json(status: int, value: Any) -> Reply:
    return Reply(status, json.dumps(value).encode())
