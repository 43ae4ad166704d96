"""What the live strategy says about a record's phase: looked up before anything else is decided.

| phase        | live is the baseline                 | live is the fallback               | anything else |
|--------------|--------------------------------------|------------------------------------|---------------|
| failing_over | call again                           | failed_over                        | superseded(a) |
| failed_over  | ECS rolled it back, or the owner did | as it is                           | superseded(a) |
| restoring    | proving                              | call again, or give up             | superseded(b) |
| proving      | see proving.py                       | ECS rolled it back, or the owner   | superseded(c) |

Where ECS itself has rolled our last switch back, beyond both: (a) as if it were the baseline, (b) as if it were the
fallback, (c) the fallback is set again.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from spot_failover.core import execution_transitions, transitions
from spot_failover.core.backoff import restore_delay
from spot_failover.core.decision import Decision, Situation
from spot_failover.core.execution import ExecutionState
from spot_failover.core.execution_table import by_execution, not_begun, waits_to_begin
from spot_failover.core.phase_parts import NEW_FAILOVERS, SETTLE, delays, shift_takes, superseded
from spot_failover.core.proving import decide_proving
from spot_failover.core.reason import RESTORE_FAILURES, Action, Reason
from spot_failover.core.record import Phase, Record
from spot_failover.core.service import Deployment, LiveService
from spot_failover.core.tags import service_wishes

TOLD_WITHIN = timedelta(seconds=5)
"""Between ECS's message of a roll-back and the deployment that it makes: milliseconds as far as seen."""


def confirmed(record: Record, deployment: Deployment, situation: Situation) -> Record:
    """The record once its intent's call has taken effect."""
    desired = situation.live.desired
    record = transitions.shifting(record, shift_takes(situation))
    if record.phase is Phase.FAILING_OVER:
        return transitions.confirm_failover(
            record, deployment, desired, delays(situation, record.failures), situation.now
        )
    proving = transitions.confirm_restore(record, deployment, desired, situation.now)
    return transitions.close(proving, Reason.RESTORED_AT_ZERO, situation.now) if desired == 0 else proving


def resolve(situation: Situation) -> Decision | None:
    """The step that an open record asks for; None where it is settled and says nothing against going on."""
    record, live = situation.record, situation.live
    if not record.phase.open:
        return _reopened(situation) if taken_back(live, record, situation.now) else None
    if _unsettled(situation):
        return Decision(Action.RETRY, Reason.BUSY, note="ECS still answers with the deployment before the last switch")
    if record.execution and live.external:
        step = by_execution(situation)
        if step is not None:
            return step
    on_fallback, on_baseline = live.strategy.same_as(record.fallback), live.strategy.same_as(record.baseline)
    if not on_baseline and not on_fallback and not _rolled_back_beyond(record, live):
        return superseded(situation)
    match record.phase:
        case Phase.FAILING_OVER:
            return _confirm(situation) if on_fallback else _fail_over_again(situation)
        case Phase.FAILED_OVER:
            return None if on_fallback else _left_fallback(situation)
        case Phase.RESTORING:
            return _confirm(situation) if on_baseline else _restore_again(situation)
        case _:
            return decide_proving(situation) if on_baseline else _left_baseline(situation)


def rolled_back(live: LiveService, switched_at: datetime | None) -> bool:
    """Whether ECS itself went back to a deployment from before our switch.

    The deployment circuit breaker and deployment alarms do it. While that goes on, the rollout's reason names the
    deployment to which it goes back (Amazon ECS developer guide, deployment circuit breaker). Once it is complete only
    the service's events tell, where all tasks of the earlier deployment were gone and PRIMARY is a new one; what
    somebody deploys after it is theirs.
    """
    primary = live.primary
    if primary is None or switched_at is None:
        return False
    if primary.created_at < switched_at:
        return True
    told = [rollback.at for rollback in live.rollbacks if rollback.at >= switched_at]
    if not told:
        return "rolling back" in primary.rollout_reason.lower()
    # Of another time it is about what came later, and ECS went back to this one.
    return any(abs(at - primary.created_at) <= TOLD_WITHIN for at in told)


