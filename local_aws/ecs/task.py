"""One task of a service and the states it goes through."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from enum import StrEnum

from local_aws.elb.targets import TargetKey

INTERRUPTED = "Your Spot Task was interrupted."


class Status(StrEnum):
    """A task's ``lastStatus``; the states that last too short to be seen are left out."""

    PROVISIONING = "PROVISIONING"
    PENDING = "PENDING"
    RUNNING = "RUNNING"
    DEACTIVATING = "DEACTIVATING"
    DEPROVISIONING = "DEPROVISIONING"
    STOPPED = "STOPPED"


class StopCode(StrEnum):
    """Why a task stops: the values that ECS gives to tasks of services."""

    SPOT_INTERRUPTION = "SpotInterruption"
    SCHEDULER = "ServiceSchedulerInitiated"
    USER = "UserInitiated"
    FAILED_TO_START = "TaskFailedToStart"
    ESSENTIAL_EXITED = "EssentialContainerExited"
    TERMINATION_NOTICE = "TerminationNotice"


@dataclass(frozen=True)
class ContainerSpec:
    """A container of a task definition."""

    name: str
    image: str


@dataclass(frozen=True)
class TaskSpec:
    """What a task needs to know of its task definition."""

    arn: str
    cpu: str = "256"
    memory: str = "512"
    containers: tuple[ContainerSpec, ...] = ()


@dataclass(frozen=True)
class Host:
    """The EC2 instance that a task runs on, and its id as a container instance. Each task has one of its own."""

    instance_id: str
    container_instance_id: str

    @classmethod
    def new(cls) -> Host:
        """One that nothing else runs on."""
        return cls(f"i-0{uuid.uuid4().hex[:16]}", uuid.uuid4().hex)


@dataclass(eq=False)
class Task:
    """A task; ``due`` is when its next state change falls due, None when it waits for something else.

    ``provider`` is where it runs: a capacity provider's name, or the launch type of a service without a strategy.
    ``wanted`` is false once the scheduler counts on it no more: its ``desiredStatus`` is STOPPED then, but for a task
    whose instance is draining. ``placed`` is false for a task of an Auto Scaling group that waits in PROVISIONING for
    an instance. ``by_strategy`` is false for one that a launch type placed. ``host_lost`` says that its instance is
    about to be terminated. ``failing``: it runs, and something of its own is about to stop it. ``targets`` are those
    that it is registered as. ``exit_code`` and ``container_reason`` are those of its containers.
    """

    arn: str
    spec: TaskSpec
    provider: str
    deployment_id: str
    created_at: float
    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    status: Status = Status.PROVISIONING
    wanted: bool = True
    placed: bool = True
    by_strategy: bool = True
    healthy: bool = False
    host: Host | None = None
    host_lost: bool = False
    failing: bool = False
    targets: tuple[TargetKey, ...] = ()
    health_status: str = "UNKNOWN"
    exit_code: int | None = None
    container_reason: str | None = None
    due: float | None = None
    started_at: float | None = None
    stopping_at: float | None = None
    stopped_at: float | None = None
    stop_code: StopCode | None = None
    stopped_reason: str | None = None
    version: int = 1

    @property
    def address(self) -> str:
        """The private IPv4 address of its network interface."""
        return f"10.{int(self.id[:2], 16)}.{int(self.id[2:4], 16)}.{int(self.id[4:6], 16)}"

    @property
    def interrupted(self) -> bool:
        """Whether it got the two-minute notice."""
        return self.stop_code is StopCode.SPOT_INTERRUPTION

    @property
    def desired_status(self) -> Status:
        """``desiredStatus``: a task on an instance that drains goes on until the instance is gone."""
        going_on = self.wanted or (self.host_lost and self.stop_code is None)
        return Status.RUNNING if going_on else Status.STOPPED

    @property
    def pending(self) -> bool:
        """Whether it counts as pending: on its way to RUNNING."""
        return self.wanted and self.status in {Status.PROVISIONING, Status.PENDING}

    @property
    def serving(self) -> bool:
        """Whether a deployment may count on it: running, healthy and meant to stay."""
        return self.wanted and self.healthy and self.status is Status.RUNNING

    def move(self, status: Status) -> None:
        """Go to the next state; the version grows with every change, as in the task's events."""
        self.status = status
        self.version += 1

    def leave(self, code: StopCode, reason: str, now: float) -> None:
        """Set ``desiredStatus`` to STOPPED."""
        self.wanted = False
        self.stop_code = code
        self.stopped_reason = reason
        self.stopping_at = now
        self.version += 1
