"""Applications that fail for reasons of their own: how ECS shows it, while there is capacity for all tasks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from local_aws.ecs.service import Key, Service
from local_aws.ecs.task import StopCode, Task


class Failure(StrEnum):
    """What is wrong with a service's tasks. The first three start and then fail, the others never start."""

    CONTAINER_EXIT = "container-exit"
    CONTAINER_HEALTH = "container-health-check"
    ELB_HEALTH = "elb-health-check"
    IMAGE_PULL = "image-pull"
    SECRETS = "secrets"
    SUBNET = "subnet-addresses"
    ENI = "resource-eni"


SECONDS_RUNNING = {Failure.CONTAINER_EXIT: 5.0, Failure.CONTAINER_HEALTH: 90.0, Failure.ELB_HEALTH: 60.0}
"""How long a task is RUNNING until it fails: three health checks 30 seconds apart, two of a target group."""


@dataclass(frozen=True)
class Verdict:
    """How a task ends.

    ``message`` is what the service's ``events[]`` says of it. ``container_reason`` and ``exit_code`` are those of its
    containers. ``by_scheduler``: ECS stops it, it does not stop by itself.
    """

    code: StopCode
    reason: str
    message: str | None = None
    container_reason: str | None = None
    exit_code: int | None = None
    by_scheduler: bool = False
    health_status: str = "UNKNOWN"


class Applications:
    """Which services' tasks fail, and how: of all their task definitions, or of one only.

    ``broken_images`` are images that can't be pulled, by account.
    """

    def __init__(self) -> None:
        self.broken_images: set[tuple[str, str]] = set()
        self._failures: dict[Key, tuple[Failure, str | None]] = {}

    def set(self, key: Key, how: Failure | None, task_definition: str | None) -> None:
        """Let the service's tasks fail; None: let them run again."""
        if how is None:
            self._failures.pop(key, None)
        else:
            self._failures[key] = (how, task_definition)

    def of(self, service: Service, task_definition_arn: str) -> Failure | None:
        """What is wrong with the service's tasks of that definition."""
        how, only = self._failures.get(service.key, (None, None))
        return how if only in {None, task_definition_arn.rsplit("/", maxsplit=1)[-1]} else None

    def seconds_running(self, service: Service, task: Task) -> float | None:
        """How long the task is RUNNING before it fails; None if it does not fail then."""
        how = self.of(service, task.spec.arn)
        return None if how is None else SECONDS_RUNNING.get(how)

    def at_start(self, service: Service, task: Task) -> Verdict | None:
        """Why the task stops instead of running."""
        broken = [
            item.image for item in task.spec.containers if (service.key.account, item.image) in self.broken_images
        ]
        how = self.of(service, task.spec.arn)
        if how is Failure.IMAGE_PULL:
            broken = [item.image for item in task.spec.containers]
        if broken:
            pull = f"CannotPullContainerError: pull image manifest has been retried 1 time(s): {broken[0]}: not found"
            return Verdict(StopCode.FAILED_TO_START, pull, container_reason=pull)
        if how is Failure.SECRETS:
            return Verdict(StopCode.FAILED_TO_START, UNREADABLE)
        if how is Failure.SUBNET:
            return Verdict(StopCode.FAILED_TO_START, NO_ADDRESS.format(subnet=_subnet(service)))
        return None

    def while_running(self, service: Service, task: Task) -> Verdict | None:
        """Why the task stops after it has run for a while."""
        match self.of(service, task.spec.arn):
            case Failure.CONTAINER_EXIT:
                return Verdict(StopCode.ESSENTIAL_EXITED, "Essential container in task exited", exit_code=1)
            case Failure.CONTAINER_HEALTH:
                message = f"(task {task.id}) failed container health checks."
                reason = "Task failed container health checks"
                return Verdict(
                    StopCode.SCHEDULER, reason, message, exit_code=137, by_scheduler=True, health_status=UNHEALTHY
                )
            case Failure.ELB_HEALTH:
                return _elb_verdict(service, task)
        return None


UNHEALTHY = "UNHEALTHY"
UNREADABLE = (
    "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable "
    "to retrieve secret from asm: service call has been retried 1 time(s): AccessDeniedException"
)
NO_ADDRESS = (
    "Unexpected EC2 error while attempting to Create Network Interface in subnet '{subnet}': "
    "InsufficientFreeAddressesInSubnet"
)


def _elb_verdict(service: Service, task: Task) -> Verdict:
    (balancer, *_) = service.revision.wiring.get("loadBalancers") or [{}]
    arn = balancer.get("targetGroupArn", "")
    name = arn.split(":targetgroup/")[-1].split("/")[0]
    instance = "" if task.host is None else f"(instance {task.host.instance_id}) "
    message = (
        f"(task {task.id}) {instance}(port {balancer.get('containerPort', 80)}) is unhealthy in (target-group {name}) "
        "due to (reason Health checks failed)."
    )
    reason = f"Task failed ELB health checks in (target-group {arn})"
    return Verdict(StopCode.SCHEDULER, reason, message, exit_code=143, by_scheduler=True)


def _subnet(service: Service) -> str:
    network = service.revision.wiring.get("networkConfiguration") or {}
    subnets = (network.get("awsvpcConfiguration") or {}).get("subnets") or ["subnet-unknown"]
    return str(subnets[0])
