"""Tasks from placed to stopped: the state changes that time brings about."""

from __future__ import annotations

from collections.abc import Callable

from local_aws.ecs.announce import Announcer
from local_aws.ecs.applications import Applications, Failure, Verdict
from local_aws.ecs.balancing import Balancing
from local_aws.ecs.pools import Pools
from local_aws.ecs.providers import Provider
from local_aws.ecs.rollout import EPSILON
from local_aws.ecs.service import Deployment, Service
from local_aws.ecs.strategy import FARGATE_PROVIDERS
from local_aws.ecs.task import INTERRUPTED, Host, Status, StopCode, Task
from local_aws.ecs.timing import Timing

SIGTERM_EXIT = 143
"""Exit code of a container that does nothing about SIGTERM but end."""


class Lifecycle:
    """Starts, moves on and stops single tasks.

    ``provisioning_timeout`` is how long a new task waits for an instance, in seconds. ``ended`` is told account, Region
    and target (address or instance) of each task whose containers have stopped.
    """

    def __init__(self, timing: Timing, pools: Pools, announcer: Announcer, balancing: Balancing) -> None:
        self._timing = timing
        self._pools = pools
        self._announcer = announcer
        self._balancing = balancing
        self.applications = Applications()
        self.provisioning_timeout = timing.provisioning_timeout
        self.ended: Callable[[str, str, str], None] = lambda _account, _region, _target: None

    def create(self, service: Service, provider: str, now: float) -> Task:
        """A new task of the PRIMARY deployment, not placed yet: it waits in PROVISIONING, but not for ever."""
        deployment = service.primary
        revision = deployment.revision
        task = Task("", revision.task, provider, deployment.id, now, by_strategy=bool(revision.strategy), placed=False)
        task.arn = service.key.task_arn(task.id)
        task.due = now + self.provisioning_timeout
        service.tasks.append(task)
        return task

    def place(self, service: Service, task: Task, now: float) -> None:
        """Give the task its place in the pool; it is on its way to RUNNING from now on."""
        self._pools.of(service, task.provider).take(service, task)
        task.placed = True
        task.host = None if task.provider in FARGATE_PROVIDERS else Host.new()
        task.due = now + self._timing.provisioning
        self._announcer.task_changed(service, task, now)

    def stop(self, service: Service, task: Task, code: StopCode, reason: str, now: float) -> None:
        """Stop a task as the scheduler or a user does: deactivate, let its targets drain, then end it.

        The targets of a service that is being deleted are not waited for, so that a destroy is quick.
        """
        task.leave(code, reason, now)
        self._pools.of(service, task.provider).release(task)
        if task.status is Status.RUNNING:
            task.move(Status.DEACTIVATING)
            drained = now + self._balancing.leave(service, task, now)
            deleting = service.status != "ACTIVE"
            task.due = now + self._timing.deletion if deleting else drained + self._timing.stopping
            if task.provider in FARGATE_PROVIDERS and not deleting:
                task.due -= self._timing.deprovisioning
            self._announcer.task_changed(service, task, now)
        else:
            self._end(service, task, now)

    def interrupt(self, service: Service, task: Task, now: float) -> None:
        """Give a Spot task its two-minute notice: it goes on running, and ECS counts on it no more."""
        task.leave(StopCode.SPOT_INTERRUPTION, INTERRUPTED, now)
        self._pools.of(service, task.provider).release(task)
        task.due = now + self._timing.spot_notice
        self._balancing.leave(service, task, now)
        self._announcer.task_changed(service, task, now)

    def lose_host(self, service: Service, task: Task, provider: Provider, now: float) -> None:
        """EC2 takes the task's Spot instance back in two minutes.

        ECS knows of it now if the instance drains, and looks for another place for the task; otherwise it sees the task
        stop.
        """
        task.host_lost = True
        self._pools.of(service, task.provider).release(task)
        task.due = now + self._timing.spot_notice
        if provider.drains and task.host is not None:
            task.wanted = False
            self._balancing.leave(service, task, now)
            self._announcer.instance_drains(service, task.host, now)

    def step(self, service: Service, now: float) -> None:
        """Make all state changes of the service's tasks that have fallen due."""
        for task in list(service.tasks):
            while task.due is not None and task.due <= now + EPSILON:
                self._advance(service, task, task.due)
        while service.stopped and (service.stopped[0].stopped_at or 0) < now - self._timing.stopped_tasks_kept:
            service.stopped.popleft()

    def _advance(self, service: Service, task: Task, now: float) -> None:
        if task.host_lost and task.stop_code is None:
            self._terminate_host(service, task, now)
        elif not task.wanted:
            self._wind_down(service, task, now)
        elif not task.placed:
            self._give_up(service, task, now)
        elif task.status is Status.PROVISIONING:
            task.move(Status.PENDING)
            task.due = now + self._timing.pending
            self._announcer.task_changed(service, task, now)
        elif task.status is Status.PENDING:
            self._run(service, task, now)
        else:
            self._check(service, task, now)

    def _wind_down(self, service: Service, task: Task, now: float) -> None:
        """The network interface of a Fargate task goes in a step of its own; a deleted service has no time for it."""
        interface = task.provider in FARGATE_PROVIDERS and service.status == "ACTIVE"
        if task.status is not Status.DEACTIVATING or not interface:
            self._end(service, task, now)
            return
        task.exit_code = SIGTERM_EXIT if task.exit_code is None else task.exit_code
        task.move(Status.DEPROVISIONING)
        self._cut(service, task)
        task.due = now + self._timing.deprovisioning
        self._announcer.task_changed(service, task, now)

    def _terminate_host(self, service: Service, task: Task, now: float) -> None:
        instance = "" if task.host is None else task.host.instance_id
        task.leave(StopCode.TERMINATION_NOTICE, f"Host EC2 (instance {instance}) terminated.", now)
        self._end(service, task, now)

    def _give_up(self, service: Service, task: Task, now: float) -> None:
        """Stop a task that no instance came for. The words of the reason are this project's: AWS documents none."""
        task.leave(StopCode.FAILED_TO_START, f"No capacity on capacity provider {task.provider}: timed out.", now)
        self._end(service, task, now)
        deployment = _deployment(service, task)
        if deployment is not None:
            deployment.failed_tasks += 1

    def _run(self, service: Service, task: Task, now: float) -> None:
        verdict = self.applications.at_start(service, task)
        if verdict is not None:
            self._fail(service, task, verdict, now)
            self._throttle(service, task, now)
            return
        task.move(Status.RUNNING)
        task.started_at = now
        task.due = now + self._timing.healthy
        self._balancing.join(service, task, now)
        self.doom(service, task, now)
        self._announcer.task_changed(service, task, now)
        deployment = _deployment(service, task)
        if deployment is not None:
            deployment.failed_starts_in_a_row = 0

    def doom(self, service: Service, task: Task, now: float) -> None:
        """Let a running task fail in a while, if its application is to."""
        seconds = self.applications.seconds_running(service, task)
        if seconds is not None and task.wanted and not task.host_lost and task.status is Status.RUNNING:
            task.failing = True
            if self.applications.of(service, task.spec.arn) is Failure.ELB_HEALTH:
                self._balancing.check(task, healthy=False)
            task.due = now + seconds

    def _check(self, service: Service, task: Task, now: float) -> None:
        """A task has run for a while: it fails, or it is healthy."""
        verdict = self.applications.while_running(service, task) if task.failing else None
        task.failing, task.due = False, None
        if verdict is not None:
            self._fail(service, task, verdict, now)
            return
        task.healthy = True
        self._balancing.check(task, healthy=True)
        deployment = _deployment(service, task)
        if deployment is not None:
            deployment.failed_tasks = 0

    def _fail(self, service: Service, task: Task, verdict: Verdict, now: float) -> None:
        """End a task of an application that fails.

        One that never ran, or that failed its health checks, counts as a failed task of its deployment (API reference,
        Deployment).
        """
        task.exit_code, task.container_reason = verdict.exit_code, verdict.container_reason
        task.health_status = verdict.health_status
        if verdict.message is not None:
            self._announcer.message(service, now, verdict.message)
        deployment = _deployment(service, task)
        if deployment is not None and verdict.code is not StopCode.ESSENTIAL_EXITED:
            deployment.failed_tasks += 1
        if verdict.by_scheduler:
            self.stop(service, task, verdict.code, verdict.reason, now)
            return
        task.leave(verdict.code, verdict.reason, now)
        self._pools.of(service, task.provider).release(task)
        self._end(service, task, now)

    def _throttle(self, service: Service, task: Task, now: float) -> None:
        deployment = _deployment(service, task)
        if deployment is not None:
            self._back_off(service, deployment, now)

    def _back_off(self, service: Service, deployment: Deployment, now: float) -> None:
        if deployment.place_after > now:
            return
        deployment.failed_starts_in_a_row += 1
        wait = self._timing.start_backoff * 2.0 ** (deployment.failed_starts_in_a_row - 1)
        deployment.place_after = now + min(wait, self._timing.start_backoff_max)
        if deployment.failed_starts_in_a_row == 3:
            self._announcer.starts_impaired(service, now)

    def _end(self, service: Service, task: Task, now: float) -> None:
        task.healthy = False
        task.due = None
        self._balancing.leave(service, task, now)
        if task.started_at is not None and task.exit_code is None:
            task.exit_code = SIGTERM_EXIT
        task.stopped_at = now
        task.move(Status.STOPPED)
        self._cut(service, task)
        service.tasks.remove(task)
        service.stopped.append(task)
        self._announcer.task_changed(service, task, now)

    def _cut(self, service: Service, task: Task) -> None:
        """The task's containers have stopped: its connections end. Each task has an instance of its own on EC2."""
        if task.started_at is not None:
            for target in {task.address, task.host.instance_id if task.host else task.address}:
                self.ended(service.key.account, service.key.region, target)


def _deployment(service: Service, task: Task) -> Deployment | None:
    """The task's deployment, if it is still one of the service's."""
    return next((item for item in service.deployments if item.id == task.deployment_id), None)
