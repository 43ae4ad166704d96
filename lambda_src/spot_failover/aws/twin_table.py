"""What is remembered of on-demand twins, in the state table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from spot_failover.aws.items import epoch, from_epoch, item, time_map, times, values
from spot_failover.aws.record_codec import lease_fields, lease_of
from spot_failover.aws.table import Table
from spot_failover.core.errors import RefusedError
from spot_failover.core.service_key import ServiceKey
from spot_failover.core.twin_state import TwinState, primary_of

TWIN_PARTITION = "twin"
"""Hash key, in the index of what is due, of the twins that are at work."""
_TIMES = ("evidence_at", "called_at", "raised_at", "stepped_at")
_COUNTS = ("version", "wanted", "step_from")


class TwinTable:
    """The port `Twins` on a DynamoDB table."""

    def __init__(self, dynamodb: Any, table: str, new_id: Callable[[], str]) -> None:
        self._table = Table(dynamodb, table, new_id)

    def get(self, primary: ServiceKey) -> TwinState:
        """See `Twins.get`."""
        empty = TwinState(primary)
        stored = self._table.get(empty.record_id, primary.region, primary)
        return decode_twin(primary, values(stored)) if stored else empty

    def put(self, state: TwinState) -> TwinState:
        """See `Twins.put`."""
        written = replace(state, version=state.version + 1)
        self._table.put(encode_twin(written), state.version, state.primary)
        return written

    def due(self, now: datetime | None = None) -> Iterator[ServiceKey]:
        """See `Twins.due`."""
        for entry in self._table.partition(TWIN_PARTITION, epoch(now)):
            yield primary_of(entry.record_id, entry.region)


def encode_twin(state: TwinState) -> dict[str, Any]:
    """The item; what is empty is left out."""
    return item(
        {
            "id": state.record_id,
            "region": state.primary.region,
            "twin": state.twin,
            "taken": state.taken,
            "told": state.told,
            "due_partition": TWIN_PARTITION if state.active else None,
            "due_at": epoch(state.due_at),
            "expires_at": epoch(state.expires_at),
            **lease_fields(state.lease),
            **{name: getattr(state, name) for name in (*_TIMES, *_COUNTS)},
        }
    )


def decode_twin(primary: ServiceKey, plain: Mapping[str, Any]) -> TwinState:
    """Inverse of `encode_twin`.

    Raises
    ------
    RefusedError
        The item is none that this product has written.
    """
    try:
        fields: dict[str, Any] = {**times(plain, _TIMES)}
        fields |= {name: int(plain[name]) for name in _COUNTS}
        # An item of an earlier release has none.
        fields["taken"] = int(plain.get("taken", fields["wanted"]))
        return TwinState(
            primary,
            twin=str(plain.get("twin", "")),
            told=time_map(plain, "told"),
            due_at=from_epoch(plain, "due_at"),
            expires_at=from_epoch(plain, "expires_at"),
            lease=lease_of(plain),
            **fields,
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise RefusedError(
            f"{primary}: item {TwinState(primary).record_id} of the state table can't be read ({error!r}): delete it, "
            "and set the desired count of the twin by hand"
        ) from error
