"""The examples of installations, each applied, planned again without a change, and destroyed without a rest."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from local_aws.client import LocalAws
from tests.scenarios.applied import ORGANIZATION
from tests.scenarios.examples import Example, applied, what_is_there
from tests.scenarios.organization import CENTRAL, MEDIA, ORDERS, REGION

pytestmark = pytest.mark.slow

SINGLE, REDEPLOY, ENVIRONMENTS = "333333333333", "444444444444", "555555555555"
ACCOUNTS = (CENTRAL, ORDERS, MEDIA, SINGLE, REDEPLOY, ENVIRONMENTS)
REGIONS = {MEDIA: ("eu-west-1", "us-west-2")}
PLACES = [(account, region) for account in ACCOUNTS for region in REGIONS.get(account, (REGION,))]
MULTI_ACCOUNT = {
    "organization_id": ORGANIZATION,
    "central_account_id": CENTRAL,
    "orders_account_id": ORDERS,
    "media_account_id": MEDIA,
}


@pytest.fixture
def aws(tmp_path: Path) -> Iterator[LocalAws]:
    with LocalAws.start(ACCOUNTS, ORGANIZATION, log_file=tmp_path / "local_aws.log") as aws:
        yield aws


def test_each_is_applied_stays_as_it_is_and_goes_without_a_rest(aws: LocalAws, tmp_path: Path) -> None:
    before = what_is_there(aws, PLACES)
    environments = [
        Example(aws, "environments", ENVIRONMENTS, tmp_path / name, workspace=name, variable_file=f"{name}.tfvars")
        for name in ("dev", "prod")
    ]
    with applied(
        Example(aws, "multi-account", CENTRAL, tmp_path / "multi-account", MULTI_ACCOUNT),
        Example(aws, "single-account", SINGLE, tmp_path / "single-account"),
        Example(aws, "interruption-redeploy-only", REDEPLOY, tmp_path / "redeploy"),
        *environments,
    ):
        there = what_is_there(aws, PLACES)
        assert all(len(there[place]) > len(before[place]) for place in before)
        restores = {f"{name}-fargate-spot-restore-handler" for name in ("dev", "prod")}
        assert restores <= set(there[ENVIRONMENTS, REGION])
        # The state table of prod is protected: its README says to apply without first.
        environments[1].apply("-var=state_table_deletion_protection=false")
    assert what_is_there(aws, PLACES) == before
