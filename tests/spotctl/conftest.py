from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.spotctl.central import Central, central_account


@pytest.fixture
def central(monkeypatch: pytest.MonkeyPatch) -> Iterator[Central]:
    yield from central_account(monkeypatch)
