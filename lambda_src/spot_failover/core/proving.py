"""A restore is a hypothesis: it is proven, it has failed, or it waits. Tick and event use the same function."""

from __future__ import annotations

from dataclasses import replace

from spot_failover.core import transitions
from spot_failover.core.decision import Decision, Situation
from spot_failover.core.events import CLOCK_SKEW, OperatorFailover, PlacementFailure
from spot_failover.core.reason import Action, Reason
from spot_failover.core.shortage import waits_for_spot


def decide_proving(situation: Situation) -> Decision:
    """Close a proven restore, take back a failed one, wait for any other.

    Waiting costs nothing: the rolling deployment keeps the on-demand tasks until Spot ones are healthy.
    """
    if _proven(situation):
        # Without a task nothing is learned about Spot: neither the service's delays nor its pool begin anew.
        reason = Reason.RESTORED if situation.live.desired else Reason.RESTORED_AT_ZERO
        record = transitions.close(situation.record, reason, situation.now)
        return Decision(Action.CLOSE, reason, record=record, again=True)
    asked = isinstance(situation.event, OperatorFailover)
    failure = (Reason.OPERATOR_REQUEST, "an operator asked for it") if asked else _failure(situation)
    if failure is not None:
        reason, note = failure
        record = transitions.fail_restore(situation.record, situation.event, reason, situation.now)
        return Decision(Action.FAIL_OVER, reason, record=record, target=record.fallback, note=note)
    short_since = None if situation.service_whole else situation.record.short_since or situation.now
    if short_since == situation.record.short_since:
        return Decision(Action.WAIT, Reason.RESTORE_WAITING)
    return Decision(Action.WAIT, Reason.RESTORE_WAITING, record=replace(situation.record, short_since=short_since))


def _proven(situation: Situation) -> bool:
    live, record, primary = situation.live, situation.record, situation.live.primary
    if primary is None or record.switched_at is None or primary.created_at < record.switched_at:
        return False
    if primary.strategy and not primary.strategy.same_as(record.baseline):
        return False
    if primary.rollout_state is None:
        return len(live.deployments) == 1 and primary.running >= primary.desired
    return primary.completed


def _failure(situation: Situation) -> tuple[Reason, str] | None:
    live, record, policy, primary = situation.live, situation.record, situation.policy, situation.live.primary
    switched_at = record.switched_at
    if primary is None or switched_at is None:
        return Reason.RESTORE_DEPLOYMENT_FAILED, "the service has no deployment any more"
    told = isinstance(situation.event, PlacementFailure) and situation.event.time >= switched_at - CLOCK_SKEW
    told = told or live.capacity_message_since(switched_at) or waits_for_spot(situation)
    short = not situation.service_whole
    if primary.rollout_state == "FAILED":
        return (Reason.RESTORE_FAILED if told else Reason.RESTORE_DEPLOYMENT_FAILED), "its deployment failed"
    if short and told:
        return Reason.RESTORE_FAILED, "the service is short, and ECS tells that capacity lacks"
    if short and live.desired > record.desired_at_switch:
        return Reason.RESTORE_FAILED, "autoscaling wants more tasks than run"
    if short and record.short_since is not None and situation.now - record.short_since >= policy.shortage_threshold:
        return Reason.RESTORE_FAILED, f"the service has been short since {record.short_since.isoformat()}"
    if primary.id != record.deployment_id:
        return Reason.RESTORE_FAILED, "the owner released while the restore was incomplete"
    if situation.now - switched_at >= policy.restore.patience + record.shift_takes:
        return Reason.RESTORE_FAILED, "Spot did not carry the service within the patience allowed"
    return None
