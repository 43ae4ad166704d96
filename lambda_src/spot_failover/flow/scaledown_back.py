"""The way back: the old task set at its scale again, traffic on it again, the new one deleted.

Every step may come again, and finds in the record what there is to put back.
"""

from __future__ import annotations

from dataclasses import replace

from spot_failover.core.scaledown_plan import Plan, moved_by_hand
from spot_failover.core.scaledown_progress import Next, Progress, is_whole, overdue, poll_seconds
from spot_failover.core.scaledown_record import ScaledownRecord
from spot_failover.flow.scaledown_step import Sight, Step


def scale_up(step: Step) -> Progress:
    """Scale the old task set up again, and tell when traffic may go back to it."""
    world = step.world
    record = world.ledger.get(step.key)
    plan = record.plan
    if record.owner != step.execution or plan is None:
        return _nothing_to_do(step, record)
    sight = step.look(plan)
    if sight is None:
        return _finish(step, record, plan, "somebody deleted the service: there is nothing to put back")
    if sight.no_return:
        return _end(step, Next.LEFT, f"done, but task set {plan.old} is still to be deleted, by a next execution")
    if sight.old is None:
        return _old_is_gone(step, record, plan, sight)
    if record.back_since is None:
        record = world.ledger.put(replace(record, back_since=world.now()))
    if sight.old.scale != plan.scale:
        world.task_sets.scale(step.key, plan.old, plan.scale)
    return _whether_to_swap_back(step, record, plan, sight)


def _whether_to_swap_back(step: Step, record: ScaledownRecord, plan: Plan, sight: Sight) -> Progress:
    """Traffic goes back as soon as the old targets are no worse than the new ones."""
    healthy = f"{sight.old_health.healthy} old and {sight.new_health.healthy} new targets are healthy"
    untouched = not plan.swapping
    whole = _old_is_whole(plan, sight)
    better = 0 < sight.old_health.healthy >= sight.new_health.healthy
    if untouched or whole or better:
        return _go_on(step, Next.SWAP_BACK, healthy, sight)
    since = record.back_since or step.world.now()
    if not overdue(since, step.world.now(), step.given.wait_for_service):
        wait = poll_seconds(step.given.wait_for_service)
        return _go_on(step, Next.WAIT, f"{healthy}: waiting for the old ones", sight, wait)
    if sight.old_health.healthy:
        return _go_on(step, Next.SWAP_BACK, healthy, sight)
    return _end(
        step,
        Next.LEFT,
        f"traffic is left on {plan.idle} ({sight.new_health.healthy} healthy targets), for none of task set {plan.old} "
        f"has become healthy for {step.given.wait_for_service} s. Look at the service's events; then start a new "
        "execution, which puts all back first",
    )


def _old_is_whole(plan: Plan, sight: Sight) -> bool:
    """At its scale of before: scaled down it would be whole with fewer tasks, or none."""
    at_scale = sight.old is not None and sight.old.scale == plan.scale
    return at_scale and is_whole(sight.old, sight.old_health)


def remove_new(step: Step) -> Progress:
    """Delete the new task set once the old one carries the service, and leave the service to others."""
    ended = step.ended()
    if ended is not None:
        return ended
    record, plan = step.planned()
    sight = step.look(plan)
    if sight is not None and sight.old is None:
        return _old_is_gone(step, record, plan, sight)
    # One that is not listed may be there all the same: to take it for gone would leave it behind.
    if sight is not None and (sight.new is not None or plan.unlisted_yet(step.world.now())):
        waiting = _wait_for_old(step, record, plan, sight)
        if waiting is not None:
            return waiting
        new = sight.new.id if sight.new else plan.new
        if not new:
            return _go_on(step, Next.WAIT, "waiting whether ECS lists a new task set after all", sight, 5)
        step.world.task_sets.delete(step.key, new)
        return _go_on(step, Next.WAIT, "the new task set is deleted: waiting until all of it is gone", sight, 5)
    if sight is not None and _targets_left(step, record, sight):
        return _go_on(step, Next.WAIT, "waiting until the targets of the new task set are gone", sight, 5)
    return _finish(step, record, plan, f"all is as it was before{_but_for(step, plan)}")


def _targets_left(step: Step, record: ScaledownRecord, sight: Sight) -> bool:
    """A next execution would take them for a stranger's; they are waited for as long as tasks are."""
    since = record.back_since or step.world.now()
    return bool(sight.new_health.registered) and not overdue(since, step.world.now(), step.given.wait_for_service)


def _wait_for_old(step: Step, record: ScaledownRecord, plan: Plan, sight: Sight) -> Progress | None:
    """New tasks hold connections that have to go to old ones: until these are whole, or have had their time."""
    whole = _old_is_whole(plan, sight)
    since = record.back_since or step.world.now()
    if not plan.swapping or whole or overdue(since, step.world.now(), step.given.wait_for_service):
        return None
    note = f"{sight.old_health.healthy} targets of the old task set are healthy: waiting for all"
    return _go_on(step, Next.WAIT, note, sight, poll_seconds(step.given.wait_for_service))


def _but_for(step: Step, plan: Plan) -> str:
    strayed = moved_by_hand(plan, step.world.balancers.listeners(plan.load_balancer)) if plan.swapping else ()
    ports = ", ".join(str(move.port) for move in strayed)
    return f", but for the listeners on port {ports}, which somebody else changed" if strayed else ""


def _nothing_to_do(step: Step, record: ScaledownRecord) -> Progress:
    """No plan was written, this execution has ended already, or another one has taken over what has to be put back."""
    ended = step.ended() if record.owner != step.execution else None
    if ended is not None:
        return ended
    if record.owner not in {"", step.execution}:
        return _end(step, Next.LEFT, f"execution {record.owner} has taken over, and puts in order what was left")
    if record.owner:
        step.release(record, Next.ROLLED_BACK, "nothing was touched")
    return _end(step, Next.ROLLED_BACK, "nothing was touched")


def _finish(step: Step, record: ScaledownRecord, plan: Plan, note: str) -> Progress:
    told = _with_cause(step, note)
    return _end(step, step.finish(record, plan, Next.ROLLED_BACK, told), told)


def _old_is_gone(step: Step, record: ScaledownRecord, plan: Plan, sight: Sight) -> Progress:
    """Somebody deleted the old task set: there is nothing to go back to, and what there is is kept."""
    left = f"the new one, {sight.new.id}, is kept" if sight.new else "and so did the new one"
    note = f"somebody deleted the old task set {plan.old}; {left}. Make a task set the primary that can serve"
    step.finish(record, plan, Next.LEFT, note)
    return _end(step, Next.LEFT, note)


def _go_on(step: Step, what: Next, note: str, sight: Sight, wait: int = 0) -> Progress:
    seen = Progress(what, f"{step.key}: {note}", wait, because=step.progress.because)
    return seen.seeing(sight.old, sight.new, sight.new_health)


def _end(step: Step, what: Next, note: str) -> Progress:
    told = f"{step.key}: {_with_cause(step, note)}"
    return replace(step.progress, next=what, note=told, wait_seconds=0, unwell_since=None)


def _with_cause(step: Step, note: str) -> str:
    because = f". Because: {step.progress.because}"
    return note if not step.progress.because or because in note else note + because
