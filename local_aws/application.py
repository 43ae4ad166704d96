"""The WSGI application: AWS's APIs by moto, one at a time, and the control API beside them."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from local_aws.control import PREFIX, Reply
from local_aws.http_server import AnswerLostError, call
from local_aws.world import Answer, Environ, World

logger = logging.getLogger(__name__)

StartResponse = Callable[..., Any]


class LocalAws:
    """Moto's server application under ``World.lock``: its backends are not safe for threads (DynamoDB's conditions).

    A ReceiveMessage, which may wait, runs without: what answers it takes the lock for each look at the queue.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._moto = DomainDispatcherApplication(create_backend_app)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request (WSGI)."""
        if environ["PATH_INFO"].startswith(PREFIX):
            return _send(start_response, self._control(environ))
        try:
            status, headers, body = self._world.answer(environ, lambda: self._api(environ))
        except AnswerLostError:
            raise
        except Exception as error:
            logger.exception("%s %s failed", environ["REQUEST_METHOD"], _describe(environ))
            return _send(start_response, _failure(environ, error))
        start_response(f"{status} ", headers)
        return [body]

    def _api(self, environ: Environ) -> Answer:
        if _may_wait(environ):
            return call(self._moto, environ)
        with self._world.lock:
            return call(self._moto, environ)

    def _control(self, environ: Environ) -> Reply:
        method = environ["REQUEST_METHOD"]
        path = environ["PATH_INFO"].removeprefix(PREFIX)
        if method == "GET":
            return self._world.control.reply(method, path, dict(parse_qsl(environ["QUERY_STRING"])))
        try:
            arguments = json.loads(environ["wsgi.input"].read() or b"{}")
        except json.JSONDecodeError as error:
            return Reply(400, json.dumps({"error": f"the body is not JSON: {error}"}).encode())
        if not isinstance(arguments, dict):
            return Reply(400, json.dumps({"error": "the body is not a JSON object"}).encode())
        return self._world.control.reply(method, path, arguments)


def _may_wait(environ: Environ) -> bool:
    target: str = environ.get("HTTP_X_AMZ_TARGET", "")
    return target == "AmazonSQS.ReceiveMessage" or b"Action=ReceiveMessage" in _form(environ)


def _form(environ: Environ) -> bytes:
    if not environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded"):
        return b""
    body: bytes = environ["wsgi.input"].getvalue()
    return body


def _describe(environ: Environ) -> str:
    return str(environ.get("HTTP_X_AMZ_TARGET") or _form(environ)[:80].decode(errors="replace") or environ["PATH_INFO"])


def _failure(environ: Environ, error: Exception) -> Reply:
    """An answer that SDKs understand and don't repeat: they retry 500, 502, 503 and 504, but not 501."""
    code = "NotImplemented" if isinstance(error, NotImplementedError) else "InternalFailure"
    message = f"local_aws cannot answer {_describe(environ)}: {type(error).__name__}: {error}"
    if _form(environ):
        body = f"<ErrorResponse><Error><Code>{code}</Code><Message>{escape(message)}</Message></Error></ErrorResponse>"
        return Reply(501, body.encode(), "text/xml")
    return Reply(501, json.dumps({"__type": code, "message": message}).encode())


def _send(start_response: StartResponse, reply: Reply) -> Iterable[bytes]:
    start_response(f"{reply.status} ", [("Content-Type", reply.content_type)])
    return [reply.body]
