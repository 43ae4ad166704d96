"""What the control API tells about invocations (``GET invocations``)."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from local_aws.lambda_service.results import Outcome, Result


@dataclass(frozen=True)
class Record:
    """One invocation. ``time``: its start, virtual; ``records``: how many records the event held (0 if none).

    ``message_ids``: those of the records, where a queue sent them; ``failed_message_ids``: those that the function
    named as failures.
    """

    time: float
    function_arn: str
    request_id: str
    outcome: Outcome
    records: int
    batch_item_failures: int
    message_ids: Sequence[str]
    failed_message_ids: Sequence[str]
    duration_ms: float


class Records:
    """All invocations since the start, in the order of their ends."""

    def __init__(self) -> None:
        self._records: list[Record] = []
        self._lock = threading.Lock()

    def add(self, time: float, function_arn: str, event: bytes, result: Result) -> None:
        """Note an invocation."""
        records = _list(event, "Records")
        failures = [] if result.failed else _list(result.payload, "batchItemFailures")
        record = Record(
            time=time,
            function_arn=function_arn,
            request_id=result.request_id,
            outcome=result.outcome,
            records=len(records),
            batch_item_failures=len(failures),
            message_ids=_texts(records, "messageId"),
            failed_message_ids=_texts(failures, "itemIdentifier"),
            duration_ms=round(result.duration_ms, 3),
        )
        with self._lock:
            self._records.append(record)

    def as_json(self, _: dict[str, Any]) -> list[dict[str, Any]]:
        """The route's answer."""
        with self._lock:
            return [asdict(record) for record in self._records]


def _list(text: bytes, key: str) -> list[Any]:
    try:
        value = json.loads(text) if text else None
    except ValueError:
        return []
    items = value.get(key) if isinstance(value, dict) else None
    return items if isinstance(items, list) else []


def _texts(items: Sequence[Any], name: str) -> list[str]:
    return [item[name] for item in items if isinstance(item, dict) and isinstance(item.get(name), str)]
