"""A Spot Auto Scaling group without instances: nothing tells of it, and the sweep fails over to the on-demand group."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pytest

from local_aws.client import LocalAws
from tests.scenarios.examples import Example, applied
from tests.scenarios.organization import CENTRAL, REGION, SWEEP_LOG_GROUP, Organization

pytestmark = pytest.mark.slow

THRESHOLD, TICK = 600, 300
"""Seconds: the defaults of `sweep.threshold_minutes` and `sweep.schedule`."""
LATE = 60
"""Seconds in which ECS finds that it can't replace a task, and an order goes through its queue."""
SPOT, ON_DEMAND = "workers-spot", "workers-on-demand"
BASELINE = [{"capacityProvider": SPOT, "weight": 1, "base": 0}]
FALLBACK = [
    {"capacityProvider": SPOT, "weight": 0, "base": 0},
    {"capacityProvider": ON_DEMAND, "weight": 10, "base": 0},
]


ALIKE, LACKING = "same-pair", "spot-only"
"""Clusters that others have made: one with both providers, and one without the on-demand one."""


@pytest.fixture
def example(tmp_path: Path) -> Iterator[Example]:
    with LocalAws.start([CENTRAL], log_file=tmp_path / "local_aws.log") as aws:
        example = Example(aws, "ec2-capacity-providers", CENTRAL, tmp_path / "terraform")
        with applied(example):
            clusters = {ALIKE: [SPOT, ON_DEMAND], LACKING: [SPOT]}
            make_clusters(Organization(aws), clusters)
            yield example
            take_away(Organization(aws), clusters)
        assert aws.services() == []


def make_clusters(organization: Organization, clusters: Mapping[str, list[str]]) -> None:
    """Clusters with these capacity providers, and a service like the example's in each."""
    ecs = organization.client("ecs")
    for cluster, providers in clusters.items():
        ecs.create_cluster(clusterName=cluster, capacityProviders=providers)
        ecs.create_service(
            cluster=cluster,
            serviceName="web",
            taskDefinition="workers-web",
            desiredCount=2,
            capacityProviderStrategy=BASELINE,
        )


def take_away(organization: Organization, clusters: Iterable[str]) -> None:
    ecs = organization.client("ecs")
    for cluster in clusters:
        ecs.delete_service(cluster=cluster, service="web", force=True)
    organization.aws.advance(LATE)
    for cluster in clusters:
        ecs.delete_cluster(cluster=cluster)


def running(aws: LocalAws, cluster: str) -> Mapping[str, int]:
    counts: Mapping[str, int]
    (counts,) = [service["running"] for service in aws.services() if service["cluster"] == cluster]
    return counts


def told_about(organization: Organization, cluster: str) -> list[tuple[str, str]]:
    """(action, reason) of the sweep's decisions about a cluster's service."""
    lines = organization.log_lines(SWEEP_LOG_GROUP)
    return [(line["action"], line["reason"]) for line in lines if line.get("cluster") == cluster and "reason" in line]


def test_a_spot_group_without_instances_is_left_and_come_back_to(example: Example) -> None:
    aws = example.aws
    organization = Organization(aws)
    aws.advance(2 * TICK + LATE)
    assert running(aws, "workers") == {SPOT: 4}
    assert told_about(organization, "workers") == []
    assert told_about(organization, LACKING) == [("report", "FALLBACK_PROVIDER_MISSING")]

    aws.ecs_events(enabled=False)
    aws.set_provisioning_timeout(THRESHOLD)
    since = aws.now()
    for cluster in ("workers", LACKING):
        aws.set_spot_capacity(CENTRAL, REGION, 0, SPOT, cluster=cluster)
    aws.advance(THRESHOLD + TICK + LATE)
    (failover,) = organization.switches("workers")
    assert THRESHOLD <= failover["time"] - since <= THRESHOLD + TICK + LATE
    assert organization.strategy("workers", account=CENTRAL) == FALLBACK
    assert ("fail_over", "SILENT_SHORTAGE") in told_about(organization, "workers")

    aws.set_spot_capacity(CENTRAL, REGION, None, SPOT, cluster="workers")
    aws.advance(LATE)
    assert running(aws, "workers") == {ON_DEMAND: 4}
    example.check_unchanged()
    aws.advance(4 * TICK)
    assert organization.strategy("workers", account=CENTRAL) == BASELINE
    assert running(aws, "workers") == {SPOT: 4}
    assert len(organization.switches("workers")) == 2

    assert running(aws, ALIKE) == {SPOT: 2}
    assert told_about(organization, ALIKE) == []
    assert ("alert", "FALLBACK_PROVIDER_MISSING") in told_about(organization, LACKING)
    for cluster in (ALIKE, LACKING):
        assert organization.strategy(cluster, account=CENTRAL) == BASELINE
        assert organization.switches(cluster) == []
