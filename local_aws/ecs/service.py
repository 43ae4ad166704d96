"""Services and their deployments: state only, nothing here acts."""

from __future__ import annotations

import math
import secrets
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from local_aws.clock import Timer
from local_aws.ecs.strategy import Strategy
from local_aws.ecs.task import Status, Task, TaskSpec


class Rollout(StrEnum):
    """A deployment's ``rolloutState``."""

    IN_PROGRESS = "IN_PROGRESS"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"


@dataclass(frozen=True)
class Key:
    """What identifies a service."""

    account: str
    region: str
    cluster: str
    name: str

    @property
    def cluster_arn(self) -> str:
        """The ARN of the cluster."""
        return f"arn:aws:ecs:{self.region}:{self.account}:cluster/{self.cluster}"

    @property
    def arn(self) -> str:
        """The long ARN of the service."""
        return f"arn:aws:ecs:{self.region}:{self.account}:service/{self.cluster}/{self.name}"

    def task_arn(self, task_id: str) -> str:
        """The ARN of one of its tasks."""
        return f"arn:aws:ecs:{self.region}:{self.account}:task/{self.cluster}/{task_id}"


@dataclass(frozen=True)
class Revision:
    """All that a new deployment is made for when it changes. ``wiring`` has network, load balancers and the like."""

    task: TaskSpec
    strategy: Strategy
    launch_type: str | None
    platform_version: str | None
    wiring: Mapping[str, Any]

    @property
    def fargate(self) -> bool:
        """Whether its tasks run on Fargate."""
        providers = {item.provider for item in self.strategy} or {self.launch_type or "EC2"}
        return bool(providers & {"FARGATE", "FARGATE_SPOT"})


@dataclass
class Shortage:
    """An episode in which a provider has no room for a task of a deployment.

    ``told_at`` is when its event was due last, ``message_at`` when the service's ``events[]`` had it last.
    """

    since: float
    told_at: float
    message_at: float


@dataclass(eq=False)
class Deployment:
    """One deployment of a service; the newest is PRIMARY."""

    revision: Revision
    created_at: float
    id: str = field(default_factory=lambda: f"ecs-svc/{10**18 + secrets.randbelow(9 * 10**18)}")
    rollout: Rollout = Rollout.IN_PROGRESS
    reason: str = ""
    updated_at: float = 0.0
    failed_tasks: int = 0
    failed_starts_in_a_row: int = 0
    whole_at: float | None = None
    """When all its tasks served for the first time: from then on a native strategy shifts traffic."""
    place_after: float = 0.0
    reinstated: bool = False
    """Whether ECS went back to it, for a later one failed."""
    shortages: dict[str, Shortage] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.updated_at = self.created_at
        self.reason = f"ECS deployment {self.id} in progress."


@dataclass(frozen=True)
class DeploymentConfiguration:
    """How a service rolls, with ECS's defaults."""

    minimum_healthy_percent: int = 100
    maximum_percent: int = 200
    breaker: bool = False
    rollback: bool = False
    strategy: str = "ROLLING"
    shift: float = 0.0
    """Seconds from all new tasks serving to the end of the old ones, under a native strategy."""

    @property
    def native(self) -> bool:
        """Whether ECS starts all new tasks beside the old ones, and shifts traffic then: blue/green and its like."""
        return self.strategy != "ROLLING"

    @classmethod
    def parse(cls, wire: Mapping[str, Any]) -> DeploymentConfiguration:
        """From the API's ``deploymentConfiguration``."""
        breaker = wire.get("deploymentCircuitBreaker") or {}
        return cls(
            int(wire.get("minimumHealthyPercent", 100)),
            int(wire.get("maximumPercent", 200)),
            bool(breaker.get("enable")),
            bool(breaker.get("rollback")),
            str(wire.get("strategy") or "ROLLING"),
            60.0 * _shift_minutes(wire),
        )


