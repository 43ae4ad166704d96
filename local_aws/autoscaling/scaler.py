"""Looks at every scalable target once a minute and sets the desired count of its service.

"Application Auto Scaling turns off scale-in processes while Amazon ECS deployments are in progress. However, scale-out
processes continue to occur, unless suspended" (Amazon ECS developer guide, target tracking).
"""

from __future__ import annotations

import uuid
from functools import partial
from typing import Any

from moto.applicationautoscaling.models import FakeScalableTarget
from moto.core.exceptions import JsonRESTError

from local_aws.autoscaling.load import CPU, MEMORY, Loads
from local_aws.autoscaling.target import DIMENSION, Target
from local_aws.autoscaling.tracking import Wish, scale_in, scale_out
from local_aws.ecs import Scheduler
from local_aws.ecs.service import Key, Rollout, Service
from local_aws.world import World

MINUTE = 60.0
ROLE = "AWSServiceRoleForApplicationAutoScaling_ECSService"
SESSION = "AutoScaling-UpdateDesiredCapacity"


class Scaler:
    """All scalable targets of all accounts. Callers hold ``World.lock``; timers take it themselves."""

    def __init__(self, world: World, scheduler: Scheduler) -> None:
        self._world = world
        self._scheduler = scheduler
        self._targets: dict[Key, Target] = {}
        self.loads = Loads()
        self.activities: list[tuple[Key, dict[str, Any]]] = []

    def exists(self, key: Key) -> bool:
        """Whether there is such a service, in whatever state."""
        return key in self._scheduler.services

    def register(self, key: Key, stored: FakeScalableTarget) -> None:
        """Begin to scale a service, or go on with other bounds; one outside its bounds is brought within at once."""
        target = self._targets.get(key)
        if target is None or target.stored is not stored:
            target = self._targets[key] = Target(key, stored)
            self._arm(target)
        service = self._scheduler.services.get(key)
        if service is not None and service.status == "ACTIVE":
            bounds = f"minimum capacity was set to {stored.min_capacity}, maximum capacity to {stored.max_capacity}"
            self._set(target, service, target.within(service.desired_count), bounds)

    def _arm(self, target: Target) -> None:
        self._world.clock.call_later(MINUTE, partial(self._look, target), name=f"autoscaling of {target.key.arn}")

    def _look(self, target: Target) -> None:
        with self._world.lock:
            if not target.registered or self._targets.get(target.key) is not target:
                return
            self._arm(target)
            service = self._scheduler.services.get(target.key)
            if service is None or service.status != "ACTIVE":
                return
            for metric in (CPU, MEMORY):
                target.measure(metric, self.loads.utilization(service, metric))
            self._scale(target, service)

    def _scale(self, target: Target, service: Service) -> None:
        now, capacity, policies = self._world.clock.now(), service.desired_count, target.policies()
        base, out = capacity, scale_out(policies, capacity)
        if out is not None and now < target.scaled_out_at + out.policy.scale_out_cooldown:
            base = target.base
            out = scale_out(policies, base)
        if out is not None:
            wanted = target.within(out.capacity)
            if wanted > capacity and not target.suspended("Out") and self._follow(target, service, wanted, out, "High"):
                target.scaled_out_at, target.base, target.scaled_in_at = now, base, float("-inf")
            return
        into = scale_in(policies, capacity)
        if into is None or target.suspended("In") or deploying(service):
            return
        wanted = target.within(into.capacity)
        rested = now >= target.scaled_in_at + into.policy.scale_in_cooldown
        if wanted < capacity and rested and self._follow(target, service, wanted, into, "Low"):
            target.scaled_in_at = now

    def _follow(self, target: Target, service: Service, wanted: int, wish: Wish, which: str) -> bool:
        alarm = target.alarm(wish.policy, f"Alarm{which}")
        cause = f"monitor alarm {alarm} in state ALARM triggered policy {wish.policy.name}"
        return self._set(target, service, wanted, cause)

    def _set(self, target: Target, service: Service, wanted: int, cause: str) -> bool:
        """Call UpdateService in the name of the service-linked role, and note the activity."""
        if wanted == service.desired_count:
            return False
        principal = f"arn:aws:sts::{target.key.account}:assumed-role/{ROLE}/{SESSION}"
        try:
            self._scheduler.set_desired_count(service, wanted, principal)
        except JsonRESTError as error:
            status = {"StatusCode": "Failed", "StatusMessage": f"Failed to set desired count to {wanted}: {error}"}
        else:
            status = {
                "StatusCode": "Successful",
                "StatusMessage": f"Successfully set desired count to {wanted}. Change successfully fulfilled by ecs.",
            }
        now = self._world.clock.now()
        activity = {
            "ActivityId": str(uuid.uuid4()),
            "ServiceNamespace": "ecs",
            "ResourceId": target.stored.resource_id,
            "ScalableDimension": DIMENSION,
            "Description": f"Setting desired count to {wanted}.",
            "Cause": cause,
            "StartTime": now,
            "EndTime": now,
            **status,
        }
        self.activities.insert(0, (target.key, activity))
        return status["StatusCode"] == "Successful"


def deploying(service: Service) -> bool:
    """Whether a deployment of the service is in progress."""
    return len(service.deployments) > 1 or service.primary.rollout is Rollout.IN_PROGRESS