def taken_back(live: LiveService, record: Record, now: datetime) -> bool:
    """Whether ECS has gone back to our fallback from what superseded the record.

    Somebody's deployment closed it before that was complete. Nobody wishes for the fallback, and without an open record
    the service would stay on it.
    """
    primary, closed_at = live.primary, record.phase_since
    if record.reason != Reason.SUPERSEDED or primary is None or closed_at is None:
        return False
    if live.external or not live.strategy.same_as(record.fallback) or now - closed_at < SETTLE:
        return False
    return primary.created_at < closed_at or any(
        rollback.at >= closed_at and rollback.to == record.deployment_id for rollback in live.rollbacks
    )


def _rolled_back_since(live: LiveService, record: Record, switched_at: datetime) -> bool:
    """Whether ECS has rolled our restore back, whatever was deployed after it; to go back to it is none of that."""
    told = (one for one in live.rollbacks if one.at >= switched_at and one.to != record.deployment_id)
    return rolled_back(live, switched_at) or any(told)


def _rolled_back_beyond(record: Record, live: LiveService) -> bool:
    """Whether ECS rolled our last switch back to a strategy that is neither the baseline nor the fallback.

    It goes back to the last deployment that was complete (Amazon ECS developer guide, deployment circuit breaker).
    Where neither the owner's last one nor ours was, that is one from before both, and what the owner set last is still
    the baseline.
    """
    begun = record.phase is not Phase.FAILING_OVER or record.rollbacks > 0 or record.reason in RESTORE_FAILURES
    return begun and not live.external and rolled_back(live, record.switched_at)


def _reopened(situation: Situation) -> Decision | None:
    live, record, now = situation.live, situation.record, situation.now
    if live.primary is None:
        return None
    note = f"ECS rolled the change back that had superseded the failover: {record.baseline} is brought back in its time"
    open_again = transitions.reopen(record, live.primary, live.desired, delays(situation, record.failures), now)
    return Decision(Action.ALERT, Reason.CHANGE_ROLLED_BACK, record=open_again, note=note)


def _unsettled(situation: Situation) -> bool:
    record, primary = situation.record, situation.live.primary
    if record.phase.intent or record.switched_at is None or primary is None:
        return False
    # A task set is made long before it is the primary one, and confirmed.
    since = record.phase_since if situation.live.external else record.switched_at
    return primary.created_at < record.switched_at and since is not None and situation.now - since < SETTLE


def _confirm(situation: Situation) -> Decision:
    primary = situation.live.primary
    if primary is None:
        return superseded(situation)
    execution, record = situation.execution, confirmed(situation.record, primary, situation)
    reason = Reason.FAILED_OVER if situation.record.phase is Phase.FAILING_OVER else Reason.RESTORE_STARTED
    if execution is not None and execution.state is ExecutionState.SUCCEEDED:
        record = execution_transitions.in_order(record)
    return Decision(Action.CONFIRM, reason, record=record, again=True)


