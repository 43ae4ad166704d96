"""Clusters, where moto's answers differ from ECS's."""

from __future__ import annotations

from typing import Any

from moto.ecs.models import Cluster

from local_aws.ecs import shapes, strategy
from local_aws.ecs.call import Call
from local_aws.ecs.errors import (
    ClusterContainsServicesError,
    ClusterNotFoundError,
    InvalidParameterError,
    ResourceInUseError,
)
from local_aws.ecs.service_queries import LIST_PAGE, page
from local_aws.ecs.validation import check_strategy


def existing(call: Call) -> Cluster | None:
    """The ACTIVE cluster that CreateCluster names: ECS answers with it and changes nothing."""
    cluster = call.backend.clusters.get(call.get("clusterName") or "default")
    return cluster if cluster is not None and cluster.status == "ACTIVE" else None


def check_providers(call: Call) -> None:
    """Refuse unknown providers, a default strategy that names others, and the removal of one that is in use."""
    providers = call.get("capacityProviders") or []
    for name in providers:
        if not call.provider_exists(name):
            raise InvalidParameterError(
                "The specified capacity provider was not found. Specify a valid capacity provider and try again."
            )
    check_strategy(strategy.parse(call.get("defaultCapacityProviderStrategy") or []), providers, call.provider_exists)
    if call.get("cluster") is None:
        return
    cluster = call.cluster()
    used = {
        item.provider
        for service in call.services_in(cluster.name)
        if service.status != "INACTIVE"
        for unit in service.units
        for deployment in unit.deployments
        for item in deployment.revision.strategy
    }
    if used & (set(cluster.capacity_providers or []) - set(providers)):
        raise ResourceInUseError


def check_deletable(call: Call) -> None:
    """A cluster with services is not deleted."""
    if call.backend.clusters.get(call.name_in(call.get("cluster", ""), "cluster")) is None:
        raise ClusterNotFoundError
    if any(service.status != "INACTIVE" for service in call.services_in(call.cluster().name)):
        raise ClusterContainsServicesError


def check_identifiers(call: Call) -> None:
    """ARNs of clusters must be of this account and Region."""
    for name in call.get("clusters") or []:
        call.name_in(name, "cluster")


def count(call: Call, cluster: Cluster) -> None:
    """Bring the cluster's counters up to date: tasks of services and those that were run alone."""
    services = [service for service in call.services_in(cluster.name) if service.status != "INACTIVE"]
    alone = call.backend.tasks.get(cluster.name, {}).values()
    counted = call.scheduler.count_interrupted
    cluster.active_services_count = len(services)
    cluster.running_tasks_count = sum(task.last_status == "RUNNING" for task in alone)
    cluster.pending_tasks_count = sum(task.last_status in {"PROVISIONING", "PENDING"} for task in alone)
    for service in services:
        cluster.running_tasks_count += shapes.running(service.all_tasks, count_interrupted=counted)
        cluster.pending_tasks_count += shapes.pending(service.all_tasks)


def list_clusters(call: Call) -> dict[str, Any]:
    """The ARNs of the ACTIVE clusters."""
    arns = [cluster.arn for cluster in call.backend.clusters.values() if cluster.status == "ACTIVE"]
    return page(call, "clusterArns", sorted(arns), LIST_PAGE)