def _shift_minutes(wire: Mapping[str, Any]) -> float:
    """All waits of the strategy; what is not given has the API reference's default."""
    bake = float(wire.get("bakeTimeInMinutes") or 0)
    match wire.get("strategy"):
        case "BLUE_GREEN":
            return bake
        case "CANARY":
            return bake + float((wire.get("canaryConfiguration") or {}).get("canaryBakeTimeInMinutes", 10))
        case "LINEAR":
            linear = wire.get("linearConfiguration") or {}
            steps = math.ceil(1000 / round(float(linear.get("stepPercent", 10.0)) * 10))
            return bake + (steps - 1) * float(linear.get("stepBakeTimeInMinutes", 6))
        case _:
            return 0.0


@dataclass(eq=False)
class Service:
    """A service. ``settings`` holds what is stored and returned without an effect on tasks.

    moto's task sets, tags and autoscaling look at a few attributes of it: ``arn``, ``name``, ``tags``, ``status``,
    ``task_sets``, ``desired_count``, ``propagate_tags``, ``cluster_name``.
    """

    key: Key
    revision: Revision
    desired_count: int
    created_at: float
    created_by: str
    controller: str = "ECS"
    scheduling: str = "REPLICA"
    home_launch_type: str | None = None
    status: str = "ACTIVE"
    settings: dict[str, Any] = field(default_factory=dict)
    tags: list[dict[str, str]] = field(default_factory=list)
    propagate_tags: str = "NONE"
    deployments: list[Deployment] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    stopped: deque[Task] = field(default_factory=deque)
    messages: deque[tuple[str, float, str]] = field(default_factory=lambda: deque(maxlen=100))
    last_completed: Deployment | None = None
    steady_since: float | None = None
    steady_told_at: float = 0.0
    task_sets: list[Any] = field(default_factory=list)
    primary_task_set: str | None = None
    looked_at: float = 0.0
    timer: Timer | None = None
    client_token: str | None = None

    @property
    def arn(self) -> str:
        """The long ARN."""
        return self.key.arn

    @property
    def physical_resource_id(self) -> str:
        """What moto takes for the ARN."""
        return self.key.arn

    @property
    def name(self) -> str:
        """The name in its cluster."""
        return self.key.name

    @property
    def cluster_name(self) -> str:
        """The cluster's name."""
        return self.key.cluster

    @property
    def primary(self) -> Deployment:
        """The PRIMARY deployment."""
        return self.deployments[0]

    @property
    def rolling(self) -> DeploymentConfiguration:
        """How its deployments roll."""
        return DeploymentConfiguration.parse(self.settings["deploymentConfiguration"])

    @property
    def target(self) -> int:
        """How many tasks the scheduler keeps: none for daemons, task sets and services on their way out."""
        if self.status != "ACTIVE" or self.scheduling == "DAEMON" or self.controller == "EXTERNAL":
            return 0
        return self.desired_count

    @property
    def owner(self) -> Service:
        """The service that this is, or that this task set belongs to."""
        return self

    @property
    def units(self) -> Sequence[Service]:
        """What the scheduler looks at for this service: itself and its task sets."""
        return (self, *self.task_sets)

    @property
    def scheduled(self) -> bool:
        """Whether it has tasks of its own; a service with the EXTERNAL controller has those of its task sets."""
        return self.controller != "EXTERNAL"

    @property
    def unit_id(self) -> str:
        """Tells it from all else that waits for capacity."""
        return self.arn

    @property
    def label(self) -> str:
        """How its messages name it."""
        return f"service {self.key.name}"

    @property
    def all_tasks(self) -> list[Task]:
        """Its tasks that are not STOPPED, those of its task sets included."""
        return [task for unit in self.units for task in unit.tasks]

    def of(self, deployment: Deployment) -> list[Task]:
        """The deployment's tasks that are not STOPPED."""
        return [task for task in self.tasks if task.deployment_id == deployment.id]

    def running_by_provider(self) -> dict[str, int]:
        """How many tasks are RUNNING, whatever is to become of them."""
        return dict(Counter(task.provider for task in self.all_tasks if task.status is Status.RUNNING))
