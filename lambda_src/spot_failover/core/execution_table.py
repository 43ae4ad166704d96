"""What an intent's execution says about a record's phase, before the live strategy is asked (phase_table.py).

| execution          | failing_over                                    | restoring                            |
|--------------------|-------------------------------------------------|--------------------------------------|
| unknown            | call again                                      | call again                           |
| running            | wait                                            | wait                                 |
| ended              | the live strategy says whether it took effect; if not:                                 |
| - succeeded        | superseded: somebody else has set the strategy  | superseded                           |
| - refused, taken   | wait, then call anew                            | failed_over: as if it was never due  |
| - refused          | wait, then call anew                            | failed_over, with a longer delay     |
| - put back         | rolled back: call anew after a delay            | failed_over, with a longer delay     |
| - left in between  | the same; the next execution puts in order      | the same                             |
"""

from __future__ import annotations

from datetime import timedelta

from spot_failover.core import execution_transitions, transitions
from spot_failover.core.backoff import restore_delay
from spot_failover.core.decision import Decision, Situation
from spot_failover.core.execution import Execution, ExecutionState
from spot_failover.core.phase_parts import SETTLE, delays, superseded
from spot_failover.core.reason import Action, Reason
from spot_failover.core.record import Phase
from spot_failover.core.service import Deployment

REFUSED_AGAIN = timedelta(minutes=5)
"""When an execution is tried again that was refused."""
LEFT = Reason.TASK_SET_LEFT
SHORT_OF_SPOT = frozenset({Reason.FAILED_OVER, Reason.INTERRUPTED_SHORT, Reason.SILENT_SHORTAGE})
"""Failovers that have lost their reason once the service is whole again."""


def by_execution(situation: Situation) -> Decision | None:
    """The step that the execution of an open intent asks for; None: the live strategy tells."""
    record, execution = situation.record, situation.execution
    failing_over = record.phase is Phase.FAILING_OVER
    waits = Reason.FALLBACK_STARTING if failing_over else Reason.RESTORE_WAITING
    if execution is None or execution.name != record.execution:
        return Decision(Action.WAIT, waits, note=f"execution {record.execution} was not looked at")
    if execution.state is ExecutionState.RUNNING:
        return Decision(Action.WAIT, waits, note=f"execution {execution.name} replaces its task set")
    if execution.state is ExecutionState.UNKNOWN:
        return _unknown(situation, waits)
    target = record.fallback if failing_over else record.baseline
    source = record.baseline if failing_over else record.fallback
    if situation.live.strategy.same_as(target):
        return _left_behind(situation, execution)
    if not situation.live.strategy.same_as(source):
        return None
    if execution.state is ExecutionState.SUCCEEDED:
        if execution.ended_at is not None and situation.now - execution.ended_at < SETTLE:
            return Decision(Action.RETRY, Reason.BUSY, note="ECS still answers with the task set before")
        return superseded(situation)
    return _failover_failed(situation, execution) if failing_over else _restore_failed(situation, execution)


def _left_behind(situation: Situation, execution: Execution) -> Decision | None:
    """The new task set is there, but the execution went no further: told before the intent is confirmed."""
    record = situation.record
    if execution.state is ExecutionState.SUCCEEDED or execution.put_back or LEFT in record.alerted:
        return None
    return Decision(
        Action.ALERT, LEFT, record=execution_transitions.told(record, LEFT), again=True, note=execution.told
    )


def _unknown(situation: Situation, waits: Reason) -> Decision | None:
    """The same call again starts no second one; an event takes no restore back that may have begun."""
    record = situation.record
    started = record.execution_at is not None and situation.now - record.execution_at < SETTLE
    if started or (record.phase is Phase.RESTORING and situation.event is not None):
        return Decision(Action.WAIT, waits, note=f"execution {record.execution} is not known to Step Functions yet")
    return None


