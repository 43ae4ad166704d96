"""One API request to ECS: who asks, where, for what, and what moto knows there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from moto.ecs.models import Cluster, EC2ContainerServiceBackend, TaskDefinition
from moto.ecs.responses import EC2ContainerServiceResponse

from local_aws.ecs.errors import ClientError, ClusterNotFoundError, ServiceNotFoundError
from local_aws.ecs.principals import principal_arn
from local_aws.ecs.scheduler import Scheduler
from local_aws.ecs.service import Key, Service
from local_aws.ecs.strategy import FARGATE_PROVIDERS
from local_aws.ecs.validation import path_of, short_name


@dataclass(frozen=True)
class Call:
    """A request with its parsed parameters; ``backend`` is moto's for the account and Region."""

    scheduler: Scheduler
    backend: EC2ContainerServiceBackend
    account: str
    region: str
    access_key: str
    params: dict[str, Any]

    @classmethod
    def of(cls, response: EC2ContainerServiceResponse, scheduler: Scheduler) -> Call:
        """The call that moto is about to answer."""
        backend = response.ecs_backend
        params = {name: value for name, value in response._get_params().items() if value is not None}
        key = response.get_access_key()
        return cls(scheduler, backend, response.current_account, response.region, key, params)

    def get(self, name: str, default: Any = None) -> Any:
        """A parameter of the request."""
        return self.params.get(name, default)

    @property
    def principal(self) -> str:
        """The ARN of who makes the request."""
        return principal_arn(self.access_key, self.account)

    def name_in(self, identifier: str, kind: str) -> str:
        """The last part of a name or ARN; an ARN must be of this account and Region."""
        return short_name(identifier, kind, self.account, self.region)

    def cluster(self) -> Cluster:
        """The cluster of the request, ``default`` if it names none. A deleted one is as good as none."""
        name = self.name_in(self.get("cluster") or "default", "cluster")
        cluster = self.backend.clusters.get(name)
        if cluster is None:
            raise ClusterNotFoundError
        if cluster.status != "ACTIVE":
            raise ClusterNotFoundError("The referenced cluster was inactive.")
        return cluster

    def find(self, cluster: Cluster, identifier: str) -> Service | None:
        """The service of that name or ARN in the cluster."""
        parts = path_of(identifier, "service", self.account, self.region)
        if len(parts) > 1 and parts[-2] != cluster.name:
            return None
        return self.scheduler.services.get(Key(self.account, self.region, cluster.name, parts[-1]))

    def service(self) -> Service:
        """The service that the request is about."""
        service = self.find(self.cluster(), self.get("service", ""))
        if service is None:
            raise ServiceNotFoundError
        return service

    def services_in(self, cluster: str) -> Iterator[Service]:
        """The services of a cluster, in the order of their making."""
        for key, service in self.scheduler.services.items():
            if (key.account, key.region, key.cluster) == (self.account, self.region, cluster):
                yield service

    def provider_exists(self, name: str) -> bool:
        """Whether there is a capacity provider of that name here."""
        return name in FARGATE_PROVIDERS or name in self.backend.capacity_providers

    def task_definition(self, identifier: str) -> TaskDefinition:
        """An ACTIVE task definition: family, family:revision or ARN."""
        name = self.name_in(identifier, "task-definition")
        family, _, revision = name.partition(":")
        known = self.backend.task_definitions.get(family, {})
        if not revision:
            active = [number for number, item in known.items() if item.status == "ACTIVE"]
            found = known[max(active)] if active else None
        else:
            found = known.get(int(revision)) if revision.isdigit() else None
        if found is None:
            raise ClientError("TaskDefinition not found.")
        if found.status != "ACTIVE":
            raise ClientError("TaskDefinition is inactive")
        return found
