"""Services of one pool that have failed over and whose restores are due, and what becomes of a restore."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from spot_failover.core.policy import Policy
from spot_failover.core.pool import Pool, PoolKey
from spot_failover.core.record import Phase
from spot_failover.core.service import ServiceEvent
from spot_failover.core.service_key import ServiceKey
from tests.doubles.builders import NO_CAPACITY, OTHER, SPOT, WEB, service
from tests.doubles.installation import Installation
from tests.unit.records import ours, record

A, B, C, D, E = (replace(WEB, service=name) for name in "abcde")
ABROAD = replace(OTHER, service="a")
POOL = PoolKey.of(A, "FARGATE_SPOT")


def fleet(*keys: ServiceKey, policy: Policy | None = None) -> Installation:
    """Failed over long ago, all due, longest overdue in the order given."""
    installation = Installation(policy or Policy()).with_services(*(service(ours(), key=key) for key in keys))
    for number, key in enumerate(keys):
        due_at = installation.clock.now() - timedelta(minutes=10 - number)
        installation.records.store(replace(record(Phase.FAILED_OVER), key=key, due_at=due_at))
    return installation


def open_pool(installation: Installation, *, last_failed: ServiceKey = A, minutes: float = 0) -> None:
    """Its next canary may go in so many minutes."""
    now = installation.clock.now()
    next_canary_at = now + timedelta(minutes=minutes)
    key = PoolKey.of(last_failed, "FARGATE_SPOT")
    installation.shared.pools[key] = Pool(
        key,
        open=True,
        failures=1,
        opened_at=now,
        next_canary_at=next_canary_at,
        latest_canary_at=next_canary_at + installation.policy.restore.max_postpone,
        last_failed=last_failed.record_id,
        version=1,
        expires_at=now + timedelta(days=30),
    )


def fail(installation: Installation, key: ServiceKey, message: str = NO_CAPACITY) -> None:
    """The restore's deployment fails, and ECS says why."""
    live, primary = installation.services.live[key], installation.services.live[key].primary
    assert primary is not None
    others = tuple(one for one in live.deployments if one is not primary)
    told = ServiceEvent(installation.clock.now(), message)
    installation.services.live[key] = replace(
        live, events=(told, *live.events), deployments=(replace(primary, rollout_state="FAILED"), *others)
    )


def restored(installation: Installation) -> list[ServiceKey]:
    """Services that were switched back to Spot, in order, as often as they were."""
    return [update.key for update in installation.services.updates if update.strategy == SPOT]


def pool(installation: Installation) -> Pool:
    return installation.shared.pools[POOL]


def waiting(installation: Installation) -> list[tuple[str, str]]:
    """Who waits, and why, of what was told since the last look."""
    lines = [
        (outcome.key.service, str(outcome.decision.reason))
        for outcome in installation.told.outcomes
        if outcome.action == "wait"
    ]
    installation.told.clear()
    return lines
