"""Accounts and Regions in the same table: the same rules for writes, and a partition of their own in the index."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import timedelta
from uuid import uuid4

import pytest

from spot_failover.aws.registry import RegistryTable
from spot_failover.core.errors import ConflictError
from spot_failover.core.path import Path
from tests.dynamodb.database import Database
from tests.dynamodb.full_record import FAR, full_record

FULL = Path(
    "111111111111",
    "us-east-1",
    heard_at=FAR,
    silent=True,
    refused_since=FAR - timedelta(hours=1),
    refused_at=FAR - timedelta(minutes=6),
    sweep="sweep-1",
    sweep_until=FAR + timedelta(minutes=2, microseconds=7),
    swept_at=FAR - timedelta(minutes=5),
    failed="shop/api, shop/web",
    findings={"shop/web": "FALLBACK_PROVIDER_MISSING"},
)


def registry(database: Database) -> RegistryTable:
    return RegistryTable(database.connect(), database.table, lambda: str(uuid4()))


def test_a_path_comes_back_with_every_field(database: Database) -> None:
    table = registry(database)
    every = replace(FULL, offboarded_at=FAR - timedelta(minutes=3, microseconds=1))
    written = table.put_path(every)
    assert written == replace(every, version=1) == table.path(FULL.account, FULL.region)
    bare = Path(FULL.account, FULL.region)
    unset = [one.name for one in fields(Path) if getattr(written, one.name) == getattr(bare, one.name)]
    assert unset == ["account", "region"]


def test_it_is_written_over_the_version_that_was_read(database: Database) -> None:
    table = registry(database)
    table.put_path(FULL)
    table.put_path(replace(FULL, version=1))
    for stale in (0, 1, 3):
        with pytest.raises(ConflictError):
            table.put_path(replace(FULL, version=stale))


def test_paths_and_records_are_found_apart_and_one_that_left_is_not_found(database: Database) -> None:
    table, records = registry(database), database.records(database.connect())
    record = records.put(full_record())
    written = table.put_path(FULL)
    elsewhere = table.put_path(Path("222222222222", "eu-west-1", heard_at=FAR - timedelta(minutes=1)))
    assert list(table.paths()) == [(elsewhere.account, elsewhere.region), (FULL.account, FULL.region)]
    assert list(records.due(FAR + timedelta(days=365))) == [record.key]
    assert list(records.open_in(record.key.account, record.key.region)) == [record.key]
    table.put_path(Path(FULL.account, FULL.region, version=written.version))
    assert list(table.paths()) == [(elsewhere.account, elsewhere.region)]
