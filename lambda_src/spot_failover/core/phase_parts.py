"""What the phase table and the table of executions share."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from spot_failover.core import transitions
from spot_failover.core.backoff import restore_delay
from spot_failover.core.decision import Decision, Situation
from spot_failover.core.reason import Action, Reason
from spot_failover.core.strategy import NO_STRATEGY

SETTLE = timedelta(minutes=1)
"""AWS's reads are eventually consistent: for that long after a change, what was before is an old answer, not news."""
NEW_FAILOVERS = frozenset(
    {
        Reason.FAILED_OVER,
        Reason.INTERRUPTED,
        Reason.INTERRUPTED_SHORT,
        Reason.INTERRUPTION_STORM,
        Reason.SILENT_SHORTAGE,
    }
)
"""Failovers for which events have asked: they count against an account's hour, and a hold stops them before they begin.
Going back after a failed restore is none."""


def shift_takes(situation: Situation) -> timedelta:
    """How long a switch may take until its tasks carry the service, beyond their start."""
    live = situation.live
    return situation.policy.task_set.takes if live.external else live.traffic_shift.takes


def delays(situation: Situation, failures: int) -> transitions.Delays:
    """Counted from the end of the traffic shift: a restore before it would undo a failover that has not arrived yet.

    A new task set has arrived when it is confirmed.
    """
    policy, live = situation.policy, situation.live
    shift = timedelta() if live.external else live.traffic_shift.takes
    restore = restore_delay(policy.restore, failures, situation.chance)
    return transitions.Delays(restore + shift, policy.failover_deadline + shift)


def superseded(situation: Situation) -> Decision:
    """Somebody else has set the strategy: the record closes."""
    record = situation.record
    if record.reason == Reason.RESTORE_OVERRULED:
        record = replace(record, fallback=NO_STRATEGY)  # somebody wished for it: ECS may go back to it
    return Decision(
        Action.CLOSE,
        Reason.SUPERSEDED,
        record=transitions.close(record, Reason.SUPERSEDED, situation.now),
        again=True,
        note=f"somebody set {situation.live.strategy}: it is the new baseline",
    )
