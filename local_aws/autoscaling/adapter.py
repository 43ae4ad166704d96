"""Puts this autoscaling in front of moto's, which stores targets and policies without acting, and has no tags."""

from __future__ import annotations

import json
from typing import Any

from moto.applicationautoscaling.exceptions import AWSValidationException
from moto.applicationautoscaling.models import (
    ApplicationAutoscalingBackend,
    FakeApplicationAutoscalingPolicy,
    FakeScalableTarget,
)
from moto.applicationautoscaling.responses import ApplicationAutoScalingResponse

from local_aws.autoscaling.scaler import ROLE, Scaler
from local_aws.autoscaling.target import DIMENSION
from local_aws.ecs.service import Key
from local_aws.world import World

_REGISTER = ApplicationAutoScalingResponse.register_scalable_target
_DEREGISTER = ApplicationAutoscalingBackend.deregister_scalable_target
_PUT_POLICY = ApplicationAutoscalingBackend.put_scaling_policy
_NOT_SUSPENDED = {
    "DynamicScalingInSuspended": False,
    "DynamicScalingOutSuspended": False,
    "ScheduledScalingSuspended": False,
}


def attach(world: World, scaler: Scaler) -> None:
    """Answer Application Auto Scaling's requests of this process with ``scaler``; the last one attached answers."""

    def register_scalable_target(self: ApplicationAutoScalingResponse) -> str:
        with world.lock:
            answer: str = _REGISTER(self)
            target = _by_arn(self, json.loads(answer)["ScalableTargetARN"])
            _complete(target, self.current_account)
            _tags(target).update(self._get_param("Tags") or {})
            if target.scalable_dimension == DIMENSION:
                scaler.register(_key(self, target.resource_id), target)
            return answer

    def describe_scaling_activities(self: ApplicationAutoScalingResponse) -> str:
        wanted = self._get_param("ResourceId")
        with world.lock:
            found = [
                activity
                for key, activity in scaler.activities
                if (key.account, key.region) == (self.current_account, self.region)
                and wanted in {None, activity["ResourceId"]}
            ]
        return json.dumps({"ScalingActivities": found})

    operations = {
        "register_scalable_target": register_scalable_target,
        "describe_scaling_activities": describe_scaling_activities,
        "list_tags_for_resource": _list_tags_for_resource,
        "tag_resource": _tag_resource,
        "untag_resource": _untag_resource,
    }
    for name, operation in operations.items():
        setattr(ApplicationAutoScalingResponse, name, operation)
    ApplicationAutoscalingBackend.deregister_scalable_target = _deregister  # type: ignore[method-assign]
    ApplicationAutoscalingBackend.put_scaling_policy = _put_policy  # type: ignore[method-assign,assignment]


def _deregister(self: ApplicationAutoscalingBackend, namespace: str, r_id: str, dimension: str) -> None:
    """Policies go with their target (DeregisterScalableTarget)."""
    _DEREGISTER(self, namespace, r_id, dimension)
    for policy in [
        item for item in self.policies.values() if (item.resource_id, item.scalable_dimension) == (r_id, dimension)
    ]:
        self.delete_scaling_policy(policy.policy_name, namespace, r_id, dimension)


def _put_policy(self: ApplicationAutoscalingBackend, **given: Any) -> FakeApplicationAutoscalingPolicy:
    """A policy that is put again gets new alarms; moto leaves the old ones behind."""
    of_target = ("service_namespace", "resource_id", "scalable_dimension", "policy_name")
    before = self.policies.get(FakeApplicationAutoscalingPolicy.formulate_key(*(given[name] for name in of_target)))
    policy = _PUT_POLICY(self, **given)
    if before is not None:
        before.delete_alarms(self.account_id, self.region_name)
    return policy


def _list_tags_for_resource(self: ApplicationAutoScalingResponse) -> str:
    return json.dumps({"Tags": _tags(_asked_for(self))})


def _tag_resource(self: ApplicationAutoScalingResponse) -> str:
    _tags(_asked_for(self)).update(self._get_param("Tags") or {})
    return "{}"


def _untag_resource(self: ApplicationAutoScalingResponse) -> str:
    tags = _tags(_asked_for(self))
    for key in self._get_param("TagKeys") or []:
        tags.pop(key, None)
    return "{}"


def _asked_for(response: ApplicationAutoScalingResponse) -> FakeScalableTarget:
    return _by_arn(response, str(response._get_param("ResourceARN")))


def _by_arn(response: ApplicationAutoScalingResponse, arn: str) -> FakeScalableTarget:
    for targets in response.applicationautoscaling_backend.targets.values():
        for target in targets.values():
            if target.arn == arn:
                return target
    raise AWSValidationException(f"The scalable target {arn} does not exist.")


def _complete(target: FakeScalableTarget, account: str) -> None:
    """What AWS fills in where nothing is given."""
    service = "ecs.application-autoscaling.amazonaws.com"
    target.role_arn = target.role_arn or f"arn:aws:iam::{account}:role/aws-service-role/{service}/{ROLE}"
    given: Any = target.suspended_state or {}
    target.suspended_state = _NOT_SUSPENDED | given


def _tags(target: FakeScalableTarget) -> dict[str, str]:
    tags: dict[str, str] = vars(target).setdefault("tags", {})
    return tags


def _key(response: ApplicationAutoScalingResponse, resource_id: str) -> Key:
    _, cluster, service = resource_id.split("/")
    return Key(response.current_account, response.region, cluster, service)
