"""Whether a service can be the on-demand twin of another: nothing is scaled that does not say so itself."""

from __future__ import annotations

from spot_failover.core.policy import Policy
from spot_failover.core.service import LiveService
from spot_failover.core.tags import PREFIX, service_wishes


def twin_problem(  # noqa: PLR0911 - a table
    primary: LiveService, name: str, twin: LiveService | None, policy: Policy, *, autoscaled: bool
) -> str:
    """What is wrong with the twin of a primary, and what to do; empty: nothing.

    Parameters
    ----------
    name
        The twin's, as the primary's tag has it.
    twin
        None where the cluster has no such ACTIVE service.
    autoscaled
        Whether it is registered with Application Auto Scaling, which would fight over its desired count.
    """
    key = primary.key
    if not policy.twin.enabled:
        return "failover_service.enabled is false in this installation: switch it on, or take the method's tag away"
    if not name:
        return f"tag {key.service} with {PREFIX}twin and the name of its on-demand twin"
    if name == key.service:
        return f"{key.service} names itself as its twin: name another service, which runs on-demand"
    if twin is None:
        return f"cluster {key.cluster} has no active service {name}: create the twin there, or mend {PREFIX}twin"
    owner = service_wishes(twin.tags, policy).twin
    if owner != key.service:
        return f"{PREFIX}twin of {name} is {owner!r}, not {key.service!r}: a twin has one primary, and names it"
    if twin.scheduling != "REPLICA" or twin.controller != "ECS":
        return f"{name} is {twin.scheduling} with controller {twin.controller}: a twin is REPLICA with controller ECS"
    spot = twin.strategy.active_among(policy.spot_providers)
    if spot:
        return f"{name} runs on Spot itself ({', '.join(item.provider for item in spot)}): let it run on-demand only"
    if twin.target_groups != primary.target_groups:
        return (
            f"{name} is in {_listed(twin.target_groups)}, {key.service} in {_listed(primary.target_groups)}: "
            "let both be in the same target groups"
        )
    if autoscaled:
        return f"{name} is a scalable target of Application Auto Scaling: deregister it, only its primary may have one"
    return ""


def _listed(target_groups: frozenset[str]) -> str:
    return ", ".join(sorted(target_groups)) or "no target group"
