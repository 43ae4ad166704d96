"""Restores of a pool that has a probe wait until the probe's task has run for a while."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from local_aws.client import LocalAws
from tests.scenarios.examples import Example, applied
from tests.scenarios.organization import CENTRAL, REGION, RESTORE_LOG_GROUP, SPOT, Organization

pytestmark = pytest.mark.slow

PROBE, TICK = 600, 300
"""Seconds: the defaults of `probe_minutes` and `restore.schedule`."""
STARTS = 120
"""Seconds in which ECS finds that there is room again, and a task starts."""
FALLBACK = [
    {"capacityProvider": "FARGATE_SPOT", "weight": 0, "base": 0},
    {"capacityProvider": "FARGATE", "weight": 10, "base": 0},
]
SUBNETS = '["subnet-0a1b2c3d4e5f60718"]'


@pytest.fixture
def organization(tmp_path: Path) -> Iterator[Organization]:
    with LocalAws.start([CENTRAL], log_file=tmp_path / "local_aws.log") as aws:
        with applied(Example(aws, "pool-probe", CENTRAL, tmp_path / "terraform", {"subnet_ids": SUBNETS})):
            organization = Organization(aws)
            yield organization
            organization.client("ecs").delete_service(cluster="shop", service="web", force=True)
            aws.advance(60)
        assert aws.services() == []


def probe_runs_since(organization: Organization) -> float | None:
    """When the probe's task started; None: it does not run."""
    ecs = organization.client("ecs")
    arns = ecs.list_tasks(cluster="spot-probe")["taskArns"]
    tasks = ecs.describe_tasks(cluster="spot-probe", tasks=arns)["tasks"] if arns else []
    return next((task["startedAt"].timestamp() for task in tasks if task["lastStatus"] == "RUNNING"), None)


def test_no_service_is_restored_before_the_probe_has_shown_that_spot_is_back(organization: Organization) -> None:
    aws = organization.aws
    organization.service("shop", account=CENTRAL)
    aws.advance(TICK)
    assert probe_runs_since(organization) is not None

    aws.set_spot_capacity(CENTRAL, REGION, 0)
    aws.advance(4 * TICK)
    assert organization.strategy("shop", account=CENTRAL) == FALLBACK
    assert probe_runs_since(organization) is None
    told = {(line.get("service"), line.get("reason")) for line in organization.log_lines(RESTORE_LOG_GROUP)}
    assert ("web", "PROBE_WAITING") in told

    aws.set_spot_capacity(CENTRAL, REGION, None)
    aws.advance(STARTS)
    since = probe_runs_since(organization)
    assert since is not None
    aws.advance(PROBE + 2 * TICK)
    _failover, restore = organization.switches("shop")
    assert PROBE <= restore["time"] - since <= PROBE + TICK + STARTS
    assert organization.strategy("shop", account=CENTRAL) == SPOT
    assert organization.switches("spot-probe") == []
