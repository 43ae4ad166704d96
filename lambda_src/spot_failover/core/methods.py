"""Which services a method that switches them can take."""

from __future__ import annotations

from spot_failover.core.policy import Method, Policy
from spot_failover.core.service import LiveService
from spot_failover.core.tags import service_wishes


def unsupported(live: LiveService, policy: Policy) -> str | None:
    """Why no method can switch a service, for a person; None: one can.

    The controller decides: ECS takes another strategy, EXTERNAL another task set where the account has the state
    machine. A tag that asks for the other method is a mistake, and the service is left alone.
    """
    what = f"{live.scheduling}, controller {live.controller}"
    if live.scheduling != "REPLICA":
        return what
    wanted = service_wishes(live.tags, policy).method
    if live.external and policy.task_set.enabled and wanted in {Method.STRATEGY, Method.TASK_SET}:
        return None
    if live.external and not policy.task_set.enabled:
        return f"{what}; the method task_set is not enabled for account {live.key.account}"
    if live.controller == "ECS" and wanted is not Method.TASK_SET:
        return None
    if live.controller == "ECS":
        return f"{what}; the method task_set, which its tag asks for, needs the controller EXTERNAL"
    return what
