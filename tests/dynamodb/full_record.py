"""A record in which every field is set, found by the fields' types: a field that is added later is set too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any, get_type_hints

from spot_failover.core.record import Lease, Phase, Record
from spot_failover.core.service_key import ServiceKey
from spot_failover.core.strategy import Strategy
from tests.doubles.builders import MIXED, WEB, failure

FAR = datetime(2100, 1, 1, tzinfo=UTC)
"""Later than any clock of a machine that runs this: DynamoDB deletes what has expired."""


def full_record() -> Record:
    """No two times, counts or texts in it are the same."""
    hints = get_type_hints(Record)
    made = {one.name: _value(hints[one.name], one.name, number) for number, one in enumerate(fields(Record), start=1)}
    record = replace(Record(**made), version=0)
    unset = [one.name for one in fields(Record) if getattr(record, one.name) == one.default and one.name != "version"]
    assert not unset, unset
    assert all(one.default is not MISSING or one.name in {"key", "event", "interrupted"} for one in fields(Record))
    return record


def _value(hint: Any, name: str, number: int) -> Any:
    values: dict[Any, Any] = {
        ServiceKey: WEB,
        Phase: Phase.FAILED_OVER,
        Strategy: Strategy.of(*((one.provider, one.weight + number, one.base) for one in MIXED.items)),
        Mapping[str, Any]: {**failure().to_record(), "time": FAR.isoformat(), "cause": "Grund: 容量 \U0001f4a5"},
        Mapping[str, datetime]: {f"{name}-{count}": FAR + timedelta(minutes=number, seconds=count) for count in (1, 2)},
        str: f"{name} {number}",
        int: number,
        bool: True,
        timedelta: timedelta(minutes=number),
        frozenset[str]: frozenset({f"{name} {number}", f"another {number}"}),
        Lease | None: Lease(f"{name} {number}", FAR + timedelta(seconds=number, microseconds=7)),
        datetime | None: FAR + timedelta(days=number),
    }
    return values[hint]
