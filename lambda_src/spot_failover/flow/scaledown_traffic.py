"""The steps that move traffic: every listener of the old target group to the new one, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from spot_failover.core.errors import ChangedByHandError
from spot_failover.core.scaledown_plan import Plan, moved_by_hand, not_moved, plan_moves
from spot_failover.core.scaledown_progress import Next, Progress, next_scale
from spot_failover.flow.scaledown_step import Step


def swap(step: Step) -> Progress:
    """Move the listeners and the mark, and look whether it took. Connections that stand stay with the old tasks.

    Raises
    ------
    ChangedByHandError
        A listener is not what it was when the swap was planned, or did not stay where it was moved.
    OverdueError
        The execution's time is over.
    """
    record, plan = step.planned()
    step.check_time()
    balancers = step.world.balancers
    listeners = balancers.listeners(plan.load_balancer)
    # Before anything is moved: what can't be read could not be put back.
    marks = balancers.marks((plan.idle, plan.production))
    if not plan.swapping:
        plan = replace(plan, moves=plan_moves(step.key, plan, listeners))
        step.world.ledger.put(replace(record, plan=plan))
    strayed = moved_by_hand(plan, listeners)
    if strayed:
        ports = ", ".join(str(move.port) for move in strayed)
        raise ChangedByHandError(f"{step.key}: somebody changed the listeners on port {ports} during the swap")
    for move in not_moved(plan, listeners):
        balancers.forward(move.listener, move.after)
    left = not_moved(plan, balancers.listeners(plan.load_balancer))
    if left:
        ports = ", ".join(str(move.port) for move in left)
        raise ChangedByHandError(f"{step.key}: the listeners on port {ports} did not stay where they were moved")
    # First the new one: at no time is none marked. A tag that is not there is only missing again after a way back.
    _mark(step, marks, {plan.idle: plan.production_mark, plan.production: plan.idle_mark or "false"})
    ports = ", ".join(str(move.port) for move in plan.moves if move.after == plan.idle)
    step.tell("swap", plan, target_group=plan.idle, note=f"listeners on port {ports}")
    scale = next_scale(plan.scale, step.given.decrement)
    note = f"{step.key}: listeners on port {ports} forward to {plan.idle}; connections that stand stay with {plan.old}"
    seen = step.progress.most_healthy
    return Progress(Next.SCALE_DOWN, note, target_scale=scale, old=plan.old, new=plan.new, most_healthy=seen)


def swap_back(step: Step) -> Progress:
    """Move the listeners and the mark back to where they were. What somebody else set meanwhile is left."""
    _, plan = step.planned()
    if plan.swapping:
        balancers = step.world.balancers
        now = {listener.arn: listener.groups for listener in balancers.listeners(plan.load_balancer)}
        for move in plan.moves:
            if now.get(move.listener) == (move.after,):
                balancers.forward(move.listener, move.before)
        marks = balancers.marks((plan.idle, plan.production))
        _mark(step, marks, {plan.production: plan.production_mark, plan.idle: plan.idle_mark})
    note = f"{step.key}: listeners forward to {plan.production} again"
    return step.said(Progress(Next.REMOVE_NEW, f"{note}{_strays(step, plan)}", old=plan.old, new=plan.new))


def _mark(step: Step, marks: Mapping[str, str], wanted: Mapping[str, str | None]) -> None:
    """Mark the groups, those that are marked otherwise."""
    for group, value in wanted.items():
        if marks.get(group) != value:
            step.world.balancers.mark(group, value)


def _strays(step: Step, plan: Plan) -> str:
    if not plan.swapping:
        return ""
    strayed = moved_by_hand(plan, step.world.balancers.listeners(plan.load_balancer))
    ports = ", ".join(str(move.port) for move in strayed)
    return f"; those on port {ports} are as somebody else set them" if strayed else ""
