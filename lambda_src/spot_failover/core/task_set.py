"""A service with the EXTERNAL deployment controller, its task sets, and the load balancer in front of them."""

from __future__ import annotations

from dataclasses import dataclass

from spot_failover.core.service_key import ServiceKey
from spot_failover.core.strategy import NO_STRATEGY, Strategy


@dataclass(frozen=True)
class Blueprint:
    """What the tasks of a task set are made from: what a new one takes from the current one, and what is changed."""

    task_definition: str
    strategy: Strategy = NO_STRATEGY
    launch_type: str = ""
    """Only where there is no strategy."""
    platform_version: str = ""
    subnets: tuple[str, ...] = ()
    security_groups: tuple[str, ...] = ()
    assign_public_ip: bool = False
    target_group: str = ""
    """ARN."""
    container: str = ""
    port: int = 0
    registries: tuple[tuple[tuple[str, str | int], ...], ...] = ()
    """Service discovery registries: the fields of each, as the ECS API names them."""


@dataclass(frozen=True)
class TaskSet:
    """One task set. Counts are tasks; `scale` is percent of the service's desired count, rounded up to tasks by ECS."""

    id: str
    status: str
    """PRIMARY, ACTIVE or, once deleted, DRAINING."""
    external_id: str
    scale: float
    desired: int
    running: int
    pending: int
    steady: bool
    """Whether ECS calls it STEADY_STATE."""
    target_groups: tuple[str, ...]
    blueprint: Blueprint

    @property
    def primary(self) -> bool:
        """Whether it is the service's primary task set."""
        return self.status == "PRIMARY"

    @property
    def gone(self) -> bool:
        """Whether none of its tasks runs any more."""
        return self.running == 0 and self.pending == 0


@dataclass(frozen=True)
class ExternalService:
    """A service at the moment it was described. Task sets that are being deleted are left out."""

    key: ServiceKey
    controller: str
    desired: int
    task_sets: tuple[TaskSet, ...] = ()

    def task_set(self, task_set_id: str) -> TaskSet | None:
        """The task set of that id; None where it is deleted."""
        return next((each for each in self.task_sets if each.id == task_set_id), None)

    def made_by(self, token: str) -> TaskSet | None:
        """The task set that was made under that external id."""
        return next((each for each in self.task_sets if each.external_id == token), None)


@dataclass(frozen=True)
class TargetGroup:
    """A target group of the load balancer. `mark` is the value of its tag `isProduction`; None: not tagged."""

    arn: str
    mark: str | None

    @property
    def production(self) -> bool:
        """Whether it is marked as the one that serves production."""
        return (self.mark or "").lower() == "true"


@dataclass(frozen=True)
class Listener:
    """A listener of the load balancer, and the target groups that its default action forwards to."""

    arn: str
    port: int
    groups: tuple[str, ...]

    def __str__(self) -> str:
        return f"listener on port {self.port} ({self.arn})"


@dataclass(frozen=True)
class Health:
    """Targets of a target group."""

    healthy: int
    registered: int
    """Draining ones left out."""
    draining: int = 0
    """They still have the connections that they had."""
