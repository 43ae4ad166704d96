"""An HTTP/1.1 server for one WSGI application, on loopback, with connections that stay open.

Werkzeug's own handler closes the connection after each request. Clients of AWS make hundreds of them.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.serving import ThreadedWSGIServer

from local_aws.world import Answer, Environ

logger = logging.getLogger(__name__)

Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


class AnswerLostError(ConnectionError):
    """Raised by an application: the connection ends, and the caller never learns what became of the request."""


NO_BODY = frozenset({HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED})


class RequestHandler(MotoRequestHandler):
    """Reads the whole request and sends the whole answer, so that the connection can be used again."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 65536  # headers and body in one packet

    def run_wsgi(self) -> None:
        """Answer one request."""
        environ = self.make_environ()
        source = environ["wsgi.input"]
        chunked = environ.get("wsgi.input_terminated", False)
        body = source.read() if chunked else source.read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        environ["CONTENT_LENGTH"] = str(len(body))
        status, headers, answer = call(self.server.app, environ)
        self.send_response(status)
        for name, value in headers:
            if name.lower() not in {"content-length", "connection", "transfer-encoding", "date", "server"}:
                self.send_header(name, value)
        if status not in NO_BODY:
            self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        if self.command != "HEAD" and status not in NO_BODY:
            self.wfile.write(answer)
        self.wfile.flush()

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Log at the level of debugging only."""
        logger.debug("%s %s: %s (%s)", self.command, self.path, code, size)


def call(application: Application, environ: Environ) -> Answer:
    """Status, headers and body that a WSGI application answers."""
    started: list[tuple[str, list[tuple[str, str]]]] = []

    def start_response(status: str, headers: list[tuple[str, str]], _failure: Any = None) -> Callable[[bytes], None]:
        started.append((status, headers))
        return written.append

    written: list[bytes] = []
    chunks = application(environ, start_response)
    try:
        written.extend(chunks)
    finally:
        close = getattr(chunks, "close", None)
        if close is not None:
            close()
    status, headers = started[-1]
    return int(status.split(" ", 1)[0]), headers, b"".join(written)


class Server(ThreadedWSGIServer):
    """The server: `serve_forever` blocks until `shutdown` is called from another thread."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, application: Application, port: int = 0) -> None:
        super().__init__("127.0.0.1", port, application, handler=RequestHandler)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}"
