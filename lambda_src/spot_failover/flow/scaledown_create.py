"""CheckAndCreateService: take the service, look whether it can be replaced step by step, make the new task set."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from spot_failover.core.errors import ChangedByHandError, NotReplaceableError, TakenError
from spot_failover.core.scaledown_plan import Plan, blueprint, make_plan
from spot_failover.core.scaledown_progress import Next, Progress, poll_seconds
from spot_failover.core.scaledown_record import ScaledownRecord
from spot_failover.flow.scaledown_step import Step


def check_and_create(step: Step) -> Progress:
    """Begin, or put in order first what an execution left that was ended in the middle of its work.

    Raises
    ------
    TakenError
        Another execution works on the service.
    NotReplaceableError
        The service is not as it has to be. It is left to others again.
    """
    record = _take(step)
    plan = record.plan
    if plan is not None and plan.execution != step.execution:
        return _left_behind(step, plan)
    if plan is None:
        record = _planned(step, record)
    return _create(step, record)


def _take(step: Step) -> ScaledownRecord:
    """Make the service's record this execution's: only one of two that try at once can write it."""
    world = step.world
    record = world.ledger.get(step.key)
    if record.owner == step.execution:
        return record
    if record.owner:
        ended = world.executions.ended_at(record.owner)
        # A function that the ended execution had invoked may still be at work for a while.
        if ended is None or world.now() < ended + timedelta(seconds=world.longest_step):
            state = "works on it" if ended is None else f"ended at {ended.isoformat()}, and its last step may not have"
            raise TakenError(f"{step.key}: execution {record.owner} {state}. Start again when it has ended")
    return world.ledger.put(record.taken_by(step.execution))


def _left_behind(step: Step, plan: Plan) -> Progress:
    """An execution was stopped, or timed out, and nobody has put back or finished what it began."""
    sight = step.look(plan)
    what = f"execution {plan.execution} was ended in the middle of its work"
    if sight is not None and sight.no_return:
        return Progress(Next.CLEAN_UP, f"{step.key}: {what}; it is finished first", old=plan.old, new=plan.new)
    note = f"{step.key}: {what}; all is put back first"
    return Progress(Next.ROLL_BACK, note, because=what, old=plan.old, new=plan.new)


def _planned(step: Step, record: ScaledownRecord) -> ScaledownRecord:
    """Write down how all is before anything is changed; leave the service to others where that can't be."""
    try:
        plan = _plan(step)
    except NotReplaceableError:
        step.release(record, Next.ROLLED_BACK, "nothing was touched")
        raise
    return step.world.ledger.put(replace(record, plan=plan))


def _plan(step: Step) -> Plan:
    service = step.world.task_sets.service(step.key)
    if service is None:
        raise NotReplaceableError(f"{step.key}: there is no such service, or it is not ACTIVE")
    balancers = step.world.balancers
    wanted = step.given.load_balancer
    groups_now = tuple(group for each in service.task_sets for group in each.target_groups)
    if wanted is None and len(groups_now) == 1:
        load_balancer = balancers.in_front_of(groups_now[0])
    elif wanted is not None:
        load_balancer = balancers.find(wanted)
    else:
        load_balancer = ""
    groups = balancers.groups(load_balancer) if load_balancer else ()
    plan = make_plan(step.execution, service, load_balancer or "(none)", groups)
    strangers = balancers.health(plan.idle).registered
    if strangers:
        raise NotReplaceableError(
            f"{step.key}: target group {plan.idle}, which the new task set is to get, has {strangers} targets already; "
            "deregister them, or wait until the task set that they belong to is gone"
        )
    return plan


def _create(step: Step, record: ScaledownRecord) -> Progress:
    plan = record.plan
    service = step.world.task_sets.service(step.key)
    current = service.task_set(plan.old) if service is not None and plan is not None else None
    if plan is None or service is None or current is None:
        raise ChangedByHandError(f"{step.key}: somebody deleted it, or its task set, a moment ago")
    made = service.made_by(plan.token)
    if made is None:
        step.tell_or_fail("start", plan)
        # Before it is asked for: where the answer gets lost, the way back knows that there may be one.
        plan = replace(plan, created_at=step.world.now())
        record = step.world.ledger.put(replace(record, plan=plan))
        new = step.world.task_sets.create(step.key, blueprint(step.given, current, plan.idle), plan.token)
    else:
        new = made.id
    step.world.ledger.put(replace(record, plan=replace(plan, new=new)))
    note = f"{step.key}: new task set made in {plan.idle}; waiting until it is steady and its targets are healthy"
    wait = poll_seconds(step.given.wait_for_service)
    return Progress(Next.WAIT_FOR_SERVICE, note, wait_seconds=wait, old=plan.old, new=new)
