"""`examples/nlb-controlled-scaledown` covered by `examples/single-account`: Spot goes and comes back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from local_aws.client import LocalAws
from tests.scenarios.examples import Example
from tests.scenarios.organization import CENTRAL, REGION, Organization
from tests.scenarios.scaledown import Scaledown

pytestmark = pytest.mark.slow

TICK = 300
"""Seconds: the default of `restore.schedule`."""
CLIENTS = 40
ID = f"{CENTRAL}::stream::sample-external-deployment"


@dataclass(frozen=True)
class Stream:
    """Both examples, applied and settled."""

    scaledown: Scaledown

    @property
    def aws(self) -> LocalAws:
        return self.scaledown.example.aws

    @property
    def organization(self) -> Organization:
        return Organization(self.aws)

    def record(self) -> dict[str, Any]:
        table = self.organization.client("dynamodb")
        item = table.get_item(TableName="ecs_cp_restore_state", Key={"id": {"S": ID}, "region": {"S": REGION}})
        return {name: next(iter(value.values())) for name, value in item.get("Item", {}).items()}

    def providers(self) -> dict[str, int]:
        (service,) = self.aws.services()
        running: dict[str, int] = service["running"]
        return running

    def strategy(self) -> dict[str, int]:
        """Weights of the primary task set, or the only one."""
        sets = [each for each in self.scaledown.service()["taskSets"] if each["status"] != "DRAINING"]
        sets.sort(key=lambda each: each["status"] != "PRIMARY")
        return {each["capacityProvider"]: each["weight"] for each in sets[0]["capacityProviderStrategy"]}

    def executions(self) -> list[dict[str, Any]]:
        states = self.organization.client("stepfunctions")
        found: list[dict[str, Any]] = states.list_executions(
            stateMachineArn=self.scaledown.outputs["state_machine_arn"]
        )["executions"]
        return found

    def until(self, phase: str, minutes: int = 60) -> None:
        for _ in range(minutes):
            if self.record().get("phase") == phase:
                return
            self.aws.advance(60)
        raise AssertionError(f"{self.record()}, {self.executions()}")


@pytest.fixture(scope="module")
def stream(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stream]:
    folder = tmp_path_factory.mktemp("task-set")
    with LocalAws.start([CENTRAL], log_file=folder / "local_aws.log") as aws:
        example = Example(aws, "nlb-controlled-scaledown", CENTRAL, folder / "service")
        example.init()
        example.apply()
        outputs = example.outputs()
        machine = {"controlled_scaledown_state_machine_arn": outputs["state_machine_arn"]}
        automation = Example(aws, "single-account", CENTRAL, folder / "automation", machine)
        automation.init()
        automation.apply()
        automation.check_unchanged()
        aws.advance(TICK)
        yield Stream(Scaledown(example, outputs))


def test_spot_goes_and_comes_back_and_no_connection_is_cut_by_a_swap(stream: Stream) -> None:
    aws = stream.aws
    assert stream.strategy() == {"FARGATE_SPOT": 1}
    aws.set_spot_capacity(CENTRAL, REGION, 0)
    stream.until("failing_over", 5)
    stream.until("failed_over")
    assert stream.strategy() == {"FARGATE_SPOT": 0, "FARGATE": 10}
    aws.set_spot_capacity(CENTRAL, REGION, None)
    stream.until("closed", 90)
    assert stream.strategy() == {"FARGATE_SPOT": 1}
