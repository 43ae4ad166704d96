"""One storm, from the first message to the last, in virtual time."""

from __future__ import annotations

import json
import os
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, field, replace
from io import TextIOBase
from itertools import count
from typing import Any

from benchmarks.storm.deployment import Reading, reading
from benchmarks.storm.lanes import Lanes, Threads
from benchmarks.storm.letters import FAILURES, INTERRUPTIONS, letters
from benchmarks.storm.place import CLUSTER, Size, accounts, places
from benchmarks.storm.pump import StormPump
from benchmarks.storm.queue import StormQueue
from benchmarks.storm.wire import CountingWire, Counts
from tests.soak.aws import InProcess, in_process
from tests.soak.functions import Handler, load, queue_url, without_threads
from tests.soak.ground import AUTOMATION, TABLE
from tests.soak.haste import hasty
from tests.soak.plan import CENTRAL, SPOT
from tests.soak.routes import BUS, EXTERNAL_ID
from tests.unit.policy_text import policy_object

START = 1_772_323_200.0
"""1 March 2026, 00:00 UTC."""
LONGEST = 3 * 3600.0
"""Virtual seconds after which a storm counts as not to be got over."""
QUEUES = {
    FAILURES: "fargate-spot-placement-failure-queue",
    INTERRUPTIONS: "fargate-spot-interruption-queue",
}
PRODUCT = {
    FAILURES: "spot_failover.handlers.placement_failure",
    INTERRUPTIONS: "spot_failover.handlers.interruption",
}
NAIVE = dict.fromkeys(PRODUCT, "benchmarks.storm.naive")
PLAIN_READING = {"batch_size": 10, "batching_window_seconds": 0, "maximum_concurrency": 10}
"""How the naive handler's queues are read: Lambda's own batch size."""


@dataclass
class Result:
    """Figures of one storm. Seconds are virtual, from the first message on."""

    handlers: str
    messages: int
    calls: Mapping[str, int]
    """Calls that functions made, those that were throttled among them."""
    throttled: Mapping[str, int]
    baselines: int
    sandboxes: int
    invocations: int
    most_running: int
    came_again: int
    """Messages that went back to their queue."""
    dead_letters: int
    cut_off: int
    services_switched: int
    last_switch: float
    """When the last service was switched."""
    switch_times: Sequence[float]
    over_after: float
    """When the queues were empty."""
    longest_invocation: float
    """How long a message may have waited behind a batch."""
    decisions: Mapping[str, int] = field(default_factory=dict)


class _Sink(TextIOBase):
    """The functions' standard output: decisions are counted."""

    def __init__(self) -> None:
        self.decisions = Counter[str]()

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        for line in text.splitlines():
            if '"decision"' in line or '"left to a later' in line:
                told = json.loads(line)
                self.decisions[f"{told['action']} {told['reason']}"] += 1
        return len(text)


def storm(size: Size, handlers: Mapping[str, str], change: Mapping[str, Any] | None = None) -> Result:
    """Let it come down on these handlers. `change`: other values of `Reading` than the module's defaults."""
    sink = _Sink()
    with hasty(), in_process(START, accounts(size)) as aws, without_threads(Threads), redirect_stdout(sink):
        _services(aws, size)
        aws.control("chaos/quotas", enabled=True)
        with Lanes(aws.clock) as lanes, CountingWire(lanes, random.Random(f"wire {size.seed}")) as wire:  # noqa: S311
            pumps = {name: _pump(lanes, name, handlers[name], change or {}) for name in QUEUES}
            begun = aws.clock.now()
            _fill(pumps, size, begun)
            for pump in pumps.values():
                pump.begin()
            while any(pump.queue.left for pump in pumps.values()) and aws.clock.now() < begun + LONGEST:
                aws.clock.advance(1.0)
            return _result(next(iter(handlers.values())), list(pumps.values()), wire.counts, begun, sink)


def _services(aws: InProcess, size: Size) -> None:
    """All of them with Spot gone, and short; ECS itself says nothing, for the storm's messages say it all."""
    aws.control("ecs-events", enabled=False)
    made = set()
    for place in places(size):
        ecs = aws.owner("ecs", place.account, place.region)
        if (place.account, place.region) not in made:
            made.add((place.account, place.region))
            aws.control(
                "spot-capacity", account=place.account, region=place.region, provider="FARGATE_SPOT", capacity=0
            )
            ecs.create_cluster(clusterName=CLUSTER, capacityProviders=["FARGATE", "FARGATE_SPOT"])
            task = {"name": "app", "image": "example/app:1", "memory": 128}
            ecs.register_task_definition(family="app", containerDefinitions=[task])
        ecs.create_service(
            cluster=CLUSTER,
            serviceName=place.service,
            taskDefinition="app",
            desiredCount=2,
            capacityProviderStrategy=SPOT,
        )
    aws.clock.advance(120.0)


def _pump(lanes: Lanes, name: str, module: str, change: Mapping[str, Any]) -> StormPump:
    own: Reading = replace(reading(name), **change)
    numbers = count(1)

    def make() -> Handler:
        number = next(numbers)
        environment = _environment() | {
            "DEAD_LETTER_QUEUE_URL": queue_url(f"{QUEUES[name]}-dlq"),
            "POWERTOOLS_SERVICE_NAME": f"{name}-{number}",
            "AWS_LAMBDA_FUNCTION_NAME": name,
        }
        os.environ.update(environment)
        return load(module)

    return StormPump(lanes, StormQueue(QUEUES[name], lanes.clock, own), make)


def _environment() -> dict[str, str]:
    """What Terraform tells the functions."""
    return {
        "STATE_TABLE_NAME": TABLE,
        "AUTOMATION_ROLE_NAME": AUTOMATION,
        "EXTERNAL_ID": EXTERNAL_ID,
        "CENTRAL_ACCOUNT_ID": CENTRAL,
        "EVENT_BUS_NAME": BUS,
        "POLICY": json.dumps(policy_object()),
        "POWERTOOLS_LOG_LEVEL": "INFO",
    }


def _fill(pumps: Mapping[str, StormPump], size: Size, now: float) -> None:
    bodies: dict[str, list[str]] = {name: [] for name in pumps}
    for letter in letters(size, now):
        bodies[letter.queue].append(letter.body)
    for name, pump in pumps.items():
        pump.queue.send(bodies[name])


def _result(name: str, every: Sequence[StormPump], counts: Counts, begun: float, sink: _Sink) -> Result:
    times = sorted(at - begun for at in counts.switched.values())
    return Result(
        handlers=name,
        messages=sum(pump.queue.sent for pump in every),
        calls=dict(counts.tried),
        throttled={action: many for action, many in counts.throttled.items() if many},
        baselines=counts.baselines,
        sandboxes=sum(pump.sandboxes for pump in every),
        invocations=sum(pump.invocations for pump in every),
        most_running=max(pump.most_running for pump in every),
        came_again=sum(pump.failed for pump in every),
        dead_letters=sum(len(pump.queue.dead_letters) for pump in every),
        cut_off=counts.cut_off,
        services_switched=len(times),
        last_switch=times[-1] if times else 0.0,
        switch_times=times,
        over_after=max(pump.queue.emptied_at for pump in every) - begun,
        longest_invocation=max(pump.longest for pump in every),
        decisions=dict(sink.decisions.most_common()),
    )
