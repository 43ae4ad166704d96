"""The steps after the new task set was made: wait for it, scale the old one down, and end."""

from __future__ import annotations

from dataclasses import replace

from spot_failover.core.errors import ChangedByHandError, UnhealthyError
from spot_failover.core.scaledown_plan import Plan, not_moved
from spot_failover.core.scaledown_progress import (
    Condition,
    Next,
    Progress,
    condition,
    is_whole,
    next_scale,
    overdue,
    poll_seconds,
)
from spot_failover.core.task_set import TaskSet
from spot_failover.flow.scaledown_step import Sight, Step

LAST_TASKS = 15
"""Seconds between looks whether the old task set's last tasks have ended: they are given time for their connections."""

NOT_LISTED_YET = 5
"""Seconds between looks for a new task set that ECS has made but does not list yet."""


def wait_for_service(step: Step) -> Progress:
    """Whether the new task set is steady and its targets are healthy; it has `waitForService` seconds for that.

    Raises
    ------
    UnhealthyError
        It was deleted, or did not become so in time.
    OverdueError
        The execution's time is over.
    """
    _, plan = step.planned()
    step.check_time()
    sight = _look(step, plan)
    if sight.new is None:
        if plan.unlisted_yet(step.world.now()):
            return Progress(Next.WAIT, f"{step.key}: ECS does not list the new task set yet", NOT_LISTED_YET)
        raise UnhealthyError(f"{step.key}: its new task set is not there any more: somebody deleted it")
    counts = (
        f"{sight.new.running} of {sight.new.desired} tasks of {sight.new.id} run, "
        f"{sight.new_health.healthy} targets are healthy"
    )
    if is_whole(sight.new, sight.new_health):
        return Progress(Next.SWAP, f"{step.key}: {counts}").seeing(sight.old, sight.new, sight.new_health)
    since = step.progress.unwell_since or step.world.now()
    if overdue(since, step.world.now(), step.given.wait_for_service):
        raise UnhealthyError(
            f"{step.key}: after waitForService = {step.given.wait_for_service} s {counts}. Look at the service's "
            "events, at the stopped tasks' reasons and at the target group's health checks"
        )
    waiting = Progress(
        Next.WAIT, f"{step.key}: {counts}", poll_seconds(step.given.wait_for_service), unwell_since=since
    )
    return waiting.seeing(sight.old, sight.new, sight.new_health)


def scale_down(step: Step) -> Progress:
    """Set the old task set to the scale that was decided on before this step: again sets the same.

    Raises
    ------
    OverdueError
        The execution's time is over before the wait after this step is.
    """
    _, plan = step.planned()
    step.check_time(step.given.scaledown_wait)
    sight = _look(step, plan)
    target = step.progress.target_scale
    if sight.old is not None and sight.old.scale > target:
        step.world.task_sets.scale(step.key, plan.old, target)
    note = f"{step.key}: old task set {plan.old} is scaled to {target:g} percent"
    done = Progress(Next.WAIT, note, step.given.scaledown_wait, target, step.progress.unwell_since)
    return _seen(step, done, sight)


def loop_till_running(step: Step) -> Progress:
    """Whether tasks of the old task set still run, and whether the new one carries the service meanwhile.

    Raises
    ------
    UnhealthyError
        None of the new targets is healthy, or less than half of those that were, or they have not all been for
        `waitForService` seconds.
    ChangedByHandError
        A listener does not forward to the new group any more: to take more tasks away could cut its connections.
    OverdueError
        The execution's time is over before the work is done.
    """
    _, plan = step.planned()
    sight = _look(step, plan)
    scale = step.progress.target_scale
    ended = sight.old is None or (scale == 0 and _has_ended(sight.old, sight))
    if not (ended and is_whole(sight.new, sight.new_health)):
        step.check_time()
    strayed = not_moved(plan, step.world.balancers.listeners(plan.load_balancer))
    if strayed:
        ports = ", ".join(str(move.port) for move in strayed)
        raise ChangedByHandError(f"{step.key}: somebody changed the listeners on port {ports} after the swap")
    unwell = _unwell(step, sight)
    if unwell is not None:
        return unwell
    if ended:
        seen = Progress(Next.CLEAN_UP, f"{step.key}: no task of the old task set runs any more")
    elif scale == 0:
        seen = Progress(Next.WAIT, f"{step.key}: waiting for the last tasks of the old task set to end", LAST_TASKS)
    else:
        target = next_scale(scale, step.given.decrement)
        seen = Progress(Next.SCALE_DOWN, f"{step.key}: the new task set carries the service", target_scale=target)
    return _seen(step, seen, sight)


def _has_ended(old: TaskSet, sight: Sight) -> bool:
    return old.scale == 0 and old.gone and not sight.old_health.draining


def _seen(step: Step, progress: Progress, sight: Sight) -> Progress:
    """The progress with the counts of this moment, and the most healthy targets that were seen since the swap."""
    before = replace(progress, most_healthy=step.progress.most_healthy)
    return before.seeing(sight.old, sight.new, sight.new_health)


def _unwell(step: Step, sight: Sight) -> Progress | None:
    """What to do while the new task set is not whole; None while it is."""
    is_now = condition(sight.new, sight.new_health, step.progress.most_healthy)
    if is_now is Condition.WHOLE:
        return None
    desired = sight.new.desired if sight.new else 0
    counts = f"{sight.new_health.healthy} of {desired} targets of the new task set are healthy"
    since = step.progress.unwell_since or step.world.now()
    if is_now is Condition.FAILING:
        gone = "the new task set was deleted" if sight.new is None else counts
        raise UnhealthyError(f"{step.key}: {gone}, after the swap")
    if overdue(since, step.world.now(), step.given.wait_for_service):
        raise UnhealthyError(f"{step.key}: {counts}, and have been no more for {step.given.wait_for_service} s")
    note = f"{step.key}: {counts}: the old task set is left as it is meanwhile"
    wait = poll_seconds(step.given.wait_for_service)
    waiting = Progress(Next.WAIT, note, wait, target_scale=step.progress.target_scale, unwell_since=since)
    return _seen(step, waiting, sight)


def clean_up(step: Step) -> Progress:
    """Make the new task set the primary, delete the old one, and leave the service to others.

    Raises
    ------
    UnhealthyError
        The new task set was deleted.
    """
    ended = step.ended()
    if ended is not None:
        return ended
    record, plan = step.planned()
    sight = _look(step, plan)
    if sight.new is None:
        raise UnhealthyError(f"{step.key}: its new task set is not there any more: somebody deleted it")
    if not sight.new.primary:
        step.world.task_sets.make_primary(step.key, sight.new.id)
    if sight.old is not None:
        step.world.task_sets.delete(step.key, plan.old)
    note = f"done: task set {sight.new.id} has replaced {plan.old}"
    what = step.finish(record, plan, Next.DONE, note)
    end = Progress(what, f"{step.key}: {note}", old=plan.old, new=sight.new.id)
    return end.seeing(None, sight.new, sight.new_health)


def _look(step: Step, plan: Plan) -> Sight:
    sight = step.look(plan)
    if sight is None:
        raise ChangedByHandError(f"{step.key}: somebody deleted the service")
    return sight
