"""The state table in memory: conditional on versions, stored in the item's own form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from spot_failover.aws.record_codec import decode, encode
from spot_failover.core.errors import ConflictError, RefusedError, SpotFailoverError
from spot_failover.core.record import Record
from spot_failover.core.service_key import ServiceKey
from tests.doubles.faults import Faults


class InMemoryRecords:
    """The port `Records`."""

    def __init__(self) -> None:
        self.faults = Faults()
        self.items: dict[ServiceKey, dict[str, Any]] = {}
        self.history: list[Record] = []
        """Every write, in order."""

    def get(self, key: ServiceKey) -> Record:
        self.faults.reach("get", after=False)
        return self.stored(key)

    def get_many(self, keys: Sequence[ServiceKey]) -> Mapping[ServiceKey, Record | SpotFailoverError]:
        found: dict[ServiceKey, Record | SpotFailoverError] = {}
        for key in keys:
            try:
                found[key] = self.get(key)
            except RefusedError as error:
                found[key] = error
        return found

    def put(self, record: Record) -> Record:
        self.faults.reach("put", after=False)
        if self.stored(record.key).version != record.version:
            raise ConflictError(f"{record.key}: its record was written by another worker since it was read")
        written = replace(record, version=record.version + 1)
        self.items[record.key] = encode(written)
        self.history.append(written)
        self.faults.reach("put", after=True)
        return written

    def due(self, now: datetime) -> Iterator[ServiceKey]:
        self.faults.reach("due", after=False)
        records = [self.stored(key) for key in self.items]
        waiting = sorted((record.due_at, record.key) for record in records if record.due_at is not None)
        yield from [key for due_at, key in waiting if due_at <= now]

    def open(self) -> Iterator[tuple[ServiceKey, datetime]]:
        self.faults.reach("open", after=False)
        records = [self.stored(key) for key in self.items]
        found = sorted((record.due_at, record.key) for record in records if record.due_at is not None)
        yield from [(key, due_at) for due_at, key in found]

    def open_in(self, account: str, region: str) -> Iterator[ServiceKey]:
        self.faults.reach("open_in", after=False)
        here = [key for key in self.items if (key.account, key.region) == (account, region)]
        yield from [key for key in here if self.stored(key).due_at is not None]

    def stored(self, key: ServiceKey) -> Record:
        """What the table holds, for a test to look at."""
        return decode(self.items[key]) if key in self.items else Record(key)

    def store(self, record: Record) -> None:
        """Put an item there as if it had been for long."""
        self.items[record.key] = encode(replace(record, version=max(record.version, 1)))
