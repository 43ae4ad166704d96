"""Whatever a record holds comes back from the table."""

from __future__ import annotations

from hypothesis import given

from spot_failover.aws.record_codec import decode, encode
from spot_failover.core.record import Record
from tests.properties.strategies import records


@given(records())
def test_what_is_written_is_read(record: Record) -> None:
    assert decode(encode(record)) == record


@given(records())
def test_only_what_is_due_stands_in_the_index(record: Record) -> None:
    item = encode(record)
    assert ("due_partition" in item) == ("due_at" in item) == (record.due_at is not None)
