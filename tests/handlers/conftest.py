"""The central account, fresh for every test that asks for it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.handlers.functions import Account, central_account


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Account]:
    yield from central_account(monkeypatch, capsys)
