"""Reads what decisions look at: records first, then live services, an account and Region at a time.

A live answer older than its record would look like somebody's change, so the order is never the other way round.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from spot_failover.core.errors import BusyError, RefusedError, SpotFailoverError
from spot_failover.core.record import Record
from spot_failover.core.service import LiveService
from spot_failover.core.service_key import ServiceKey
from spot_failover.flow.worker import Worker

FRESH = timedelta(seconds=5)
"""How old a reading may be when a decision begins: much can change while others of a batch are handled."""
AT_ONCE = 100
"""Records that are read together: as many as one call takes."""


@dataclass
class Known:
    """What has been read of one service."""

    record: Record
    live: LiveService | None
    read_at: datetime

    def fresh(self, now: datetime) -> bool:
        """Whether a decision may still begin with it."""
        return now - self.read_at <= FRESH


@dataclass
class Reading:
    """What could be read, and why the rest could not."""

    known: dict[ServiceKey, Known] = field(default_factory=dict)
    errors: dict[ServiceKey, Exception] = field(default_factory=dict)
    unlooked: dict[ServiceKey, Record] = field(default_factory=dict)
    """Records of services that could not be looked at."""


def read(worker: Worker, keys: Iterable[ServiceKey]) -> Reading:
    """Read services; what can't be read fails alone, or with its account and Region."""
    reading = Reading()
    for group in by_account_and_region(keys):
        records = read_records(worker, group, reading)
        if records:
            look(worker, records, reading)
    return reading


def by_account_and_region(keys: Iterable[ServiceKey]) -> Iterator[list[ServiceKey]]:
    """The keys without repetition, in groups that share a session and an endpoint."""
    groups: defaultdict[tuple[str, str], list[ServiceKey]] = defaultdict(list)
    for key in dict.fromkeys(keys):
        groups[key.account, key.region].append(key)
    yield from groups.values()


def read_records(worker: Worker, keys: Iterable[ServiceKey], reading: Reading) -> dict[ServiceKey, Record]:
    """The records that can be read; why the others can't is in `reading`."""
    keys, records = list(keys), {}
    for start in range(0, len(keys), AT_ONCE):
        part = keys[start : start + AT_ONCE]
        if worker.out_of_time():
            reading.errors |= {
                key: BusyError(f"{key}: too little of this invocation is left: left to a later one") for key in part
            }
            continue
        try:
            found = worker.records.get_many(part)
        except Exception as error:  # noqa: BLE001 - whatever some records hold, the others go on
            reading.errors |= dict.fromkeys(part, error)
            continue
        for key, one in found.items():
            if isinstance(one, Exception):
                reading.errors[key] = one
            else:
                records[key] = one
    return records


def look(worker: Worker, records: dict[ServiceKey, Record], reading: Reading) -> None:
    """The services of one account and Region whose records have just been read.

    What one cluster answers fails its own services alone; only where nobody gets in, or no answer comes in good time,
    the others are not asked.
    """
    read_at = worker.now()
    clusters: defaultdict[str, dict[ServiceKey, Record]] = defaultdict(dict)
    for key, record in records.items():
        clusters[key.cluster][key] = record
    found: dict[ServiceKey, LiveService | None] = {}
    in_the_way: Exception | None = None
    for here in clusters.values():
        if in_the_way is not None:
            _unlooked(here, in_the_way, reading)
            continue
        asked_at = worker.now()
        error = _look(worker, here, found, reading)
        if error is not None and (_of_all(error) or worker.now() - asked_at > FRESH):
            in_the_way = error
    reading.known |= {key: Known(record, found[key], read_at) for key, record in records.items() if key in found}


def _look(
    worker: Worker, records: dict[ServiceKey, Record], found: dict[ServiceKey, LiveService | None], reading: Reading
) -> Exception | None:
    """The services of one cluster; why they could not be looked at."""
    try:
        found |= worker.services.describe(list(records))
    except RefusedError as error:
        if len(records) == 1 or _of_all(error):
            _unlooked(records, error, reading)
            return error
        # ECS refuses a request as a whole: alone, only the service that it is about is refused.
        for key, record in records.items():
            _look(worker, {key: record}, found, reading)
    except Exception as error:  # noqa: BLE001 - whatever one cluster's answer is, the others go on
        _unlooked(records, error, reading)
        return error
    return None


def _of_all(error: Exception) -> bool:
    return isinstance(error, SpotFailoverError) and error.whole_account


def _unlooked(records: dict[ServiceKey, Record], error: Exception, reading: Reading) -> None:
    reading.unlooked |= records
    reading.errors |= dict.fromkeys(records, error)
