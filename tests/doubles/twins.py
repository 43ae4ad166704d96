"""What is remembered of twins, and Application Auto Scaling, in memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from spot_failover.aws.items import values
from spot_failover.aws.twin_table import decode_twin, encode_twin
from spot_failover.core.errors import AccessDeniedError, ConflictError
from spot_failover.core.service_key import ServiceKey
from spot_failover.core.twin_state import TwinState
from tests.doubles.faults import Faults


class InMemoryTwins:
    """The port `Twins`, stored in the item's own form."""

    def __init__(self) -> None:
        self.faults = Faults()
        self.items: dict[ServiceKey, dict[str, Any]] = {}
        self.reads = 0
        self.history: list[TwinState] = []
        """All that was written, in order."""

    def get(self, primary: ServiceKey) -> TwinState:
        self.faults.reach("get", after=False)
        self.reads += 1
        return self.stored(primary)

    def put(self, state: TwinState) -> TwinState:
        self.faults.reach("put", after=False)
        if self.stored(state.primary).version != state.version:
            raise ConflictError(f"{state.primary}: written by another worker since it was read")
        written = replace(state, version=state.version + 1)
        self.items[state.primary] = encode_twin(written)
        self.history.append(written)
        self.faults.reach("put", after=True)
        return written

    def due(self, now: datetime | None = None) -> Iterator[ServiceKey]:
        self.faults.reach("due", after=False)
        states = [self.stored(key) for key in self.items]
        waiting = sorted((state.due_at, state.primary) for state in states if state.due_at is not None)
        yield from [key for due_at, key in waiting if now is None or due_at <= now]

    def stored(self, primary: ServiceKey) -> TwinState:
        """What the table holds, for a test to look at."""
        return decode_twin(primary, values(self.items[primary])) if primary in self.items else TwinState(primary)


class InMemoryAutoscaling:
    """The port `Autoscaling`."""

    def __init__(self) -> None:
        self.denied = False
        self.targets: set[ServiceKey] = set()
        self.asked: list[ServiceKey] = []

    def scaled(self, key: ServiceKey) -> bool:
        self.asked.append(key)
        if self.denied:
            raise AccessDeniedError(f"scaled for {key}: denied")
        return key in self.targets