def _failover_failed(situation: Situation, execution: Execution) -> Decision:
    record, now = situation.record, situation.now
    if execution.refused:
        until, told = now + REFUSED_AGAIN, Reason.TASK_SET_REFUSED
        if execution.taken or told in record.alerted:
            reason = Reason.DEPLOYMENT_IN_PROGRESS if execution.taken else told
            waiting = execution_transitions.failover_refused(record, until)
            return Decision(Action.WAIT, reason, record=waiting, note=execution.told)
        waiting = execution_transitions.failover_refused(record, until, alerted=told)
        return Decision(Action.ALERT, told, record=waiting, note=execution.told)
    delay = restore_delay(situation.policy.restore, record.rollbacks, situation.chance)
    back = transitions.failover_rolled_back(record, delay, now)
    if execution.put_back:
        return Decision(Action.ALERT, Reason.FAILOVER_ROLLED_BACK, record=back, note=execution.told)
    return Decision(Action.ALERT, LEFT, record=execution_transitions.told(back, LEFT), note=execution.told)


def _restore_failed(situation: Situation, execution: Execution) -> Decision:
    record, live, now = situation.record, situation.live, situation.now
    if execution.taken:
        waiting = execution_transitions.untried(transitions.give_up_restore(record, transitions.RECHECK, now))
        return Decision(Action.GIVE_UP, Reason.DEPLOYMENT_IN_PROGRESS, record=waiting, note=execution.told)
    primary = live.primary
    if primary is None:
        return superseded(situation)
    if execution.refused:
        return _restore_refused(situation, execution, primary)
    capacity = live.capacity_message_since(record.phase_since or now)
    reason = Reason.RESTORE_FAILED if capacity else Reason.RESTORE_DEPLOYMENT_FAILED
    again = delays(situation, record.failures + 1)
    back = transitions.restore_rolled_back(record, primary, live.desired, reason, again, now)
    if execution.put_back:
        return Decision(Action.GIVE_UP, reason, record=back, note=execution.told)
    return Decision(Action.ALERT, LEFT, record=execution_transitions.told(back, LEFT), note=execution.told)


def _restore_refused(situation: Situation, execution: Execution, primary: Deployment) -> Decision:
    """A mistake in the service's arrangement is not mended by trying often; after a day the record is stuck."""
    record, told = situation.record, Reason.TASK_SET_REFUSED
    again = delays(situation, record.failures + 1)
    back = transitions.restore_rolled_back(record, primary, situation.live.desired, told, again, situation.now)
    back = execution_transitions.told(execution_transitions.untried(back), told)
    return Decision(Action.ALERT, told, record=back, note=execution.told)


def others_deploy(situation: Situation) -> Decision | None:
    """Somebody else replaces the service's task set right now: nothing is begun meanwhile; None: nobody does.

    What an execution of ours left in between is no reason to wait: the next one puts that in order first. Once the
    failover is confirmed, only what is older than that can be of ours. Nor is a task set that is older than the primary
    a reason: it was replaced, and only its end is missing.
    """
    live, record, primary = situation.live, situation.record, situation.live.primary
    left = LEFT in record.alerted
    if not live.external or (left and record.phase is Phase.FAILING_OVER):
        return None
    others = [
        each.id
        for each in live.deployments
        if each is not primary
        and (primary is None or each.created_at >= primary.created_at)
        and not (left and (record.phase_since is None or each.created_at <= record.phase_since))
    ]
    if not others:
        return None
    return Decision(Action.WAIT, Reason.DEPLOYMENT_IN_PROGRESS, note=f"task set {', '.join(others)} is not ours")


def waits_to_begin(situation: Situation) -> bool:
    """Whether nothing of a failover by task set has begun, or all that had is put back: a hold still stops it."""
    record = situation.record
    return situation.live.external and not record.execution and LEFT not in record.alerted


def not_begun(situation: Situation) -> Decision | None:
    """A failover of which nothing has begun, because others were at work: whether it still waits, or is needed no more.

    None: it may begin.
    """
    record = situation.record
    if not situation.live.external or record.execution:
        return None
    # What an execution has left in between looks whole where that one had scaled it down: the next puts it in order.
    if situation.primary_whole and waits_to_begin(situation) and Reason(record.reason) in SHORT_OF_SPOT:
        closed = transitions.close(record, Reason.NOT_SHORT, situation.now)
        return Decision(Action.CLOSE, Reason.NOT_SHORT, record=closed, note="whole again before it could begin")
    return others_deploy(situation)
