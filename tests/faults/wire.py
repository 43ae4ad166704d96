"""The wire between functions in this process and AWS, with the planned fault of `local_aws.faults` on it."""

from __future__ import annotations

from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from botocore.awsrequest import AWSPreparedRequest
from botocore.exceptions import ConnectionClosedError

from local_aws.faults.injector import Injector
from local_aws.http_server import AnswerLostError
from local_aws.lambda_service import RunningInvocation
from local_aws.world import Environ
from tests.soak.wire import Answer, Killed, Life, Wire


@dataclass
class FaultyWire(Wire):
    """Calls of functions are recorded and go wrong as planned; what others call is none of the injector's business."""

    injector: Injector = field(init=False)
    _killed: list[Life] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.injector = Injector(lambda _environ: self._running())

    def _running(self) -> RunningInvocation | None:
        life = self.lives[-1]
        if life is None:
            return None
        kill = lambda: self._killed.append(life)  # noqa: E731
        return RunningInvocation(life.request_id, life.function, kill, kill)

    def _answer(self, request: AWSPreparedRequest) -> Answer | None:
        def api() -> Any:
            return super(FaultyWire, self)._answer(request)

        try:
            answer: Any = self.injector(_environ(request), api)
        except AnswerLostError:
            if self._killed:
                self._killed.clear()
                raise Killed from None
            raise ConnectionClosedError(endpoint_url=request.url) from None
        if answer is None:
            return None
        status, headers, body = answer
        return status, dict(headers) if isinstance(headers, list) else headers, body


def _environ(request: AWSPreparedRequest) -> Environ:
    """The request as WSGI has it, as far as it tells which call it is."""
    headers: Any = request.headers
    body: Any = request.body or b""
    path = str(request.url).split("://", 1)[-1].partition("?")[0].partition("/")[2]
    return {
        "REQUEST_METHOD": str(request.method),
        "PATH_INFO": f"/{path}",
        "HTTP_AUTHORIZATION": _text(headers.get("Authorization")),
        "HTTP_X_AMZ_TARGET": _text(headers.get("X-Amz-Target")),
        "HTTP_AMZ_SDK_INVOCATION_ID": _text(headers.get("amz-sdk-invocation-id")),
        "CONTENT_TYPE": _text(headers.get("Content-Type")),
        "wsgi.input": BytesIO(body.encode() if isinstance(body, str) else body),
    }


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value or "")
