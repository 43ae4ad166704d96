"""One organization for all scenarios."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.scenarios.applied import applied_organization
from tests.scenarios.organization import Organization


@pytest.fixture(scope="session")
def organization(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Organization]:
    with applied_organization(tmp_path_factory.mktemp("organization")) as organization:
        yield organization
