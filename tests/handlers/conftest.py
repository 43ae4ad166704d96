"""What is fresh for every test that asks for it: the central account, or its state table alone."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from moto import mock_aws

from spot_failover.aws.state_table import StateTable
from tests.handlers.aws_account import TABLE, make_table, use_made_up_credentials
from tests.handlers.functions import Account, central_account


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Account]:
    yield from central_account(monkeypatch, capsys)


@pytest.fixture
def dynamodb(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A client; the table is there, and empty."""
    use_made_up_credentials(monkeypatch)
    with mock_aws():
        yield make_table()


@pytest.fixture
def table(dynamodb: Any) -> StateTable:
    ids = count()
    return StateTable(dynamodb, TABLE, lambda: f"write-{next(ids)}")
