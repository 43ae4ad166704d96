"""Everything encrypted with a customer key: the functions' statement about it and the documented key policy.

Both are enough for every story, and nothing in them is more than that.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.permissions.grants import Grant
from tests.permissions.policies import Kind
from tests.permissions.removal import remove
from tests.permissions.stories import INTERRUPTION, ONE_ACCOUNT_STORIES, PLACEMENT, RESTORE, SWEEP
from tests.permissions.theatre import Report, Theatre
from tests.permissions.twin_stories import ONE_ACCOUNT_TWIN_STORIES, TASK_STATE
from tests.scenarios.applied import applied_with_customer_key
from tests.scenarios.organization import CENTRAL, REGION

pytestmark = pytest.mark.slow

DECRYPT, GENERATE = "kms:Decrypt", "kms:GenerateDataKey"


@pytest.fixture(scope="module")
def theatre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Theatre]:
    with applied_with_customer_key(tmp_path_factory.mktemp("customer-key")) as organization:
        yield Theatre(organization, [(CENTRAL, REGION)])


@pytest.fixture(scope="module")
def report(theatre: Theatre) -> Report:
    """Failover, restore and dead letters, with all permissions there: each story came to its end."""
    return theatre.report([*ONE_ACCOUNT_STORIES, *ONE_ACCOUNT_TWIN_STORIES])


def test_no_use_of_the_key_is_granted_that_is_not_needed(report: Report) -> None:
    assert [str(grant) for grant in report.excess() if grant.on_a_key()] == []
    assert [str(grant) for grant in report.wrongly_listed()] == []


def test_every_function_decrypts_and_those_that_send_messages_make_data_keys(report: Report) -> None:
    of_roles = [grant for grant in report.grants if grant.on_a_key() and grant.policy.kind is Kind.IDENTITY]
    functions = (PLACEMENT, INTERRUPTION, RESTORE, SWEEP, TASK_STATE)
    expected = {(name, action) for name in functions for action in (DECRYPT, GENERATE)}
    assert {(grant.policy.handle, grant.action) for grant in of_roles if report.requests(grant)} == expected


@pytest.mark.parametrize(
    ("kind", "sid", "action"),
    [
        (Kind.IDENTITY, "UseKeyOfQueuesTableAndEnvironment", DECRYPT),
        (Kind.IDENTITY, "UseKeyOfQueuesTableAndEnvironment", GENERATE),
        (Kind.KEY, "EventBridgeSendsToEncryptedQueues", GENERATE),
        (Kind.KEY, "IamPoliciesOfThisAccount", "kms:*"),
    ],
)
def test_without_it_the_product_does_not_work(
    theatre: Theatre, report: Report, kind: Kind, sid: str, action: str
) -> None:
    removal = remove(theatre, report, _grant(report, kind, sid, action))
    assert removal.needed, str(removal)


def _grant(report: Report, kind: Kind, sid: str, action: str) -> Grant:
    return next(
        grant
        for grant in report.grants
        if (grant.policy.kind, grant.sid, grant.action) == (kind, sid, action)
        and (kind is Kind.KEY or grant.policy.handle == PLACEMENT)
    )
