"""What a controlled scale-down is about to change, and how all of it was before. Written down before any change."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from spot_failover.core.errors import ChangedByHandError, NotReplaceableError
from spot_failover.core.scaledown_input import ScaledownInput
from spot_failover.core.service_key import ServiceKey
from spot_failover.core.strategy import NO_STRATEGY
from spot_failover.core.task_set import Blueprint, ExternalService, Listener, TargetGroup, TaskSet

PRODUCTION_TAG = "isProduction"
"""Tag of the target groups: `true` on the one that serves production."""
_TOKEN_LENGTH = 32
"""ECS takes client tokens of up to 36 characters (ECS API reference, CreateTaskSet)."""
_LISTED_WITHIN = timedelta(seconds=60)
"""ECS reads are eventually consistent: for so long a new task set that is not listed has not been deleted."""


@dataclass(frozen=True)
class Move:
    """A listener that the swap moves from one of the two target groups to the other."""

    listener: str
    port: int
    before: str
    after: str


@dataclass(frozen=True)
class Plan:
    """How the service was before, and what is made of it. ARNs of target groups and listeners, ids of task sets."""

    execution: str
    """ARN of the execution that made it."""
    token: str
    """Client token and external id of the new task set."""
    old: str
    scale: float
    """Of the old task set, in percent."""
    load_balancer: str
    production: str
    """The target group of the old task set, marked as production before."""
    idle: str
    """The target group that the new task set gets."""
    production_mark: str
    idle_mark: str | None
    """Values of the tag `isProduction` before; None: not tagged."""
    moves: tuple[Move, ...] = ()
    """Empty until the swap."""
    new: str = ""
    """Empty until ECS has said the new task set's id."""
    created_at: datetime | None = None
    """When the new task set was asked for last; None: it never was."""

    @property
    def swapping(self) -> bool:
        """Whether a listener may have been moved."""
        return bool(self.moves)

    def unlisted_yet(self, now: datetime) -> bool:
        """Whether ECS may have made the new task set so lately that it need not be listed yet."""
        return self.created_at is not None and now - self.created_at < _LISTED_WITHIN


def token_of(execution: str) -> str:
    """The client token of an execution's task set: the same at every retry, and no other execution's."""
    return hashlib.sha256(execution.encode()).hexdigest()[:_TOKEN_LENGTH]


def make_plan(execution: str, service: ExternalService, load_balancer: str, groups: Sequence[TargetGroup]) -> Plan:
    """Plan a controlled scale-down, if the service can have one.

    Raises
    ------
    NotReplaceableError
        Says what is not as it has to be.
    """
    old = _current(service)
    if len(groups) != 2:
        listed = ", ".join(group.arn for group in groups) or "none"
        raise NotReplaceableError(
            f"{service.key}: load balancer {load_balancer} forwards to {len(groups)} target groups ({listed}); it must "
            "be exactly two, one that serves production and one for the new task set, each with a listener"
        )
    marked = [group for group in groups if group.production]
    if len(marked) != 1:
        raise NotReplaceableError(
            f"{service.key}: {len(marked)} of the target groups {groups[0].arn} and {groups[1].arn} have the tag "
            f"{PRODUCTION_TAG} = true; tag the one that serves production, and it alone"
        )
    (production,) = marked
    idle = next(group for group in groups if group is not production)
    if old.target_groups != (production.arn,):
        raise NotReplaceableError(
            f"{service.key}: its task set {old.id} is in {', '.join(old.target_groups) or 'no target group'}, but "
            f"{production.arn} has the tag {PRODUCTION_TAG} = true; correct the tags, or name the right nlb"
        )
    return Plan(
        execution=execution,
        token=token_of(execution),
        old=old.id,
        scale=old.scale,
        load_balancer=load_balancer,
        production=production.arn,
        idle=idle.arn,
        production_mark=production.mark or "",
        idle_mark=idle.mark,
    )


def _current(service: ExternalService) -> TaskSet:
    if service.controller != "EXTERNAL":
        raise NotReplaceableError(
            f"{service.key}: its deployment controller is {service.controller}; it must be EXTERNAL"
        )
    # Not always the primary: nothing but UpdateServicePrimaryTaskSet makes a first task set that.
    if len(service.task_sets) != 1:
        listed = ", ".join(f"{each.id} ({each.status})" for each in service.task_sets) or "none"
        raise NotReplaceableError(
            f"{service.key}: its task sets are {listed}; it must have exactly one. Delete what an earlier "
            "deployment left"
        )
    return service.task_sets[0]


def blueprint(given: ScaledownInput, old: TaskSet, target_group: str) -> Blueprint:
    """What the new task set is made from: the current one's blueprint, but for what the input says."""
    current = old.blueprint
    chosen = given.strategy if given.strategy is not None else current.strategy
    return replace(
        current,
        task_definition=given.task_definition or current.task_definition,
        subnets=given.subnets or current.subnets,
        security_groups=given.security_groups or current.security_groups,
        assign_public_ip=current.assign_public_ip if given.assign_public_ip is None else given.assign_public_ip,
        strategy=chosen or NO_STRATEGY,
        launch_type="" if chosen else current.launch_type,
        target_group=target_group,
    )


def plan_moves(key: ServiceKey, plan: Plan, listeners: Sequence[Listener]) -> tuple[Move, ...]:
    """The listeners to move: those of the old group first, so that no new connection waits for a group without tasks.

    Those of the idle group change places with them: a target group without a listener is none of the load balancer's
    any more, and the next replacement would find one group only.

    Raises
    ------
    ChangedByHandError
        No listener forwards to the old group any more, or one to both at once.
    """
    other = {plan.production: plan.idle, plan.idle: plan.production}
    for listener in listeners:
        if len(listener.groups) > 1 and any(group in other for group in listener.groups):
            raise ChangedByHandError(
                f"{key}: {listener} forwards to several target groups by weight; it must forward to one"
            )
    moves = [
        Move(listener.arn, listener.port, listener.groups[0], other[listener.groups[0]])
        for listener in listeners
        if listener.groups and listener.groups[0] in other
    ]
    if not any(move.before == plan.production for move in moves):
        raise ChangedByHandError(
            f"{key}: no listener of {plan.load_balancer} forwards to {plan.production}, which serves production"
        )
    return tuple(sorted(moves, key=lambda move: (move.before != plan.production, move.port, move.listener)))


def moved_by_hand(plan: Plan, listeners: Sequence[Listener]) -> tuple[Move, ...]:
    """Moves whose listener forwards to neither of its two groups, or does not exist any more: somebody changed it."""
    now = {listener.arn: listener.groups for listener in listeners}
    return tuple(move for move in plan.moves if now.get(move.listener) not in {(move.before,), (move.after,)})


def not_moved(plan: Plan, listeners: Sequence[Listener]) -> tuple[Move, ...]:
    """Moves whose listener does not forward to where the swap moves it."""
    now = {listener.arn: listener.groups for listener in listeners}
    return tuple(move for move in plan.moves if now.get(move.listener) != (move.after,))
