"""A service with task sets behind a Network Load Balancer, in memory: tasks start and end on a clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from spot_failover.core.errors import ConflictError, RefusedError
from spot_failover.core.scaledown_record import ScaledownRecord, plan_from, plan_text
from spot_failover.core.service_key import ServiceKey
from spot_failover.core.strategy import Strategy
from spot_failover.core.task_set import Blueprint, ExternalService, Health, Listener, TargetGroup, TaskSet
from spot_failover.flow.scaledown_step import World
from tests.doubles.clock import Clock

KEY = ServiceKey("123456789012", "us-east-1", "shop", "stream")
ELB = "arn:aws:elasticloadbalancing:us-east-1:123456789012"
NLB = f"{ELB}:loadbalancer/net/stream/50dc6c495c0c9188"
BLUE, GREEN = f"{ELB}:targetgroup/blue/1111111111111111", f"{ELB}:targetgroup/green/2222222222222222"
MAIN, TEST = f"{ELB}:listener/net/stream/50dc6c495c0c9188/aaaa", f"{ELB}:listener/net/stream/50dc6c495c0c9188/bbbb"
SPOT = Strategy.of(("FARGATE_SPOT", 1, 0))
OLD = Blueprint(
    task_definition="arn:aws:ecs:us-east-1:123456789012:task-definition/stream:7",
    strategy=SPOT,
    subnets=("subnet-0a", "subnet-0b"),
    security_groups=("sg-0a",),
    target_group=BLUE,
    container="stream",
    port=8080,
)
STARTS = timedelta(seconds=8)
"""From creation to healthy."""


@dataclass
class Pod:
    """A task set, as it is kept here."""

    id: str
    token: str
    status: str
    blueprint: Blueprint
    scale: float = 100.0
    running: int = 0
    starting_since: datetime | None = None
    listed_at: datetime | None = None
    unhealthy: int = 0
    """Of its running tasks."""


@dataclass
class Stage:
    """ECS, the load balancer, the ledger, Step Functions and EventBridge of one account, with everything they did."""

    clock: Clock = field(default_factory=Clock)
    desired: int = 4
    starts: bool = True
    """Whether new tasks ever become healthy."""
    lag: timedelta = timedelta()
    """For how long ECS does not list a new task set."""
    controller: str = "EXTERNAL"
    exists: bool = True
    calls: list[tuple[Any, ...]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    untold: list[str] = field(default_factory=list)
    running_executions: set[str] = field(default_factory=set)
    ended: dict[str, datetime] = field(default_factory=dict)
    refuse_events: bool = False
    least_carried: int = 10**9
    """The fewest healthy tasks that the production listener ever forwarded to."""

    def __post_init__(self) -> None:
        self.pods = {"ecs-svc/1": Pod("ecs-svc/1", "", "PRIMARY", OLD, running=self.desired)}
        self.tags: dict[str, str] = {BLUE: "true"}
        self.forwards = {MAIN: (BLUE,), TEST: (GREEN,)}
        self.draining = 0
        """Targets of the old group that still have connections."""
        self.strangers: dict[str, int] = {BLUE: 0, GREEN: 0}
        self.items: dict[ServiceKey, tuple[ScaledownRecord, str]] = {}
        self._made = 1

    def world(self) -> World:
        """All of it, as a step gets it."""
        return World(
            task_sets=self,
            balancers=self,
            ledger=self,
            executions=self,
            audit=self,
            now=self.clock.now,
            time_limit=12 * 3600,
            longest_step=60,
            untold=lambda stage, error: self.untold.append(f"{stage}: {error}"),
        )

    def settle(self) -> None:
        """Let tasks start and end that have had the time for it."""
        now = self.clock.now()
        for pod in list(self.pods.values()):
            wanted = self._wanted(pod)
            if pod.running < wanted and self.starts:
                pod.starting_since = pod.starting_since or now
                if now - pod.starting_since >= STARTS:
                    pod.running, pod.starting_since = wanted, None
            pod.running = min(pod.running, wanted)
            pod.unhealthy = min(pod.unhealthy, pod.running)
        self.least_carried = min(self.least_carried, self.health(self.forwards[MAIN][0]).healthy)

    def state(self) -> dict[str, Any]:
        """What has to be as before, or done, in the end."""
        return {
            "task sets": {pod.id: (pod.status, pod.scale, pod.blueprint.target_group) for pod in self.pods.values()},
            "forwards": dict(self.forwards),
            "marks": dict(self.tags),
            "worked on by": self.get(KEY).owner,
        }

    def _wanted(self, pod: Pod) -> int:
        return int(-(-self.desired * pod.scale // 100))

    # TaskSets

    def service(self, key: ServiceKey) -> ExternalService | None:
        self.calls.append(("service",))
        if not self.exists or key != KEY:
            return None
        self.settle()
        now = self.clock.now()
        listed = [pod for pod in self.pods.values() if pod.listed_at is None or pod.listed_at <= now]
        return ExternalService(key, self.controller, self.desired, tuple(map(self._shown, listed)))

    def _shown(self, pod: Pod) -> TaskSet:
        wanted = self._wanted(pod)
        steady = pod.running == wanted and not pod.unhealthy
        group = pod.blueprint.target_group
        return TaskSet(
            pod.id, pod.status, pod.token, pod.scale, wanted, pod.running, wanted - pod.running, steady, (group,),
            pod.blueprint,
        )  # fmt: skip

    def create(self, key: ServiceKey, blueprint: Blueprint, token: str) -> str:
        self.calls.append(("create", token))
        for pod in self.pods.values():
            if pod.token == token:
                return pod.id
        self._made += 1
        name, now = f"ecs-svc/{self._made}", self.clock.now()
        self.pods[name] = Pod(name, token, "ACTIVE", blueprint, starting_since=now, listed_at=now + self.lag)
        return name

    def scale(self, key: ServiceKey, task_set: str, percent: float) -> None:
        self.calls.append(("scale", task_set, percent))
        self.pods[task_set].scale = percent
        self.settle()

    def make_primary(self, key: ServiceKey, task_set: str) -> None:
        self.calls.append(("make_primary", task_set))
        for pod in self.pods.values():
            pod.status = "PRIMARY" if pod.id == task_set else "ACTIVE"

    def delete(self, key: ServiceKey, task_set: str) -> None:
        self.calls.append(("delete", task_set))
        if task_set in self.pods and self.pods[task_set].status == "PRIMARY":
            raise RefusedError("the primary task set can't be deleted")
        self.pods.pop(task_set, None)
        self.settle()

    # Balancers

    def find(self, name_or_arn: str) -> str:
        self.calls.append(("find", name_or_arn))
        return NLB

    def in_front_of(self, target_group: str) -> str:
        self.calls.append(("in_front_of", target_group))
        return NLB

    def groups(self, load_balancer: str) -> tuple[TargetGroup, ...]:
        self.calls.append(("groups",))
        arns = dict.fromkeys(group for groups in self.forwards.values() for group in groups)
        return tuple(TargetGroup(arn, self.tags.get(arn)) for arn in arns)

    def marks(self, target_groups: Sequence[str]) -> Mapping[str, str]:
        self.calls.append(("marks",))
        return {arn: self.tags[arn] for arn in target_groups if arn in self.tags}

    def listeners(self, load_balancer: str) -> tuple[Listener, ...]:
        self.calls.append(("listeners",))
        ports = {MAIN: 443, TEST: 8443}
        return tuple(Listener(arn, ports[arn], groups) for arn, groups in self.forwards.items())

    def health(self, target_group: str) -> Health:
        pods = [pod for pod in self.pods.values() if pod.blueprint.target_group == target_group]
        healthy = sum(pod.running - pod.unhealthy for pod in pods)
        draining = self.draining if target_group == BLUE else 0
        return Health(healthy, sum(pod.running for pod in pods) + self.strangers.get(target_group, 0), draining)

    def forward(self, listener: str, target_group: str) -> None:
        self.calls.append(("forward", listener, target_group))
        self.forwards[listener] = (target_group,)
        self.settle()

    def mark(self, target_group: str, value: str | None) -> None:
        self.calls.append(("mark", target_group, value))
        self.tags.pop(target_group, None)
        if value is not None:
            self.tags[target_group] = value

    # Ledger

    def get(self, key: ServiceKey) -> ScaledownRecord:
        record, plan = self.items.get(key, (ScaledownRecord(key), ""))
        return replace(record, plan=plan_from(plan) if plan else None)

    def put(self, record: ScaledownRecord) -> ScaledownRecord:
        self.calls.append(("put", record.owner))
        if self.get(record.key).version != record.version:
            raise ConflictError("somebody else wrote it")
        written = replace(record, version=record.version + 1)
        self.items[record.key] = (written, plan_text(written.plan) if written.plan else "")
        return written

    # Executions, Audit

    def ended_at(self, execution: str) -> datetime | None:
        self.calls.append(("ended_at", execution))
        return None if execution in self.running_executions else self.ended[execution]

    def tell(self, key: ServiceKey, stage: str, detail: Mapping[str, Any]) -> None:
        self.calls.append(("tell", stage))
        if self.refuse_events:
            raise RefusedError("no event is taken")
        self.events.append({"stage": stage, **detail})
