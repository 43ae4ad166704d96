"""What an installation has more of where on-demand twins are on is needed too, and no more than that."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.permissions.grants import Grant
from tests.permissions.policies import Kind
from tests.permissions.table import print_report
from tests.permissions.theatre import Report, Theatre
from tests.permissions.twin_stories import TASK_STATE, TASK_STATE_QUEUE, TWIN_STORIES, of_twins
from tests.scenarios.applied import applied_organization
from tests.scenarios.organization import MEDIA, ORDERS

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Report]:
    with applied_organization(tmp_path_factory.mktemp("twins"), twins=True) as organization:
        report = Theatre(organization, concerns=of_twins).report(TWIN_STORIES)
        print_report(report)
        yield report


def test_nothing_that_twins_add_is_granted_without_need(report: Report) -> None:
    assert [str(grant) for grant in report.excess()] == []
    assert [str(grant) for grant in report.wrongly_listed()] == []


def test_all_that_twins_add_was_looked_at(report: Report) -> None:
    def found(kind: Kind, owner: str) -> list[Grant]:
        return [grant for grant in report.grants if grant.policy.kind is kind and owner in grant.policy.owner]

    assert found(Kind.IDENTITY, TASK_STATE)
    assert found(Kind.TRUST, TASK_STATE)
    assert found(Kind.QUEUE, TASK_STATE_QUEUE)
    assert found(Kind.QUEUE, f"{TASK_STATE_QUEUE}-dlq")
    for account in (ORDERS, MEDIA):
        added = [grant.action for grant in found(Kind.IDENTITY, f":{account}:")]
        assert added == ["application-autoscaling:DescribeScalableTargets"]
