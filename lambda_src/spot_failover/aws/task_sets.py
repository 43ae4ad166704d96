"""Services with the EXTERNAL deployment controller and their task sets, in the function's own account and Region."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from spot_failover.aws.errors import Call, translated
from spot_failover.core.errors import GoneError, RefusedError, TransientError
from spot_failover.core.service_key import ServiceKey
from spot_failover.core.strategy import Strategy
from spot_failover.core.task_set import Blueprint, ExternalService, TaskSet

_NO_SUCH_TASK_SET = "TaskSetNotFoundException"


class EcsTaskSets:
    """The port `TaskSets` on the ECS API. Every call may be repeated: `create` by its token, the others by nature."""

    def __init__(self, ecs: Any) -> None:
        self._ecs = ecs

    def service(self, key: ServiceKey) -> ExternalService | None:
        """See `TaskSets.service`."""
        try:
            with translated(Call("ecs:DescribeServices", str(key))):
                answer = self._ecs.describe_services(cluster=key.cluster, services=[key.service])
        except GoneError:
            return None
        for failure in answer.get("failures") or ():
            if failure.get("reason") != "MISSING":
                raise TransientError(f"ecs:DescribeServices for {key}: {failure}. Not told to be gone: asked again.")
        found = next((each for each in answer["services"] if each.get("status") == "ACTIVE"), None)
        return None if found is None else external_service(key, found)

    def create(self, key: ServiceKey, blueprint: Blueprint, token: str) -> str:
        """See `TaskSets.create`."""
        with translated(Call("ecs:CreateTaskSet", str(key))):
            answer = self._ecs.create_task_set(
                cluster=key.cluster,
                service=key.service,
                externalId=token,
                clientToken=token,
                scale={"value": 100.0, "unit": "PERCENT"},
                **_request(blueprint),
            )
        return str(answer["taskSet"]["id"])

    def scale(self, key: ServiceKey, task_set: str, percent: float) -> None:
        """See `TaskSets.scale`."""
        with translated(Call("ecs:UpdateTaskSet", f"task set {task_set} of {key}")):
            self._ecs.update_task_set(
                cluster=key.cluster,
                service=key.service,
                taskSet=task_set,
                scale={"value": percent, "unit": "PERCENT"},
            )

    def make_primary(self, key: ServiceKey, task_set: str) -> None:
        """See `TaskSets.make_primary`."""
        with translated(Call("ecs:UpdateServicePrimaryTaskSet", f"task set {task_set} of {key}")):
            self._ecs.update_service_primary_task_set(cluster=key.cluster, service=key.service, primaryTaskSet=task_set)

    def delete(self, key: ServiceKey, task_set: str) -> None:
        """See `TaskSets.delete`. Forced: what the new task set of a failed execution runs is of no use."""
        try:
            with translated(Call("ecs:DeleteTaskSet", f"task set {task_set} of {key}")):
                self._ecs.delete_task_set(cluster=key.cluster, service=key.service, taskSet=task_set, force=True)
        except RefusedError as error:
            if _NO_SUCH_TASK_SET not in str(error):
                raise


def external_service(key: ServiceKey, service: Mapping[str, Any]) -> ExternalService:
    """A service from the ECS API's `Service`. A deleted task set is DRAINING until its tasks have ended."""
    found = [each for each in service.get("taskSets") or () if each.get("status") != "DRAINING"]
    return ExternalService(
        key=key,
        controller=str((service.get("deploymentController") or {}).get("type") or "ECS"),
        desired=int(service.get("desiredCount", 0)),
        task_sets=tuple(_task_set(each) for each in found),
    )


def _task_set(described: Mapping[str, Any]) -> TaskSet:
    return TaskSet(
        id=str(described["id"]),
        status=str(described.get("status", "")),
        external_id=str(described.get("externalId") or ""),
        scale=float((described.get("scale") or {}).get("value", 0)),
        desired=int(described.get("computedDesiredCount", 0)),
        running=int(described.get("runningCount", 0)),
        pending=int(described.get("pendingCount", 0)),
        steady=described.get("stabilityStatus") == "STEADY_STATE",
        target_groups=tuple(str(each.get("targetGroupArn")) for each in described.get("loadBalancers") or ()),
        blueprint=_blueprint(described),
    )


def _blueprint(described: Mapping[str, Any]) -> Blueprint:
    network = (described.get("networkConfiguration") or {}).get("awsvpcConfiguration") or {}
    balancer: Mapping[str, Any] = next(iter(described.get("loadBalancers") or ()), {})
    strategy = Strategy.from_api(described.get("capacityProviderStrategy"))
    return Blueprint(
        task_definition=str(described.get("taskDefinition", "")),
        strategy=strategy,
        launch_type="" if strategy else str(described.get("launchType") or ""),
        platform_version=str(described.get("platformVersion") or ""),
        subnets=tuple(network.get("subnets") or ()),
        security_groups=tuple(network.get("securityGroups") or ()),
        assign_public_ip=network.get("assignPublicIp") == "ENABLED",
        target_group=str(balancer.get("targetGroupArn") or ""),
        container=str(balancer.get("containerName") or ""),
        port=int(balancer.get("containerPort") or 0),
        registries=tuple(tuple(sorted(each.items())) for each in described.get("serviceRegistries") or ()),
    )


def _request(blueprint: Blueprint) -> dict[str, Any]:
    """The parameters of CreateTaskSet. Strategy and launch type exclude each other; bridge mode has no network."""
    request: dict[str, Any] = {
        "taskDefinition": blueprint.task_definition,
        "loadBalancers": [
            {
                "targetGroupArn": blueprint.target_group,
                "containerName": blueprint.container,
                "containerPort": blueprint.port,
            }
        ],
    }
    if blueprint.strategy:
        request["capacityProviderStrategy"] = blueprint.strategy.to_api()
    elif blueprint.launch_type:
        request["launchType"] = blueprint.launch_type
    if blueprint.platform_version:
        request["platformVersion"] = blueprint.platform_version
    if blueprint.subnets:
        request["networkConfiguration"] = {
            "awsvpcConfiguration": {
                "subnets": list(blueprint.subnets),
                "securityGroups": list(blueprint.security_groups),
                "assignPublicIp": "ENABLED" if blueprint.assign_public_ip else "DISABLED",
            }
        }
    if blueprint.registries:
        request["serviceRegistries"] = [dict(each) for each in blueprint.registries]
    return request
