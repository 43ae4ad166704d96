"""One timer for each enabled schedule, for the next time that it is due."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from moto.scheduler.models import Schedule, scheduler_backends

from local_aws.scheduler.plan import Plan, make_plan
from local_aws.world import World


class Timers:
    """Its methods are called under ``World.lock``."""

    def __init__(self, world: World, invoke: Callable[[Schedule, float], None]) -> None:
        self._world = world
        self._invoke = invoke
        self._armed: dict[str, object] = {}

    def arm(self, schedule: Schedule) -> None:
        """Start a schedule that was made or changed, in place of what it was before."""
        token = self._armed[schedule.arn] = object()
        if schedule.state != "ENABLED":
            return
        now = self._world.clock.now()
        plan = plan_of(schedule, now)
        self._wait(schedule, plan, plan.first(now), token)

    def _wait(self, schedule: Schedule, plan: Plan, when: float | None, token: object) -> None:
        if when is not None:
            fire = partial(self._fire, schedule, plan, when, token)
            self._world.clock.call_at(when, fire, name=f"schedule {schedule.arn}")

    def _fire(self, schedule: Schedule, plan: Plan, when: float, token: object) -> None:
        with self._world.lock:
            if self._armed.get(schedule.arn) is not token:
                return
            if not _exists(schedule):
                del self._armed[schedule.arn]
                return
            self._invoke(schedule, when)
            following = plan.after(when)
            self._wait(schedule, plan, following, token)
            if following is None and schedule.action_after_completion == "DELETE":
                _group_of(schedule).pop(schedule.name)


def plan_of(schedule: Schedule, made: float) -> Plan:
    """The plan of a schedule that moto keeps."""
    return make_plan(
        schedule.schedule_expression,
        schedule.schedule_expression_timezone,
        made=made,
        start=None if schedule.start_date is None else float(schedule.start_date),
        end=None if schedule.end_date is None else float(schedule.end_date),
    )


def _exists(schedule: Schedule) -> bool:
    return _group_of(schedule).get(schedule.name) is schedule


def _group_of(schedule: Schedule) -> dict[str, Schedule]:
    region, account = schedule.arn.split(":")[3:5]
    group = scheduler_backends[account][region].schedule_groups.get(schedule.group_name)
    return {} if group is None else group.schedules
