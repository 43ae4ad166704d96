"""The examples of installations, each applied, planned again without a change, and destroyed without a rest."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local_aws.client import LocalAws
from tests.scenarios.applied import ORGANIZATION
from tests.scenarios.examples import Example, applied
from tests.scenarios.organization import CENTRAL, MEDIA, ORDERS, REGION

pytestmark = pytest.mark.slow

SINGLE, REDEPLOY, ENVIRONMENTS = "333333333333", "444444444444", "555555555555"
ACCOUNTS = (CENTRAL, ORDERS, MEDIA, SINGLE, REDEPLOY, ENVIRONMENTS)
REGIONS = {MEDIA: ("eu-west-1", "us-west-2")}
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


def what_is_there(aws: LocalAws) -> dict[tuple[str, str], list[str]]:
    """Names of what an installation or an onboarding makes, by account and Region."""
    found = {}
    for account in ACCOUNTS:
        for region in REGIONS.get(account, (REGION,)):
            session = aws.session(account, region)
            names: list[Any] = []
            names += [each["RoleName"] for each in session.client("iam").list_roles()["Roles"]]
            names += session.client("sqs").list_queues().get("QueueUrls", [])
            names += session.client("dynamodb").list_tables()["TableNames"]
            names += [each["FunctionName"] for each in session.client("lambda").list_functions()["Functions"]]
            names += [each["logGroupName"] for each in session.client("logs").describe_log_groups()["logGroups"]]
            names += [each["Name"] for each in session.client("events").list_event_buses()["EventBuses"]]
            names += [each["Name"] for each in session.client("events").list_rules()["Rules"]]
            names += [each["Name"] for each in session.client("scheduler").list_schedules()["Schedules"]]
            names += [each["AlarmName"] for each in session.client("cloudwatch").describe_alarms()["MetricAlarms"]]
            found[account, region] = sorted(names)
    return found


def test_each_is_applied_stays_as_it_is_and_goes_without_a_rest(aws: LocalAws, tmp_path: Path) -> None:
    before = what_is_there(aws)
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
        there = what_is_there(aws)
        assert all(len(there[place]) > len(before[place]) for place in before)
        restores = {f"{name}-fargate-spot-restore-handler" for name in ("dev", "prod")}
        assert restores <= set(there[ENVIRONMENTS, REGION])
        # The state table of prod is protected: its README says to apply without first.
        environments[1].apply("-var=state_table_deletion_protection=false")
    assert what_is_there(aws) == before
