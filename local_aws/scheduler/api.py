"""Where moto's EventBridge Scheduler is completed: requests are checked, defaults set, schedules started."""

from __future__ import annotations

import functools
import json
from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.scheduler.exceptions import ScheduleGroupNotFound, ValidationException
from moto.scheduler.models import EventBridgeSchedulerBackend, Schedule, ScheduleGroup
from moto.scheduler.responses import EventBridgeSchedulerResponse

from local_aws.scheduler.delivery import DEFAULT_AGE_SECONDS, DEFAULT_RETRIES
from local_aws.scheduler.timers import Timers
from local_aws.scheduler.validation import check_schedule
from local_aws.world import World

_create = EventBridgeSchedulerResponse.create_schedule
_update = EventBridgeSchedulerResponse.update_schedule
_create_group = EventBridgeSchedulerBackend.create_schedule_group
_delete_group = EventBridgeSchedulerBackend.delete_schedule_group

EARLIEST_START_SECONDS = 300
"""How far back a StartDate may lie (CreateSchedule in the API reference)."""


def install(world: World, timers: Timers) -> None:
    """Patch moto's EventBridge Scheduler for this world."""

    @functools.wraps(_create)
    def create_schedule(self: EventBridgeSchedulerResponse) -> str:
        request = _checked(self, "CreateSchedule")
        _check_start(request, world.clock.now())
        answer = _create(self)
        timers.arm(_complete(self, request))
        return answer

    @functools.wraps(_update)
    def update_schedule(self: EventBridgeSchedulerResponse) -> str:
        request = _checked(self, "UpdateSchedule")
        answer = _update(self)
        timers.arm(_complete(self, request))
        return answer

    EventBridgeSchedulerResponse.create_schedule = create_schedule  # type: ignore[method-assign]
    EventBridgeSchedulerResponse.update_schedule = update_schedule  # type: ignore[method-assign]
    EventBridgeSchedulerBackend.create_schedule_group = _create_group_once  # type: ignore[method-assign]
    EventBridgeSchedulerBackend.delete_schedule_group = _delete_group_found  # type: ignore[method-assign]


def _checked(response: EventBridgeSchedulerResponse, operation: str) -> dict[str, Any]:
    request = {**json.loads(response.body), "Name": response.uri.split("?")[0].rsplit("/", 1)[-1]}
    group = response.scheduler_backend.get_schedule_group(request.get("GroupName"))
    check_schedule(operation, request, group.arn)
    return request


def _check_start(request: dict[str, Any], now: float) -> None:
    start = request.get("StartDate")
    recurring = not request["ScheduleExpression"].startswith("at(")
    if recurring and start is not None and float(start) < now - EARLIEST_START_SECONDS:
        raise ValidationException("The StartDate you specify cannot be earlier than 5 minutes ago.")


def _complete(response: EventBridgeSchedulerResponse, request: dict[str, Any]) -> Schedule:
    """Set what moto leaves open. An update replaces all of a schedule: what it does not say has its default again."""
    schedule = response.scheduler_backend.get_schedule(request.get("GroupName"), request["Name"])
    schedule.state = request.get("State") or "ENABLED"
    schedule.action_after_completion = request.get("ActionAfterCompletion") or "NONE"
    schedule.target["RetryPolicy"] = {
        "MaximumEventAgeInSeconds": DEFAULT_AGE_SECONDS,
        "MaximumRetryAttempts": DEFAULT_RETRIES,
        **(request["Target"].get("RetryPolicy") or {}),
    }
    return schedule


def _create_group_once(self: EventBridgeSchedulerBackend, name: str, tags: list[dict[str, str]]) -> ScheduleGroup:
    """Moto puts a new group in the place of one that has the name, without its schedules."""
    if name in self.schedule_groups:
        raise JsonRESTError("ConflictException", f"Schedule group {name} already exists.")
    return _create_group(self, name, tags)


def _delete_group_found(self: EventBridgeSchedulerBackend, name: str | None) -> None:
    """A group goes with its schedules; the default group stays."""
    if name in {None, "default"}:
        raise ValidationException("The default schedule group cannot be deleted.")
    if name not in self.schedule_groups:
        raise ScheduleGroupNotFound(str(name))
    _delete_group(self, name)
