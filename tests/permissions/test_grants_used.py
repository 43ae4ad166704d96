"""Every statement and action that is deployed was the only one to allow some request; what was not is excess."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.permissions.stories import STORIES
from tests.permissions.table import print_report
from tests.permissions.theatre import Report, Theatre
from tests.scenarios.applied import applied_organization

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Report]:
    with applied_organization(tmp_path_factory.mktemp("permissions")) as organization:
        report = Theatre(organization).report(STORIES)
        print_report(report)
        yield report


def test_nothing_is_granted_that_is_not_needed(report: Report) -> None:
    assert [str(grant) for grant in report.excess()] == []


def test_the_list_of_what_cannot_be_seen_holds_nothing_that_is(report: Report) -> None:
    assert [str(grant) for grant in report.wrongly_listed()] == []


def test_policies_of_every_kind_in_every_account_were_looked_at(report: Report) -> None:
    assert {grant.policy.kind.value for grant in report.grants} == {"identity", "trust", "queue", "bus", "function"}
    assert {grant.policy.account for grant in report.grants} == {"123456789012", "111111111111", "222222222222"}
