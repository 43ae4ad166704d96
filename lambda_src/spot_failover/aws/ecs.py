"""ECS services in workload accounts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from spot_failover.aws.clients import ONCE_TAKES, WorkloadClients
from spot_failover.aws.ecs_model import gave_up_waiting, live_service, task
from spot_failover.aws.turns import Turns
from spot_failover.core.errors import BusyError, GoneError, SessionExpiredError, TransientError, UnclearError
from spot_failover.core.service import LiveService
from spot_failover.core.service_key import ServiceKey
from spot_failover.core.strategy import Strategy
from spot_failover.core.task import PROVISIONING, Task, waiting

PAGE = 10
"""Services that one DescribeServices call takes (ECS API reference)."""
LISTED = 100
"""Tasks, clusters or services that one list or describe call takes (ECS API reference)."""
FARGATE = frozenset({"FARGATE", "FARGATE_SPOT", ""})
"""Providers without instances: their tasks do not wait for one, and those of a launch type wait for nobody."""
MAX_RETRIES = 3
"""Retries of a throttled change inside an invocation; after that it is left to the queue or the next tick."""


class EcsServices:
    """The port `Services` on the ECS API. Answers are never older than the call: nothing is cached here."""

    def __init__(
        self, clients: WorkloadClients, *, sleep: Callable[[float], None], chance: Callable[[], float]
    ) -> None:
        self._clients = clients
        self._sleep = sleep
        self._chance = chance
        self._turns = Turns(clients.now, sleep)

    def describe(self, keys: Sequence[ServiceKey]) -> Mapping[ServiceKey, LiveService | None]:
        """See `Services.describe`."""
        clusters: defaultdict[tuple[str, str, str], list[ServiceKey]] = defaultdict(list)
        for key in keys:
            clusters[key.account, key.region, key.cluster].append(key)
        found: dict[ServiceKey, LiveService | None] = dict.fromkeys(keys)
        for group in clusters.values():
            for page in _pages(group):
                found |= self._describe_page(page)
        return found

    def attached_providers(self, key: ServiceKey) -> frozenset[str]:
        """See `Services.attached_providers`."""
        ecs = self._clients.ecs(key.account, key.region, retried=True)
        with self._clients.calling("ecs:DescribeClusters", key):
            clusters = ecs.describe_clusters(clusters=[key.cluster])["clusters"]
        return frozenset(provider for cluster in clusters for provider in cluster.get("capacityProviders") or ())

    def intended_tasks(self, key: ServiceKey, deployment_id: str | None) -> int:
        """See `Services.intended_tasks`.

        ListTasks with the desired status RUNNING leaves out a task that got the interruption notice: its desired status
        is STOPPED from then on. Service tasks carry their deployment's id in `startedBy`; a request that filters by it
        may filter by nothing else, and has RUNNING as its default (ECS API reference, ListTasks, Task).
        """
        ecs = self._clients.ecs(key.account, key.region, retried=True)
        wanted = {"serviceName": key.service, "desiredStatus": "RUNNING"}
        if deployment_id is not None:
            wanted = {"startedBy": deployment_id}
        with self._clients.calling("ecs:ListTasks", key):
            pages = ecs.get_paginator("list_tasks").paginate(cluster=key.cluster, **wanted)
            return sum(len(page["taskArns"]) for page in pages)

    def tasks(self, key: ServiceKey) -> tuple[Task, ...]:
        """See `Services.tasks`. A task that stops between the two calls is left out."""
        kept = [each for each in self._described_tasks(key, "RUNNING") if each.get("desiredStatus") == "RUNNING"]
        tasks = tuple(task(each) for each in kept)
        groups = {each.provider for each in tasks if each.last_status == PROVISIONING} - FARGATE
        if not groups:
            return tasks
        stopped = self._described_tasks(key, "STOPPED")
        return waiting(tasks, [task(each) for each in stopped if gave_up_waiting(each)])

    def _described_tasks(self, key: ServiceKey, desired_status: str) -> list[Mapping[str, Any]]:
        """The service's tasks of that desired status; ECS remembers stopped ones for about an hour."""
        ecs = self._clients.ecs(key.account, key.region, retried=True)
        with self._clients.calling("ecs:ListTasks", key):
            pages = ecs.get_paginator("list_tasks").paginate(
                cluster=key.cluster, serviceName=key.service, desiredStatus=desired_status
            )
            arns = [arn for page in pages for arn in page["taskArns"]]
        found: list[Mapping[str, Any]] = []
        for start in range(0, len(arns), LISTED):
            with self._clients.calling("ecs:DescribeTasks", key):
                found += ecs.describe_tasks(cluster=key.cluster, tasks=arns[start : start + LISTED])["tasks"]
        return found

    def clusters(self, account: str, region: str) -> Mapping[str, frozenset[str]]:
        """See `Services.clusters`."""
        everywhere = ServiceKey(account, region, "", "")
        ecs = self._clients.ecs(account, region, retried=True)
        found: dict[str, frozenset[str]] = {}
        with self._clients.calling("ecs:ListClusters", everywhere):
            arns = [arn for page in ecs.get_paginator("list_clusters").paginate() for arn in page["clusterArns"]]
        for start in range(0, len(arns), LISTED):
            with self._clients.calling("ecs:DescribeClusters", everywhere):
                answer = ecs.describe_clusters(clusters=arns[start : start + LISTED])
            for cluster in answer["clusters"]:
                found[cluster["clusterName"]] = frozenset(cluster.get("capacityProviders") or ())
        return found

    def names(self, account: str, region: str, cluster: str) -> list[ServiceKey]:
        """See `Services.names`; none where the cluster has gone meanwhile."""
        ecs = self._clients.ecs(account, region, retried=True)
        try:
            with self._clients.calling("ecs:ListServices", ServiceKey(account, region, cluster, "")):
                paginator = ecs.get_paginator("list_services")
                pages = paginator.paginate(cluster=cluster, PaginationConfig={"PageSize": LISTED})
                arns = [arn for page in pages for arn in page["serviceArns"]]
        except GoneError:
            return []
        return sorted(ServiceKey(account, region, cluster, arn.rpartition("/")[2]) for arn in arns)

    def switch(self, key: ServiceKey, strategy: Strategy, until: datetime) -> LiveService:
        """See `Services.switch`. Neither task definition nor desired count is sent: both are the owner's."""
        return self._update(key, {"capacityProviderStrategy": strategy.to_api(), "forceNewDeployment": True}, until)

    def redeploy(self, key: ServiceKey, until: datetime) -> LiveService:
        """See `Services.redeploy`."""
        return self._update(key, {"forceNewDeployment": True}, until)

    def set_desired(self, key: ServiceKey, count: int, until: datetime) -> LiveService:
        """See `Services.set_desired`. No deployment is forced."""
        return self._update(key, {"desiredCount": count}, until)

    def _describe_page(self, page: Sequence[ServiceKey]) -> dict[ServiceKey, LiveService | None]:
        first = page[0]
        names = {key.service: key for key in page}
        ecs = self._clients.ecs(first.account, first.region, retried=True)
        try:
            with self._clients.calling("ecs:DescribeServices", first):
                answer = ecs.describe_services(cluster=first.cluster, services=list(names), include=["TAGS"])
        except GoneError:
            return dict.fromkeys(page)
        for failure in answer.get("failures") or ():
            if failure.get("reason") != "MISSING":
                raise TransientError(f"ecs:DescribeServices for {first}: {failure}. Not told to be gone: asked again.")
        return {
            key: live_service(key, service)
            for service in answer["services"]
            if (key := names.get(service["serviceName"])) is not None
        }

    def _update(self, key: ServiceKey, change: Mapping[str, Any], until: datetime) -> LiveService:
        for attempt in range(MAX_RETRIES + 1):
            self._turns.wait(key.account, key.region)
            ecs = self._clients.ecs(key.account, key.region, retried=False)
            if self._clients.now() > until - ONCE_TAKES:
                # Whoever wrote, waited or slept for so long may not be the only one who calls.
                raise BusyError(
                    f"{key}: ecs:UpdateService is not called so late: the lease on it ends at {until.isoformat()}. "
                    "What is begun is finished by the next delivery or tick."
                )
            try:
                with self._clients.calling("ecs:UpdateService", key):
                    answer = ecs.update_service(cluster=key.cluster, service=key.service, **change)
            except UnclearError:
                raise
            except TransientError as error:
                if not isinstance(error, SessionExpiredError):
                    self._turns.refused(key.account, key.region)
                if attempt == MAX_RETRIES:
                    raise
                self._sleep(2**attempt * (0.5 + self._chance() / 2))
            else:
                return live_service(key, answer["service"])
        raise AssertionError("unreachable: the last attempt returns or raises")


def _pages(keys: Sequence[ServiceKey]) -> Iterator[Sequence[ServiceKey]]:
    for start in range(0, len(keys), PAGE):
        yield keys[start : start + PAGE]
