"""Stands before ECS's own operations: quotas, and reads that see services as they were.

ECS's API is eventually consistent: what one call has changed need not be seen by the next (Amazon ECS API Reference).
"""

from __future__ import annotations

import copy
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from moto.core.responses import ActionResult
from moto.ecs.responses import EC2ContainerServiceResponse

from local_aws.chaos.past import Past, Staleness
from local_aws.chaos.quotas import Quotas
from local_aws.ecs import Scheduler
from local_aws.ecs.call import Call
from local_aws.ecs.service import Key, Service
from local_aws.ecs.validation import path_of
from local_aws.world import World

WRITES = (
    "create_service", "update_service", "delete_service", "create_task_set", "update_task_set", "delete_task_set",
    "update_service_primary_task_set",
)  # fmt: skip
READS = ("describe_services", "describe_task_sets", "list_services", "list_tasks")

Original = Callable[[EC2ContainerServiceResponse], ActionResult]


class EcsFront:
    """Lays itself over the operations of ``scheduler``, which must be attached already."""

    def __init__(self, world: World, scheduler: Scheduler, quotas: Quotas, staleness: Staleness) -> None:
        self._world = world
        self._scheduler = scheduler
        self._quotas = quotas
        self._past: Past[Key, Service] = Past(staleness, world.clock.now)

    def install(self) -> None:
        """Replace the operations of this process's ECS."""
        for name in WRITES:
            self._replace(name, self._write)
        for name in READS:
            self._replace(name, self._read)
        self._scheduler.set_desired_count = partial(  # type: ignore[method-assign]
            self._set_desired_count, self._scheduler.set_desired_count
        )

    def _replace(self, name: str, operation: Callable[[Original, EC2ContainerServiceResponse], ActionResult]) -> None:
        original: Original = getattr(EC2ContainerServiceResponse, name)

        def method(response: EC2ContainerServiceResponse) -> ActionResult:
            with self._world.lock:
                account, region = response.current_account, response.region
                self._quotas.check(account, region, name, self._world.clock.now())
                return operation(original, response)

        method.__name__ = name
        setattr(EC2ContainerServiceResponse, name, method)

    def _write(self, original: Original, response: EC2ContainerServiceResponse) -> ActionResult:
        key = _key(Call.of(response, self._scheduler))
        service = self._scheduler.services.get(key)
        before = None if service is None else _as_it_is(service)
        answer = original(response)
        self._past.remember(key, before)
        return answer

    def _set_desired_count(
        self, original: Callable[[Service, int, str], None], service: Service, count: int, principal: str
    ) -> None:
        """Application Auto Scaling's UpdateService counts like everybody's of the account."""
        key = service.key
        self._quotas.check(key.account, key.region, "update_service", self._world.clock.now())
        self._past.remember(key, _as_it_is(service))
        original(service, count, principal)

    def _read(self, original: Original, response: EC2ContainerServiceResponse) -> ActionResult:
        with self._looking_back():
            return original(response)

    @contextmanager
    def _looking_back(self) -> Iterator[None]:
        """Let the scheduler have the services of the past, for the one who holds the lock."""
        present = self._scheduler.services
        past = self._past.seen()
        known = {**present, **{key: service for key, service in past.items() if service is not None}}
        self._scheduler.services = {key: service for key, service in known.items() if past.get(key, service)}
        try:
            yield
        finally:
            self._scheduler.services = present


def _key(call: Call) -> Key:
    """The service that a write is about."""
    cluster = call.name_in(call.get("cluster") or "default", "cluster")
    name = path_of(call.get("serviceName") or call.get("service", ""), "service", call.account, call.region)[-1]
    return Key(call.account, call.region, cluster, name)


def _as_it_is(service: Service) -> Service:
    """A copy that stays as it is while the service goes on."""
    still = copy.copy(service)
    still.tags, still.settings = copy.deepcopy(service.tags), dict(service.settings)
    still.deployments = [copy.copy(deployment) for deployment in service.deployments]
    still.tasks = [copy.copy(task) for task in service.tasks]
    still.stopped = deque(copy.copy(task) for task in service.stopped)
    still.messages = deque(service.messages, maxlen=service.messages.maxlen)
    still.task_sets = [_as_it_is(unit) for unit in service.task_sets]
    for unit in still.task_sets:
        unit.parent = still
    return still
