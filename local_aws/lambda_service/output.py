"""What a sandbox writes to standard output and standard error, as lines with the virtual time of their arrival."""

from __future__ import annotations

import re
import threading
import time
from dataclasses import dataclass
from typing import IO

from local_aws.lambda_service.sandbox_bootstrap import END_MARK

_END = re.compile(re.escape(END_MARK).replace(re.escape("{request_id}"), "([0-9a-f-]+)").removesuffix("\\\n"))


@dataclass(frozen=True)
class Line:
    """One log event's text. ``time`` is virtual, in milliseconds of the epoch."""

    time: int
    text: str

    @classmethod
    def now(cls, text: str) -> Line:
        """A line of this moment."""
        return cls(int(time.time() * 1000), text)


class Output:
    """Filled by one thread, emptied by another."""

    def __init__(self) -> None:
        self._lines: list[Line] = []
        self._ended: set[str] = set()
        self._changed = threading.Condition()

    def read_from(self, stream: IO[bytes]) -> None:
        """Take lines until the stream ends."""
        for raw in stream:
            self._add(raw.decode(errors="replace").removesuffix("\n"))

    def wait_for_end(self, request_id: str, *, seconds: float) -> None:
        """Wait until everything that the invocation wrote has arrived."""
        with self._changed:
            self._changed.wait_for(lambda: request_id in self._ended, timeout=seconds)
            self._ended.discard(request_id)

    def take(self) -> tuple[Line, ...]:
        """The lines since the last call."""
        with self._changed:
            lines, self._lines = self._lines, []
        return tuple(lines)

    def _add(self, text: str) -> None:
        ended = _END.search(text)
        if ended:
            text = text[: ended.start()]
        with self._changed:
            if text:
                # The runtime joins the lines of one error by carriage returns, to keep them in one event.
                self._lines.append(Line.now(text.replace("\r", "\n")))
            if ended:
                self._ended.add(ended.group(1))
                self._changed.notify_all()
