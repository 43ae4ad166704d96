"""The service scheduler: brings every service's tasks to what its PRIMARY deployment wants, driven by the clock.

A service is looked at when something about it changes or falls due, never by polling: a steady one costs nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import partial

from local_aws.ecs import rollout
from local_aws.ecs.announce import Announcer
from local_aws.ecs.history import History
from local_aws.ecs.lifecycle import EPSILON, Lifecycle
from local_aws.ecs.pools import Pool, Pools
from local_aws.ecs.service import Deployment, Key, Revision, Rollout, Service, Shortage
from local_aws.ecs.strategy import FARGATE_PROVIDERS
from local_aws.ecs.task import StopCode, Task
from local_aws.ecs.timing import Timing
from local_aws.world import World

ON_DEMAND = "FARGATE"


class Scheduler:
    """All services of all accounts. Callers hold ``World.lock``; timers take it themselves.

    ``count_interrupted`` tells whether ``runningCount`` has tasks between their Spot notice and their end.
    """

    def __init__(self, world: World, timing: Timing | None = None) -> None:
        self._world = world
        self.timing = timing or Timing()
        self.announcer = Announcer(world)
        self.pools = Pools()
        self.history = History()
        self.lifecycle = Lifecycle(self.timing, self.pools, self.announcer)
        self.services: dict[Key, Service] = {}
        self.count_interrupted = True

    def now(self) -> float:
        """Virtual time in epoch seconds."""
        return self._world.clock.now()

    def changed(self, service: Service) -> None:
        """Somebody changed the service: note it, and look at it as soon as ECS would."""
        now = self.now()
        self.history.service(service, now)
        self._wake(service, now + self.timing.reaction)

    def deploy(self, service: Service, revision: Revision) -> Deployment:
        """Make a new PRIMARY deployment; the one before becomes ACTIVE until its tasks are gone."""
        now = self.now()
        deployment = Deployment(revision, now)
        service.revision = revision
        service.deployments.insert(0, deployment)
        service.steady_since = None
        for older in service.deployments[1:]:
            self._end_shortages(service, older)
        if service.controller == "ECS":
            self.announcer.deployment(service, deployment, "SERVICE_DEPLOYMENT_IN_PROGRESS", now)
        return deployment

    def set_capacity(self, account: str, region: str, provider: str, capacity: int | None) -> None:
        """Limit a pool. Tasks beyond the new capacity get their notice; on-demand ones are never taken back."""
        pool = self.pools.get(account, region, provider)
        pool.capacity = capacity
        self.history.capacity(account, region, provider, capacity, self.now())
        if provider != ON_DEMAND:
            self.interrupt(pool.over())
        self._offer(pool)

    def interrupt(self, victims: Iterable[tuple[Service, Task]]) -> None:
        """Give tasks the two-minute notice."""
        now = self.now()
        for service, task in list(victims):
            self.lifecycle.interrupt(service, task, now)
            self.changed(service)

    def stop_task(self, service: Service, task: Task, reason: str) -> None:
        """Stop a task because a user asked for it."""
        self._stop(service, [task], StopCode.USER, reason, self.now())
        self.changed(service)

    def delete(self, service: Service) -> None:
        """Drain the service; it is INACTIVE once its tasks have stopped."""
        service.status = "DRAINING" if service.tasks else "INACTIVE"
        service.desired_count = 0
        for deployment in service.deployments:
            self._end_shortages(service, deployment)
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
            now = self.now()
            self.lifecycle.step(service, now)
            self._reconcile(service, now)
            self.history.service(service, now)
            due = self._next_due(service)
            if due is not None:
                self._wake(service, max(due, now))

    def _reconcile(self, service: Service, now: float) -> None:
        if service.status == "INACTIVE":
            return
        self._trip_breaker(service, now)
        leaving = rollout.surplus(service)
        reason = f"Scaling activity initiated by (deployment {service.primary.id})"
        self._stop(service, leaving, StopCode.SCHEDULER, reason, now)
        if service.status == "DRAINING":
            service.status = "DRAINING" if service.tasks else "INACTIVE"
            return
        self._start_missing(service, now)
        for deployment in rollout.drained(service):
            service.deployments.remove(deployment)
        self._judge(service, now)

    def _stop(self, service: Service, tasks: list[Task], code: StopCode, reason: str, now: float) -> None:
        running = [task for task in tasks if task.started_at is not None]
        for task in tasks:
            self.lifecycle.stop(service, task, code, reason, now)
        if running:
            self.announcer.tasks_stopped(service, running, now)
        for provider in {task.provider for task in tasks}:
            self._offer(self.pools.of(service, provider))

    def _start_missing(self, service: Service, now: float) -> None:
        primary = service.primary
        if primary.rollout is Rollout.FAILED or primary.place_after > now + EPSILON:
            return
        started = [
            task for task in service.tasks if not task.placed and task.wanted and self._settle(service, task, now)
        ]
        refused: set[str] = set()
        for provider in rollout.missing(service):
            if provider in FARGATE_PROVIDERS and not self.pools.of(service, provider).room:
                refused.add(provider)
                continue
            task = self.lifecycle.create(service, provider, now)
            if self._settle(service, task, now):
                started.append(task)
        if started:
            self.announcer.tasks_started(service, started, now)
        for provider in refused:
            self._short_of(service, provider, now)
        waiting = refused | {task.provider for task in service.tasks if not task.placed}
        for provider in ({task.provider for task in started} | set(primary.shortages)) - waiting:
            primary.shortages.pop(provider, None)
            self.pools.of(service, provider).waiting.pop(service.arn, None)
        for provider in waiting:
            self.pools.of(service, provider).waiting[service.arn] = service

    def _settle(self, service: Service, task: Task, now: float) -> bool:
        """Place the task if its pool has room; one of an Auto Scaling group waits in PROVISIONING otherwise."""
        if not self.pools.of(service, task.provider).room:
            return False
        self.lifecycle.place(service, task, now)
        return True

    def _short_of(self, service: Service, provider: str, now: float) -> None:
        shortage = service.primary.shortages.get(provider)
        if shortage is None:
            service.primary.shortages[provider] = Shortage(now, now)
        elif shortage.told_at + self.timing.placement_retell <= now + EPSILON:
            shortage.told_at = now
        else:
            return
        self.announcer.placement_failed(service, provider, now)

    def _offer(self, pool: Pool) -> None:
        """Let those who wait for the pool try again, each at its own next retry."""
        if not pool.room:
            return
        now = self.now()
        for service in list(pool.waiting.values()):
            since = min((item.since for item in service.primary.shortages.values()), default=now)
            retries = math.floor((now - since) / self.timing.placement_retry) + 1
            self._wake(service, since + retries * self.timing.placement_retry)

    def _end_shortages(self, service: Service, deployment: Deployment) -> None:
        deployment.shortages.clear()
        providers = {item.provider for item in deployment.revision.strategy} | {task.provider for task in service.tasks}
        for provider in providers:
            self.pools.of(service, provider).waiting.pop(service.arn, None)

    def _trip_breaker(self, service: Service, now: float) -> None:
        primary, rolling = service.primary, service.rolling
        if primary.rollout is not Rollout.IN_PROGRESS or not rolling.breaker or service.controller != "ECS":
            return
        if primary.failed_tasks < rollout.breaker_threshold(service.target):
            return
        primary.rollout, primary.updated_at = Rollout.FAILED, now
        primary.reason = "ECS deployment circuit breaker: tasks failed to start."
        back_to = service.last_completed
        if rolling.rollback and back_to is not None:
            primary.reason = f"ECS deployment circuit breaker: rolling back to deploymentId {back_to.id}."
        self.announcer.deployment(service, primary, "SERVICE_DEPLOYMENT_FAILED", now)
        if rolling.rollback and back_to is not None:
            self._roll_back(service, back_to, now)

    def _roll_back(self, service: Service, back_to: Deployment, now: float) -> None:
        """Make the last completed deployment PRIMARY again, with the tasks it still has; a new one if it is gone."""
        if back_to not in service.deployments:
            self.deploy(service, back_to.revision)
            return
        self._end_shortages(service, service.primary)
        service.deployments.remove(back_to)
        service.deployments.insert(0, back_to)
        service.revision = back_to.revision
        back_to.rollout, back_to.updated_at = Rollout.IN_PROGRESS, now
        back_to.reason = f"ECS deployment {back_to.id} in progress."
        self.announcer.deployment(service, back_to, "SERVICE_DEPLOYMENT_IN_PROGRESS", now)

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
            if primary.place_after > self.now() + EPSILON:
                due += [primary.place_after] if rollout.missing(service) else []
            elif primary.rollout is not Rollout.FAILED:
                due += [item.told_at + self.timing.placement_retell for item in primary.shortages.values()]
        return min(due, default=None)
