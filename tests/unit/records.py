"""Records in every phase, of the service `web` on Spot alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from spot_failover.core.reason import Reason
from spot_failover.core.record import Lease, Phase, Record
from spot_failover.core.service import Deployment
from tests.doubles.builders import FALLBACK, SPOT, WEB, deployment, failure
from tests.doubles.clock import START

SWITCHED_AT = START - timedelta(minutes=20)
BEFORE = SWITCHED_AT - timedelta(hours=5)
AFTER = SWITCHED_AT + timedelta(minutes=5)
EARLIER = START - timedelta(hours=1)
TOLD = frozenset({Reason.FALLBACK_SHORT})


def record(phase: Phase) -> Record:
    """A record whose last confirmed switch was 20 minutes ago."""
    return Record(
        WEB,
        phase=phase,
        baseline=SPOT,
        fallback=FALLBACK,
        reason="FAILED_OVER",
        version=3,
        deployment_id="ecs-svc/ours",
        switched_at=SWITCHED_AT,
        desired_at_switch=4,
        due_at=START if phase.open else None,
        event=failure(event_id="failure-0").to_record(),
    )


def ours(rollout_state: str | None = "COMPLETED", *, running: int = 4) -> Deployment:
    """The deployment that our failover made."""
    return deployment(FALLBACK, id="ecs-svc/ours", rollout_state=rollout_state, created_at=SWITCHED_AT, running=running)


def full(phase: Phase) -> Record:
    """A record that has a value in every field, so that none can be forgotten."""
    return replace(
        record(phase),
        phase_since=EARLIER,
        stuck=True,
        lease=Lease("me", EARLIER),
        due_at=EARLIER,
        restore_at=EARLIER,
        not_before=EARLIER,
        execution="spot-failover-web",
        execution_at=EARLIER,
        shift_takes=timedelta(minutes=30),
        short_since=EARLIER,
        failures=2,
        rollbacks=1,
        proven_at=EARLIER,
        restore_day=START.date().isoformat(),
        restores_that_day=3,
        held_until=EARLIER,
        alerted=TOLD,
        interrupted={"0f1e": EARLIER},
        redeploy_requested_at=EARLIER,
        redeployed_at=EARLIER,
        expires_at=EARLIER,
    )
