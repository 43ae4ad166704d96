"""Whether a failed-over service runs on its fallback."""

from __future__ import annotations

from spot_failover.core import transitions
from spot_failover.core.decision import Decision, Situation
from spot_failover.core.execution_table import others_deploy
from spot_failover.core.reason import Action, Reason


def fallback_in_the_way(situation: Situation) -> Decision | None:
    """Why the fallback is not what the service runs on, wholly and settled; None where it is, or has been told of."""
    record, primary = situation.record, situation.live.primary
    deploying = others_deploy(situation)
    if deploying is not None:
        return deploying
    if primary is None or (primary.whole and (primary.completed or primary.rollout_state is None)):
        return None
    if primary.id != record.deployment_id and primary.rollout_state == "IN_PROGRESS":
        return Decision(Action.WAIT, Reason.DEPLOYMENT_IN_PROGRESS, note=f"deployment {primary.id} is not ours")
    if primary.running >= primary.desired:
        return None
    if Reason.FALLBACK_SHORT in record.alerted:
        return None  # told already, and the restore brought forward for it
    deadline = situation.policy.failover_deadline + record.shift_takes
    # ECS may have brought the fallback back, much later than it was set.
    began = [at for at in (record.switched_at, record.phase_since) if at is not None]
    if began and situation.now - max(began) < deadline:
        return Decision(Action.WAIT, Reason.FALLBACK_STARTING)
    return Decision(
        Action.ALERT,
        Reason.FALLBACK_SHORT,
        record=transitions.bring_forward(record, situation.now, alerted=Reason.FALLBACK_SHORT),
        again=True,
        note="the service is not whole on the fallback either: on-demand capacity lacks, or its tasks do not start",
    )
