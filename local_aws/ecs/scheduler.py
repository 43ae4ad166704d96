"""The service scheduler: brings every service's tasks to what its PRIMARY deployment wants, driven by the clock.

A service is looked at when something about it changes or falls due, never by polling: a steady one costs nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from local_aws.ecs import breaker, providers, rollout
from local_aws.ecs.announce import Announcer
from local_aws.ecs.applications import Failure
from local_aws.ecs.balancing import Balancing
from local_aws.ecs.history import History
from local_aws.ecs.lifecycle import Lifecycle
from local_aws.ecs.pools import PoolKey, Pools
from local_aws.ecs.providers import Provider
from local_aws.ecs.rollout import EPSILON
from local_aws.ecs.service import Deployment, Key, Revision, Rollout, Service
from local_aws.ecs.shortages import Shortages
from local_aws.ecs.task import StopCode, Task
from local_aws.ecs.timing import Timing
from local_aws.elb import TargetGroups
from local_aws.world import World


class Scheduler:
    """All services of all accounts. Callers hold ``World.lock``; timers take it themselves.

    ``count_interrupted`` tells whether ``runningCount`` has tasks between their Spot notice and their end.
    """

    def __init__(self, world: World, targets: TargetGroups, timing: Timing | None = None) -> None:
        self._world = world
        self.timing = timing or Timing()
        self.announcer = Announcer(world)
        self.pools = Pools()
        self.history = History()
        balancing = Balancing(targets, self.announcer)
        self.lifecycle = Lifecycle(self.timing, self.pools, self.announcer, balancing)
        self._shortages = Shortages(self.timing, self.pools, self.announcer, self._wake)
        self.targets = targets
        self.services: dict[Key, Service] = {}
        self.count_interrupted = True

    def now(self) -> float:
        """Virtual time in epoch seconds."""
        return self._world.clock.now()

    def changed(self, service: Service) -> None:
        """Somebody changed the service: note it, and look at it as soon as ECS would."""
        now = self.now()
        self.history.service(service.owner, now)
        for unit in service.units:
            self._wake(unit, now + self.timing.reaction)

    def set_desired_count(self, service: Service, count: int, principal: str) -> None:
        """Answer an UpdateService of ``principal`` (an ARN) that sets nothing but the desired count."""
        service.desired_count = count
        self.changed(service)
        self.history.update(service, "UpdateService", principal, forced=False, now=self.now())

    def deploy(self, service: Service, revision: Revision) -> Deployment:
        """Make a new PRIMARY deployment; the one before becomes ACTIVE until its tasks are gone."""
        now = self.now()
        deployment = Deployment(revision, now)
        service.revision = revision
        service.deployments.insert(0, deployment)
        service.steady_since = None
        for older in service.deployments[1:]:
            self._shortages.end(service, older)
        if service.controller == "ECS":
            self.announcer.deployment(service, deployment, "SERVICE_DEPLOYMENT_IN_PROGRESS", now)
        return deployment

    def set_capacity(self, key: PoolKey, capacity: int | None) -> None:
        """Limit a pool. Spot tasks beyond the new capacity get their notice; on-demand ones are never taken back."""
        pool = self.pools.get(key)
        pool.capacity = capacity
        self.history.capacity(key, capacity, self.now())
        if providers.look_up(*key[:3]).spot:
            self.interrupt(pool.over())
        self._shortages.offer(pool, self.now())

    def interrupt(self, victims: Iterable[tuple[Service, Task]]) -> None:
        """Give tasks the two-minute notice, those on EC2 by way of their instances."""
        now = self.now()
        for service, task in list(victims):
            self.history.interruption(service, now)
            provider = self._provider(service, task.provider)
            if provider.fargate:
                self.lifecycle.interrupt(service, task, now)
            else:
                self.lifecycle.lose_host(service, task, provider, now)
            self.changed(service)

    def fail_application(self, service: Service, how: Failure | None, task_definition: str | None) -> None:
        """Let the service's tasks fail from now on, those that run as well; None: no more."""
        self.lifecycle.applications.set(service.key, how, task_definition)
        for unit in service.units:
            for task in unit.tasks:
                self.lifecycle.doom(unit, task, self.now())
        self.changed(service)

    def stop_task(self, service: Service, task: Task, reason: str) -> None:
        """Stop a task because a user asked for it."""
        self._stop(service, [task], StopCode.USER, reason, self.now())
        self.changed(service)

    def delete(self, service: Service) -> None:
        """Drain the service; it is INACTIVE once its tasks have stopped."""
        for unit in service.units:
            unit.status = "DRAINING" if unit.all_tasks else "INACTIVE"
            unit.desired_count = 0
            for deployment in unit.deployments:
                self._shortages.end(unit, deployment)
        service.task_sets[:] = [unit for unit in service.task_sets if unit.status == "DRAINING"]
        self.changed(service)

    def delete_task_set(self, service: Service) -> None:
        """Drain a task set; it is gone once its tasks have stopped."""
        service.status = "DRAINING"
        for deployment in service.deployments:
            self._shortages.end(service, deployment)
        self.changed(service)

    def _wake(self, service: Service, when: float) -> None:
        timer = service.timer
        if timer is not None:
            if timer.when <= when + EPSILON:
                return
            timer.cancel()
        service.timer = self._world.clock.call_at(when, partial(self._run, service), name=f"scheduler of {service.arn}")

    def _run(self, service: Service) -> None:
        with self._world.lock:
            service.timer = None
            now = service.looked_at = self.now()
            self.lifecycle.step(service, now)
            self._reconcile(service, now)
            self.history.service(service.owner, now)
            due = self._next_due(service)
            if due is not None:
                self._wake(service, max(due, now))

    def _reconcile(self, service: Service, now: float) -> None:
        if service.status == "INACTIVE":
            return
        if not service.scheduled:
            if service.status == "DRAINING" and not service.task_sets:
                service.status = "INACTIVE"
            return
        self._trip_breaker(service, now)
        rollout.note_whole(service, now)
        leaving = rollout.surplus(service, now)
        reason = f"Scaling activity initiated by (deployment {service.primary.id})"
        self._stop(service, leaving, StopCode.SCHEDULER, reason, now)
        if service.status == "DRAINING":
            service.status = "DRAINING" if service.tasks else "INACTIVE"
            self._drop(service, now)
            return
        self._start_missing(service, now)
        for deployment in rollout.drained(service):
            service.deployments.remove(deployment)
        self._judge(service, now)

    def _drop(self, service: Service, now: float) -> None:
        """Take a task set that has drained from its service."""
        if service.status == "INACTIVE" and service.owner is not service:
            service.owner.task_sets.remove(service)
            self._wake(service.owner, now)

    def _stop(self, service: Service, tasks: list[Task], code: StopCode, reason: str, now: float) -> None:
        running = [task for task in tasks if task.started_at is not None]
        for task in tasks:
            self.lifecycle.stop(service, task, code, reason, now)
        if running:
            self.announcer.tasks_stopped(service, running, now)
        for provider in {task.provider for task in tasks}:
            self._shortages.offer(self.pools.of(service, provider), now)

    def _start_missing(self, service: Service, now: float) -> None:
        primary = service.primary
        if primary.rollout is Rollout.FAILED or primary.place_after > now + EPSILON:
            return
        started = [
            task for task in service.tasks if not task.placed and task.wanted and self._settle(service, task, now)
        ]
        refused: dict[str, Provider] = {}
        no_interface = self.lifecycle.applications.of(service, primary.revision.task.arn) is Failure.ENI
        for name in rollout.missing(service):
            provider = self._provider(service, name)
            blocked = no_interface and not provider.fargate
            if blocked or (not provider.waits and not self.pools.of(service, name).room):
                refused[name] = provider
                continue
            task = self.lifecycle.create(service, name, now)
            if self._settle(service, task, now):
                started.append(task)
        if started:
            self.announcer.tasks_started(service, started, now)
        for provider in refused.values():
            self._shortages.note(service, provider, now, "ENI" if no_interface else "CPU")
        self._shortages.wait(service, set(refused) | {task.provider for task in service.tasks if not task.placed})

    def _provider(self, service: Service, name: str) -> Provider:
        return providers.look_up(service.key.account, service.key.region, name)

    def _settle(self, service: Service, task: Task, now: float) -> bool:
        """Place the task if its pool has room; one of an Auto Scaling group waits in PROVISIONING otherwise."""
        if not self.pools.of(service, task.provider).room:
            return False
        self.lifecycle.place(service, task, now)
        return True

    def _trip_breaker(self, service: Service, now: float) -> None:
        if not breaker.trips(service):
            return
        failed, back_to = service.primary, breaker.fail(service, now)
        self.announcer.deployment(service, failed, "SERVICE_DEPLOYMENT_FAILED", now)
        if back_to is None:
            return
        self._shortages.end(service, failed)
        service.steady_since = None
        breaker.reinstate(service, back_to, now)
        self.announcer.rolls_back(service, back_to, now)

    def _judge(self, service: Service, now: float) -> None:
        primary = service.primary
        if not rollout.complete(service):
            service.steady_since = None
            return
        if primary.rollout is Rollout.IN_PROGRESS:
            primary.rollout, primary.updated_at = Rollout.COMPLETED, now
            primary.reason = f"ECS deployment {primary.id} completed."
            service.last_completed = primary
            if service.controller == "ECS":
                self.announcer.deployment(service, primary, "SERVICE_DEPLOYMENT_COMPLETED", now)
        repeat = service.steady_told_at + self.timing.steady_state_repeat <= now + EPSILON
        if service.steady_since is None or repeat:
            service.steady_since = service.steady_since or now
            service.steady_told_at = now
            self.announcer.steady(service, now)

    def _next_due(self, service: Service) -> float | None:
        due = [task.due for task in service.tasks if task.due is not None]
        if service.status == "ACTIVE":
            primary = service.primary
            if service.steady_since is not None:
                due.append(service.steady_told_at + self.timing.steady_state_repeat)
            if service.rolling.native and len(service.deployments) > 1:
                shifted = rollout.shift_end(service)
                due += [shifted] if shifted is not None and shifted > self.now() + EPSILON else []
            if primary.place_after > self.now() + EPSILON:
                due += [primary.place_after] if rollout.missing(service) else []
            elif primary.rollout is not Rollout.FAILED:
                due += self._shortages.next_due(primary)
        return min(due, default=None)
