"""What would stop a failover, told before one is needed."""

from __future__ import annotations

from collections.abc import Collection

from spot_failover.core.decision import Decision
from spot_failover.core.event_decision import new_providers, provider_missing
from spot_failover.core.fallback import FallbackImpossibleError, fallback_strategy
from spot_failover.core.methods import unsupported
from spot_failover.core.policy import Method, Policy
from spot_failover.core.reason import Action, Reason
from spot_failover.core.service import LiveService
from spot_failover.core.tags import service_wishes


def finding(live: LiveService, attached: Collection[str], policy: Policy) -> Decision | None:
    """The first thing that would stop a failover of a service with active Spot; None: nothing known would.

    Parameters
    ----------
    attached
        Capacity providers of the service's cluster.
    """
    wishes = service_wishes(live.tags, policy)
    switched = wishes.method in {Method.STRATEGY, Method.TASK_SET}
    covered = live.active and wishes.enrolled and not wishes.probe and switched
    if not covered or live.desired == 0 or not live.strategy.active_among(policy.spot_providers):
        return None
    why_not = unsupported(live, policy)
    if why_not is not None:
        return _report(Reason.UNSUPPORTED_CONTROLLER, why_not)
    try:
        target = fallback_strategy(live.strategy, policy.fallback_pairs, policy.fallback_weight)
    except FallbackImpossibleError as error:
        return _report(Reason.FALLBACK_IMPOSSIBLE, str(error))
    missing = new_providers(live, target) - frozenset(attached)
    if missing:
        return _report(Reason.FALLBACK_PROVIDER_MISSING, provider_missing(missing, live.key.cluster).note)
    if _stands_still(live):
        note = (
            f"no deployment can start or stop a task: minimumHealthyPercent {live.minimum_healthy_percent}, "
            f"maximumPercent {live.maximum_percent}, desired {live.desired}"
        )
        return _report(Reason.CANNOT_ROLL, note)
    return None


def _stands_still(live: LiveService) -> bool:
    """ECS rounds the lower bound up and the upper one down (ECS API reference, DeploymentConfiguration)."""
    if live.external:
        return False
    least = -(-live.desired * live.minimum_healthy_percent // 100)
    most = live.desired * live.maximum_percent // 100
    return least >= live.desired >= most


def _report(reason: Reason, note: str) -> Decision:
    return Decision(Action.REPORT, reason, note=note)
