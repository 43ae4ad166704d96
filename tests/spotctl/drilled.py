"""The world around a drill: events arrive, functions work and ECS rolls out, one thing in each of its waits."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest

from spot_failover.core.event_parser import Home, parse_placement_failure
from spot_failover.core.events import PlacementFailure
from spot_failover.core.policy_parser import parse_policy
from spot_failover.core.record import Phase
from spotctl import installation as parts
from tests.doubles.builders import FALLBACK, SPOT, WEB, deployment, service
from tests.handlers.aws_account import REGION
from tests.spotctl.central import ACCOUNT, BUS, Central
from tests.spotctl.plumbing import QUEUES, Plumbing, queue_arn

FUNCTION = "placement_failure-handler"
QUEUE = QUEUES["placement_failure"]
SYNTHETIC = {"enabled": True, "sources": ["test.aws.ecs"], "act_from_central": True}


class World:
    """What happens is in the order of its waits: `during[n]` runs in the n-th, before anything else does."""

    def __init__(self, central: Central, monkeypatch: pytest.MonkeyPatch) -> None:
        self.central = central
        self.on_interrupt = signal.getsignal(signal.SIGINT)  # whoever started the tests may have it ignored
        central.clock.time = datetime.now(UTC)  # CloudWatch Logs takes no old events
        central.set_policy(synthetic_events=SYNTHETIC)
        self.plumbing = Plumbing(central)
        events: Any = boto3.client("events", region_name=REGION)
        events.put_rule(Name="synthetic", EventBusName=BUS, EventPattern=json.dumps({"source": ["test.aws.ecs"]}))
        target = {"Id": "queue", "Arn": queue_arn(QUEUE)}
        events.put_targets(Rule="synthetic", EventBusName=BUS, Targets=[target])
        # moto itself would read the queue for the function, and do nothing with what it reads.
        for mapping in central.functions.list_event_source_mappings()["EventSourceMappings"]:
            central.functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
        self.logs: Any = boto3.client("logs", region_name=REGION)
        self.logs.create_log_group(logGroupName=f"/aws/lambda/{FUNCTION}")
        self.logs.create_log_stream(logGroupName=f"/aws/lambda/{FUNCTION}", logStreamName="one")
        central.services.add(service(deployment(SPOT)))
        self.pauses = 0
        self.during: dict[int, Callable[[], object]] = {}
        self.function_works = True
        monkeypatch.setattr(parts, "pause", self.pause)

    def again(self) -> None:
        """The same service once more, as it was before the last drill."""
        self.pauses, self.during = 0, {}
        self.central.services.updates.clear()
        self.central.services.faults.clear()
        self.central.clock.advance(minutes=1)

    def pause(self, seconds: float) -> None:
        self.pauses += 1
        self.during.get(self.pauses, lambda: None)()
        self.central.clock.advance(seconds=seconds)
        turn = self.pauses % 3
        if turn == 2 and self.function_works:
            self.deliver()
        if turn == 0:
            self.central.services.settle()

    def deliver(self) -> None:
        """The function reads its queue."""
        for body in self.plumbing.bodies(QUEUE):
            self.central.deliver(self.read(body))
            self._log()

    def read(self, body: str) -> PlacementFailure:
        policy = parse_policy(json.dumps(self.central.policy))
        # moto leaves account and Region out, and has a clock of its own.
        now = self.central.clock.now()
        whole = json.loads(body) | {"account": ACCOUNT, "region": REGION, "time": now.isoformat()}
        return parse_placement_failure(json.dumps(whole), now, policy.synthetic, Home(ACCOUNT, "aws"))

    def waits(self) -> int:
        """Messages that the function has not read yet."""
        url = self.plumbing.url(QUEUE)
        answer = self.plumbing.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
        return int(answer["Attributes"]["ApproximateNumberOfMessages"])

    def automation(self) -> None:
        """Nobody but the functions for half an hour."""
        for _ in range(3):
            self.deliver()
            self.central.clock.advance(minutes=6)
            self.central.services.settle()
            self.central.tick()
        self.central.services.settle()

    def _log(self) -> None:
        now = self.central.clock.now()
        lines = []
        for outcome in self.central.told.outcomes:
            line = {"timestamp": now.isoformat(), "message": "decision", **outcome.fields()}
            lines.append({"timestamp": int(now.timestamp() * 1000), "message": json.dumps(line)})
        self.central.told.clear()
        self.logs.put_log_events(logGroupName=f"/aws/lambda/{FUNCTION}", logStreamName="one", logEvents=lines)


def strategies(world: World) -> list[Any]:
    return [update.strategy for update in world.central.services.updates]


def as_it_was(world: World) -> None:
    """The service has the strategy that it had, by one switch there and one back, and nobody holds anything of it."""
    assert strategies(world) == [FALLBACK, SPOT]
    record, live = world.central.record(), world.central.services.live[WEB]
    assert live.strategy == SPOT
    assert (record.phase, record.reason) == (Phase.CLOSED, "RESTORED")
    assert (record.lease, record.held_until, record.failures, record.baseline) == (None, None, 0, SPOT)
    assert world.waits() == 0
    assert signal.getsignal(signal.SIGINT) is world.on_interrupt
