"""An ordinary web service whose load changes while it fails over and comes back.

Autoscaling owns the count and the failover the strategy: neither undoes what the other has done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from local_aws.client import LocalAws
from tests.scenarios.examples import Example, applied, what_is_there
from tests.scenarios.organization import CENTRAL, REGION, RESTORE_LOG_GROUP, SWEEP_LOG_GROUP, Organization

pytestmark = pytest.mark.slow

MINUTE, STEP = 60, 20
LEAST, MOST = 4, 30
QUIET = 2.0
"""Tasks' worth of work that the least count does with ease; of memory there is always enough."""
BASELINE = {"FARGATE": (1, 1), "FARGATE_SPOT": (3, 0)}
FALLBACK = {"FARGATE": (10, 1), "FARGATE_SPOT": (0, 0)}
"""Provider to (weight, base)."""
AUTOSCALING = "AWSServiceRoleForApplicationAutoScaling_ECSService"
FAILOVER = "CentralSpotAutomationRole"


def strategy(told: Mapping[str, Any]) -> dict[str, tuple[int, int]]:
    """The strategy of a service or of a change of it."""
    return {item["capacityProvider"]: (item["weight"], item["base"]) for item in told["strategy"]}


@dataclass(frozen=True)
class Web:
    """The service `web` of the cluster `shop`, as the example makes it."""

    aws: LocalAws
    example: Example

    def load(self, cpu: float) -> None:
        self.aws.set_load(CENTRAL, REGION, "shop", "web", cpu=cpu, memory=1)

    def capacity(self, provider: str, tasks: int | None) -> None:
        self.aws.set_spot_capacity(CENTRAL, REGION, tasks, provider)

    @property
    def now(self) -> dict[str, Any]:
        (service,) = self.aws.services()
        return service

    @property
    def running(self) -> int:
        return sum(self.now["running"].values())

    @property
    def record(self) -> dict[str, Any]:
        table = self.aws.session(CENTRAL, REGION).client("dynamodb")
        key = {"id": {"S": f"{CENTRAL}::shop::web"}, "region": {"S": REGION}}
        item = table.get_item(TableName="ecs_cp_restore_state", Key=key, ConsistentRead=True)["Item"]
        return {name: next(iter(value.values())) for name, value in item.items()}

    def until(self, what: Callable[[dict[str, Any]], bool], minutes: int) -> dict[str, Any]:
        """Let time pass until something is so, and give the service as it is then."""
        for _ in range(minutes * MINUTE // STEP):
            if what(self.now):
                return self.now
            self.aws.advance(STEP)
        raise AssertionError(f"not within {minutes} minutes: {self.now}, {self.record}")

    def updates(self, role: str = "") -> list[dict[str, Any]]:
        """Changes of the service, those by a role or all."""
        return [update for update in self.aws.service_updates("shop") if role in update["principal_arn"]]

    def notes(self, reason: str) -> set[str]:
        """What the decisions with this reason say."""
        organization = Organization(self.aws)
        lines = [line for group in (RESTORE_LOG_GROUP, SWEEP_LOG_GROUP) for line in organization.log_lines(group)]
        return {str(line.get("note")) for line in lines if line.get("reason") == reason}


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    with LocalAws.start([CENTRAL], log_file=tmp_path / "local_aws.log") as aws:
        before = what_is_there(aws, [(CENTRAL, REGION)])
        variables = {"max_tasks": str(MOST), "container_insights": "enhanced"}
        example = Example(aws, "fargate-web-service", CENTRAL, tmp_path / "terraform", variables)
        with applied(example):
            yield Web(aws, example)
        assert aws.services() == []
        assert what_is_there(aws, [(CENTRAL, REGION)]) == before


def complete(service: Mapping[str, Any]) -> bool:
    """Whether no deployment is in progress, and all tasks run."""
    (primary, *older) = service["deployments"]
    running = sum(service["running"].values())
    return primary["rolloutState"] == "COMPLETED" and not older and running == service["desired"]


def test_load_that_changes_during_failover_and_restore_loses_neither_count_nor_strategy(web: Web) -> None:
    web.load(QUIET)
    whole = web.until(complete, 5)
    assert (whole["desired"], whole["running"]) == (LEAST, {"FARGATE": 1, "FARGATE_SPOT": 3})

    # Spot is lost and load rises. On-demand capacity comes late, so that autoscaling acts while the failover's
    # deployment is in progress.
    web.aws.ecs_events(placement_failures="never", messages=False)
    web.capacity("FARGATE", LEAST)
    web.capacity("FARGATE_SPOT", 0)
    web.load(4.1)
    scaled = web.until(lambda service: strategy(service) == FALLBACK and service["desired"] > LEAST, 10)
    assert scaled["deployments"][0]["rolloutState"] == "IN_PROGRESS"
    web.capacity("FARGATE", None)
    web.until(lambda service: sum(service["running"].values()) >= service["desired"], 10)

    # Too little Spot is back, and ECS tells nothing. Load falls while the restore waits for more: nothing scales in.
    web.capacity("FARGATE_SPOT", 2)
    web.until(lambda service: strategy(service) == BASELINE, 20)
    web.load(QUIET)
    wanted = web.now["desired"]
    assert wanted >= scaled["desired"]
    web.aws.advance(20 * MINUTE)
    assert (web.now["desired"], strategy(web.now)) == (wanted, BASELINE)
    assert web.record["phase"] == "proving"
    assert web.now["deployments"][0]["rolloutState"] == "IN_PROGRESS"

    # Load rises: autoscaling wants more tasks than Spot lets run, and the restore has failed.
    web.load(0.9 * web.running)
    failed = web.until(lambda service: strategy(service) == FALLBACK, 15)
    assert failed["desired"] > wanted
    assert (web.record["reason"], web.record["failures"]) == ("RESTORE_FAILED", "1")
    assert web.notes("RESTORE_FAILED") == {"autoscaling wants more tasks than run"}
    again = web.until(complete, 10)
    assert again["running"] == {"FARGATE": again["desired"]}
    assert again["desired"] >= failed["desired"]
    web.example.check_unchanged()

    # Spot is back in full, load falls: the next restore is proven, and then autoscaling takes its tasks back.
    web.aws.ecs_events()
    web.capacity("FARGATE_SPOT", None)
    web.load(QUIET)
    web.until(lambda service: strategy(service) == BASELINE and complete(service) and service["desired"] == LEAST, 90)
    web.until(lambda _: web.record["phase"] == "closed", 10)
    assert web.record["reason"] == "RESTORED"
    assert web.now["running"] == {"FARGATE": 1, "FARGATE_SPOT": 3}
    web.example.check_unchanged()

    switches = [strategy(update) for update in web.updates(FAILOVER)]
    assert switches == [FALLBACK, BASELINE, FALLBACK, BASELINE]
    counts = [update["desired"] for update in web.updates(AUTOSCALING)]
    assert counts[-1] == LEAST
    for before, after in pairwise(web.updates()):
        if FAILOVER in after["principal_arn"]:
            assert after["desired"] == before["desired"]
        else:
            assert AUTOSCALING in after["principal_arn"]
            assert strategy(after) == strategy(before)
            assert not after["force_new_deployment"]
