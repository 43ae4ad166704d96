"""What would stop a twin from carrying, told by the sweep before any is needed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from spot_failover.core.decision import Decision
from spot_failover.core.errors import AccessDeniedError
from spot_failover.core.policy import Method, Policy
from spot_failover.core.reason import Action, Reason
from spot_failover.core.service import LiveService
from spot_failover.core.service_key import ServiceKey
from spot_failover.core.tags import service_wishes
from spot_failover.core.twin_check import twin_problem
from spot_failover.flow.pace import Pace
from spot_failover.flow.worker import Worker


def twin_findings(
    worker: Worker, page: Iterable[LiveService | None], policy: Policy, pace: Pace
) -> Mapping[ServiceKey, Decision]:
    """Of the services of a page that have a twin, what is wrong with it."""
    primaries = [live for live in page if live is not None and _has_twin(live, policy.of(live.key))]
    if not primaries:
        return {}
    names = {live.key: service_wishes(live.tags, policy).twin for live in primaries}
    keys = {replace(key, service=name) for key, name in names.items() if name and name != key.service}
    pace.take()
    twins = worker.services.describe(sorted(keys)) if keys and policy.twin.enabled else {}
    found = {}
    for live in primaries:
        twin_key = replace(live.key, service=names[live.key])
        twin = twins.get(twin_key)
        twin = twin if twin is not None and twin.active else None
        mine = policy.of(live.key)
        note = twin_problem(live, twin_key.service, twin, mine, autoscaled=False)
        if not note:
            note = _scaled(worker, live, twin_key, twin, mine)
        if note:
            found[live.key] = Decision(Action.REPORT, Reason.TWIN_UNUSABLE, note=note)
    return found


def _has_twin(live: LiveService, policy: Policy) -> bool:
    wishes = service_wishes(live.tags, policy)
    covered = live.active and wishes.enrolled and not wishes.probe and wishes.method is Method.FAILOVER_SERVICE
    return covered and live.desired > 0 and bool(live.strategy.active_among(policy.spot_providers))


def _scaled(worker: Worker, live: LiveService, key: ServiceKey, twin: LiveService | None, policy: Policy) -> str:
    try:
        autoscaled = worker.autoscaling.scaled(key)
    except AccessDeniedError as error:
        if error.whole_account:
            raise
        return f"failover_service has to be on where the account is onboarded: {error}"
    return twin_problem(live, key.service, twin, policy, autoscaled=autoscaled)
