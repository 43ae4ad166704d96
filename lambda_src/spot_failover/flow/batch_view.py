"""What one batch knows of the services that its events are about: records first, then the services themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from spot_failover.core.event_decision import Counting
from spot_failover.core.execution import Execution
from spot_failover.core.record import Record
from spot_failover.core.service_key import ServiceKey
from spot_failover.core.task import Task
from spot_failover.flow.reading import FRESH, Known, Reading, look, read_records
from spot_failover.flow.worker import Worker


@dataclass(frozen=True)
class _Noted:
    """A record as it was read, of a service that need not be looked at yet."""

    record: Record
    read_at: datetime


@dataclass
class Looked:
    """A service that was looked at, and what was counted of it meanwhile."""

    known: Known
    counts: dict[Counting, int] = field(default_factory=dict)
    tasks: tuple[Task, ...] | None = None
    execution: Execution | None = None


class BatchView:
    """Threads share it, but no service: each entry is one thread's own."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker
        self._noted: dict[ServiceKey, _Noted] = {}
        self._looked: dict[ServiceKey, Looked] = {}
        self._seen: dict[ServiceKey, datetime] = {}
        """When services were last seen ACTIVE."""
        self._errors: dict[ServiceKey, Exception] = {}

    def read(self, keys: Iterable[ServiceKey]) -> Mapping[ServiceKey, Record]:
        """Read records; whoever asks for one that can't be read is told why."""
        keys = list(keys)
        for key in keys:
            self.forget(key)
            self._errors.pop(key, None)
        reading, now = Reading(), self._worker.now()
        records = read_records(self._worker, keys, reading)
        self._noted |= {key: _Noted(record, now) for key, record in records.items()}
        self._errors |= reading.errors
        return records

    def look(self, records: Mapping[ServiceKey, Record]) -> None:
        """Look at services of one account and Region whose records have just been read."""
        reading = Reading()
        look(self._worker, dict(records), reading)
        self._looked |= {key: Looked(known) for key, known in reading.known.items()}
        self._seen |= {key: it.read_at for key, it in reading.known.items() if it.live is not None and it.live.active}
        self._errors |= reading.errors

    def record(self, key: ServiceKey) -> Record:
        """The record, no older than a decision may take it for.

        Raises
        ------
        Exception
            Why it can't be read.
        """
        self._raise(key)
        now = self._worker.now()
        looked, noted = self._looked.get(key), self._noted.get(key)
        if looked is not None and looked.known.fresh(now):
            return looked.known.record
        if noted is not None and now - noted.read_at <= FRESH:
            return noted.record
        self.read([key])
        self._raise(key)
        return self._noted[key].record

    def looked(self, key: ServiceKey) -> Looked:
        """The service, looked at after its record was read.

        Raises
        ------
        Exception
            Why it can't be looked at.
        """
        if key not in self._looked:
            self.look({key: self.record(key)})
            self._raise(key)
        return self._looked[key]

    def fresh(self, key: ServiceKey) -> bool:
        """Whether what was read of a service may still be decided about; what can't be read does not get older."""
        noted = self._noted.get(key)
        return key in self._errors or (noted is not None and self._worker.now() - noted.read_at <= FRESH)

    def readable(self, key: ServiceKey) -> bool:
        """Whether the service could be read."""
        return key not in self._errors

    def was_there(self, key: ServiceKey) -> bool:
        """Whether the service was seen ACTIVE a moment ago, whatever has become of its record since."""
        seen = self._seen.get(key)
        return seen is not None and self._worker.now() - seen <= FRESH

    def written(self, record: Record) -> None:
        """Know the record as the worker itself has written it."""
        key = record.key
        if key in self._looked:
            self._looked[key].known.record = record
        elif key in self._noted:
            self._noted[key] = replace(self._noted[key], record=record)

    def forget(self, key: ServiceKey) -> None:
        """What is known is old: read anew. What can't be read is not tried again for each event."""
        self._noted.pop(key, None)
        self._looked.pop(key, None)

    def _raise(self, key: ServiceKey) -> None:
        if key in self._errors:
            raise self._errors[key]
