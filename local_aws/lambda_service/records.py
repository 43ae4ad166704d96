"""What the control API tells about invocations (``GET invocations``)."""

from __future__ import annotations

import json
import threading
from dataclasses import asdict, dataclass
from typing import Any

from local_aws.lambda_service.results import Outcome, Result


@dataclass(frozen=True)
class Record:
    """One invocation. ``time``: its start, virtual; ``records``: how many records the event held (0 if none)."""

    time: float
    function_arn: str
    request_id: str
    outcome: Outcome
    records: int
    batch_item_failures: int
    duration_ms: float


class Records:
    """All invocations since the start, in the order of their ends."""

    def __init__(self) -> None:
        self._records: list[Record] = []
        self._lock = threading.Lock()

    def add(self, time: float, function_arn: str, event: bytes, result: Result) -> None:
        """Note an invocation."""
        record = Record(
            time=time,
            function_arn=function_arn,
            request_id=result.request_id,
            outcome=result.outcome,
            records=_length(event, "Records"),
            batch_item_failures=0 if result.failed else _length(result.payload, "batchItemFailures"),
            duration_ms=round(result.duration_ms, 3),
        )
        with self._lock:
            self._records.append(record)

    def as_json(self, _: dict[str, Any]) -> list[dict[str, Any]]:
        """The route's answer."""
        with self._lock:
            return [asdict(record) for record in self._records]


def _length(text: bytes, key: str) -> int:
    try:
        value = json.loads(text) if text else None
    except ValueError:
        return 0
    items = value.get(key) if isinstance(value, dict) else None
    return len(items) if isinstance(items, list) else 0
