"""Lambda's Runtime API: where sandboxes fetch invocations and leave results.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
One server for all sandboxes; the first part of the path says which of them calls.
"""

from __future__ import annotations

import queue
import threading
import time
from dataclasses import dataclass
from enum import Enum, auto
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

API = "2018-06-01/runtime"


@dataclass(frozen=True)
class Invocation:
    """What a sandbox is handed. ``timeout`` in seconds; the time counts from the moment it is handed over."""

    request_id: str
    function_arn: str
    timeout: int
    payload: bytes
    trace_id: str


class Said(Enum):
    """What a sandbox may say."""

    READY = auto()
    RESPONSE = auto()
    ERROR = auto()
    INIT_ERROR = auto()
    EXITED = auto()  # said by whoever watches its process
    TIMED_OUT = auto()  # said by whoever lets its time be up


@dataclass(frozen=True)
class Message:
    """Something a sandbox said."""

    said: Said
    body: bytes = b""


class Channel:
    """The two queues between one sandbox and its owner."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.invocations: queue.SimpleQueue[Invocation | None] = queue.SimpleQueue()
        self.messages: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self.was_ready = False


class RuntimeApi:
    """The server, on a loopback port of its own."""

    def __init__(self) -> None:
        self._channels: dict[str, Channel] = {}
        self._server = _Server(("127.0.0.1", 0), self._channels)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, name="lambda-runtime-api", daemon=True
        )
        self._thread.start()

    def open(self, name: str) -> Channel:
        """A channel for the sandbox ``name``."""
        channel = self._channels[name] = Channel(name)
        return channel

    def close(self, channel: Channel) -> None:
        """Let go of a sandbox: a call it waits in ends."""
        self._channels.pop(channel.name, None)
        channel.invocations.put(None)

    def address(self, channel: Channel) -> str:
        """What the sandbox finds in AWS_LAMBDA_RUNTIME_API."""
        return f"127.0.0.1:{self._server.server_port}/{channel.name}"

    def stop(self) -> None:
        """End the server and every call that waits."""
        for channel in list(self._channels.values()):
            self.close(channel)
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, address: tuple[str, int], channels: dict[str, Channel]) -> None:
        super().__init__(address, _Handler)
        self.channels = channels

    def handle_error(self, *_: Any) -> None:
        """A sandbox that was killed in the middle of a call is no error here."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    # Without both, Nagle's algorithm and delayed acknowledgements cost 88 ms an invocation.
    disable_nagle_algorithm = True
    wbufsize = 65536

    def log_message(self, *_: Any) -> None:
        """Say nothing: the function's log is what counts."""

    def do_GET(self) -> None:
        """``GET /NAME/2018-06-01/runtime/invocation/next``: wait for an invocation."""
        channel, route = self._route()
        if channel is None or route != f"{API}/invocation/next":
            self._reply(404)
            return
        if not channel.was_ready:
            channel.was_ready = True
            channel.messages.put(Message(Said.READY))
        invocation = channel.invocations.get()
        if invocation is None:
            self._reply(410)
            return
        self._reply(
            200,
            invocation.payload,
            {
                "Content-Type": "application/json",
                "Lambda-Runtime-Aws-Request-Id": invocation.request_id,
                "Lambda-Runtime-Deadline-Ms": str(round((time.time() + invocation.timeout) * 1000)),
                "Lambda-Runtime-Invoked-Function-Arn": invocation.function_arn,
                "Lambda-Runtime-Trace-Id": invocation.trace_id,
            },
        )

    def do_POST(self) -> None:
        """``POST .../init/error``, ``.../invocation/ID/response`` and ``.../invocation/ID/error``."""
        body = self._body()
        channel, route = self._route()
        if channel is None:
            self._reply(404)
            return
        match route.removeprefix(f"{API}/").split("/"):
            case ["init", "error"]:
                channel.messages.put(Message(Said.INIT_ERROR, body))
            case ["invocation", _, "response"]:
                channel.messages.put(Message(Said.RESPONSE, body))
            case ["invocation", _, "error"]:
                channel.messages.put(Message(Said.ERROR, body))
            case _:
                self._reply(404)
                return
        self._reply(202, b'{"status":"OK"}', {"Content-Type": "application/json"})

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        chunks: list[bytes] = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            chunks.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(chunks)

    def _route(self) -> tuple[Channel | None, str]:
        _, name, route = self.path.split("/", 2) if self.path.count("/") > 1 else ("", "", "")
        return self.server.channels.get(name), route

    def _reply(self, status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
