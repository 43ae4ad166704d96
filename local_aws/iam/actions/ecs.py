"""ECS: resources and condition keys of its actions (Service Authorization Reference, Amazon ECS)."""

from __future__ import annotations

from local_aws.iam.actions import task_sets
from local_aws.iam.actions.ecs_names import cluster_arn, named_cluster_arn, within_cluster
from local_aws.iam.actions.rows import Call, Context, Table, row, tag_keys, unrestricted


def _named_service(call: Call) -> list[str]:
    return [within_cluster(call, "service", call.text("service"))]


def _new_service(call: Call) -> list[str]:
    return [within_cluster(call, "service", call.text("serviceName"))]


def _listed_services(call: Call) -> list[str]:
    return [within_cluster(call, "service", name) for name in call.params.get("services") or []]


def _listed_tasks(call: Call) -> list[str]:
    return [within_cluster(call, "task", name) for name in call.params.get("tasks") or []]


def _task(call: Call) -> list[str]:
    return [within_cluster(call, "task", call.text("task"))]


def _named_cluster(call: Call) -> list[str]:
    return [named_cluster_arn(call)]


def _listed_clusters(call: Call) -> list[str]:
    return [cluster_arn(call, name) for name in call.params.get("clusters") or ["default"]]


def _tagged(call: Call) -> list[str]:
    return [call.text("resourceArn")]


def _in_cluster(call: Call) -> Context:
    return {"ecs:cluster": (named_cluster_arn(call),)}


def _service_change(call: Call) -> Context:
    keys: dict[str, tuple[str, ...]] = {"ecs:cluster": (named_cluster_arn(call),), **tag_keys(call)}
    if strategy := call.params.get("capacityProviderStrategy"):
        keys["ecs:capacity-provider"] = tuple(str(item.get("capacityProvider")) for item in strategy)
    if definition := call.text("taskDefinition"):
        keys["ecs:task-definition"] = (
            definition if definition.startswith("arn:") else call.arn(f"task-definition/{definition}"),
        )
    if (exec_enabled := call.params.get("enableExecuteCommand")) is not None:
        keys["ecs:enable-execute-command"] = (str(bool(exec_enabled)).lower(),)
    return keys


ECS: Table = {
    "CreateService": row(_new_service, _service_change),
    "DeleteService": row(_named_service, _in_cluster),
    "DescribeClusters": row(_listed_clusters),
    "DescribeServices": row(_listed_services, _in_cluster),
    "DescribeTaskDefinition": row(unrestricted),
    "DescribeTasks": row(_listed_tasks, _in_cluster),
    "ListClusters": row(unrestricted),
    "ListServiceDeployments": row(_named_service, _in_cluster),
    "ListServices": row(unrestricted, _in_cluster),
    "ListTagsForResource": row(_tagged),
    "ListTasks": row(unrestricted, _in_cluster),
    "PutClusterCapacityProviders": row(_named_cluster),
    **task_sets.ROWS,
    "StopTask": row(_task, _in_cluster),
    "TagResource": row(_tagged, tag_keys),
    "UntagResource": row(_tagged),
    "UpdateService": row(_named_service, _service_change),
}
