"""Between plain values and DynamoDB's form: times as ISO 8601 text, and what is empty left out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer


def item(values: Mapping[str, Any]) -> dict[str, Any]:
    """An item."""
    serialize = TypeSerializer().serialize
    plain = {name: _plain(value) for name, value in values.items()}
    return {name: serialize(value) for name, value in plain.items() if value not in (None, "", {}, [])}


def values(item: Mapping[str, Any]) -> dict[str, Any]:
    """Its values; times stay texts, numbers are Decimals."""
    deserialize = TypeDeserializer().deserialize
    return {name: deserialize(value) for name, value in item.items()}


def times(values: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, datetime | None]:
    """The times of these names; None where there is none.

    Raises
    ------
    TypeError, ValueError
        One is no time.
    """
    return {name: datetime.fromisoformat(values[name]) if name in values else None for name in names}


def time_map(values: Mapping[str, Any], name: str) -> dict[str, datetime]:
    """A map of times; errors as `times`, AttributeError where it is no map."""
    return {key: datetime.fromisoformat(at) for key, at in values.get(name, {}).items()}


def epoch(time: datetime | None) -> int | None:
    """Whole seconds, as the index and the table's expiry want them."""
    return None if time is None else int(time.timestamp())


def from_epoch(values: Mapping[str, Any], name: str) -> datetime | None:
    """Inverse of `epoch`."""
    return datetime.fromtimestamp(int(values[name]), UTC) if name in values else None


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    return value
