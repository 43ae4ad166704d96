"""What an account grants more where task sets are replaced is needed, each of it, and nothing less would do."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.permissions.removal import remove
from tests.permissions.table import print_report
from tests.permissions.task_set_stories import SIDS, TASK_SET_STORIES, of_task_sets
from tests.permissions.theatre import Report, Theatre
from tests.scenarios.applied import applied_organization
from tests.scenarios.organization import ORDERS

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def theatre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Theatre]:
    with applied_organization(tmp_path_factory.mktemp("task-sets"), task_sets=True) as organization:
        yield Theatre(organization, concerns=of_task_sets)


@pytest.fixture(scope="module")
def report(theatre: Theatre) -> Report:
    report = theatre.report(TASK_SET_STORIES)
    print_report(report)
    return report


def test_nothing_that_task_sets_add_is_granted_without_need(report: Report) -> None:
    assert {(grant.sid, grant.action) for grant in report.grants} == {
        ("StartReplacementsOfTaskSets", "states:StartExecution"),
        ("SeeHowReplacementsEnd", "states:DescribeExecution"),
    }
    assert {grant.policy.account for grant in report.grants} == {ORDERS}
    assert [str(grant) for grant in report.excess()] == []


@pytest.mark.parametrize("sid", sorted(SIDS))
def test_without_it_no_task_set_is_replaced(theatre: Theatre, report: Report, sid: str) -> None:
    (grant,) = [grant for grant in report.grants if grant.sid == sid]
    removal = remove(theatre, report, grant)
    assert removal.needed, removal
