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


def timeline(aws: LocalAws) -> list[dict[str, Any]]:
    """What became of the connections to the listener of production."""
    (listener,) = [each for each in aws.connections.listeners() if each["port"] == 80]
    points: list[dict[str, Any]] = listener["timeline"]
    return points


def test_spot_goes_and_comes_back_and_the_service_has_its_own_strategy_again(stream: Stream) -> None:
    aws = stream.aws
    assert stream.strategy() == {"FARGATE_SPOT": 1}
    assert aws.connections.open(CENTRAL, REGION, "stream", 80, CLIENTS) == CLIENTS
    aws.set_spot_capacity(CENTRAL, REGION, 0)
    stream.until("failing_over", 5)
    assert stream.record()["execution"].startswith("spot-failover-sample-external-deployment-")
    stream.until("failed_over")
    assert stream.strategy() == {"FARGATE_SPOT": 0, "FARGATE": 10}
    assert stream.providers() == {"FARGATE": 2}

    aws.set_spot_capacity(CENTRAL, REGION, None)
    # Connections of the interrupted tasks ended with these; those that are open now must outlive the swap back.
    assert aws.connections.open(CENTRAL, REGION, "stream", 80, CLIENTS) == CLIENTS
    stream.until("restoring", 30)
    opened = aws.now()
    stream.scaledown.until(stream.executions()[0]["executionArn"], "Wait")
    assert sum(point["ended"] for point in timeline(aws) if point["t"] > opened) == 0
    stream.until("closed", 60)
    assert stream.strategy() == {"FARGATE_SPOT": 1}
    assert stream.providers() == {"FARGATE_SPOT": 2}
    assert stream.record()["reason"] == "RESTORED"
    assert sum(point["refused"] for point in timeline(aws)) == 0
    aws.connections.close()
    ends = [(each["name"].split("-")[1], each["status"]) for each in stream.executions()]
    assert ends == [("restore", "SUCCEEDED"), ("failover", "SUCCEEDED")]
    assert stream.organization.switches("stream") == []


def test_a_pipeline_at_work_is_waited_for_and_the_failover_is_not_lost(stream: Stream) -> None:
    aws = stream.aws
    pipeline = stream.scaledown.start("pipeline", waitForService=120, scaledown_wait=30)
    aws.set_spot_capacity(CENTRAL, REGION, 0)
    stream.until("failing_over", 5)
    assert "execution" not in stream.record()
    assert stream.scaledown.end(pipeline)["error"] == "PutBack"
    stream.until("failed_over")
    assert stream.providers() == {"FARGATE": 2}


def test_no_message_was_given_up(stream: Stream) -> None:
    for queue in ("placement-failure", "interruption", "sweep"):
        assert stream.organization.dead_letters(f"fargate-spot-{queue}-queue") == []
