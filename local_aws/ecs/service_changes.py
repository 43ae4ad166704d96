"""CreateService, UpdateService and DeleteService."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from moto.ecs.models import Cluster, TaskDefinition

from local_aws.ecs import shapes, strategy
from local_aws.ecs.balancing import check_load_balancers
from local_aws.ecs.call import Call
from local_aws.ecs.errors import InvalidParameterError, ServiceNotActiveError, ServiceNotFoundError
from local_aws.ecs.service import Key, Revision, Service
from local_aws.ecs.strategy import Strategy
from local_aws.ecs.task import ContainerSpec, TaskSpec
from local_aws.ecs.validation import check_strategy

WIRING = (
    "networkConfiguration",
    "loadBalancers",
    "serviceRegistries",
    "serviceConnectConfiguration",
    "volumeConfigurations",
    "vpcLatticeConfigurations",
)
"""Parameters whose change makes a new deployment."""

SETTINGS: dict[str, Any] = {
    "availabilityZoneRebalancing": "ENABLED",
    "enableECSManagedTags": False,
    "enableExecuteCommand": False,
    "healthCheckGracePeriodSeconds": None,
    "placementConstraints": [],
    "placementStrategy": [],
}
"""Parameters that are stored and returned, with what they are when nobody gave them."""

DEPLOYMENT_CONFIGURATION: dict[str, Any] = {
    "maximumPercent": 200,
    "minimumHealthyPercent": 100,
    "deploymentCircuitBreaker": {"enable": False, "rollback": False},
    "strategy": "ROLLING",
}
"""How a service rolls when nobody says otherwise."""

MUST_FORCE = (
    "When switching from launch type to capacity provider strategy on an existing service, or making a change to a "
    "capacity provider strategy on a service that is already using one, you must force a new deployment."
)

OF_TASK_SETS = (
    "taskDefinition", "launchType", "capacityProviderStrategy", "platformVersion", "networkConfiguration",
    "loadBalancers", "serviceRegistries",
)  # fmt: skip
"""What the task sets of a service with the EXTERNAL controller have, and the service has not (CreateService)."""

_REFUSED_BY_CONTROLLERS = {
    "taskDefinition": "Unable to update task definition",
    "capacityProviderStrategy": "Unable to update capacity provider strategy",
    "networkConfiguration": "Unable to update network parameters",
    "platformVersion": "Unable to update platform version",
    "forceNewDeployment": "Cannot force a new deployment",
    "loadBalancers": "Unable to update load balancers",
    "serviceRegistries": "Unable to update service registries",
}


def create_service(call: Call) -> dict[str, Any]:
    """Make a service; ECS begins to place its tasks a moment later."""
    cluster = call.cluster()
    key = Key(call.account, call.region, cluster.name, call.get("serviceName", ""))
    before = call.scheduler.services.get(key)
    if before is not None and before.status != "INACTIVE":
        if before.status == "DRAINING":
            raise InvalidParameterError("Unable to Start a service that is still Draining.")
        if before.client_token is None or before.client_token != call.get("clientToken"):
            raise InvalidParameterError("Creation of service was not idempotent.")
        return {"service": _shape(call, before)}
    controller = (call.get("deploymentController") or {}).get("type", "ECS")
    scheduling = call.get("schedulingStrategy", "REPLICA")
    revision = _no_revision(call) if controller == "EXTERNAL" else first_revision(call, cluster)
    service = Service(
        key=key,
        revision=revision,
        desired_count=0 if scheduling == "DAEMON" else _desired_count(call, 1),
        created_at=call.scheduler.now(),
        created_by=call.principal,
        controller=controller,
        scheduling=scheduling,
        home_launch_type=revision.launch_type,
        settings={**_settings(call, {}), "roleArn": call.get("role")},
        tags=list(call.get("tags", [])),
        propagate_tags=call.get("propagateTags", "NONE"),
        client_token=call.get("clientToken"),
    )
    call.scheduler.services[key] = service
    call.backend.services[f"{cluster.name}:{key.name}"] = service  # type: ignore[assignment]  # for tags and autoscaling
    call.scheduler.deploy(service, revision)
    return _accepted(call, service, "CreateService")


def update_service(call: Call) -> dict[str, Any]:
    """Change a service; a new deployment when it is forced or what tasks are made from changes."""
    service = call.service()
    if service.status != "ACTIVE":
        raise ServiceNotActiveError
    _refuse_for_controller(call, service)
    revision, desired = _next_revision(call, service), _desired_count(call, service.desired_count)
    service.settings = _settings(call, service.settings)
    service.propagate_tags = call.get("propagateTags", service.propagate_tags)
    if service.scheduling != "DAEMON":
        service.desired_count = desired
    if call.get("forceNewDeployment") or revision != service.revision:
        call.scheduler.deploy(service, revision)
    return _accepted(call, service, "UpdateService")


def delete_service(call: Call) -> dict[str, Any]:
    """Drain the service; it can be described as INACTIVE afterwards."""
    service = call.service()
    if service.status == "INACTIVE":
        raise ServiceNotFoundError
    if service.desired_count > 0 and not call.get("force") and service.scheduling != "DAEMON":
        raise InvalidParameterError("The service cannot be stopped while it is scaled above 0.")
    if service.task_sets and not call.get("force"):
        raise InvalidParameterError("The service cannot be stopped while it has task sets.")
    if service.status == "ACTIVE":
        call.scheduler.delete(service)
    return {"service": _shape(call, service)}


def _desired_count(call: Call, otherwise: int) -> int:
    count = int(call.get("desiredCount", otherwise))
    if count < 0:
        raise InvalidParameterError("Invalid desired count: it must not be negative.")
    return count


def _accepted(call: Call, service: Service, api: str) -> dict[str, Any]:
    scheduler = call.scheduler
    scheduler.changed(service)
    forced = bool(call.get("forceNewDeployment"))
    scheduler.history.update(service, api, call.principal, forced=forced, now=scheduler.now())
    return {"service": _shape(call, service)}


def _shape(call: Call, service: Service) -> dict[str, Any]:
    return shapes.service(service, count_interrupted=call.scheduler.count_interrupted, with_tags=True)


def first_revision(call: Call, cluster: Cluster) -> Revision:
    """What the tasks of a new service or task set are made from."""
    launch_type = call.get("launchType")
    asked = strategy.parse(call.get("capacityProviderStrategy") or [])
    if launch_type and asked:
        raise InvalidParameterError("Specifying both a launch type and capacity provider strategy is not supported.")
    chosen = asked if asked or launch_type else _cluster_default(cluster)
    check_strategy(chosen, cluster.capacity_providers or [], call.provider_exists)
    if not call.get("taskDefinition"):
        raise InvalidParameterError("TaskDefinition cannot be blank.")
    definition = call.task_definition(call.get("taskDefinition"))
    wiring = _wiring(call)
    if definition.network_mode == "awsvpc" and not wiring.get("networkConfiguration"):
        raise InvalidParameterError("Network Configuration must be provided when networkMode 'awsvpc' is specified.")
    launch_type = None if chosen else launch_type or "EC2"
    return Revision(task_spec(definition), chosen, launch_type, call.get("platformVersion"), wiring)


def _no_revision(call: Call) -> Revision:
    """A service with the EXTERNAL controller has none of its own: it takes on that of its primary task set."""
    given = [name for name in OF_TASK_SETS if call.get(name)]
    if given:
        raise InvalidParameterError(
            f"{', '.join(given)} cannot be specified for a service with an EXTERNAL deployment controller. Specify "
            "them for its task sets."
        )
    return Revision(TaskSpec(""), (), None, None, {})


def _next_revision(call: Call, service: Service) -> Revision:
    revision = service.revision
    if call.get("taskDefinition"):
        revision = replace(revision, task=task_spec(call.task_definition(call.get("taskDefinition"))))
    if call.get("platformVersion"):
        revision = replace(revision, platform_version=call.get("platformVersion"))
    wiring = _wiring(call)
    revision = replace(revision, wiring={**revision.wiring, **wiring})
    if "capacityProviderStrategy" not in call.params:
        return revision
    cluster = call.cluster()
    chosen = strategy.parse(call.get("capacityProviderStrategy"))
    launch_type = None
    if not chosen:
        launch_type = service.home_launch_type
        chosen = () if launch_type else _cluster_default(cluster)
    check_strategy(chosen, cluster.capacity_providers or [], call.provider_exists)
    if strategy.same(chosen, revision.strategy) and launch_type == revision.launch_type:
        return revision
    if not call.get("forceNewDeployment"):
        raise InvalidParameterError(MUST_FORCE)
    return replace(revision, strategy=chosen, launch_type=launch_type)


def _wiring(call: Call) -> dict[str, Any]:
    check_load_balancers(call.get("loadBalancers") or [])
    return {name: call.params[name] for name in WIRING if name in call.params}


def _refuse_for_controller(call: Call, service: Service) -> None:
    if service.controller == "ECS":
        return
    external = {"deploymentConfiguration": "Unable to update deployment configuration"}
    refused = {**_REFUSED_BY_CONTROLLERS, **(external if service.controller == "EXTERNAL" else {})}
    for name, refusal in refused.items():
        if call.get(name, False) is False:
            continue
        hint = " Use AWS CodeDeploy to trigger a new deployment." if service.controller == "CODE_DEPLOY" else ""
        raise InvalidParameterError(f"{refusal} on services with a {service.controller} deployment controller.{hint}")


def _cluster_default(cluster: Cluster) -> Strategy:
    return strategy.parse(cluster.default_capacity_provider_strategy or [])


def _settings(call: Call, before: dict[str, Any]) -> dict[str, Any]:
    given = {name: call.params[name] for name in SETTINGS if name in call.params}
    rolling = before.get("deploymentConfiguration", DEPLOYMENT_CONFIGURATION)
    return {
        **(before or SETTINGS),
        **given,
        "deploymentConfiguration": {**rolling, **(call.get("deploymentConfiguration") or {})},
    }


def task_spec(definition: TaskDefinition) -> TaskSpec:
    """What tasks take over from moto's task definition."""
    containers = tuple(
        ContainerSpec(str(item["name"]), str(item["image"])) for item in definition.container_definitions
    )
    return TaskSpec(definition.arn, str(definition.cpu or "256"), str(definition.memory or "512"), containers)