def _fail_over_again(situation: Situation) -> Decision:
    record, now = situation.record, situation.now
    if _rolled_back_unseen(record, situation.live):
        return _failover_rolled_back(situation)
    held = record.held_until is not None and now < record.held_until
    if held and not record.held_by:
        return Decision(Action.WAIT, Reason.HELD, note="the failover was rolled back too often: a person has to look")
    limited = Reason.FAILOVER_LIMIT in record.alerted
    if limited and situation.primary_whole:
        closed = transitions.close(record, Reason.NOT_SHORT, now)
        return Decision(Action.CLOSE, Reason.NOT_SHORT, record=closed, note="whole again before the hour allowed it")
    untouched = Reason(record.reason) in NEW_FAILOVERS and (limited or waits_to_begin(situation))
    if untouched and (held or service_wishes(situation.live.tags, situation.policy).held(now)):
        return Decision(Action.WAIT, Reason.HELD, note="held before the failover could begin")
    if limited and record.not_before is not None and now < record.not_before:
        return Decision(Action.WAIT, Reason.FAILOVER_LIMIT, note=f"tried again at {record.not_before.isoformat()}")
    waiting = not_begun(situation)
    if waiting is not None:
        return waiting
    if record.not_before is not None and now < record.not_before:
        rolled = record.rollbacks or not situation.live.external
        reason = Reason.FAILOVER_ROLLED_BACK if rolled else Reason.DEPLOYMENT_IN_PROGRESS
        return Decision(Action.WAIT, reason, note=f"tried again at {record.not_before.isoformat()}")
    reason = Reason.FAILOVER_ROLLED_BACK if record.rollbacks else Reason(record.reason)
    return Decision(Action.FAIL_OVER, reason, record=record, target=record.fallback)


def _restore_again(situation: Situation) -> Decision:
    if situation.event is None:
        return Decision(
            Action.RESTORE, Reason.RESTORE_STARTED, record=situation.record, target=situation.record.baseline
        )
    # An event tells that capacity lacks right now: no time to begin what has not begun.
    delay = restore_delay(situation.policy.restore, situation.record.failures, situation.chance)
    record = transitions.give_up_restore(situation.record, delay, situation.now)
    return Decision(Action.GIVE_UP, Reason.RESTORE_FAILED, record=record, again=True)


def _left_fallback(situation: Situation) -> Decision:
    record = situation.record
    # Of task sets ECS rolls none back: somebody has made the old one the primary one again.
    if situation.live.external or not rolled_back(situation.live, record.switched_at):
        return superseded(situation)
    return _failover_rolled_back(situation)


def _rolled_back_unseen(record: Record, live: LiveService) -> bool:
    """Whether ECS has rolled back a failover whose call took effect, although its answer got lost.

    The lease was not given back, and ECS tells of a roll-back since the call could be made.
    """
    since = record.phase_since
    if record.lease is None or since is None or live.external:
        return False
    return any(rollback.at >= max(since, record.not_before or since) for rollback in live.rollbacks)


def _failover_rolled_back(situation: Situation) -> Decision:
    record, now = situation.record, situation.now
    delay = restore_delay(situation.policy.restore, record.rollbacks, situation.chance)
    return Decision(
        Action.ALERT,
        Reason.FAILOVER_ROLLED_BACK,
        record=transitions.failover_rolled_back(record, delay, now),
        note="ECS rolled the failover's deployment back: see why its tasks did not start",
    )


def _left_baseline(situation: Situation) -> Decision:
    record, live, now = situation.record, situation.live, situation.now
    primary = live.primary
    # A release after ECS's roll-back names no strategy: it keeps what ECS brought back.
    if primary is None or record.switched_at is None or not _rolled_back_since(live, record, record.switched_at):
        return Decision(
            Action.HOLD,
            Reason.RESTORE_OVERRULED,
            record=transitions.hold(record, now),
            note="somebody set the fallback again: left alone until the hold is released",
        )
    capacity = live.capacity_message_since(record.switched_at)
    reason = Reason.RESTORE_FAILED if capacity else Reason.RESTORE_DEPLOYMENT_FAILED
    if not live.strategy.same_as(record.fallback):
        failed = transitions.fail_restore(record, situation.event, reason, now)
        note = "ECS rolled the restore back beyond the fallback, which is set again"
        return Decision(Action.FAIL_OVER, reason, record=failed, target=record.fallback, note=note)
    again = delays(situation, record.failures + 1)
    return Decision(
        Action.GIVE_UP,
        reason,
        record=transitions.restore_rolled_back(record, primary, live.desired, reason, again, now),
        again=True,
    )
