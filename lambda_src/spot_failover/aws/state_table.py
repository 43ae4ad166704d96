"""The records of services in the state table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from spot_failover.aws.record_codec import DUE_PARTITION, decode, encode
from spot_failover.aws.table import BATCH, Table
from spot_failover.core.errors import RefusedError, SpotFailoverError, TransientError
from spot_failover.core.record import Record
from spot_failover.core.service_key import ServiceKey


class StateTable:
    """The port `Records` on a DynamoDB table."""

    def __init__(self, dynamodb: Any, table: str, new_id: Callable[[], str]) -> None:
        self._table = Table(dynamodb, table, new_id)

    def get(self, key: ServiceKey) -> Record:
        """See `Records.get`."""
        item = self._table.get(key.record_id, key.region, key)
        return decode(item) if item else Record(key)

    def get_many(self, keys: Sequence[ServiceKey]) -> Mapping[ServiceKey, Record | SpotFailoverError]:
        """See `Records.get_many`."""
        found: dict[ServiceKey, Record | SpotFailoverError] = {}
        for start in range(0, len(keys), BATCH):
            part = keys[start : start + BATCH]
            subject = f"{part[0]} and {len(part) - 1} more" if len(part) > 1 else part[0]
            items = self._table.get_many([(key.record_id, key.region) for key in part], subject)
            found |= {key: self._read(key, items.get((key.record_id, key.region), {})) for key in part}
        return found

    def put(self, record: Record) -> Record:
        """See `Records.put`."""
        written = replace(record, version=record.version + 1)
        self._table.put(encode(written), record.version, record.key)
        return written

    def due(self, now: datetime) -> Iterator[ServiceKey]:
        """See `Records.due`. The index holds only what is due: the cost does not grow with what is known."""
        for entry in self._table.partition(DUE_PARTITION, int(now.timestamp())):
            yield ServiceKey.from_record_id(entry.record_id, entry.region)

    def open(self) -> Iterator[tuple[ServiceKey, datetime]]:
        """See `Records.open`: what is open is always due at some time."""
        for entry in self._table.partition(DUE_PARTITION):
            yield ServiceKey.from_record_id(entry.record_id, entry.region), entry.due_at

    def open_in(self, account: str, region: str) -> Iterator[ServiceKey]:
        """See `Records.open_in`."""
        for key, _ in self.open():
            if (key.account, key.region) == (account, region):
                yield key

    def _read(self, key: ServiceKey, item: Mapping[str, Any] | None) -> Record | SpotFailoverError:
        if item is None:
            call = self._table.call("dynamodb:BatchGetItem", key)
            return TransientError(f"{call.action} for {call.subject}: DynamoDB left it unread: tried again later")
        try:
            return decode(item) if item else Record(key)
        except RefusedError as error:
            return error
