"""Audit events on the central event bus."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from spot_failover.aws.errors import Call, translated
from spot_failover.core.audit import DETAIL_TYPE, SOURCE, AuditEvent, Lost
from spot_failover.core.errors import AccessDeniedError, SpotFailoverError, TransientError
from spot_failover.core.service_key import ServiceKey

BATCH = 10
"""Entries that one PutEvents call takes (EventBridge API reference)."""
ATTEMPTS = 3
PAUSE = 0.2
"""Seconds before entries that were refused are put again, then twice as many."""


class EventBus:
    """The port `AuditBus` on EventBridge."""

    def __init__(self, events: Any, name: str, *, now: Callable[[], datetime], sleep: Callable[[float], None]) -> None:
        self._events = events
        self._name = name
        self._now = now
        self._sleep = sleep

    def put(self, events: Sequence[AuditEvent], until: datetime) -> Sequence[Lost]:
        """See `AuditBus.put`. After calls that fail or hang no other is made: it would fare alike.

        A call that is refused is another matter: something is wrong with its own events, the others may be well.
        """
        lost: list[Lost] = []
        why = ""
        for start in range(0, len(events), BATCH):
            batch = events[start : start + BATCH]
            if not why and self._now() > until:
                why = "too little of the invocation was left"
            if why:
                lost += [Lost(event, why) for event in batch]
                continue
            refused, why = self._put(batch, until)
            lost += refused
        return lost

    def _put(self, batch: Sequence[AuditEvent], until: datetime) -> tuple[list[Lost], str]:
        """What of a batch could not be put, and why nothing can be, where that is so."""
        refused, failed = [Lost(event, "") for event in batch], False
        for attempt in range(ATTEMPTS):
            if attempt:
                self._sleep(PAUSE * 2 ** (attempt - 1))
                if self._now() > until:
                    break
            left = [one.event for one in refused]
            try:
                with translated(Call("events:PutEvents", f"event bus {self._name}")):
                    answer = self._events.put_events(Entries=[self._entry(event) for event in left])
            except SpotFailoverError as error:
                refused = [Lost(event, str(error)) for event in left]
                if isinstance(error, TransientError) and not failed and attempt + 1 < ATTEMPTS:
                    failed = True  # once, it may be a connection that has died since the last invocation
                    continue
                return refused, str(error) if isinstance(error, TransientError | AccessDeniedError) else ""
            refused = [
                Lost(event, f"{result['ErrorCode']}: {result.get('ErrorMessage', '')}")
                for event, result in zip(left, answer["Entries"], strict=True)
                if result.get("ErrorCode")
            ]
            if not refused:
                break
        return refused, ""

    def _entry(self, event: AuditEvent) -> dict[str, Any]:
        return {
            "EventBusName": self._name,
            "Source": SOURCE,
            "DetailType": DETAIL_TYPE,
            "Time": event.time,
            "Resources": [self._arn(event.key)] if event.key.service else [],
            "Detail": json.dumps(event.detail),
        }

    def _arn(self, key: ServiceKey) -> str:
        partition = self._events.meta.partition
        return f"arn:{partition}:ecs:{key.region}:{key.account}:service/{key.cluster}/{key.service}"
